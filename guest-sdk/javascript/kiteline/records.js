// Records: rows one by one, over columns that are read once and written once.

// A JSON text as a value. Integers that a number can't hold become BigInt, wherever they are.
export function parse(text) {
  if (!/\d{16}/.test(text)) return JSON.parse(text);
  // Strings are passed over, so that digits in them stay as they are.
  const marked = text.replace(/"(?:[^"\\]|\\.)*"|-?\d{16,}(?![\d.eE])/g, (found) =>
    found[0] === '"' || Number.isSafeInteger(Number(found)) ? found : `{"\\u0001":"${found}"}`,
  );
  return JSON.parse(marked, (_, value) => (value && typeof value === "object" && "\u0001" in value ? BigInt(value["\u0001"]) : value));
}

function stringify(value) {
  if (typeof value === "bigint") return String(value);
  if (Array.isArray(value)) return `[${value.map((each) => stringify(each ?? null)).join(",")}]`;
  if (value !== null && typeof value === "object") {
    const members = Object.entries(value).filter(([, each]) => each !== undefined);
    return `{${members.map(([name, each]) => `${JSON.stringify(name)}:${stringify(each)}`).join(",")}}`;
  }
  return JSON.stringify(value);
}

const READ = { text: "texts", int: "ints", float32: "floats", float64: "floats", bool: "bools", bytes: "bytes", "float-vector": "vectors" };

export class Rows {
  #batch;
  #columns = new Map();
  #types = new Map();
  #written = new Set();

  constructor(batch) { this.#batch = batch; }

  *[Symbol.iterator]() {
    const rows = this.#batch.rows();
    for (let row = 0; row < rows; row++) {
      yield new Record(this, this.#batch, row);
    }
    this.#write();
  }

  // A field's values, each of its own type.
  column(field) {
    let column = this.#columns.get(field);
    if (column) return column;
    const type = this.#batch.fieldType(field);
    this.#types.set(field, type);
    const read = READ[type];
    column = read ? Array.from(this.#batch[read](field)) : new Array(this.#batch.rows()).fill(null);
    if (column.includes(null)) {
      const texts = this.#batch.jsonTexts(field);
      column = column.map((value, row) => (value === null && texts[row] !== null ? parse(texts[row]) : value));
    }
    this.#columns.set(field, column);
    return column;
  }

  set(field, row, value) {
    this.column(field)[row] = value ?? null;
    this.#written.add(field);
  }

  #write() {
    for (const field of this.#written) write(this.#batch, field, this.#columns.get(field), this.#types.get(field));
    this.#written.clear();
  }
}

// Writes values as the field's type where they all are of it, else as their own, else as JSON.
function write(batch, field, values, type) {
  const there = values.filter((value) => value !== null);
  const all = (is) => there.every(is);
  const isInt = (value) => typeof value === "bigint" || Number.isSafeInteger(value);
  if (all((value) => typeof value === "string")) batch.setTexts(field, values);
  else if (type?.startsWith("float") && !type.endsWith("]") && all((value) => typeof value === "number")) batch.setFloats(field, values);
  else if (all(isInt)) batch.setInts(field, values);
  else if (all((value) => typeof value === "number")) batch.setFloats(field, values);
  else if (all((value) => typeof value === "boolean")) batch.setBools(field, values);
  else if (all((value) => value instanceof Uint8Array)) batch.setBytes(field, values);
  else if (all((value) => value instanceof Float32Array) || (type === "float-vector" && all(Array.isArray))) batch.setVectors(field, values);
  else batch.setJsonTexts(field, values.map((value) => (value === null ? null : stringify(value))));
}

class Record {
  #rows;
  #batch;

  constructor(rows, batch, row) {
    this.#rows = rows;
    this.#batch = batch;
    this.row = row;
  }

  get(field) { return this.#rows.column(field)[this.row]; }
  set(field, value) { this.#rows.set(field, this.row, value); }
  reject(reason) { this.#batch.reject(this.row, reason); }
  discard() { this.#batch.discard(this.row); }
}
