/** Rows have this where they have no value: the field is absent, null, or of another type. */
export type Maybe<T> = T | null;

/**
 * An integer: a `number` where that is exact, else (beyond 2^53) a `bigint`. So ids work as map keys and in text as they
 * are, and no digit is ever lost; arithmetic that mixes the two kinds throws. A plugin that may meet large ids writes
 * `BigInt(id)` where it counts with them.
 */
export type Integer = number | bigint;

/** A value of any type, as `record.get` gives it and `record.set` takes it. */
export type Value = string | Integer | boolean | Uint8Array | Float32Array | Value[] | { [name: string]: Value } | null;

export type Operation = "upsert" | "insert" | "delete";
export type VectorType = "float-vector" | "float16-vector" | "bfloat16-vector" | "int8-vector" | "binary-vector";
export interface SparseVector { indices: number[]; values: number[] }

/** One row, during its turn of a loop over `batch.records()`. */
export interface Record {
  /** Its number. */
  readonly row: number;
  /** The value of a field, whatever its type; null where there is none. A JSON Pointer reads inside nested JSON. */
  get(field: string): Value;
  /** Sets it. Rows that the loop does not write keep their values. */
  set(field: string, value: Value | undefined): void;
  /** See {@link Batch.reject}. */
  reject(reason: string): void;
  /** Drops the row on purpose. */
  discard(): void;
}

/**
 * The rows that the plugin works on. They stay in the host; a plugin reads and writes whole columns of them, or row by row
 * with {@link records}.
 *
 * Every list that is read or written has one entry a row. A name that no field has and that starts with `/` is a JSON
 * Pointer: `/meta/arch` reads `arch` of the field `meta`. Each reading method gives the values of its own type and null
 * for every other row. Writing replaces the whole column. A list of the wrong length ends the call.
 */
export class Batch {
  /** Number of rows. */
  rows(): number;
  /** Names of all fields, in the order in which they came. */
  fields(): string[];
  /** `bool`, `int`, `float32`, `float64`, `text`, `bytes`, `json`, these with `[]` behind, or `float-vector` and the like. */
  fieldType(field: string): Maybe<string>;
  /** The rows one by one. A column is read when a row first asks for it, and written once, when the loop has ended. */
  records(): Iterable<Record>;

  /** The record's value as it came from Kafka; null for a tombstone. */
  payloads(): Maybe<Uint8Array>[];
  keys(): Maybe<Uint8Array>[];
  /** The last header of that name. */
  headers(name: string): Maybe<Uint8Array>[];
  topics(): string[];
  kafkaPartitions(): number[];
  offsets(): number[];
  /** Milliseconds since 1970. */
  timestamps(): Maybe<number>[];

  texts(field: string): Maybe<string>[];
  /** A float is null, even where it has no fraction. */
  ints(field: string): Maybe<Integer>[];
  /** An integer reads as a float where that is exact. */
  floats(field: string): Maybe<number>[];
  bools(field: string): Maybe<boolean>[];
  bytes(field: string): Maybe<Uint8Array>[];
  /** Any value as JSON text, numbers without loss. */
  jsonTexts(field: string): Maybe<string>[];
  /** Number of elements of each array, -1 for none. Moves no element. */
  lengths(field: string): number[];
  textArrays(field: string): Maybe<string[]>[];
  intArrays(field: string): Maybe<Integer[]>[];
  floatArrays(field: string): Maybe<number[]>[];
  boolArrays(field: string): Maybe<boolean[]>[];
  /** Dimension of each vector, -1 for none. Moves no vector: prefer it to `vectors` where it is enough. */
  dims(field: string): number[];
  /** Dense vectors. Each number is converted, which for 768 dimensions costs tens of microseconds a row. */
  vectors(field: string): Maybe<number[]>[];
  /** The bytes of all dense vectors as Milvus takes them (little-endian), row after row. */
  vectorBytes(field: string): Uint8Array;
  sparseVectors(field: string): Maybe<SparseVector>[];

