// What a Kiteline plugin in JavaScript is written with; index.d.ts documents it.
import { Batch } from "./batch.js";
import { check } from "./config.js";
import { host } from "#host";

export { Batch };

const say = (level) => (message) => host.log.log(level, String(message));
export const log = { debug: say("debug"), info: say("info"), warn: say("warn"), error: say("error") };

/** What the rows are written to. The host itself answers, by the names of the interface. */
export const target = {
  collections: () => host.target.collections(),
  fields: (collection) => host.target.fields(collection),
  fieldType: (collection, field) => host.target.fieldType(collection, field),
  elementType: (collection, field) => host.target.elementType(collection, field),
  dim: (collection, field) => host.target.dim(collection, field),
  maxLength: (collection, field) => host.target.maxLength(collection, field),
  maxCapacity: (collection, field) => host.target.maxCapacity(collection, field),
  nullable: (collection, field) => host.target.nullable(collection, field),
  hasDefault: (collection, field) => host.target.hasDefault(collection, field),
  primaryKey: (collection) => host.target.primaryKey(collection),
  autoId: (collection) => host.target.autoId(collection),
  partitionKey: (collection) => host.target.partitionKey(collection),
  dynamic: (collection) => host.target.dynamic(collection),
};

/** An error whose message is shown as it is: it names the field and the rule, never the value. */
export class PluginError extends Error {}

export function definePlugin({ name, version, schema, configure, process }) {
  let plugin;
  return {
    describe: () => ({ name, version, configSchema: schema ? JSON.stringify(schema) : "" }),
    configure: (text) =>
      reported(() => {
        const config = JSON.parse(text);
        const mistake = schema && check(schema, config, "");
        if (mistake) throw new PluginError(mistake);
        plugin = configure(config);
      }),
    process: () =>
      reported(() => {
        if (plugin === undefined) throw new PluginError("process was called before configure, which returned nothing");
        const made = process(new Batch(), plugin);
        if (made && typeof made.then === "function") throw new PluginError("process is async: it can't wait here");
      }),
  };
}

// What is thrown becomes the error of the call. A message that nobody wrote for it can hold payload (of JSON.parse, say):
// it goes to the log, which ends in the dead letter, and the error says only what happened and where.
function reported(work) {
  try {
    work();
  } catch (error) {
    if (error instanceof PluginError) throw error.message;
    if (!(error instanceof Error)) throw String(error);
    log.error(`${error.name}: ${error.message}\n${error.stack ?? ""}`);
    const place = /([\w.-]+\.[cm]?[jt]s:\d+)/.exec(error.stack ?? "");
    throw place ? `${error.name} at ${place[1]}` : error.name;
  }
}
