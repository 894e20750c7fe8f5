// Prints dashboard.json, which Grafana imports. Its data sources are variables: PostgreSQL as role live_reader, and Prometheus.
import { type Dashboard, type DataQuery, type GraphFieldConfig, HeatmapCellLayout, type Panel, type VariableModel, VariableRefresh } from '@grafana/schema';
import { defaultOptions, type Options as Heatmap } from '@grafana/schema/dist/esm/raw/composable/heatmap/panelcfg/x/HeatmapPanelCfg_types.gen';

type Target = Omit<DataQuery, 'refId'> & { rawSql?: string; format?: 'time_series' | 'table'; rawQuery?: true; expr?: string; legendFormat?: string };
type Override = NonNullable<Panel['fieldConfig']>['overrides'][number];
const postgres = { type: 'grafana-postgresql-datasource', uid: '${postgres}' }, prometheus = { type: 'prometheus', uid: '${prometheus}' };
const panels: Panel[] = [];

function panel(type: string, title: string, unit: string, target: Target, overrides: Override[] = [], options: Panel['options'] = {}) {
  const gridPos = { x: panels.length % 2 * 12, y: Math.floor(panels.length / 2) * 8, w: 12, h: 8 }, targets = [{ refId: 'A', ...target }];
  panels.push({ id: panels.length + 1, type, title, gridPos, interval: '1s', targets, options, fieldConfig: { defaults: { unit }, overrides } });
}
const sql = (rawSql: string, format: Target['format'] = 'time_series'): Target => ({ datasource: postgres, rawQuery: true, format, rawSql });
// A host is named by whoever sends events, so it is quoted; all hosts are NULL, which Grafana does not quote.
const call = (name: string, args = '') => `sketch_api.${name}(${args}"from" := $__timeFrom(), "to" := $__timeTo(), host := \${host:sqlstring})`;
// Grafana's interval, unless buckets of that age are wider.
const step = `greatest(make_interval(secs => $__interval_ms / 1000.0), (SELECT max(width) FROM live.level WHERE before > $__timeFrom()))`;
const style = (name: string, custom: GraphFieldConfig): Override =>
  ({ matcher: { id: 'byRegexp', options: `/^${name}$/` }, properties: Object.entries(custom).map(([key, value]) => ({ id: `custom.${key}`, value })) });

// Estimates, each in the band where the truth is.
function bounded(title: string, unit: string, name: string, value: string, source: string, names: string[]) {
  panel('timeseries', title, unit, sql(`SELECT at AS time, ${name} || part AS metric, y FROM ${source}, ` +
    `LATERAL (VALUES ('', ${value}), (' lower', lower), (' upper', upper)) AS b (part, y) ORDER BY 1`), [
    style('.* (lower|upper)', { lineWidth: 0, hideFrom: { legend: true, tooltip: false, viz: false } }),
    ...names.map(each => style(`${each} upper`, { fillBelowTo: `${each} lower`, fillOpacity: 40 }))]);
}
bounded('Percentiles', 'ms', `'p' || percentile * 100`, 'value', call('percentiles', `step := ${step}, `), ['p50', 'p90', 'p99']);
const heatmap: Partial<Heatmap> = { ...defaultOptions, rowsFrame: { layout: HeatmapCellLayout.le }, yAxis: { unit: 'ms' } };
panel('heatmap', 'Latency', 'short', sql('SELECT at AS time, round(upper::numeric, 1)::text AS metric, sum(requests)::float8 AS requests ' +
  `FROM ${call('histogram', `step := ${step}, `)} GROUP BY 1, 2 ORDER BY 1`), [], { ...heatmap });
const perSecond = `SELECT at AS time, requests / extract(epoch FROM ${step})::float8 AS requests`;
panel('timeseries', 'Requests', 'reqps', sql(`${perSecond} FROM ${call('percentiles', `p := '{0.5}', step := ${step}, `)} ORDER BY 1`));
bounded('Distinct clients', 'short', `'clients'`, 'clients', call('distinct_clients', `step := ${step}, `), ['clients']);
panel('table', 'Top routes', 'short', sql(`SELECT item AS route, requests, lower, upper, total FROM ${call('top')}`, 'table'));
const alerts = 'SELECT at, rule, subject, state, value, above FROM sketch_api.alerts("limit" := 1000)';
panel('table', 'Alerts', 'short', sql(`${alerts} WHERE at BETWEEN $__timeFrom() AND $__timeTo() ORDER BY id DESC`, 'table'));
const slowest = 'topk(5, histogram_quantile(0.99, sum by (host) (rate(http_request_milliseconds[1m]))))';
panel('timeseries', 'p99 of the slowest hosts, by Prometheus', 'ms', { datasource: prometheus, legendFormat: '{{host}}', expr: slowest });

const choice = ({ type, uid }: typeof postgres): VariableModel => ({ name: uid.slice(2, -1), type: 'datasource', query: type });
const host: VariableModel = { name: 'host', type: 'query', datasource: postgres, query: 'SELECT host FROM sketch_api.hosts() ORDER BY since LIMIT 1000',
  refresh: VariableRefresh.onDashboardLoad, includeAll: true, allValue: 'NULL', current: { text: 'All', value: '$__all' } };
const dashboard: Dashboard = { title: 'Live', uid: 'sketch-live', schemaVersion: 42, refresh: '5s', time: { from: 'now-15m', to: 'now' },
  templating: { list: [choice(postgres), choice(prometheus), host] } };
console.log(`{"panels": [\n${panels.map(each => JSON.stringify(each)).join(',\n')}],\n${JSON.stringify(dashboard).slice(1)}`);
