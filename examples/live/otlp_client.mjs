// The OpenTelemetry SDK for JavaScript as a client: otlp_client.mjs <url> <json or protobuf> <delta or cumulative>. It records 1..1000 in two exports.
import { AggregationType, AggregationTemporality, MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { resourceFromAttributes } from '@opentelemetry/resources';

const [url, format, temporality] = process.argv.slice(2);
const { OTLPMetricExporter } = await import(`@opentelemetry/exporter-metrics-otlp-${format === 'json' ? 'http' : 'proto'}`);
const exporter = new OTLPMetricExporter({ url: `${url}/v1/metrics`, temporalityPreference: temporality === 'delta' ? AggregationTemporality.DELTA : AggregationTemporality.CUMULATIVE });
const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
const provider = new MeterProvider({
  readers: [reader], resource: resourceFromAttributes({ 'host.name': `otlp-${format}-${temporality}` }),
  views: [{ instrumentName: '*', aggregation: { type: AggregationType.EXPONENTIAL_HISTOGRAM } }],
});
const duration = provider.getMeter('test').createHistogram('http.server.request.duration', { unit: 'ms' });
for (let ms = 1; ms <= 400; ms++) duration.record(ms);
await reader.forceFlush();
for (let ms = 401; ms <= 1000; ms++) duration.record(ms);
await reader.forceFlush();
if (temporality === 'delta') await provider.shutdown();
process.exit(0);
