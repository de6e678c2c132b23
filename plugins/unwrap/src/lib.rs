//! Takes the envelopes of change feeds apart: the row becomes fields, and a delete becomes one.

mod change;
mod decimal;
mod format;
mod placeholder;

use std::collections::BTreeSet;

use change::Change;
use decimal::Decimals;
use format::Format;
use kiteline_guest::{Batch, Operation, Plugin, Texts, plugin};
use kiteline_plugin_columns::{Columns, Row, object, target_vectors};
use placeholder::{Placeholder, Unavailable};

#[derive(Debug, serde::Deserialize)]
#[cfg_attr(test, derive(kiteline_guest::schemars::JsonSchema), schemars(crate = "kiteline_guest::schemars"))]
#[serde(deny_unknown_fields)]
struct Config {
    /// What the envelopes are.
    format: Format,
    /// The fields of the row's key. With them, an update that changes the key deletes the row of the old one (Canal,
    /// Maxwell, and GoldenGate, which may name them itself; Debezium says so by a delete), and a row that Debezium
    /// deletes has no other fields than these.
    #[serde(default)]
    key: Vec<String>,
    /// What becomes of a row of Debezium's in which a value is unknown, as it did not change.
    #[serde(default)]
    unavailable: Unavailable,
    /// What Debezium writes for such a value, where its `unavailable.value.placeholder` is set.
    placeholder: Option<String>,
}

#[derive(Debug)]
struct Unwrap {
    config: Config,
    vectors: BTreeSet<String>,
    placeholder: Placeholder,
    decimals: Decimals,
}

impl Plugin for Unwrap {
    type Config = Config;
    const NAME: &'static str = env!("CARGO_PKG_NAME");
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");

    fn config_schema() -> String {
        include_str!("../config.schema.json").to_owned()
    }

    fn new(config: Config) -> Result<Self, String> {
        let placeholder = Placeholder::of(config.placeholder.as_deref());
        Ok(Self { config, vectors: target_vectors(), placeholder, decimals: Decimals::default() })
    }

    fn process(&mut self, batch: &mut Batch) -> Result<(), String> {
        let format = self.config.format;
        let envelopes = format.read(batch);
        let mut operations = batch.operations();
        let keys = framed_keys(batch, &operations);
        let schemas = format.schemas(batch);
        let mut counts = Vec::with_capacity(batch.len());
        let mut changes = Vec::with_capacity(batch.len());
        for (row, operation) in operations.iter().enumerate() {
            // A tombstone has no envelope, and the fields of its key.
            let change = if *operation == Operation::Delete {
                let key = keys.as_ref().and_then(|keys| keys.get(row)).filter(|key| key.starts_with('{'));
                Ok(vec![key.map_or(Change::DeleteAsItIs, |key| Change::Delete(key.to_owned()))])
            } else {
                let change = format.changes(&envelopes, row, &self.config.key);
                change.unwrap_or_else(|| Err(format!("not an envelope of {}", format.name()).into()))
            };
            let change = change.unwrap_or_else(|reason| {
                batch.reject(row, &reason);
                vec![Change::AsItIs]
            });
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
        let changes =
            changes.iter().enumerate().flat_map(|(of, changes)| changes.iter().map(move |change| (of, change)));
        for (row, (of, change)) in changes.enumerate() {
            if matches!(change, Change::Delete(_) | Change::DeleteAsItIs) {
                operations[row] = Operation::Delete;
            }
            let (text, unavailable) = match change {
                Change::AsItIs | Change::DeleteAsItIs => continue,
                Change::Write(text) => (text, self.config.unavailable),
                // What is deleted needs its key only.
                Change::Delete(text) => (text, Unavailable::Keep),
            };
            let schema = schemas.as_ref().and_then(|schemas| schemas.get(of));
            match self.fields(text, unavailable, schema) {
                Ok(fields) => columns.add(row, fields),
                Err(reason) => batch.reject(row, &reason),
            }
        }
        columns.write(batch);
        batch.set_operations(&operations);
        Ok(())
    }
}

impl Unwrap {
    /// The fields of a row, from its JSON.
    fn fields<'a>(&mut self, text: &'a str, unavailable: Unavailable, schema: Option<&str>) -> Result<Row<'a>, String> {
        let format = self.config.format;
        let row = object::row(text, &self.vectors);
        let mut row = row.ok_or_else(|| format!("an envelope of {} without the row", format.name()))?;
        if format == Format::Debezium {
            row = self.placeholder.take_off(row, unavailable)?;
        }
        if let Some(schema) = schema {
            self.decimals.write(schema, &mut row)?;
        }
        Ok(row)
    }
}

/// The payloads of the tombstones' keys, which have a schema beside it where the JSON converter of Kafka Connect wrote
/// them.
fn framed_keys(batch: &Batch, operations: &[Operation]) -> Option<Texts> {
    let is_framed = batch.field_type("payload").is_some() && operations.contains(&Operation::Delete);
    is_framed.then(|| batch.json_texts("payload"))
}

plugin!(Unwrap);

#[cfg(test)]
mod tests;
