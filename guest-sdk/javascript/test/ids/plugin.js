// Adds one to each id: integers that no number holds are read and written.
import { definePlugin } from "../../kiteline/index.js";

export const { describe, configure, process } = definePlugin({
  name: "ids",
  version: "0.1.0",
  configure: () => true,
  process: (batch) => batch.setInts("id", batch.ints("id").map((id) => (id === null ? null : BigInt(id) + 1n))),
});
