/// <reference lib="esnext.disposable" />
/** Sketches byte for byte those that the PostgreSQL extension sketch_ext makes of the same rows: see README.md. */

/** Where the module comes from: a URL, a Response, its bytes, or compiled. */
export type Source = string | URL | Response | BufferSource | WebAssembly.Module;

/**
 * Loads the module, once, before anything else: by default from beside this file. Later calls give the same.
 */
export function load(source?: Source | Promise<Source>): Promise<{ version: string; memory: WebAssembly.Memory }>;

/** What the library refuses: bytes that are no sketch, a parameter out of its range, items of another kind. */
export class SketchError extends Error {}

/** A number as long as it is exact, that is below 2^53, and else a bigint. */
export type Count = number | bigint;

/** What came at least and at most. */
export interface Bounds<T = number> {
  lower: T;
  upper: T;
}

/** A sketch's bytes, or the string '\x...' that PostgreSQL makes of them. */
export type Packed = Uint8Array | ArrayBuffer | ArrayBufferView | string;

/** NULL in SQL: no row. */
export type Absent = null | undefined;

declare abstract class Sketch {
  /** Adds all rows of another sketch of this family, or of packed bytes, which are checked. */
  merge(other: this | Packed): this;
  /** The packed sketch: equal rows and parameters give equal bytes. */
  bytes(): Uint8Array;
  /** As PostgreSQL writes a sketch, and reads it: a parameter of a query, or a field in COPY. */
  toString(): string;
  toJSON(): string;
  /** What node-postgres calls of a parameter. */
  toPostgres(): string;
  equals(other: unknown): boolean;
  /** Gives the memory back at once. The sketch is good for nothing then, but to be freed once more. */
  free(): void;
  /** As free(), where there is Symbol.dispose: `using sketch = new Quantile()`. */
  [Symbol.dispose](): void;
}

export interface QuantileOptions {
  /** Relative error of percentiles, 0.00015625 to 1; 0.01 by default. */
  accuracy?: number;
}

export interface QuantileInfo {
  total: Count;
  zeros: Count;
  negativeInfinities: Count;
  positiveInfinities: Count;
  nans: Count;
  /** Of all rows; edges of buckets unless extremesKnown; null of an empty sketch. */
  min: number | null;
  max: number | null;
  /** Of the finite rows; 0 if there are none. */
  finiteMin: number;
  finiteMax: number;
  /** As asked for, and what is promised now. */
  accuracy: number;
  currentAccuracy: number;
  requestedScale: number;
  scale: number;
  negativeBuckets: number;
  positiveBuckets: number;
  extremesKnown: boolean;
  /** All finite rows are whole numbers. */
  whole: boolean;
}

/** Percentiles of numbers, each within `accuracy` of the row's value. */
export class Quantile extends Sketch {
  constructor(options?: QuantileOptions);
  static fromBytes(packed: Packed): Quantile;
  /** Adds a row, or so many of its value. */
  add(x: number | bigint | Absent, weight?: Count): this;
  addMany(values: Iterable<number | bigint | Absent>, weights?: ArrayLike<Count>): this;
  /** Interpolated between rows, as SQL's percentile_cont; null of an empty sketch. */
  percentile(p: number): number | null;
  percentiles(fractions: Iterable<number>): number[] | null;
  /** Between which percentile_cont of the rows is. */
  percentileBounds(p: number): Bounds | null;
  /** The fraction of the rows that are at most x. */
  rank(x: number): number | null;
  sum(): number | null;
  mean(): number | null;
  /** Rows up to the first bound, above it and up to the second, ..., above the last: one number more than bounds. */
  histogram(bounds: Iterable<number>): Count[];
  info(): QuantileInfo;
  readonly total: Count;
  /** The least and the largest row; the edge of its bucket where it is not known; null of an empty sketch. */
  readonly min: number | null;
  readonly max: number | null;
}

/** As SQL calls them. */
export type ItemType =
  | 'bigint' | 'numeric' | 'float8' | 'text' | 'enum' | 'bytea' | 'boolean' | 'timestamptz' | 'timestamp' | 'date'
  | 'time' | 'uuid' | 'inet';

export interface ItemOptions {
  /** Of what type values are. Without it, each is of the type that it has by itself. */
  type?: ItemType;
}

export type Item = string | number | bigint | boolean | Uint8Array | Date;

declare abstract class Items extends Sketch {
  add(value: Item | Absent): this;
  addMany(values: Iterable<Item | Absent>): this;
}

declare abstract class WeightedItems extends Sketch {
  /** Adds an item, so often. */
  add(value: Item | Absent, weight?: Count): this;
  addMany(values: Iterable<Item | Absent>, weights?: ArrayLike<Count>): this;
}

export interface ItemInfo {
  /** That of the items; 'other' of types that are not made here, null as long as there is no item. */
  type: ItemType | 'other' | null;
}

/** How many different items. */
export class Distinct extends Items {
  /** The precision is 4 to 16, 10 by default: the standard error is 0.494 / sqrt(2^precision). */
  constructor(options?: ItemOptions & { precision?: number });
  static fromBytes(packed: Packed, options?: ItemOptions): Distinct;
  /** The estimate; rounded, it is what distinct_count says. */
  count(): number;
  /** What holds the number with this confidence, 0.95 by default. */
  bounds(confidence?: number): Bounds;
  info(): ItemInfo & { precision: number; isDense: boolean; tokens: number; relativeStandardError: number };
}

/** How often an item came. */
export class Frequency extends WeightedItems {
  /** The error is a fraction of all rows, 0.001 by default. */
  constructor(options?: ItemOptions & { error?: number });
  static fromBytes(packed: Packed, options?: ItemOptions): Frequency;
  count(value: Item): Count;
  bounds(value: Item): Bounds<Count>;
  info(): ItemInfo & { total: Count; error: number; isDense: boolean; items: number };
}

/** An item and how often it came: lower <= true <= upper, certainly. */
export interface Entry extends Bounds<Count> {
  /** A number, bigint, boolean or Uint8Array where the type is one; of all others the text that PostgreSQL writes. */
  item: string | number | bigint | boolean | Uint8Array;
  estimate: Count;
}

/** The k most frequent items. */
export class TopK extends WeightedItems {
  /** k is 1 to 100,000, 10 by default. */
  constructor(options?: ItemOptions & { k?: number });
  static fromBytes(packed: Packed, options?: ItemOptions): TopK;
  /** The first n, or k, the largest estimate first; of equal ones the surest, then by their bytes. */
  top(n?: number): Entry[];
  info(): ItemInfo & { k: number; items: number; total: Count; offset: Count; isExact: boolean };
}

/** Whether an item came: never a false no. */
export class Membership extends Items {
  /** 1,000,000 different items at a rate of 0.01 by default. */
  constructor(options?: ItemOptions & { expectedItems?: Count; falsePositiveRate?: number });
  static fromBytes(packed: Packed, options?: ItemOptions): Membership;
  has(value: Item): boolean;
  /** The probability that an item is found that was not added. */
  falsePositiveRate(): number;
  info(): ItemInfo & { blocks: number; requestedRate: number; isDense: boolean; tokens: Count };
}

export {};
