// Sketches byte for byte those that the PostgreSQL extension sketch_ext makes of the same rows: see README.md.
//
// The calls below are those of the C ABI of libsketch, whose headers say what they promise. Their out-parameters, and
// rows on their way in, stand in memory of the module that is allocated once. User code (iterators, for one) never runs
// between the moment that something is written there and the call that reads it.

const OK = 0, GROW = 1, END = 3; // of sketch_status
const PACKED = 0, WORK = 1; // of sketch_form
const KIND = {
  NONE: 0, NUMBER: 1, FLOAT: 2, TEXT: 3, BYTEA: 4, UUID: 5, TIMESTAMPTZ: 6, TIMESTAMP: 7, DATE: 8, INET: 9, BOOL: 10,
  ENUM: 11, TIME: 13,
};
const OPTIONS = {
  quantile: ['accuracy'], distinct: ['precision'], frequency: ['error'], topk: ['k'],
  membership: ['expectedItems', 'falsePositiveRate'],
};
const FAMILIES = Object.keys(OPTIONS);
const UNIX_MICROSECONDS = 946684800000000n; // from 1970 to 2000, where PostgreSQL begins to count
const [MIN_INT64, MAX_INT64] = [-(2n ** 63n), 2n ** 63n - 1n];

// Where structures of the ABI stand in the memory for out-parameters.
const AT = { growth: 0, out: 32, taken: 96, entry: 104, item: 136, info: 256, cursor: 384, size: 384 + 32 * 8 + 8192 };
const ITEM = { kind: 0, hash: 8, bytes: 16, size: 20 };
const ROWS = 2048; // that go into one call
const LARGEST = 2 ** 28; // bytes of any packed sketch
const ROOM = 65536; // for their items; more only while a larger one is added

/** What the library refuses: bytes that are no sketch, a parameter out of its range, items of another kind. */
export class SketchError extends Error {
  name = 'SketchError';
}

// ---- the module ----------------------------------------

let wasm; // its exports
let calls; // those of each family, by the name of the step: calls.quantile.open
let at; // addresses of what AT has
let stage; // addresses of rows on their way in, and how many are there

// Views of the memory. A view has no bytes any more when memory has grown.
let bytes = new Uint8Array(0), data;
function memory() {
  if (bytes.length === 0) {
    bytes = new Uint8Array(wasm.memory.buffer);
    data = new DataView(wasm.memory.buffer);
  }
  return bytes;
}
function view() {
  memory();
  return data;
}
const size_t = (address) => view().getUint32(address, true);
const float8 = (address) => view().getFloat64(address, true);
const int4 = (address) => view().getInt32(address, true);

// A number as long as it is exact, and else a bigint.
function integer(address) {
  const value = view().getBigUint64(address, true);
  return value <= Number.MAX_SAFE_INTEGER ? Number(value) : value;
}

function allocate(size) {
  const address = size <= 0xffffffff ? wasm.malloc(Number(size) || 1) >>> 0 : 0;
  if (address === 0) throw new SketchError('out of memory');
  return address;
}

/** Memory for as long as a call takes. */
function using(size, call) {
  const address = allocate(size);
  try {
    return call(address);
  } finally {
    wasm.free(address);
  }
}

function message(status) {
  const start = wasm.sketch_status_message(status) >>> 0;
  return String.fromCharCode(...memory().subarray(start, bytes.indexOf(0, start)));
}
function must(status) {
  if (status !== OK) throw new SketchError(message(status));
}

async function compile(source) {
  source = await (source ?? new URL('sketch.wasm', import.meta.url));
  if (source instanceof WebAssembly.Module) return source;
  if (typeof source === 'string' || source instanceof URL) {
    const url = new URL(source, import.meta.url);
    if (url.protocol === 'file:') {
      const { readFile } = await import(/* webpackIgnore: true */ /* @vite-ignore */ 'node:fs/promises');
      source = await readFile(url);
    } else {
      source = await fetch(url);
    }
  }
  if (typeof Response === 'function' && source instanceof Response) {
    if (!source.ok) throw new Error(`${source.url}: ${source.status} ${source.statusText}`);
    if (source.headers.get('Content-Type') === 'application/wasm') return WebAssembly.compileStreaming(source);
    source = await source.arrayBuffer();
  }
  return WebAssembly.compile(source);
}