  /** Changes the text of each row. A row that holds something other than a text is rejected. */
  mapTexts(field: string, change: (text: Maybe<string>) => Maybe<string> | undefined): void;
  setTexts(field: string, values: (string | null | undefined)[]): void;
  setInts(field: string, values: (Integer | null | undefined)[]): void;
  setFloats(field: string, values: (number | null | undefined)[]): void;
  setBools(field: string, values: (boolean | null | undefined)[]): void;
  setBytes(field: string, values: (Uint8Array | null | undefined)[]): void;
  /** Each text must be one JSON value. */
  setJsonTexts(field: string, values: (string | null | undefined)[]): void;
  setTextArrays(field: string, rows: Maybe<string[]>[]): void;
  setIntArrays(field: string, rows: Maybe<Integer[]>[]): void;
  setFloatArrays(field: string, rows: Maybe<number[]>[]): void;
  setBoolArrays(field: string, rows: Maybe<boolean[]>[]): void;
  setVectors(field: string, rows: Maybe<ArrayLike<number>>[]): void;
  setVectorBytes(field: string, type: VectorType, dims: number[], data: Uint8Array): void;
  /** The indices of a row ascend, none twice. */
  setSparseVectors(field: string, rows: Maybe<SparseVector>[]): void;
  /** False, and nothing done, where there is no field `old`. Costs no copy. */
  rename(old: string, name: string): boolean;
  remove(field: string): boolean;
  /** Drops all fields but these. */
  keep(fields: string[]): void;

  operations(): Operation[];
  setOperations(values: Operation[]): void;
  collections(): string[];
  /** Null leaves a row where it is. */
  setCollections(values: (string | null | undefined)[]): void;
  partitions(): Maybe<string>[];
  /** Null is the collection's default. */
  setPartitions(values: (string | null | undefined)[]): void;
  /** Sends the record to the dead letter. The reason names the field and the rule, never the value. */
  reject(row: number, reason: string): void;
  discard(row: number): void;
  /** Makes each row into as many copies as its count says; 0 discards it. Rows are numbered anew from then on. */
  repeat(counts: number[]): void;
}

/** Messages for whoever runs the plugin. They may hold payload, and go to the dead letters of the records in question. */
export const log: { [level in "debug" | "info" | "warn" | "error"]: (message: string) => void };

/** The live Milvus schema; null, false or empty where there is no such collection or field. */
export const target: {
  /** The default first; empty in a check without servers. */
  collections(): string[];
  fields(collection: string): string[];
  fieldType(collection: string, field: string): Maybe<string>;
  elementType(collection: string, field: string): Maybe<string>;
  dim(collection: string, field: string): Maybe<number>;
  maxLength(collection: string, field: string): Maybe<number>;
  maxCapacity(collection: string, field: string): Maybe<number>;
  nullable(collection: string, field: string): boolean;
  hasDefault(collection: string, field: string): boolean;
  primaryKey(collection: string): Maybe<string>;
  autoId(collection: string): boolean;
  partitionKey(collection: string): Maybe<string>;
  dynamic(collection: string): boolean;
};

/** An error whose message is shown as it is: name the field and the rule, never the value. Of others only kind and place are. */
export class PluginError extends Error {}

/** What a component exports. */
export interface Plugin {
  describe(): { name: string; version: string; configSchema: string };
  configure(config: string): void;
  process(): void;
}

/**
 * Makes a plugin. `configure` takes the configuration, checked against `schema` and with its defaults, and returns what
 * `process` is to be called with; what it throws keeps the plugin from being used. What `process` throws undoes all that
 * the call wrote; the record that causes it is found and goes to the dead letter. `process` is also called with no rows.
 */
export function definePlugin<Config, State>(plugin: {
  name: string;
  version: string;
  /** A JSON Schema of the configuration. */
  schema?: object;
  configure: (config: Config) => State;
  process: (batch: Batch, state: State) => void;
}): Plugin;
