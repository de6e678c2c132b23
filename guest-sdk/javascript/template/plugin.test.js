import assert from "node:assert/strict";
import test from "node:test";

import { run } from "./kiteline/testing.js";
import { plugin } from "./plugin.js";

test("blanks go", () => {
  const { rows, rejected } = run(plugin, { field: "title" }, [{ title: " a kite " }, { title: " " }]);
  assert.equal(rows[0].title, "a kite");
  assert.equal(rejected[1], "title is blank");
});