async function start(source) {
  const { exports } = await WebAssembly.instantiate(await compile(source), {});
  exports._initialize();
  const { crypto } = globalThis.crypto
    ? globalThis
    : { crypto: (await import(/* webpackIgnore: true */ /* @vite-ignore */ 'node:crypto')).webcrypto }; // Node 18
  exports.sketch_set_salt(crypto.getRandomValues(new BigInt64Array(1))[0]);
  wasm = exports;
  calls = Object.fromEntries(FAMILIES.map((family) => {
    const prefix = `sketch_${family}_`;
    const names = Object.keys(exports).filter((name) => name.startsWith(prefix));
    return [family, Object.fromEntries(names.map((name) => [name.slice(prefix.length), exports[name]]))];
  }));
  const base = allocate(AT.size);
  at = Object.fromEntries(Object.entries(AT).map(([name, offset]) => [name, base + offset]));
  stage = {
    items: allocate(ROOM), room: ROOM, used: 0, rows: 0, kind: KIND.NONE, hashed: false,
    offsets: allocate(4 * (ROWS + 1)), hashes: allocate(8 * ROWS), weights: allocate(8 * ROWS),
  };
  const version = wasm.sketch_version() >>> 0;
  return {
    version: String.fromCharCode(...memory().subarray(version, bytes.indexOf(0, version))),
    memory: wasm.memory,
  };
}

let loading;
/**
 * Loads the module, once, before anything else: from beside this file, or from a URL, a Response, its bytes or a
 * WebAssembly.Module. Later calls give the same.
 */
