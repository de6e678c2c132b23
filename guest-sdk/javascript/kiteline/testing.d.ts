import type { Operation, Plugin, Value } from "./index.js";

/** What a row came with. */
export interface Origin {
  payload?: string | Uint8Array; key?: string | Uint8Array; headers?: { [name: string]: string };
  topic?: string; partition?: number; offset?: number; timestamp?: number;
}

/** A collection by its name. */
export interface Target {
  [collection: string]: {
    primaryKey?: string; partitionKey?: string; autoId?: boolean; dynamic?: boolean;
    fields?: { [name: string]: { fieldType?: string; elementType?: string; dim?: number; maxLength?: number; maxCapacity?: number; nullable?: boolean; hasDefault?: boolean } };
  };
}

/** What came of the rows. Rejected and discarded ones keep their place. */
export interface Result {
  rows: { [field: string]: Value }[];
  rejected: { [row: number]: string };
  discarded: number[];
  partitions: (string | null)[];
  collections: string[];
  operations: Operation[];
  logs: string[];
}

/**
 * Runs a plugin on rows in memory, by their fields. An integer beyond 2^53 is a `bigint`, a vector a `Float32Array`. What
 * the plugin throws is thrown on. It does not know sparse vectors, nor the limits.
 */
export function run(plugin: Plugin, config: object, rows: { [field: string]: Value }[], options?: { records?: Origin[]; target?: Target }): Result;
