import assert from "node:assert/strict";
import test from "node:test";

import { run } from "../../../../guest-sdk/javascript/kiteline/testing.js";
import { plugin } from "./plugin.js";

test("rows are labelled and checked", () => {
  const good = { id: 1, title: "a kite", tenant: "t" };
  const { rows, rejected } = run(plugin, {}, [good, { ...good, id: 0 }, { id: 2, title: "a kite", emb: 3 }]);
  assert.deepEqual([rows[0], rows[2]], [{ ...good, label: "t: a kite" }, { id: 2, title: "a kite", embedding: 3 }]);
  assert.deepEqual(rejected, { 1: "id is not positive" });
});