export function load(source) {
  loading ??= start(source).catch((error) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

// ---- rows and items on their way in ----------------------------------------

const isAbsent = (value) => value === null || value === undefined; // NULL, which is no row

function weightOf(weight) {
  if (weight === 1) return 1n;
  if (typeof weight === 'number' && Number.isSafeInteger(weight)) weight = BigInt(weight);
  if (typeof weight !== 'bigint') throw new TypeError(`a weight is an integer, and exact: ${String(weight)} is not`);
  if (weight < 0n || weight > MAX_INT64) throw new RangeError('a weight is at least 0 and at most 2^63 - 1');
  return weight;
}

function numberOf(value) {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  throw new TypeError(`numbers are wanted, not ${describe(value)}`);
}

function describe(value) {
  if (value === null) return 'null';
  return typeof value === 'object' ? `an object of ${value.constructor?.name ?? 'no class'}` : `a ${typeof value}`;
}

const utf8 = new TextEncoder(), fromUtf8 = new TextDecoder();
const hasLoneSurrogate = (text) => (text.isWellFormed ? !text.isWellFormed() : /\p{Surrogate}/u.test(text));

// Percentiles and bounds that are asked for.
function numbersOf(values) {
  wanted(typeof values?.[Symbol.iterator] === 'function', 'an array of numbers is wanted', values);
  return Array.from(values, (value) => numberOf(value));
}

// Room for one more item of at most so many bytes. What is there must be added first if there is none, or if the item
// is of another kind: that is what FULL says.
const FULL = new Error('rows that wait are to be added first');
function makeRoom(size) {
  if (stage.used + size <= stage.room) return;
  if (stage.rows > 0) throw FULL;
  setRoom(size);
}
function setRoom(room) {
  wasm.free(stage.items);
  Object.assign(stage, { items: 0, room: 0, used: 0 });
  stage.items = allocate(room);
  stage.room = room;
}

// One item has been written behind the others; or its hash, where its canonical bytes are not at hand.
function staged(kind, size, hashed = false) {
  if (stage.rows === 0) {
    stage.kind = kind;
    stage.hashed = hashed;
    view().setUint32(stage.offsets, 0, true);
  } else if (stage.kind !== kind || stage.hashed !== hashed) {
    throw FULL;
  }
  stage.used += size;
  stage.rows += 1;
  view().setUint32(stage.offsets + 4 * stage.rows, stage.used, true);
}

function wanted(condition, what, value) {
  if (!condition) throw new TypeError(`${what}, not ${describe(value)}`);
}

function stageText(value, kind = KIND.TEXT) {
  wanted(typeof value === 'string', 'a text is a string', value);
  const { length } = value;
  if (length <= 24) { // of ASCII, where a loop is faster
    makeRoom(24);
    const target = memory(), start = stage.items + stage.used;
    let i = 0;
    for (; i < length; i++) {
      const code = value.charCodeAt(i);
      if (code === 0 || code > 127) break;
      target[start + i] = code;
    }
    if (i === length) return staged(kind, length);
  }
  if (value.includes('\0')) throw new SketchError('a text has no character of code 0');
  makeRoom(3 * length);
  const start = stage.items + stage.used;
  const { written } = utf8.encodeInto(value, memory().subarray(start, start + 3 * length));
  if (written !== length && hasLoneSurrogate(value)) throw new SketchError('a text has no lone surrogate');
  staged(kind, written);
}

function stageBytes(value) {
  wanted(value instanceof Uint8Array, 'bytea is a Uint8Array', value);
  makeRoom(value.length);
  memory().set(value, stage.items + stage.used);
  staged(KIND.BYTEA, value.length);
}

function stageBoolean(value) {
  wanted(typeof value === 'boolean', 'a boolean is wanted', value);
  makeRoom(1);
  memory()[stage.items + stage.used] = value ? 1 : 0;
  staged(KIND.BOOL, 1);
}

function stageFloat(value) {
  wanted(typeof value === 'number', 'float8 is a number', value);
  makeRoom(8);
  const start = stage.items + stage.used;
  if (Number.isNaN(value)) view().setBigUint64(start, 0x7ff8000000000000n, true); // there is one NaN, and one zero
  else view().setFloat64(start, value === 0 ? 0 : value, true);
  staged(KIND.FLOAT, 8);
}

function stageInt64(value, isTopK) {
  makeRoom(16);
  const start = stage.items + stage.used, target = isTopK ? at.out : start;
  if (typeof value === 'bigint') {
    view().setBigInt64(target, value, true);
  } else {
    view().setInt32(target, value, true); // modulo 2^32
    data.setInt32(target + 4, Math.floor(value / 4294967296), true);
  }
  if (!isTopK) return staged(KIND.NUMBER, 8);
  wasm.sketch_item_int64_many(at.out, 1, start, at.out + 8);
  staged(KIND.NUMBER, size_t(at.out + 12));
}

// A sketch_item that the library has made: its bytes for topk, its hash for the others.
function stageItem(isTopK) {
  const kind = int4(at.item + ITEM.kind), start = stage.items + stage.used;
  if (isTopK) {
    const from = size_t(at.item + ITEM.bytes), size = size_t(at.item + ITEM.size);
    memory().copyWithin(start, from, from + size);
    return staged(kind, size);
  }
  view().setBigUint64(stage.hashes + 8 * stage.rows, data.getBigUint64(at.item + ITEM.hash, true), true);
  staged(kind, 0, true);
}

// What the library reads from text; the item may stand in memory that is as large as the text.
function stageParsed(text, type, isTopK) {
  const size = Math.max(3 * text.length, 128);
  makeRoom(3 * size);
  const start = stage.items + stage.used + size;
  const { written } = utf8.encodeInto(text, memory().subarray(start, start + size));
  const status = wasm.sketch_item_parse(TYPES[type].kind, start, written, start + size, size, at.item);
  if (status !== OK) throw new SketchError(`no ${type}: ${text.slice(0, 100)}`);
  stageItem(isTopK);
}

const isInt64 = (value) =>
  typeof value === 'bigint' ? value >= MIN_INT64 && value <= MAX_INT64 : Number.isSafeInteger(value);

function stageBigint(value, isTopK) {
  // Drivers give them as strings.
  if (typeof value === 'string' && /^[+-]?\d+$/.test(value)) value = BigInt(value.replace(/^\+/, ''));
  wanted(['number', 'bigint', 'string'].includes(typeof value), 'an integer is wanted', value);
  if (!isInt64(value)) throw new SketchError(`no bigint, or beyond the exact numbers of JavaScript: ${value}`);
  stageInt64(value, isTopK);
}

function stageNumeric(value, isTopK) {
  if (isInt64(value)) return stageInt64(value, isTopK);
  wanted(['number', 'bigint', 'string'].includes(typeof value), 'numeric is a number, a bigint or a string', value);
  stageParsed(String(value), 'numeric', isTopK);
}

function stageString(value, isTopK, type) {
  if (type === 'timestamptz' && value instanceof Date) {
    const milliseconds = Date.prototype.getTime.call(value);
    if (Number.isNaN(milliseconds)) throw new SketchError('no time: an invalid Date');
    makeRoom(128);
    must(wasm.sketch_item_timestamptz(BigInt(milliseconds) * 1000n - UNIX_MICROSECONDS, at.item));
    return stageItem(isTopK);
  }
  wanted(typeof value === 'string', `${type} is a string${type === 'timestamptz' ? ' or a Date' : ''}`, value);
  stageParsed(value, type, isTopK);
}

// By what SQL calls them: the kind, and how a value becomes an item.
const TYPES = {
  __proto__: null,
  bigint: { kind: KIND.NUMBER, put: stageBigint },
  numeric: { kind: KIND.NUMBER, put: stageNumeric },
  float8: { kind: KIND.FLOAT, put: stageFloat },
  text: { kind: KIND.TEXT, put: (value) => stageText(value) },
  enum: { kind: KIND.ENUM, put: (value) => stageText(value, KIND.ENUM) },
  bytea: { kind: KIND.BYTEA, put: stageBytes },
  boolean: { kind: KIND.BOOL, put: stageBoolean },
  timestamptz: { kind: KIND.TIMESTAMPTZ, put: stageString },
  timestamp: { kind: KIND.TIMESTAMP, put: stageString },
  date: { kind: KIND.DATE, put: stageString },
  time: { kind: KIND.TIME, put: stageString },
  uuid: { kind: KIND.UUID, put: stageString },
  inet: { kind: KIND.INET, put: stageString },
};
// A number from bytes may be any.
const typeOfKind = (kind) =>
  kind === KIND.NUMBER ? 'numeric' : Object.keys(TYPES).find((type) => TYPES[type].kind === kind);

// The type that a value has by itself.
function typeOf(value) {
  switch (typeof value) {
    case 'string': return 'text';
    case 'boolean': return 'boolean';
    case 'bigint': return 'numeric';
    case 'number':
      if (Number.isSafeInteger(value)) return 'bigint';
      throw new TypeError(`${value} may be float8 or numeric, which are different items: make the sketch with ` +
        "{ type: 'float8' } or { type: 'numeric' }");
    default:
      if (value instanceof Uint8Array) return 'bytea';
      if (value instanceof Date) return 'timestamptz';
      throw new TypeError(`no item is made of ${describe(value)}`);
  }
}

// Calls add(rows, weights) with so many rows at a time, NULL and rows of weight 0 left out. If one is refused, those
// before it are added.
function inChunks(values, weights, add) {
  if (typeof values === 'string' || typeof values?.[Symbol.iterator] !== 'function') {
    throw new TypeError(`rows are an array, or what can be iterated, not ${describe(values)}`);
  }
  if (weights !== undefined) {
    if (values.length === undefined) values = [...values];
    if (weights?.length !== values.length) throw new RangeError('weights are an array, as long as that of the rows');
  }
  let rows = [], theirs = [], i = 0;
  const flush = () => {
    const chunk = [rows, weights && theirs];
    rows = [];
    theirs = [];
    if (chunk[0].length > 0) add(...chunk);
  };
  try {
    for (const value of values) {
      const weight = weights ? weightOf(weights[i++]) : 1n;
      if (isAbsent(value) || weight === 0n) continue;
      rows.push(value);
      if (weights) theirs.push(weight);
      if (rows.length === ROWS) flush();
    }
  } finally {
    flush();
  }
}

// ---- sketches ----------------------------------------

const registry = new FinalizationRegistry((state) => wasm.free(state.address));

// What fromBytes gives to a constructor.
class Packed {
  constructor(bytes) {
    this.bytes = bytesOf(bytes);
  }
}

function bytesOf(packed) {
  if (packed instanceof ArrayBuffer) return new Uint8Array(packed);
  if (ArrayBuffer.isView(packed)) return new Uint8Array(packed.buffer, packed.byteOffset, packed.byteLength);
  if (typeof packed !== 'string') {
    throw new TypeError(`bytes are a Uint8Array, or a string as PostgreSQL writes a sketch, not ${describe(packed)}`);
  }
  if (packed.length % 2 || !/^\\x[0-9a-f]*$/i.test(packed)) {
    throw new SketchError('no bytes in hexadecimal digits behind \\x');
  }
  const out = new Uint8Array(packed.length / 2 - 1);
  const digit = (i) => {
    const code = packed.charCodeAt(i);
    return (code & 15) + (code > 57 ? 9 : 0); // letters begin 9 short of their value
  };
  for (let i = 0; i < out.length; i++) out[i] = 16 * digit(2 * i + 2) + digit(2 * i + 3);
  return out;
}

const DIGITS = new TextEncoder().encode('0123456789abcdef');
function textOf(packed) {
  const out = new Uint8Array(2 * packed.length + 2);
  out.set([92, 120]); // \x
  packed.forEach((byte, i) => {
    out[2 * i + 2] = DIGITS[byte >> 4];
    out[2 * i + 3] = DIGITS[byte & 15];
  });
  return fromUtf8.decode(out);
}

/** What all families have. A sketch has memory of the module until it is freed, or collected as garbage. */
class Sketch {
  #state; // { address, size } of the work form; its address is 0 when it has been freed
  #calls;

  constructor(family, options, init) {
    if (wasm === undefined) throw new Error('the module is not loaded yet: await load() first');
    if (options !== undefined && (typeof options !== 'object' || options === null)) {
      throw new TypeError(`options are an object, not ${describe(options)}`);
    }
    const known = [...OPTIONS[family], ...(family === 'quantile' ? [] : ['type'])];
    const unknown = options instanceof Packed ? undefined : Object.keys(options ?? {}).find((name) => !known.includes(name));
    if (unknown !== undefined) throw new TypeError(`a ${family} sketch has no option ${unknown}, but ${known.join(', ')}`);
    this.#calls = calls[family];
    const state = { address: 0, size: 0 };
    try {
      if (options instanceof Packed) {
        this.#openBytes(options.bytes, (sketch) => this.#load(sketch, state));
      } else {
        state.size = this.#calls.init_size() >>> 0;
        state.address = allocate(state.size);
        must(this.#calls.init(state.address, state.size, ...init(options ?? {})));
      }
    } catch (error) {
      wasm.free(state.address);
      throw error;
    }
    this.#state = state;
    registry.register(this, state, state);
  }

  static fromBytes(packed, options) {
    return new this(Object.assign(new Packed(packed), { type: options?.type }));
  }

  #load(sketch, state) {
    let status;
    while ((status = this.#calls.load(sketch, state.address, state.size, at.growth)) === GROW) {
      wasm.free(state.address);
      state.address = 0;
      state.size = Number(view().getBigUint64(at.growth, true));
      state.address = allocate(state.size);
    }
    must(status);
  }

  get #live() {
    if (this.#state.address === 0) throw new Error('the sketch has been freed');
    return this.#state;
  }

  #open(address, size, form, use) {
    const room = this.#calls.open_size(address, size, form) >>> 0;
    return using(room, (scratch) => {
      must(this.#calls.open(address, size, form, scratch, room, at.out));
      return use(size_t(at.out));
    });
  }

  // Bytes of any origin: nothing is made of them unless they are canonical to the last one.
  #openBytes(packed, use) {
    if (packed.length > LARGEST) throw new SketchError('no sketch is so large');
    return using(packed.length, (address) => {
      memory().set(packed, address);
      return this.#open(address, packed.length, PACKED, (sketch) => {
        const check = this.#calls.check_items ?? this.#calls.check;
        if (check) must(check(sketch));
        return use(sketch);
      });
    });
  }

  // For subclasses: use(opened sketch, calls of the family) of the state, or of what packing it gives.
  _read(use) {
    const { address, size } = this.#live;
    return this.#open(address, size, WORK, (sketch) => use(sketch, this.#calls));
  }
  _readPacked(use) {
    return this.#packed((address, size) =>
      this.#open(address, size, PACKED, (sketch) => use(sketch, this.#calls)));
  }

  // For subclasses: a call that changes the state, and is made again when the state has grown.
  _change(step) {
    const state = this.#live;
    for (;;) {
      const status = step(this.#calls, state.address, state.size);
      if (status === OK) return;
      if (status !== GROW) must(status);
      const { address } = state;
      this.#grow(state);
      wasm.free(address);
    }
  }
  #grow(state) {
    const size = view().getBigUint64(at.growth, true);
    const larger = allocate(size);
    this.#calls.move(larger, state.address, state.size, at.growth);
    state.address = larger;
    state.size = Number(size);
  }

  /** Adds all rows of another sketch of this family, or of packed bytes, which are checked. */
  merge(other) {
    if (other instanceof Sketch) {
      if (other.#calls !== this.#calls) throw new TypeError('sketches of different families do not merge');
      // A topk sketch drops items when it is packed: so merged, it is what SQL makes of the two.
      if (other === this || this.#calls === calls.topk) other._readPacked((sketch) => this.#mergeOpened(sketch));
      else other._read((sketch) => this.#mergeOpened(sketch));
    } else {
      this.#openBytes(bytesOf(other), (sketch) => this.#mergeOpened(sketch));
    }
    return this;
  }

  // While a merge is under way, the state may be none: if there is no memory to end it, the state is as before.
  #mergeOpened(sketch) {
    const before = this.#live, state = { ...before };
    try {
      let status;
      while ((status = this.#calls.merge(state.address, state.size, sketch, at.growth)) === GROW) {
        const { address } = state;
        this.#grow(state);
        if (address !== before.address) wasm.free(address);
      }
      must(status);
    } catch (error) {
      if (state.address !== before.address) wasm.free(state.address);
      throw error;
    }
    if (state.address !== before.address) wasm.free(before.address);
    Object.assign(before, state);
    this._merged?.(sketch, this.#calls);
  }

  #packed(use) {
    return this._read((sketch) => {
      const room = this.#calls.packed_bound(sketch) >>> 0;
      return using(room, (out) => {
        if (this.#calls.pack_size) {
          const size = this.#calls.pack_size(sketch) >>> 0;
          using(size, (scratch) => must(this.#calls.pack(sketch, scratch, size, out, room, at.out)));
        } else {
          must(this.#calls.pack(sketch, out, room, at.out));
        }
        return use(out, size_t(at.out));
      });
    });
  }

  /** The packed sketch: equal rows and parameters give equal bytes. */
  bytes() {
    return this.#packed((address, size) => memory().slice(address, address + size));
  }

  /** As PostgreSQL writes a sketch, and reads it: a parameter of a query, or a field in COPY. */
  toString() {
    return textOf(this.bytes());
  }
  toJSON() {
    return this.toString();
  }
  toPostgres() { // what node-postgres calls
    return this.toString();
  }

  equals(other) {
    if (!(other instanceof Sketch) || other.#calls !== this.#calls) return false;
    const [mine, theirs] = [this.bytes(), other.bytes()];
    return mine.length === theirs.length && mine.every((byte, i) => byte === theirs[i]);
  }

  /** Gives the memory back at once. The sketch is good for nothing then, but to be freed once more. */
  free() {
    wasm.free(this.#state.address);
    this.#state.address = 0;
    registry.unregister(this.#state);
  }
}
if (Symbol.dispose) Sketch.prototype[Symbol.dispose] = Sketch.prototype.free;

const numberOption = (options, name, otherwise) => {
  const value = options[name] ?? otherwise;
  if (typeof value !== 'number') throw new TypeError(`${name} is a number, not ${describe(value)}`);
  return value;
};
const integerOption = (options, name, otherwise) => {
  const value = numberOption(options, name, otherwise);
  if (!(Number.isInteger(value) && Math.abs(value) < 2 ** 31)) {
    throw new SketchError(`${name} is an integer in its range, not ${value}`);
  }
  return value;
};

/** Percentiles of numbers, each within `accuracy` of the row's value. */
export class Quantile extends Sketch {
  constructor(options) {
    super('quantile', options, (given) => {
      must(wasm.sketch_quantile_scale(numberOption(given, 'accuracy', 0.01), at.out));
      return [int4(at.out), 0];
    });
  }

  /** Adds a row, or so many of its value. */
  add(x, weight = 1) {
    if (isAbsent(x)) return this;
    const number = numberOf(x), times = weightOf(weight);
    if (times !== 0n) this._change((of, address, size) => of.add(address, size, number, times, at.growth));
    return this;
  }

  addMany(values, weights) {
    if (ArrayBuffer.isView(values) && weights === undefined && /^(Float|U?[Ii]nt)/.test(values[Symbol.toStringTag])) {
      for (let i = 0; i < values.length; i += ROWS) this.#addChunk(values.subarray(i, i + ROWS));
    } else {
      inChunks(values, weights, (rows, theirs) => {
        const wrong = rows.findIndex((x) => typeof x !== 'number' && typeof x !== 'bigint');
        this.#addChunk((wrong < 0 ? rows : rows.slice(0, wrong)).map(Number), theirs);
        if (wrong >= 0) numberOf(rows[wrong]);
      });
    }
    return this;
  }

  #addChunk(numbers, weights) {
    const count = numbers.length, x = stage.hashes;
    new Float64Array(memory().buffer, x, count).set(numbers);
    if (weights) new BigInt64Array(bytes.buffer, stage.weights, count).set(weights.slice(0, count));
    addInTurn(this, count, (of, address, size, done) => of.add_many(address, size, x + 8 * done,
      weights ? stage.weights + 8 * done : 0, count - done, at.taken, at.growth));
  }

  /** Interpolated between rows, as SQL's percentile_cont; null of an empty sketch. */
  percentile(p) {
    return this.percentiles([p])?.[0] ?? null;
  }
  percentiles(fractions) {
    return this.#bounded(fractions)?.map(({ value }) => value) ?? null;
  }
  /** Between which percentile_cont of the rows is. */
  percentileBounds(p) {
    const answer = this.#bounded([p])?.[0];
    return answer ? { lower: answer.lower, upper: answer.upper } : null;
  }
  #bounded(fractions) {
    const p = numbersOf(fractions), size = 8 * p.length;
    return this._read((sketch, of) => using(4 * size, (address) => {
      new Float64Array(memory().buffer, address, p.length).set(p);
      must(of.percentiles(sketch, address, p.length, ...[1, 2, 3].map((i) => address + i * size), at.out));
      if (integer(at.out) === 0) return null;
      return p.map((_, i) => {
        const [value, lower, upper] = [1, 2, 3].map((array) => float8(address + array * size + 8 * i));
        return { value, lower, upper };
      });
    }));
  }

  // An answer that an empty sketch has not.
  #number(call) {
    return this._read((sketch, of) => {
      must(call(sketch, of));
      return integer(at.out + 8) === 0 ? null : float8(at.out);
    });
  }
  /** The fraction of the rows that are at most x. */
  rank(x) {
    const number = numberOf(x);
    return this.#number((sketch, of) => of.rank(sketch, number, at.out, at.out + 8));
  }
  sum() {
    return this.#number((sketch, of) => of.sum(sketch, at.out, at.out + 8));
  }
  mean() {
    return this.#number((sketch, of) => of.mean(sketch, 0, 1, at.out, at.out + 8));
  }

  /** Rows up to the first bound, above it and up to the second, ..., above the last: one number more than bounds. */
  histogram(bounds) {
    const ends = numbersOf(bounds), { length } = ends;
    return this._read((sketch, of) => using(16 * length + 8, (address) => {
      new Float64Array(memory().buffer, address, length).set(ends);
      must(of.histogram_at(sketch, address, length, address + 8 * length));
      return Array.from({ length: length + 1 }, (_, i) => integer(address + 8 * (length + i)));
    }));
  }

  info() {
    return this._read((sketch, of) => {
      must(of.describe(sketch, at.info));
      const integers = ['total', 'zeros', 'negativeInfinities', 'positiveInfinities', 'nans'];
      const doubles = ['min', 'max', 'finiteMin', 'finiteMax', 'accuracy', 'currentAccuracy'];
      const ints = ['requestedScale', 'scale', 'negativeBuckets', 'positiveBuckets'];
      const info = {
        ...Object.fromEntries(integers.map((name, i) => [name, integer(at.info + 8 * i)])),
        ...Object.fromEntries(doubles.map((name, i) => [name, float8(at.info + 40 + 8 * i)])),
        ...Object.fromEntries(ints.map((name, i) => [name, int4(at.info + 88 + 4 * i)])),
        extremesKnown: int4(at.info + 104) !== 0, whole: int4(at.info + 108) !== 0,
      };
      return info.total === 0 ? { ...info, min: null, max: null } : info;
    });
  }
  get total() {
    return this.info().total;
  }
  /** The least and the largest row; the edge of its bucket where it is not known. */
  get min() {
    return this.info().min;
  }
  get max() {
    return this.info().max;
  }
}

// Many rows: step(calls, address, size, rows that are done).
function addInTurn(sketch, count, step) {
  let done = 0;
  if (count === 0) return;
  sketch._change((of, address, size) => {
    const status = step(of, address, size, done);
    done += size_t(at.taken);
    return status;
  });
}

/** Of the families that hold items: those of one kind, which the first item gives to an empty sketch. */
class Hashed extends Sketch {
  #type;
  #isTopK;
  #hasWeights;

  constructor(family, options, init) {
    super(family, options, init);
    this.#isTopK = family === 'topk';
    this.#hasWeights = family === 'topk' || family === 'frequency';
    const type = options?.type;
    if (type !== undefined && !(type in TYPES)) {
      this.free();
      throw new TypeError(`type is one of ${Object.keys(TYPES).join(', ')}, not ${String(type)}`);
    }
    this.#type = type;
    if (options instanceof Packed) this._read((sketch, of) => this._merged(sketch, of));
  }

  // Values are of the type that a sketch from elsewhere has, if nothing else was said.
  _merged(sketch, of) {
    if (this.#type !== undefined) return;
    must(of.describe(sketch, at.info));
    this.#type = typeOfKind(int4(at.info));
  }

  #stage(value) {
    const type = this.#type ?? typeOf(value);
    TYPES[type].put(value, this.#isTopK, type);
  }

  /** Adds an item; with a weight, so often. */
  add(value, weight) {
    if (isAbsent(value)) return this;
    if (weight === undefined) this.#addChunk([value]);
    else this.addMany([value], [weight]);
    return this;
  }

  addMany(values, weights) {
    if (weights !== undefined && !this.#hasWeights) throw new TypeError('this family takes no weights');
    inChunks(values, weights, (rows, theirs) => this.#addChunk(rows, theirs));
    return this;
  }

  #addChunk(rows, weights) {
    stage.rows = stage.used = 0;
    try {
      for (let i = 0; i < rows.length;) {
        try {
          if (weights) view().setBigInt64(stage.weights + 8 * stage.rows, weights[i], true);
          this.#stage(rows[i]);
          i += 1;
        } catch (error) {
          this.#addStaged(weights);
          if (error !== FULL) throw error;
        }
      }
      this.#addStaged(weights);
    } finally {
      if (stage.room > 16 * ROOM) setRoom(ROOM);
    }
  }

  #addStaged(weights) {
    const { rows, kind, hashed, items, offsets, hashes } = stage;
    stage.rows = stage.used = 0;
    addInTurn(this, rows, (of, address, size, done) => {
      const theirs = weights ? stage.weights + 8 * done : 0, rest = rows - done;
      if (hashed) {
        return this.#hasWeights
          ? of.add_many(address, size, kind, hashes + 8 * done, theirs, rest, at.taken, at.growth)
          : of.add_many(address, size, kind, hashes + 8 * done, rest, at.taken, at.growth);
      }
      return this.#hasWeights
        ? of.add_items(address, size, kind, items, offsets + 4 * done, theirs, rest, at.taken, at.growth)
        : of.add_items(address, size, kind, items, offsets + 4 * done, rest, at.taken, at.growth);
    });
  }

  // For subclasses: kind and hash of an item that is asked for.
  _hash(value) {
    if (isAbsent(value)) throw new TypeError('null is no item');
    stage.rows = stage.used = 0;
    this.#stage(value);
    const { kind, hashed, items, hashes, used } = stage;
    return [kind, hashed ? view().getBigInt64(hashes, true) : wasm.sketch_hash(items, used)];
  }

  // For subclasses: fields of the family's info, of which the first is the kind.
  _info(fields) {
    return this._read((sketch, of) => {
      must(of.describe(sketch, at.info));
      const kind = int4(at.info);
      return { type: kind === KIND.NONE ? null : typeOfKind(kind) ?? 'other', ...fields(at.info) };
    });
  }
}

// An interval, from out-parameters.
const between = (read, address) => ({ lower: read(address), upper: read(address + 8) });

/** How many different items. */
export class Distinct extends Hashed {
  constructor(options) {
    super('distinct', options, (given) => [KIND.NONE, integerOption(given, 'precision', 10)]);
  }

  /** The estimate; rounded, it is what distinct_count says. */
  count() {
    return this._read((sketch, of) => {
      must(of.count(sketch, at.out));
      return float8(at.out);
    });
  }
  bounds(confidence = 0.95) {
    const number = numberOf(confidence);
    return this._read((sketch, of) => {
      must(of.bounds(sketch, number, at.out, at.out + 8));
      return between(float8, at.out);
    });
  }
  info() {
    return this._info((info) => ({
      precision: int4(info + 4), isDense: int4(info + 8) !== 0, tokens: size_t(info + 12),
      relativeStandardError: float8(info + 16),
    }));
  }
}

/** How often an item came. */
export class Frequency extends Hashed {
  constructor(options) {
    super('frequency', options, (given) => {
      must(wasm.sketch_frequency_log2_width(numberOption(given, 'error', 0.001), at.out));
      return [KIND.NONE, int4(at.out)];
    });
  }

  #counted(value, answer) {
    const item = this._hash(value);
    return this._read((sketch, of) => {
      must(of.count(sketch, ...item, at.out, at.out + 8, at.out + 16));
      return answer();
    });
  }
  count(value) {
    return this.#counted(value, () => integer(at.out));
  }
  bounds(value) {
    return this.#counted(value, () => between(integer, at.out + 8));
  }
  info() {
    return this._info((info) => ({
      total: integer(info + 16), error: float8(info + 24), isDense: int4(info + 8) !== 0, items: size_t(info + 12),
    }));
  }
}

// An item of a topk sketch as a value.
function valueOf(kind, address, size) {
  const item = memory().subarray(address, address + size);
  switch (kind) {
    case KIND.FLOAT: return float8(address);
    case KIND.BOOL: return item[0] !== 0;
    case KIND.TEXT: return fromUtf8.decode(item);
    case KIND.BYTEA: return item.slice();
  }
  const room = wasm.sketch_item_print_size(kind, size) >>> 0;
  return using(room, (out) => {
    if (wasm.sketch_item_print(kind, address, size, out, room, at.taken) !== OK) {
      return memory().slice(address, address + size);
    }
    const text = fromUtf8.decode(memory().subarray(out, out + size_t(at.taken)));
    if (kind !== KIND.NUMBER || !/^-?\d{1,19}$/.test(text)) return text;
    const value = BigInt(text);
    return Number.isSafeInteger(Number(value)) ? Number(value) : isInt64(value) ? value : text;
  });
}

/** The k most frequent items. */
export class TopK extends Hashed {
  constructor(options) {
    super('topk', options, (given) => [KIND.NONE, integerOption(given, 'k', 10)]);
  }

  /** The first n, or k, the largest estimate first; of equal ones the surest, then by their bytes. */
  top(n = Infinity) {
    if (!(n >= 0)) throw new RangeError(`so many items are a number that is not negative, not ${String(n)}`);
    return this._readPacked((sketch, of) => {
      must(of.describe(sketch, at.info));
      const kind = int4(at.info), k = size_t(at.info + 12), entries = [];
      must(of.begin(sketch, at.cursor));
      let status;
      while ((status = of.next(at.cursor, at.entry)) === OK) {
        const address = size_t(at.entry), item = memory().slice(address, address + size_t(at.entry + 4));
        entries.push({ item, estimate: integer(at.entry + 8), ...between(integer, at.entry + 16) });
      }
      if (status !== END) must(status);
      // The order of entries is that of their bytes, and sorting keeps it where estimates are equal.
      const descending = (a, b) => (a < b ? 1 : a > b ? -1 : 0);
      entries.sort((a, b) => descending(a.estimate, b.estimate) || descending(a.lower, b.lower));
      return entries.slice(0, Math.max(0, Math.min(n, k))).map(({ item, ...counts }) =>
        using(item.length, (address) => {
          memory().set(item, address);
          return { item: valueOf(kind, address, item.length), ...counts };
        }));
    });
  }
  info() {
    return this._info((info) => ({
      k: size_t(info + 12), items: size_t(info + 16), total: integer(info + 24), offset: integer(info + 32),
      isExact: int4(info + 8) !== 0,
    }));
  }
}

/** Whether an item came: never a false no. */
export class Membership extends Hashed {
  constructor(options) {
    super('membership', options, (given) => {
      const rate = numberOption(given, 'falsePositiveRate', 0.01);
      const items = given.expectedItems ?? 1_000_000;
      if (!isInt64(items) || items < 1) {
        throw new SketchError(`expectedItems is an integer, at least 1, not ${String(items)}`);
      }
      must(wasm.sketch_membership_log2_blocks(BigInt(items), rate, at.out));
      must(wasm.sketch_membership_kept_rate(rate, at.out + 4));
      return [KIND.NONE, int4(at.out), int4(at.out + 4)];
    });
  }

  has(value) {
    const item = this._hash(value);
    return this._read((sketch, of) => {
      must(of.contains(sketch, ...item, at.out));
      return int4(at.out) !== 0;
    });
  }
  /** The probability that an item is found that was not added. */
  falsePositiveRate() {
    return this._read((sketch, of) => {
      must(of.rate(sketch, at.out));
      return float8(at.out);
    });
  }
  info() {
    return this._info((info) => ({
      blocks: 2 ** int4(info + 4), requestedRate: int4(info + 8) / 100000, isDense: int4(info + 12) !== 0,
      tokens: integer(info + 16),
    }));
  }
}
