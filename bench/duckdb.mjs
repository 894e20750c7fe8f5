// The questions of bench/run asked of DuckDB: the same rows in a table of its own, in memory, one thread.
//
//   node duckdb.mjs <file of events: lat, uid, url and minute as CSV> <rounds>
//
// Prints "section|what|rows|milliseconds" for each query and round.
import { DuckDBInstance } from '@duckdb/node-api';

const [file, rounds] = process.argv.slice(2);
const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
const duckdb = await instance.connect();
await duckdb.run(`CREATE TABLE events AS SELECT * FROM read_csv('${file}', header = false,
  columns = { 'lat': 'DOUBLE', 'uid': 'BIGINT', 'url': 'VARCHAR', 'minute': 'INTEGER' })`);
const rows = Number((await duckdb.runAndReadAll('SELECT count(*) FROM events')).getRows()[0][0]);

const questions = {
  count: 'count(lat)',
  'approx_quantile': 'approx_quantile(lat, 0.99)',
  'approx_count_distinct': 'approx_count_distinct(uid)',
  'approx_top_k': 'approx_top_k(url, 100)',
};
for (let round = 0; round <= Number(rounds); round++) {
  for (const [plan, by] of [['one', ''], ['minute', 'GROUP BY minute']]) {
    for (const [what, expression] of Object.entries(questions)) {
      const start = performance.now();
      await (await duckdb.run(`SELECT count(x) FROM (SELECT ${expression} AS x FROM events ${by})`)).fetchAllChunks();
      const ms = performance.now() - start;
      if (round > 0) console.log(`duckdb ${plan}|${what}|${rows}|${ms.toFixed(3)}`);
    }
  }
}
