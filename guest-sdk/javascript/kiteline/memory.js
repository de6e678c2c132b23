// The host of tests: a batch in memory. Node takes it for "#host".
const escapes = { "~1": "/", "~0": "~" };
const safe = (n) => Number(n); // as the engine does: it gives integers as numbers
const isInt = (v) => typeof v === "bigint" || Number.isSafeInteger(v);
const isFloat = (v) => typeof v === "number";
const is = (type) => (v) => typeof v === type;

function json(value) {
  if (value === null) return null;
  if (value instanceof Uint8Array) return JSON.stringify(Buffer.from(value).toString("base64"));
  if (value instanceof Float32Array) return JSON.stringify(Array.from(value));
  const bare = JSON.stringify(value, (_, v) => (typeof v === "bigint" ? `\u0001${v}` : v));
  return bare.replace(/"\\u0001(-?\d+)"/g, "$1");
}

export class Memory {
  constructor(rows, { parse, records = [], target = {} } = {}) {
    this.rows = rows.length;
    this.parse = parse;
    this.records = rows.map((row, i) => ({ payload: null, key: null, headers: {}, topic: "test", partition: 0, offset: i, timestamp: null, ...records[i] }));
    this.target = target;
    this.columns = new Map();
    rows.forEach((row, i) => Object.entries(row).forEach(([name, value]) => (this.column(name)[i] = value)));
    this.partitions = rows.map(() => null);
    this.collections = rows.map(() => Object.keys(target)[0] ?? "");
    this.operations = rows.map(() => "upsert");
    this.rejected = new Map();
    this.discarded = new Set();
    this.logs = [];
  }

  column(name) {
    if (!this.columns.has(name)) this.columns.set(name, new Array(this.rows).fill(null));
    return this.columns.get(name);
  }

  values(field) {
    if (this.columns.has(field)) return this.columns.get(field);
    const none = new Array(this.rows).fill(null);
    if (!field.startsWith("/")) return none;
    const [first, ...path] = field.slice(1).split("/").map((step) => step.replace(/~[01]/g, (e) => escapes[e]));
    return (this.columns.get(first) ?? none).map((value) => path.reduce((v, step) => v?.[step], value) ?? null);
  }

  // Values that pass, none for the others.
  of(field, is, as = (v) => v) { return this.values(field).map((v) => (v !== null && is(v) ? as(v) : null)); }

  elements(field, is, as = (v) => v) {
    const all = this.of(field, Array.isArray).filter((v) => v).flat();
    return all.every(is) ? all.map(as) : [];
  }

  // A mistake that the host answers with a trap is an error here.
  set(field, values) {
    if (values.length !== this.rows) throw new Error(`a list of ${values.length} for ${this.rows} rows`);
    this.columns.set(field, Array.from(values));
  }

  setArrays(field, lengths, elements, make = (row) => row) {
    let start = 0;
    this.set(field, lengths.map((n) => (n < 0 ? null : make(elements.slice(start, (start += n))))));
  }

  known(row) {
    if (!(row >= 0 && row < this.rows)) throw new Error(`row ${row} of ${this.rows}`);
    return row;
  }

  repeat(counts) {
    const again = (list) => list.flatMap((value, row) => new Array(counts[row]).fill(value));
    const old = Array.from({ length: this.rows }, (_, row) => row);
    const from = again(old);
    for (const [name, column] of this.columns) this.columns.set(name, again(column));
    for (const list of ["records", "partitions", "collections", "operations"]) this[list] = again(this[list]);
    this.rejected = new Map(from.flatMap((row, to) => (this.rejected.has(row) ? [[to, this.rejected.get(row)]] : [])));
    this.discarded = new Set(from.flatMap((row, to) => (this.discarded.has(row) ? [to] : [])));
    this.rows = from.length;
  }
}

let current;
/** Sets the batch that is asked. */
export function use(memory) { current = memory; }

const type = (value) => {
  if (typeof value === "string") return "text";
  if (typeof value === "boolean") return "bool";
  if (isInt(value)) return "int";
  if (isFloat(value)) return "float64";
  if (value instanceof Uint8Array) return "bytes";
  if (value instanceof Float32Array) return "float-vector";
  return Array.isArray(value) && value.length ? `${type(value[0])}[]` : "json";
};
const bigints = (values) => values.map((v) => { if (typeof v === "bigint") throw new Error("the engine takes no BigInt"); return v; });
const bytesOf = (v) => (v === null ? null : typeof v === "string" ? new TextEncoder().encode(v) : v);
const refuse = (what) => () => { throw new Error(`a batch in memory does not know ${what}: try it with \`kiteline plugin test\``); };

