//! Reads payloads as MessagePack: one map with text keys a record, each key a field.

mod reader;
mod timestamp;

use std::collections::BTreeSet;

use kiteline_guest::{Batch, Plugin, plugin};
use kiteline_plugin_columns::{row, target_vectors};
use reader::Reader;

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
        row::write_payloads(batch, &payloads, "MessagePack", &self.vectors, Reader::new);
        Ok(())
    }
}

plugin!(DecodeMsgpack);

#[cfg(test)]
mod tests;

#[cfg(test)]
mod documented {
    use kiteline_plugin_testing::{assert_schema_names_the_keys_of, readme_configs};

    use super::Config;

    #[test]
    fn readme_and_schema_are_true() {
        let configs = readme_configs::<Config>(include_str!("../README.md"));
        assert_eq!(configs[0].vectors, ["emb"]);
        assert_schema_names_the_keys_of::<Config>(include_str!("../config.schema.json"));
    }
}
