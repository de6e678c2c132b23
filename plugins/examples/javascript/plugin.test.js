import assert from "node:assert/strict";
import test from "node:test";

import { run } from "../../../guest-sdk/javascript/kiteline/testing.js";
import { plugin, snake } from "./plugin.js";

test("names become snake_case", () => {
  assert.deepEqual(["packageName", "HTTPPort", "sha256Sum", "id"].map(snake), ["package_name", "http_port", "sha256_sum", "id"]);
});

test("fields are renamed, some by hand, some not at all", () => {
  const { rows } = run(plugin, { rename: { pkgId: "id" }, keep: ["asIs"] }, [{ pkgId: 7n ** 20n, shortName: "a", asIs: 1 }]);
  assert.deepEqual(rows, [{ id: 7n ** 20n, short_name: "a", asIs: 1 }]);
});

test("a mistake is named by its key", () => {
  assert.throws(() => run(plugin, { rename: { a: 1 } }, []), { message: "rename.a: expected string, not integer" });
});
