//! Reads payloads as CBOR (RFC 8949): one map with text keys a record, each key a field.

mod reader;

use std::collections::BTreeSet;

use kiteline_guest::{Batch, Plugin, plugin};
use kiteline_plugin_columns::{row, target_vectors};
use reader::Reader;

#[derive(Debug, Default, serde::Deserialize)]
#[cfg_attr(test, derive(kiteline_guest::schemars::JsonSchema), schemars(crate = "kiteline_guest::schemars"))]
#[serde(deny_unknown_fields, default)]
struct Config {
    /// Fields that are vectors of 32-bit floats, by their names in the payload, beside those that the target has as float
    /// vectors by the same name.
    vectors: Vec<String>,
}

#[derive(Debug)]
struct DecodeCbor {
    vectors: BTreeSet<String>,
}

impl Plugin for DecodeCbor {
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
        row::write_payloads(batch, &payloads, "CBOR", &self.vectors, Reader::new);
        Ok(())
    }
}

plugin!(DecodeCbor);

#[cfg(test)]
mod tests;
