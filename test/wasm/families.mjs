// One md5 of each family, of rows `i, x, text` in lines of JSON: families.mjs <package>
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const { load, Distinct, Frequency, Membership, Quantile, TopK } = await import(
  pathToFileURL(join(process.argv[2], 'sketch.js'))
);
await load();

const rows = readFileSync(0, 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line));
const [numbers, floats, texts] = [0, 1, 2].map((column) => rows.map((row) => row[column]));
const weights = numbers.map((i) => i % 5);
const parts = (make, column, weighted) =>
  [0, 1, 2, 3].map((part) => {
    const from = (part * rows.length) >> 2,
      to = ((part + 1) * rows.length) >> 2;
    return make().addMany(column.slice(from, to), weighted ? weights.slice(from, to) : undefined);
  });
for (const [family, make, column, weighted] of [
  ['quantile', () => new Quantile(), floats.map(Number), false],
  ['distinct', () => new Distinct(), texts, false],
  ['frequency', () => new Frequency(), numbers, true],
  ['topk', () => new TopK({ k: 5000 }), texts, true],
  ['membership', () => new Membership({ expectedItems: 10000 }), texts, false],
]) {
  const whole = parts(make, column, weighted).reduce((sum, part) => sum.merge(part));
  console.log(`${family}\t${createHash('md5').update(whole.bytes()).digest('hex')}`);
}
