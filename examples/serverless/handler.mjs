// A batch of log records becomes sketches, one row for each minute and route: some hundred bytes instead of the records.
// For AWS Lambda, subscribed to CloudWatch Logs or to a Kinesis stream. What it returns, or hands on, is ready for
// insert.sql; README.md tells how.
import { gunzipSync } from 'node:zlib';
import { Distinct, load, Quantile, TopK } from 'sketch-ext';

await load(); // once an instance, not once an event

const MOST_BYTES = 64 * 2 ** 20; // that one record may have when it is decompressed

const unpack = (base64) => {
  const bytes = Buffer.from(base64, 'base64');
  const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
  return (isGzip ? gunzipSync(bytes, { maxOutputLength: MOST_BYTES }) : bytes).toString();
};

// What CloudWatch Logs sends, by itself or through Kinesis. Its control messages only ask whether somebody is there.
const messagesOf = ({ messageType, logEvents }) =>
  messageType === 'DATA_MESSAGE' ? logEvents.map(({ message }) => message) : [];

// A record that cannot be read must not keep the others from being counted: it is a line that is none.
function linesIn(data) {
  try {
    const text = unpack(data);
    return text.startsWith('{"messageType"') ? messagesOf(JSON.parse(text)) : text.split('\n').filter((line) => line.trim() !== '');
  } catch {
    return [''];
  }
}

/** The lines of an event, and what names it: it is the same when the event is delivered once more. */
export function linesOf(event) {
  if (event.awslogs) {
    const { logEvents = [], ...batch } = JSON.parse(unpack(event.awslogs.data));
    return { id: `${logEvents[0]?.id ?? ''}`, lines: messagesOf({ ...batch, logEvents }) };
  }
  if (!event.Records?.every((record) => record.kinesis)) throw new TypeError('neither an event of CloudWatch Logs nor of Kinesis');
  return { id: `${event.Records[0]?.eventID ?? ''}`, lines: event.Records.flatMap(({ kinesis }) => linesIn(kinesis.data)) };
}

// What PostgreSQL has as text: no character of code 0, and no half of one.
const isText = (value) => typeof value === 'string' && !/\p{Surrogate}|\0/u.test(value);
const MOST_CHARACTERS = 500; // of a route: it is part of the key, and an index has rows of up to 2,704 bytes
const isAbsent = (value) => value === undefined || value === null;
const END = Date.UTC(10000, 0); // beyond, years have a sign

// {"time": "2026-01-31T12:34:56.789Z", "route": "/cart", "ms": 12.5, "user": "u17", "status": 200}, as README.md tells.
// Anything else is no record.
function recordOf(line) {
  try {
    const { time, route, ms, user: name, status } = JSON.parse(line);
    const hasZone = /(Z|[+-]\d\d(:?\d\d)?)$/i.test(time) || /^\d{4}-\d\d-\d\d$/.test(time); // else it is in UTC, too
    const at = typeof time === 'string' ? Date.parse(hasZone ? time : `${time}Z`) : NaN;
    const user = Number.isSafeInteger(name) ? String(name) : name;
    const isRecord = at >= 0 && at < END && isText(route) && route.length <= MOST_CHARACTERS && Number.isFinite(ms) &&
      (isAbsent(user) || isText(user)) && (isAbsent(status) || Number.isSafeInteger(status));
    return isRecord ? { minute: new Date(at - (at % 60_000)).toISOString(), route, ms, user, status } : undefined;
  } catch {
    return undefined;
  }
}

/** Rows of sketches, and how many records were read and were none. */
export function sketchBatch(event) {
  const { id, lines } = linesOf(event);
  const groups = new Map();
  let bad = 0;
  for (const line of lines) {
    const record = recordOf(line);
    if (!record) {
      bad += 1;
      continue;
    }
    const { minute, route, ms, user, status } = record;
    const key = `${minute} ${route}`;
    let group = groups.get(key);
    if (!group) {
      group = { minute, route, latency: new Quantile(), users: new Distinct(), statuses: new TopK({ k: 10 }) };
      groups.set(key, group);
    }
    group.latency.add(ms);
    group.users.add(user);
    group.statuses.add(status);
  }
  const rows = [...groups.values()].map(({ minute, route, ...sketches }) => {
    const row = { batch: id, minute, route };
    for (const [name, sketch] of Object.entries(sketches)) {
      row[name] = sketch.toString();
      sketch.free();
    }
    return row;
  });
  return { rows, records: lines.length - bad, bad };
}

/** Rows as the text format of COPY has them. */
export function copyOf(rows) {
  const escapes = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };
  const field = (text) => text.replace(/[\\\t\n\r]/g, (character) => escapes[character]);
  return rows.map((row) => `${Object.values(row).map(field).join('\t')}\n`).join('');
}

/** What Lambda calls: for a destination that inserts, or to be followed by a query here. */
export async function handler(event) {
  const batch = sketchBatch(event);
  if (batch.bad > 0) console.warn(`${batch.bad} records of ${batch.bad + batch.records} cannot be read`);
  return batch;
}
