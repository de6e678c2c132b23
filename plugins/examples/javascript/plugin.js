// Renames fields by a rule: camelCase names become snake_case, as collections mostly have them, and some by hand.
import { definePlugin } from "../../../guest-sdk/javascript/kiteline/index.js";

/** `packageName` is `package_name`, and `HTTPPort` is `http_port`. */
export function snake(name) {
  return name
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replace(/([A-Z]+)([A-Z][a-z])/g, "$1_$2")
    .toLowerCase();
}

export const plugin = definePlugin({
  name: "snake-case",
  version: "0.1.0",
  schema: {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    type: "object",
    additionalProperties: false,
    properties: {
      rename: { type: "object", additionalProperties: { type: "string" }, default: {}, description: "new names by old ones, before the rule" },
      keep: { type: "array", items: { type: "string" }, default: [], description: "names that stay as they are" },
    },
  },
  configure: ({ rename, keep }) => ({ rename, keep: new Set(keep) }),
  process(batch, { rename, keep }) {
    for (const name of batch.fields()) {
      const renamed = rename[name] ?? (keep.has(name) ? name : snake(name));
      if (renamed !== name) batch.rename(name, renamed);
    }
  },
});

export const { describe, configure, process } = plugin;
