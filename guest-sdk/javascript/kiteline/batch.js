// The batch of the current call; index.d.ts documents it.
import { Rows } from "./records.js";
import { host } from "#host";

// Integers come from the engine as numbers, so one beyond 2^53 has lost its last digits. Only then the column is read
// again as JSON texts, which have them all.
function exact(numbers, texts) {
  if (!numbers.some((n) => n !== null && !Number.isSafeInteger(n))) return numbers;
  const all = texts();
  return numbers.map((n, row) => (n === null || Number.isSafeInteger(n) ? n : BigInt(all[row])));
}

const LEAST = -(2n ** 63n);
const MOST = 2n ** 63n - 1n;

// True where an integer can't be written as a number. The engine ends the plugin where it is given anything else.
function checkInt(value) {
  if (value === null || value === undefined || Number.isSafeInteger(value)) return false;
  if (typeof value === "bigint" && value >= LEAST && value <= MOST) return true;
  throw new TypeError(`an integer is ${typeof value === "number" ? "fractional or inexact" : `a ${typeof value}`}`);
}

function arrays(elements, lengths) {
  let start = 0;
  const total = lengths.reduce((sum, length) => sum + Math.max(length, 0), 0);
  // A field of another type has lengths, but none of these elements.
  if (total !== elements.length) return lengths.map(() => null);
  return lengths.map((length) => (length < 0 ? null : elements.slice(start, (start += length))));
}

const flat = (rows) => rows.flatMap((row) => (row === null || row === undefined ? [] : Array.from(row)));
const lengthsOf = (rows) => rows.map((row) => (row === null || row === undefined ? -1 : row.length));
const orNull = (values, check) => Array.from(values, (value, row) => (value === undefined || value === null ? null : check(value, row)));

const typed = (type) => (value, row) => {
  if (typeof value !== type) throw new TypeError(`row ${row}: a ${typeof value} where a ${type} is written`);
  return value;
};
const asNumber = (value, row) => (typeof value === "bigint" ? Number(value) : typed("number")(value, row));

export class Batch {
  rows() { return host.batch.rows(); }
  fields() { return host.batch.fields(); }
  fieldType(field) { return host.batch.fieldType(field); }
  records() { return new Rows(this); }

  payloads() { return host.batch.payloads(); }
  keys() { return host.batch.keys(); }
  headers(name) { return host.batch.headers(name); }
  topics() { return host.batch.topics(); }
  kafkaPartitions() { return host.batch.kafkaPartitions(); }
  offsets() { return host.batch.offsets(); }
  timestamps() { return host.batch.timestamps(); }

  texts(field) { return host.batch.texts(field); }
  ints(field) { return exact(host.batch.ints(field), () => host.batch.jsonTexts(field)); }
  floats(field) { return host.batch.floats(field); }
  bools(field) { return host.batch.bools(field); }
  bytes(field) { return host.batch.bytes(field); }
  jsonTexts(field) { return host.batch.jsonTexts(field); }
  lengths(field) { return host.batch.lengths(field); }
  textArrays(field) { return arrays(host.batch.textElements(field), host.batch.lengths(field)); }
  intArrays(field) {
    const rows = arrays(host.batch.intElements(field), host.batch.lengths(field));
    if (rows.every((row) => row === null || row.every(Number.isSafeInteger))) return rows;
    const texts = host.batch.jsonTexts(field);
    const digits = (row) => texts[row].slice(1, -1).split(",");
    return rows.map((row, i) => row && exact(row, () => digits(i)));
  }
  floatArrays(field) { return arrays(host.batch.floatElements(field), host.batch.lengths(field)); }
  boolArrays(field) { return arrays(host.batch.boolElements(field), host.batch.lengths(field)); }
  dims(field) { return host.batch.dims(field); }
  vectors(field) { return arrays(host.batch.vectors(field), host.batch.dims(field)); }
  vectorBytes(field) { return host.batch.vectorBytes(field); }
  sparseVectors(field) {
    const dims = host.batch.dims(field);
    const values = arrays(host.batch.sparseValues(field), dims);
    return arrays(host.batch.sparseIndices(field), dims).map((indices, row) => indices && { indices, values: values[row] });
  }

  mapTexts(field, change) {
    const old = this.texts(field);
    if (old.includes(null)) {
      const any = this.jsonTexts(field);
      old.forEach((text, row) => {
        if (text === null && any[row] !== null) this.reject(row, `${field} is not a text`);
      });
    }
    this.setTexts(field, old.map(change));
  }

  setTexts(field, values) { host.batch.setTexts(field, orNull(values, typed("string"))); }
  setInts(field, values) {
    const ints = orNull(values, (value) => value);
    // JSON has integers of any size; the host reads them as integers.
    if (ints.filter(checkInt).length > 0) host.batch.setJsonTexts(field, ints.map((n) => (n === null ? null : String(n))));
    else host.batch.setInts(field, ints);
  }
  setFloats(field, values) { host.batch.setFloats(field, orNull(values, asNumber)); }
  setBools(field, values) { host.batch.setBools(field, orNull(values, typed("boolean"))); }
  setBytes(field, values) { host.batch.setBytes(field, orNull(values, (value) => value)); }
  setJsonTexts(field, values) { host.batch.setJsonTexts(field, orNull(values, typed("string"))); }
  setTextArrays(field, rows) { host.batch.setTextArrays(field, lengthsOf(rows), flat(rows).map(typed("string"))); }
  setIntArrays(field, rows) {
    const elements = flat(rows);
    if (elements.filter(checkInt).length === 0) host.batch.setIntArrays(field, lengthsOf(rows), elements);
    else host.batch.setJsonTexts(field, orNull(rows, (row) => `[${Array.from(row).join(",")}]`));
  }
  setFloatArrays(field, rows) { host.batch.setFloatArrays(field, lengthsOf(rows), flat(rows).map(asNumber)); }
  setBoolArrays(field, rows) { host.batch.setBoolArrays(field, lengthsOf(rows), flat(rows).map(typed("boolean"))); }
  setVectors(field, rows) { host.batch.setVectors(field, lengthsOf(rows), flat(rows).map(asNumber)); }
  setVectorBytes(field, type, dims, data) { host.batch.setVectorBytes(field, type, dims, data); }
  setSparseVectors(field, rows) {
    const dims = rows.map((row) => (row ? row.indices.length : -1));
    const there = rows.filter((row) => row);
    host.batch.setSparseVectors(field, dims, there.flatMap((row) => row.indices), there.flatMap((row) => row.values));
  }
  rename(old, name) { return host.batch.rename(old, name); }
  remove(field) { return host.batch.remove(field); }
  keep(fields) { host.batch.keep(fields); }

  operations() { return host.batch.operations(); }
  setOperations(values) { host.batch.setOperations(values); }
  collections() { return host.batch.collections(); }
  setCollections(values) { host.batch.setCollections(orNull(values, typed("string"))); }
  partitions() { return host.batch.partitions(); }
  setPartitions(values) { host.batch.setPartitions(orNull(values, typed("string"))); }
  reject(row, reason) { host.batch.reject(row, String(reason)); }
  discard(row) { host.batch.discard(row); }
  repeat(counts) { host.batch.repeat(counts); }
}
