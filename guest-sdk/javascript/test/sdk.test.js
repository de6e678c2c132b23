import assert from "node:assert/strict";
import test from "node:test";

import { PluginError, definePlugin, log, target } from "../kiteline/index.js";
import { parse } from "../kiteline/records.js";
import { run } from "../kiteline/testing.js";

const LARGE = 2n ** 53n + 1n;

/** Runs a job on rows. */
const work = (rows, process, options) => run(definePlugin({ name: "t", version: "1", configure: () => true, process }), {}, rows, options);

test("an integer is a number where that is exact, else a BigInt", () => {
  work([{ id: 7 }, { id: LARGE }, { id: -LARGE }, { id: 1.5 }, {}], (batch) => {
    assert.deepEqual(batch.ints("id"), [7, LARGE, -LARGE, null, null]);
  });
});

test("large integers are written without loss", () => {
  const { rows } = work([{}, {}, {}], (batch) => batch.setInts("id", [LARGE, 5, undefined]));
  assert.deepEqual(rows, [{ id: LARGE }, { id: 5 }, {}]);
});

test("arrays of large integers go both ways", () => {
  const { rows } = work([{ a: [1, LARGE] }, {}, { a: [] }], (batch) => batch.setIntArrays("b", batch.intArrays("a")));
  assert.deepEqual(rows.map((row) => row.b), [[1, LARGE], undefined, []]);
});

test("what is no integer is refused before the engine would end the plugin", () => {
  for (const wrong of [1.5, 2 ** 60, 2n ** 63n, "1"]) {
    assert.throws(() => work([{}], (batch) => batch.setInts("id", [wrong])), /TypeError at batch.js:\d+/);
  }
});

test("mapTexts rejects what is no text", () => {
  const { rows, rejected } = work([{ a: "x" }, { a: 1 }, {}], (batch) => batch.mapTexts("a", (text) => text && `${text}!`));
  assert.deepEqual([rows[0], rejected], [{ a: "x!" }, { 1: "a is not a text" }]);
});

test("a record reads values of any type, and what a loop does not write stays", () => {
  const first = { n: 1, s: "a", deep: { id: LARGE, list: ["12345678901234567"] } };
  const { rows, discarded } = work([first, { n: "two", s: "b" }, { n: LARGE }], (batch) => {
    for (const record of batch.records()) {
      const n = record.get("n");
      if (n === 1) record.set("s", "new");
      if (n === "two") record.set("n", 2);
      if (n === LARGE) record.discard();
      if (record.row === 0) assert.deepEqual(record.get("/deep/id"), LARGE);
      record.set("copy", record.get("deep"));
    }
  });
  assert.deepEqual(rows, [{ ...first, s: "new", copy: first.deep }, { n: 2, s: "b" }, { n: LARGE }]);
  assert.deepEqual(discarded, [2]);
});

test("vectors and arrays come back as they were set", () => {
  const { rows } = work([{ v: Float32Array.of(1, 2), t: ["a"] }, {}], (batch) => {
    batch.setVectors("w", batch.vectors("v").map((vector) => vector && vector.map((x) => 2 * x)));
    assert.deepEqual([batch.dims("v"), batch.textArrays("t"), batch.intArrays("t")], [[2, -1], [["a"], null], [null, null]]);
  });
  assert.deepEqual(rows[0].w, Float32Array.of(2, 4));
});

test("a configuration is checked, and defaults are filled in", () => {
  const schema = {
    type: "object",
    additionalProperties: false,
    required: ["field"],
    properties: { field: { type: "string" }, sizes: { type: "array", items: { type: "integer", minimum: 1 }, default: [3] } },
  };
  let seen;
  const plugin = definePlugin({ name: "t", version: "1", schema, configure: (config) => (seen = config), process() {} });
  run(plugin, { field: "a" }, []);
  assert.deepEqual(seen, { field: "a", sizes: [3] });
  for (const [config, message] of [
    [{}, "missing key `field`"],
    [{ field: 1 }, "field: expected string, not integer"],
    [{ field: "a", sises: 1 }, "unknown key `sises`, expected `field`, `sizes`"],
    [{ field: "a", sizes: [1, 0] }, "sizes[1]: expected 1 or more"],
    [{ field: "a", sizes: ["x"] }, "sizes[0]: expected integer, not string"],
  ]) {
    assert.throws(() => run(plugin, config, []), { message });
  }
});

test("an error says what was written for it, of others kind and place only", () => {
  assert.throws(() => work([{}], () => { throw new PluginError("name is too long"); }), { message: "name is too long" });
  assert.throws(() => work([{}], () => JSON.parse("secret")), (error) => /^SyntaxError at sdk.test.js:\d+$/.test(error.message));
});

test("target and log answer by the names of the interface", () => {
  const { logs } = work([], () => {
    const [collection] = target.collections();
    log.warn(`${collection} ${target.dim(collection, "v")} ${target.primaryKey(collection)} ${target.dim(collection, "x")}`);
  }, { target: { items: { primaryKey: "id", fields: { v: { fieldType: "FloatVector", dim: 8 } } } } });
  assert.deepEqual(logs, ["warn: items 8 id null"]);
});

test("rows can be repeated", () => {
  const { rows } = work([{ n: 1 }, { n: 2 }, { n: 3 }], (batch) => batch.repeat([2, 0, 1]));
  assert.deepEqual(rows.map((row) => row.n), [1, 1, 3]);
});

test("digits in texts are left alone", () => {
  assert.deepEqual(parse('{"a\\"1234567890123456789":"9007199254740993","n":[9007199254740993,-9007199254740993,1234567890123456.5]}'), {
    'a"1234567890123456789': "9007199254740993",
    n: [LARGE, -LARGE, 1234567890123456.5],
  });
});
