// Sketches of the values of test/abi/items.sql, type by type, from the text of PostgreSQL: columns.mjs <package>
// Reads lines of a type and a value in JSON; prints a type, a family and the sketch; and the items of the topk sketch.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const { load, Distinct, Frequency, Membership, Quantile, TopK } = await import(
  pathToFileURL(join(process.argv[2], 'sketch.js'))
);
await load();

const columns = new Map();
for (const line of readFileSync(0, 'utf8').trimEnd().split('\n')) {
  const [type, text] = line.split('\t');
  if (!columns.has(type)) columns.set(type, []);
  columns.get(type).push(JSON.parse(text));
}
const bytea = (text) => Uint8Array.from(text.slice(2).match(/../g) ?? [], (byte) => parseInt(byte, 16));
const TYPES = {
  int2: ['bigint'],
  int4: ['bigint', Number],
  int8: ['bigint', BigInt],
  numeric: ['numeric'],
  float4: ['float8', (x) => Math.fround(Number(x))],
  float8: ['float8', Number],
  text: [undefined],
  bytea: [undefined, bytea],
  mood: ['enum'],
  bool: ['boolean', (x) => x === 'true'],
  uuid: ['uuid'],
  timestamptz: ['timestamptz'],
  timestamp: ['timestamp'],
  date: ['date'],
  time: ['time'],
  inet: ['inet'],
};

for (const [name, texts] of columns) {
  const [type, valueOf = (text) => text] = TYPES[name];
  const values = texts.map(valueOf);
  const show = (family, sketch) => console.log(`${name}\t${family}\t${sketch.toString().slice(2)}`);
  const inParts = (make) =>
    make()
      .addMany(values.slice(0, 100))
      .merge(make().addMany(values.slice(100)).bytes());
  const top = inParts(() => new TopK({ type, k: 1000 }));
  show(
    'distinct',
    inParts(() => new Distinct({ type, precision: 12 })),
  );
  show(
    'frequency',
    inParts(() => new Frequency({ type })),
  );
  show('topk', top);
  show(
    'membership',
    inParts(() => new Membership({ type, expectedItems: 5000 })),
  );
  if (name === 'float8')
    show(
      'quantile',
      inParts(() => new Quantile()),
    );
  if (type === 'float8') continue; // which PostgreSQL writes in another way
  for (const { item, estimate } of top.top()) {
    const text = item instanceof Uint8Array ? `\\x${Buffer.from(item).toString('hex')}` : String(item);
    console.log(`${name}\titem\t${JSON.stringify([text, estimate])}`);
  }
}
