// {{name}} takes the blanks around a text away, and rejects records where nothing is left.
import { definePlugin } from "./kiteline/index.js";

export const plugin = definePlugin({
  name: "{{name}}",
  version: "0.1.0",
  schema: {
    type: "object",
    additionalProperties: false,
    required: ["field"],
    properties: { field: { type: "string", description: "the field that is trimmed" } },
  },
  /** @param {{ field: string }} config */
  configure: (config) => config,
  process(batch, { field }) {
    for (const record of batch.records()) {
      const text = record.get(field);
      if (typeof text !== "string") continue;
      if (text.trim() === "") record.reject(`${field} is blank`);
      else record.set(field, text.trim());
    }
  },
});

export const { describe, configure, process } = plugin;
