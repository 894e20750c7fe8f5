// Draws the pictures of docs/BENCHMARKS.md: plots.mjs <JSON that plots.sql prints> <JSON of Google Benchmark> <directory to write to>
// docs/PERFORMANCE.md shows one of them, too.
import { readFileSync, writeFileSync } from 'node:fs';
import * as vega from 'vega';
import { compile } from 'vega-lite';

const [json, coreJson, directory] = process.argv.slice(2);
const data = JSON.parse(readFileSync(json, 'utf8'));
const core = Object.fromEntries(JSON.parse(readFileSync(coreJson, 'utf8')).benchmarks
  .filter((b) => b.aggregate_name === 'median').map((b) => [b.run_name, b.each * 1e9]));

const kinds = { domain: ['sketch_ext', 'hll, tdigest', 'exact SQL'], range: ['#0b62a8', '#e08a3c', '#a5a19a'] };
const config = {
  background: 'white',
  font: 'Inter, Helvetica, Arial, sans-serif',
  axis: { labelColor: '#1b1f24', titleColor: '#5a616a', titleFontWeight: 'normal', gridColor: '#eceae6', domain: false, tickColor: '#d5d2cb', labelLimit: 300 },
  header: { labelFontSize: 13, labelFontWeight: 'bold', labelColor: '#1b1f24', title: null },
  legend: { title: null, orient: 'top', labelLimit: 300 },
  title: { anchor: 'start', fontSize: 15, color: '#1b1f24' },
  view: { stroke: null },
};

// One bar a name, its figure behind it. Figures differ a hundredfold: a root scale begins with zero, and shows them all.
const bars = (values, figure, title) => ({
  data: { values },
  transform: [{ calculate: `format(datum.${figure}, datum.${figure} < 20 ? '.1f' : ',.0f')`, as: 'label' }],
  encoding: {
    y: { field: 'what', type: 'nominal', title: null, sort: [...values].sort((a, b) => a[figure] - b[figure]).map((d) => d.what) },
    x: { field: figure, type: 'quantitative', title, scale: { type: 'sqrt' }, axis: { tickCount: 6 } },
  },
  layer: [
    { mark: { type: 'bar', height: 14, cornerRadiusEnd: 2 }, encoding: { color: { field: 'kind', type: 'nominal', scale: kinds } } },
    { mark: { type: 'text', align: 'left', dx: 4, color: '#1b1f24' }, encoding: { text: { field: 'label' } } },
  ],
});

const columns = (panels) => ({ hconcat: panels, spacing: 40 });
const panel = (spec, text, width = 340) => ({ ...spec, title: text, width });

const lines = (values, x, y, xTitle, yTitle, { log = false, ...rest } = {}) => ({
  data: { values },
  mark: { type: 'line', point: log, strokeWidth: 2 },
  encoding: {
    x: { field: x, type: 'quantitative', title: xTitle, scale: log ? { type: 'log' } : {}, axis: { format: log ? '~s' : 'd', tickCount: 5 } },
    y: { field: y, type: 'quantitative', title: yTitle, scale: log ? { type: 'log' } : { type: 'symlog', constant: 0.1 }, axis: { tickCount: 6, format: '~g' } },
    color: { field: 'what', type: 'nominal', sort: null, ...rest },
  },
});

// ---- the pictures ----------------------------------------

const rowsOf = (plan) => data.row.filter((d) => d.plan === plan);
const bytesOf = (n) => data.bytes.filter((d) => d.n === n);
const scaleOf = (name) => data.scale.filter((d) => d.panel === name);
const scalePanels = [...new Set(data.scale.map((d) => d.panel))];
const scaleAxis = { 'seconds, by rows in one group': 'rows', 'ms to merge stored partitions': 'partitions' };
const families = {
  domain: ['count', 'avg', 'quantile', 'distinct', 'frequency', 'topk', 'membership'],
  range: ['#c9c5bd', '#7d7a74', '#0b62a8', '#e08a3c', '#4f9d69', '#b0407a', '#6aa9d8'],
};

// Where the time of a row goes: what the executor takes for count(x), what the core takes alone, and what is left.
const budgets = [
  ['quantile_agg', 'float8', 'add/lognormal'], ['distinct_agg of bigint', 'bigint', 'distinct_add/10'],
  ['frequency_agg of bigint', 'bigint', 'frequency_add/uniform/12/1000000'], ['membership_agg of bigint', 'bigint', 'membership_add/13'],
  ['topk_agg of bigint', 'bigint', 'topk_add_different/100'],
].flatMap(([what, type, benchmark]) => {
  const { ns } = data.row.find((d) => d.plan === 'one group' && d.what === what);
  const parts = { 'executor: count(x)': data.floor[type], 'the core alone, its hash included': core[benchmark] };
  const rest = Math.max(0, ns - core[benchmark]);
  return Object.entries({ ...parts, 'call, layer, colder caches': rest }).map(([part, value], order) => ({ what, part, order, ns: value }));
});
const budget = {
  data: { values: budgets },
  width: 560,
  mark: { type: 'bar', height: 20 },
  encoding: {
    y: { field: 'what', type: 'nominal', title: null, sort: null },
    x: { field: 'ns', type: 'quantitative', title: 'ns a row, one group', stack: 'zero' },
    order: { field: 'order' },
    color: { field: 'part', type: 'nominal', sort: null, scale: { range: ['#d9d6cf', '#0b62a8', '#e08a3c'] } },
  },
};

const plots = {
  budget,
  row: columns([
    panel(bars(rowsOf('one group'), 'ns', 'ns a row above count(x)'), 'A row of one group'),
    panel(bars(rowsOf('1,440 groups'), 'ns', 'ns a row above count(x)'), 'A row of 1,440 groups'),
  ]),
  memory: columns([
    panel(bars(data.memory, 'mb', 'MB of memory'), '143,000 groups, work_mem 64 MB: memory'),
    panel(bars(data.memory, 'spilled', 'MB written to temporary files'), 'spilled to disk'),
  ]),
  bytes: columns([1, 2, 3, 5].map((n) => panel(bars(bytesOf(n), 'bytes', 'bytes stored'), bytesOf(n)[0].rows, 150))),
  percentiles: {
    ...lines(data.percentiles, 'p', 'error', 'percentile', 'error in % of the exact value', { scale: { range: [kinds.range[0], kinds.range[1]] } }),
    width: 640, height: 240,
  },
  scale: {
    columns: 2,
    concat: scalePanels.map((name) => panel(
      { ...lines(scaleOf(name), 'x', 'y', scaleAxis[name] ?? 'groups', name.split(/,| to/)[0], { log: true, scale: families }), height: 220 }, name)),
  },
};

for (const [name, spec] of Object.entries(plots)) {
  const view = new vega.View(vega.parse(compile({ config, ...spec }).spec), { renderer: 'none' });
  writeFileSync(`${directory}/${name}.svg`, `${await view.toSVG()}\n`);
}
