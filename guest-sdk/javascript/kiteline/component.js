// The host of a component. Node takes memory.js instead: see "imports" in package.json.
import batch from "kiteline:plugin/batch@0.1.0";
import log from "kiteline:plugin/log@0.1.0";
import target from "kiteline:plugin/target@0.1.0";

export const host = { batch, log, target };
