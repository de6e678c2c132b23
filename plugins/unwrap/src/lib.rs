//! Takes the envelopes of change feeds apart: the row becomes fields, and a delete becomes one.

mod change;

use std::collections::BTreeSet;

use change::{Change, Format};
use kiteline_guest::{Batch, Operation, Plugin, plugin};
use kiteline_plugin_columns::{Columns, object, target_vectors};

#[derive(Debug, serde::Deserialize)]
#[cfg_attr(test, derive(kiteline_guest::schemars::JsonSchema), schemars(crate = "kiteline_guest::schemars"))]
#[serde(deny_unknown_fields)]
struct Config {
    /// What the envelopes are.
    format: Format,
    /// The fields of the row's key. With them, an update that changes the key deletes the row of the old one (Canal and
    /// Maxwell; Debezium says so itself), and a row that Debezium deletes has no other fields than these.
    #[serde(default)]
    key: Vec<String>,
}

#[derive(Debug)]
struct Unwrap {
    config: Config,
    vectors: BTreeSet<String>,
}

impl Plugin for Unwrap {
    type Config = Config;
    const NAME: &'static str = env!("CARGO_PKG_NAME");
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");

    fn config_schema() -> String {
        include_str!("../config.schema.json").to_owned()
    }

    fn new(config: Config) -> Result<Self, String> {
        Ok(Self { config, vectors: target_vectors() })
    }

    fn process(&mut self, batch: &mut Batch) -> Result<(), String> {
        let format = self.config.format;
        let envelopes = format.read(batch);
        let mut operations = batch.operations();
        let mut counts = Vec::with_capacity(batch.len());
        let mut changes = Vec::with_capacity(batch.len());
        for (row, operation) in operations.iter().enumerate() {
            let change = format.changes(&envelopes, row, &self.config.key);
            let change = match change {
                // A tombstone has no envelope, and the fields of its key.
                None if *operation == Operation::Delete => vec![Change::AsItIs],
                None => {
                    batch.reject(row, &format!("not an envelope of {}", format.name()));
                    vec![Change::AsItIs]
                }
                Some(Ok(changes)) => changes,
                Some(Err(reason)) => {
                    batch.reject(row, reason);
                    vec![Change::AsItIs]
                }
            };
            // What is no change of a row is done with.
            counts.push(u32::try_from(change.len()).unwrap_or(u32::MAX));
            changes.push(change);
        }
        for field in format.fields() {
            batch.remove(field);
        }
        if counts.iter().any(|count| *count != 1) {
            batch.repeat(&counts);
            operations = batch.operations();
        }
        let mut columns = Columns::default();
        for (row, change) in changes.iter().flatten().enumerate() {
            let text = match change {
                Change::AsItIs => continue,
                Change::Write(text) => text,
                Change::Delete(text) => {
                    operations[row] = Operation::Delete;
                    text
                }
            };
            match object::row(text, &self.vectors) {
                Some(fields) => columns.add(row, fields),
                None => batch.reject(row, &format!("an envelope of {} without the row", format.name())),
            }
        }
        columns.write(batch);
        batch.set_operations(&operations);
        Ok(())
    }
}

plugin!(Unwrap);

#[cfg(test)]
mod tests;
