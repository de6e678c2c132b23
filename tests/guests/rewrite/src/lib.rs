//! Reads each field of the collection by the functions of its type, and writes it anew by those.

mod field;

use std::collections::BTreeMap;

use field::Read;
use kiteline_guest::{Batch, Plugin, plugin, target};

#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Config {}

#[derive(Debug)]
struct Rewrite;

impl Plugin for Rewrite {
    type Config = Config;
    const NAME: &'static str = env!("CARGO_PKG_NAME");
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");

    fn new(_: Config) -> Result<Self, String> {
        Ok(Self)
    }

    fn process(&mut self, batch: &mut Batch) -> Result<(), String> {
        // The host learns from an empty batch which fields come from the record: all of them, in the types of the target.
        if batch.is_empty() {
            return Ok(());
        }
        let types = types();
        for field in batch.fields() {
            // What no collection has goes to its dynamic field.
            let ty = types.get(&field).map_or("JSON", String::as_str);
            let texts = batch.json_texts(&field);
            let read = Read::of(&field, ty);
            batch.remove(&field);
            let found = read.write(&field);
            for (row, text) in texts.iter().enumerate() {
                if text.is_some() != found[row] {
                    batch.reject(row, &format!("`{field}` was not read as {ty}"));
                }
            }
        }
        Ok(())
    }
}

/// The types of all fields by their names; those of an array's elements as `Array of` them.
fn types() -> BTreeMap<String, String> {
    let mut types = BTreeMap::new();
    for collection in target::collections() {
        for field in target::fields(&collection) {
            let ty = target::field_type(&collection, &field).unwrap_or_default();
            let element = target::element_type(&collection, &field);
            types.insert(field, element.map_or(ty, |element| format!("Array of {element}")));
        }
    }
    types
}

plugin!(Rewrite);
