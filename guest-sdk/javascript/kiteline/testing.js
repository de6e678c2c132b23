// Runs a plugin without a host; testing.d.ts documents it.
import { Memory, use } from "./memory.js";
import { parse } from "./records.js";

export function run(plugin, config, rows, options) {
  const memory = new Memory(rows, { parse, ...options });
  use(memory);
  attempt(() => plugin.configure(JSON.stringify(config)));
  attempt(() => plugin.process());
  const row = (i) => Object.fromEntries([...memory.columns].map(([name, column]) => [name, column[i]]).filter(([, value]) => value !== null));
  const { rejected, discarded, partitions, collections, operations, logs } = memory;
  const all = Array.from({ length: memory.rows }, (_, i) => row(i));
  return { rows: all, rejected: Object.fromEntries(rejected), discarded: [...discarded], partitions, collections, operations, logs };
}

// A plugin throws a text, as the interface takes it.
function attempt(work) {
  try {
    work();
  } catch (error) {
    throw typeof error === "string" ? new Error(error) : error;
  }
}
