//! Reads payloads as MessagePack: one map with text keys a record, each key a field.

mod column;
mod json;
mod reader;
mod row;
mod timestamp;
mod value;

use std::collections::BTreeSet;

use column::{Columns, Values};
use kiteline_guest::{Batch, Plugin, Texts, plugin, target};

#[derive(Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Config {
    /// Fields that are vectors of 32-bit floats, beside those that the target has as such.
    vectors: Vec<String>,
}

#[derive(Debug)]
struct DecodeMsgpack {
    vectors: BTreeSet<String>,
}

impl Plugin for DecodeMsgpack {
    type Config = Config;
    const NAME: &'static str = env!("CARGO_PKG_NAME");
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");

    fn config_schema() -> String {
        include_str!("../config.schema.json").to_owned()
    }

    fn new(config: Config) -> Result<Self, String> {
        let mut vectors = target_vectors();
        vectors.extend(config.vectors);
        Ok(Self { vectors })
    }

    fn process(&mut self, batch: &mut Batch) -> Result<(), String> {
        let payloads = batch.payloads();
        let mut columns = Columns::default();
        for (number, payload) in payloads.iter().enumerate() {
            let Some(payload) = payload else { continue };
            match row::decode(payload, &self.vectors) {
                Ok(row) => columns.add(number, row),
                Err(fault) => batch.reject(number, &format!("MessagePack, {fault}")),
            }
        }
        for column in columns.finish(payloads.len()) {
            write(batch, column.name, &column.values);
        }
        Ok(())
    }
}

/// Fields that hold dense vectors of floats in every collection that has them. A start-time answer is enough: an
/// array of numbers becomes a vector at validation as well, only at more cost.
fn target_vectors() -> BTreeSet<String> {
    let mut vectors = BTreeSet::new();
    let mut others = BTreeSet::new();
    for collection in target::collections() {
        for field in target::fields(&collection) {
            let ty = target::field_type(&collection, &field);
            match ty.as_deref() {
                Some("FloatVector" | "Float16Vector" | "BFloat16Vector") => vectors.insert(field),
                _ => others.insert(field),
            };
        }
    }
    vectors.retain(|field| !others.contains(field));
    vectors
}

/// Writes a column. An integer or text that a row has already, from the record's key, stays where its payload has none:
/// a record without a payload is deleted by it.
fn write(batch: &mut Batch, field: &str, values: &Values<'_>) {
    match values {
        Values::Bools(values) => batch.set_bools(field, values),
        Values::Ints(values) if values.contains(&None) => {
            let old = batch.ints(field);
            let filled: Vec<_> = values.iter().zip(old).map(|(new, old)| new.or(old)).collect();
            batch.set_ints(field, &filled);
        }
        Values::Ints(values) => batch.set_ints(field, values),
        Values::Floats(values) => batch.set_floats(field, values),
        Values::Texts(values) if values.iter().any(|text| text.is_none()) => {
            let old = batch.texts(field);
            let filled: Texts = values.iter().zip(old.iter()).map(|(new, old)| new.or(old)).collect();
            batch.set_texts(field, &filled);
        }
        Values::Texts(values) => batch.set_texts(field, values),
        Values::Bytes(values) => batch.set_bytes(field, values),
        Values::Json(values) => batch.set_json_texts(field, values),
        Values::BoolArrays(values) => batch.set_bool_arrays(field, values),
        Values::IntArrays(values) => batch.set_int_arrays(field, values),
        Values::FloatArrays(values) => batch.set_float_arrays(field, values),
        Values::TextArrays(values) => batch.set_text_arrays(field, values),
        Values::Vectors(values) => batch.set_vectors(field, values),
    }
}

plugin!(DecodeMsgpack);

#[cfg(test)]
mod tests {
    use kiteline_plugin_testing::{assert_schema_names_the_keys_of, readme_configs};

    use super::Config;

    #[test]
    fn readme_and_schema_are_true() {
        let configs = readme_configs::<Config>(include_str!("../README.md"));
        assert_eq!(configs[0].vectors, ["emb"]);
        assert_schema_names_the_keys_of::<Config>(include_str!("../config.schema.json"));
    }
}
