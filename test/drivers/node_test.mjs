// The extension from Node, by `pg`, which sends every parameter as text without a type: node_test.mjs
import pg from 'pg';
import protobuf from 'protobufjs';

const client = new pg.Client();
await client.connect();
let number = 0;
let failures = 0;

function ok(condition, name, detail) {
  number++;
  if (!condition) failures++;
  console.log(`${condition ? 'ok' : 'not ok'} ${number} - node: ${name}`);
  if (!condition) console.log(`# ${JSON.stringify(detail)}`);
}

const row = async (text, values) => (await client.query(text, values)).rows[0];
const near = (x, wanted) => Math.abs(x / wanted - 1) <= 0.01;

for (const p of [0.5, '0.5']) {
  const { percentile } = await row('SELECT percentile(latency, $1) FROM sketches', [p]);
  ok(near(percentile, 500.5), `percentile of a ${typeof p}`, percentile);
}
const several = await row('SELECT percentiles(latency, $1), percentile_ranks(latency, $2) FROM sketches', [[0, 0.9, 1], [500]]);
ok(several.percentiles[0] === 1 && near(several.percentiles[1], 900.1) && several.percentiles[2] === 1000, 'percentiles of an array', several);
ok(near(several.percentile_ranks[0], 0.5), 'ranks of an array', several);

for (const user of [7, '7', '7.0']) {
  const answer = await row('SELECT contains(seen, $1), frequency(requests, $1), frequency(top, $1) AS of_top, frequency_bounds(top, $1) AS bounds FROM sketches', [user]);
  ok(answer.contains === true && answer.frequency === '242' && answer.of_top === '242' && answer.bounds === '(242,242)', `${typeof user} ${user} in sketches of numbers`, answer);
}
const nobody = await row('SELECT contains(seen, $1), frequency(requests, $1) FROM sketches', [1000]);
ok(nobody.contains === false && nobody.frequency === '0', 'a number that is not there', nobody);

const bounds = await row('SELECT lower, upper, distinct_bounds(users)::text AS both FROM sketches, distinct_bounds(users, $1)', ['0.9']);
ok(bounds.lower === '19' && bounds.upper === '19' && bounds.both === '(19,19)', 'bounds are columns', bounds);
const bins = await client.query('SELECT b.* FROM sketches, histogram_bins(latency, $1) AS b', [4]);
ok(bins.rows.length === 4 && bins.rows.reduce((sum, bin) => sum + Number(bin.count), 0) === 1000 && bins.rows[3].upper === 1000, 'bins', bins.rows);
const steps = await client.query('SELECT c.* FROM sketches, cumulative_histogram(latency, $1) AS c', [[100, 500]]);
ok(steps.rows.length === 3 && steps.rows[2].upper === Infinity && steps.rows[2].count === '1000', 'a cumulative histogram', steps.rows);

const { bytes, latency } = await row('SELECT latency::bytea AS bytes, latency FROM sketches');
ok(Buffer.isBuffer(bytes) && latency === `\\x${bytes.toString('hex')}`, 'a sketch is a string, and its bytes a buffer');
const back = await row('SELECT $1::quantile_sketch = latency AS text, $2::bytea::quantile_sketch = latency AS bytes FROM sketches', [latency, bytes]);
ok(back.text === true && back.bytes === true, 'and comes back as it was', back);

const upsert = `INSERT INTO minutes SELECT $1, quantile_agg(ms), distinct_agg(u) FROM unnest($2::float8[], $3::int[]) AS r (ms, u)
  ON CONFLICT (minute) DO UPDATE SET latency = merge(minutes.latency, excluded.latency), users = merge(minutes.users, excluded.users)`;
for (const part of [[1, 2, 3], [3, 4]]) await client.query(upsert, [1, part, part]);
const merged = await row('SELECT total_count(latency), max_value(latency), distinct_count(users) FROM minutes WHERE minute = $1', ['1']);
ok(merged.total_count === '5' && merged.max_value === 4 && merged.distinct_count === '4', 'an upsert merges', merged);

// What to_otlp makes, as another implementation of protobuf reads it from JSON and writes it; these bytes are the sketch again.
const { root } = protobuf.parse(`syntax = "proto3";
  message Request { repeated ResourceMetrics resource_metrics = 1; }
  message ResourceMetrics { repeated ScopeMetrics scope_metrics = 2; }
  message ScopeMetrics { repeated Metric metrics = 2; }
  message Metric { string name = 1; Histogram exponential_histogram = 10; }
  message Histogram { repeated Point data_points = 1; int32 aggregation_temporality = 2; }
  message Buckets { sint32 offset = 1; repeated uint64 bucket_counts = 2; }
  message Point {
    fixed64 count = 4; optional double sum = 5; sint32 scale = 6; fixed64 zero_count = 7; Buckets positive = 8; Buckets negative = 9;
    optional double min = 12; optional double max = 13; double zero_threshold = 14;
  }`);
const Request = root.lookupType('Request');
const { point } = await row(`SELECT to_otlp(quantile_agg(x), 1000) AS point FROM unnest(ARRAY[-2, 0, 0.25, 0.5, 0.5, 8.0]) AS x`);
const request = { resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name: 'ms', exponentialHistogram: { aggregationTemporality: 1, dataPoints: [point] } }] }] }] };
const protobufBytes = Buffer.from(Request.encode(Request.fromObject(request)).finish());
const read = await row('SELECT metric, count, min_value(sketch), max_value(sketch), sketch = (SELECT quantile_agg(x) FROM unnest(ARRAY[-2, 0, 0.25, 0.5, 0.5, 8.0]) AS x) AS same FROM otlp_points_protobuf($1)', [protobufBytes]);
ok(read.metric === 'ms' && read.count === '6' && read.min_value === -2 && read.max_value === 8 && read.same === true, 'a point that protobufjs has read and written is the sketch', read);
const sent = await row('SELECT sketch FROM otlp_points($1)', [request]);
const again = await row('SELECT sketch FROM otlp_points_protobuf($1)', [protobufBytes]);
ok(sent.sketch === again.sketch, 'and so is its JSON', { sent, again });

await client.end();
process.exit(failures > 0 ? 1 : 0);
