// Writes the flights of a parquet file to standard output, in the text format of COPY.
import { once } from 'node:events';
import { DuckDBInstance } from '@duckdb/node-api';

const [parquet] = process.argv.slice(2);
const { stdout, stderr, env } = process;
stdout.on('error', () => process.exit(1)); // psql went away, and has said why

const instance = await DuckDBInstance.create(':memory:', { threads: '1' }); // the other core is PostgreSQL's
const duckdb = await instance.connect();
const count = await duckdb.runAndReadAll('SELECT count(*) FROM read_parquet($1)', [parquet]);
const total = Number(count.getRows()[0][0]);

const utf8 = /utf-?8/i.test(env.LC_ALL || env.LC_CTYPE || env.LANG || '');
const [full, empty] = utf8 ? '█░' : '#.';
let rows = 0;
let shown = 0;

// A terminal gets a bar that moves, a log a line now and then.
function showProgress() {
  const step = stderr.isTTY ? total / 100 : 500_000;
  if (rows < total && rows < shown + step) return;
  shown = rows;
  const done = Math.floor((rows / total) * 40);
  const bar = stderr.isTTY ? `\r  ${full.repeat(done)}${empty.repeat(40 - done)}` : ' ';
  const text = `${bar} ${rows.toLocaleString('en-US')} of ${total.toLocaleString('en-US')} flights`;
  stderr.write(stderr.isTTY && rows < total ? text : `${text}\n`);
}

// The columns have neither NULLs nor characters that COPY would want escaped: times, numbers, airport codes.
const flights = await duckdb.stream(
  `SELECT concat_ws(chr(9), date, delay, distance, origin, destination) FROM read_parquet($1)`, [parquet]);
for (let chunk = await flights.fetchChunk(); chunk?.rowCount; chunk = await flights.fetchChunk()) {
  const text = chunk.getColumnValues(0).join('\n') + '\n';
  if (!stdout.write(text)) await once(stdout, 'drain');
  rows += chunk.rowCount;
  showProgress();
}
