// Renames, checks and labels: the same small job in five languages, see `../README.md`.
import { definePlugin } from "../../../../guest-sdk/javascript/kiteline/index.js";

export const plugin = definePlugin({
  name: "label",
  version: "0.1.0",
  schema: { type: "object", additionalProperties: false, properties: {} },
  configure: () => null,
  process(batch) {
    batch.rename("emb", "embedding");
    batch.ints("id").forEach((id, row) => {
      if (id === null || id <= 0) batch.reject(row, "id is not positive");
    });
    const titles = batch.texts("title");
    const label = (tenant, row) => (tenant === null || titles[row] === null ? null : `${tenant}: ${titles[row]}`);
    batch.setTexts("label", batch.texts("tenant").map(label));
  },
});

export const { describe, configure, process } = plugin;
