// Prints dashboard.json, for Grafana, with typescript and @grafana/schema of npm. Data sources are variables: PostgreSQL as live_reader, and Prometheus.
import { type Dashboard, type DataQuery, type GraphFieldConfig, HeatmapCellLayout, type Panel, type VariableModel, VariableRefresh } from '@grafana/schema';
import { defaultOptions, type Options as Heatmap } from '@grafana/schema/dist/esm/raw/composable/heatmap/panelcfg/x/HeatmapPanelCfg_types.gen';

type Target = Omit<DataQuery, 'refId'> & { rawSql?: string; format?: 'time_series' | 'table'; rawQuery?: true; expr?: string; legendFormat?: string };
const postgres = { type: 'grafana-postgresql-datasource', uid: '${postgres}' }, prometheus = { type: 'prometheus', uid: '${prometheus}' };
// A host is named by whoever sends events: quotes or macros of Grafana may be in it, but not in its digits. All hosts are NULL.
const named = `SELECT host AS __text, encode(convert_to(host, 'UTF8'), 'hex') AS __value FROM sketch_api.hosts() ORDER BY since LIMIT 1000`;
const host: VariableModel = { name: 'host', type: 'query', datasource: postgres, query: named, refresh: VariableRefresh.onDashboardLoad,
  includeAll: true, allValue: 'NULL', current: { text: 'All', value: '$__all' } };
const asked = `"from" := $__timeFrom(), "to" := $__timeTo(), host := convert_from(decode(\${host:sqlstring}, 'hex'), 'UTF8')`;
// Grafana's interval, unless buckets of that age are wider.
const step = `greatest(make_interval(secs => $__interval_ms / 1000.0), (SELECT max(width) FROM live.level WHERE before > $__timeFrom()))`;
const sql = (rawSql: string, format: Target['format'] = 'time_series'): Target => ({ datasource: postgres, rawQuery: true, format, rawSql });
const style = (name: string, custom: GraphFieldConfig) =>
  ({ matcher: { id: 'byRegexp', options: `/^${name}$/` }, properties: Object.entries(custom).map(([key, value]) => ({ id: `custom.${key}`, value })) });
const panels: Panel[] = [];
function panel(type: string, title: string, unit: string, target: Target, overrides: ReturnType<typeof style>[] = [], options: Panel['options'] = {}) {
  const gridPos = { x: panels.length % 2 * 12, y: Math.floor(panels.length / 2) * 8, w: 12, h: 8 }, targets = [{ refId: 'A', ...target }];
  panels.push({ id: panels.length + 1, type, title, gridPos, interval: '1s', targets, options, fieldConfig: { defaults: { unit }, overrides } });
}
function bounded(title: string, unit: string, name: string, value: string, source: string, names: string[]) { // the truth is in the band
  const parts = `LATERAL (VALUES ('', ${value}), (' lower', lower), (' upper', upper)) AS b (part, y)`;
  panel('timeseries', title, unit, sql(`SELECT at AS time, ${name} || part AS metric, y FROM sketch_api.${source}, ${parts} ORDER BY 1`), [
    style('.* (lower|upper)', { lineWidth: 0, hideFrom: { legend: true, tooltip: false, viz: false } }),
    ...names.map(each => style(`${each} upper`, { fillBelowTo: `${each} lower`, fillOpacity: 40 }))]);
}
bounded('Percentiles', 'ms', `'p' || percentile * 100`, 'value', `percentiles(${asked}, step := ${step})`, ['p50', 'p90', 'p99']);
panel('heatmap', 'Latency', 'short', sql('SELECT at AS time, coalesce(round(upper::numeric, 1)::text, \'+Inf\') AS metric, sum(requests)::float8 AS requests ' +
  `FROM sketch_api.histogram(${asked}, step := ${step}) GROUP BY 1, 2 ORDER BY 1`), [],
  { ...defaultOptions, rowsFrame: { layout: HeatmapCellLayout.le }, yAxis: { unit: 'ms' } } satisfies Partial<Heatmap>);
panel('timeseries', 'Requests', 'reqps', sql(`SELECT at AS time, requests / extract(epoch FROM ${step})::float8 AS requests ` +
  `FROM sketch_api.percentiles('{0.5}', ${asked}, step := ${step}) ORDER BY 1`));
bounded('Distinct clients', 'short', `'clients'`, 'clients', `distinct_clients(${asked}, step := ${step})`, ['clients']);
panel('table', 'Top routes', 'short', sql(`SELECT item AS route, requests, lower, upper, total FROM sketch_api.top(${asked})`, 'table'));
panel('table', 'Alerts', 'short', sql('SELECT * FROM sketch_api.alerts(0, 1000) WHERE at BETWEEN $__timeFrom() AND $__timeTo() ORDER BY id DESC', 'table'));
panel('timeseries', 'p99 of the slowest hosts, by Prometheus', 'ms', { datasource: prometheus, legendFormat: '{{host}}',
  expr: 'topk(5, histogram_quantile(0.99, sum by (host) (rate(http_request_milliseconds[1m]))))' });
const dashboard: Dashboard = { title: 'Live', uid: 'sketch-live', schemaVersion: 42, refresh: '5s', time: { from: 'now-15m', to: 'now' },
  templating: { list: [...[postgres, prometheus].map(({ type, uid }) => ({ name: uid.slice(2, -1), type: 'datasource' as const, query: type })), host] } };
console.log(`{"panels": [${panels.map(each => JSON.stringify(each)).join(',\n')}], ${JSON.stringify(dashboard).slice(1)}`);