const batch = {
  rows: () => current.rows,
  fields: () => [...current.columns.keys()],
  fieldType: (f) => {
    const first = current.columns.get(f)?.find((v) => v !== null);
    return current.columns.has(f) ? (first === undefined ? "text" : type(first)) : null;
  },
  payloads: () => current.records.map((r) => bytesOf(r.payload)),
  keys: () => current.records.map((r) => bytesOf(r.key)),
  headers: (name) => current.records.map((r) => bytesOf(r.headers[name] ?? null)),
  topics: () => current.records.map((r) => r.topic),
  kafkaPartitions: () => current.records.map((r) => r.partition),
  offsets: () => current.records.map((r) => r.offset),
  timestamps: () => current.records.map((r) => r.timestamp),
  texts: (f) => current.of(f, is("string")),
  ints: (f) => current.of(f, isInt, safe),
  floats: (f) => current.of(f, isFloat),
  bools: (f) => current.of(f, is("boolean")),
  bytes: (f) => current.of(f, (v) => v instanceof Uint8Array),
  jsonTexts: (f) => current.values(f).map(json),
  lengths: (f) => current.values(f).map((v) => (Array.isArray(v) ? v.length : -1)),
  textElements: (f) => current.elements(f, is("string")),
  intElements: (f) => current.elements(f, isInt, safe),
  floatElements: (f) => current.elements(f, isFloat),
  boolElements: (f) => current.elements(f, is("boolean")),
  dims: (f) => current.values(f).map((v) => (v instanceof Float32Array || Array.isArray(v) ? v.length : -1)),
  vectors: (f) => current.values(f).flatMap((v) => (v instanceof Float32Array || Array.isArray(v) ? Array.from(v) : [])),
  vectorBytes: refuse("bytes of vectors"),
  sparseIndices: refuse("sparse vectors"),
  sparseValues: refuse("sparse vectors"),
  setTexts: (f, values) => current.set(f, values),
  setInts: (f, values) => current.set(f, bigints(values)),
  setFloats: (f, values) => current.set(f, values),
  setBools: (f, values) => current.set(f, values),
  setBytes: (f, values) => current.set(f, values),
  setJsonTexts: (f, values) => current.set(f, values.map((v) => (v === null ? null : current.parse(v)))),
  setTextArrays: (f, lengths, elements) => current.setArrays(f, lengths, elements),
  setIntArrays: (f, lengths, elements) => current.setArrays(f, lengths, bigints(elements)),
  setFloatArrays: (f, lengths, elements) => current.setArrays(f, lengths, elements),
  setBoolArrays: (f, lengths, elements) => current.setArrays(f, lengths, elements),
  setVectors: (f, dims, values) => current.setArrays(f, dims, values, (row) => Float32Array.from(row)),
  setVectorBytes: refuse("bytes of vectors"),
  setSparseVectors: refuse("sparse vectors"),
  rename: (old, name) => {
    if (!current.columns.has(old)) return false;
    const column = current.columns.get(old);
    current.columns.delete(old);
    current.columns.set(name, column);
    return true;
  },
  remove: (f) => current.columns.delete(f),
  keep: (fields) => [...current.columns.keys()].filter((f) => !fields.includes(f)).forEach((f) => current.columns.delete(f)),
  operations: () => [...current.operations],
  setOperations: (values) => { current.operations = [...values]; },
  collections: () => [...current.collections],
  setCollections: (values) => { current.collections = values.map((v, row) => v ?? current.collections[row]); },
  partitions: () => [...current.partitions],
  setPartitions: (values) => { current.partitions = [...values]; },
  reject: (row, reason) => { if (!current.rejected.has(current.known(row))) current.rejected.set(row, reason); },
  discard: (row) => current.discarded.add(current.known(row)),
  repeat: (counts) => current.repeat(counts),
};

// A target is { items: { primaryKey: "id", fields: { id: { fieldType: "Int64" }, v: { fieldType: "FloatVector", dim: 2 } } } }.
const of = (collection, what, none) => current.target[collection]?.[what] ?? none;
const field = (collection, name, what, none) => current.target[collection]?.fields?.[name]?.[what] ?? none;
const ask = (what, none) => (collection, name) => (name === undefined ? of(collection, what, none) : field(collection, name, what, none));
const target = {
  collections: () => Object.keys(current.target),
  fields: (collection) => Object.keys(of(collection, "fields", {})),
  fieldType: ask("fieldType", null),
  elementType: ask("elementType", null),
  dim: ask("dim", null),
  maxLength: ask("maxLength", null),
  maxCapacity: ask("maxCapacity", null),
  nullable: ask("nullable", false),
  hasDefault: ask("hasDefault", false),
  primaryKey: ask("primaryKey", null),
  autoId: ask("autoId", false),
  partitionKey: ask("partitionKey", null),
  dynamic: ask("dynamic", false),
};

const log = { log: (level, message) => current.logs.push(`${level}: ${message}`) };

export const host = { batch, log, target };
