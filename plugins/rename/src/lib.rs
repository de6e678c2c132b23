//! Renames fields, and picks or drops some.

mod plan;

use std::collections::BTreeMap;

use kiteline_guest::{Batch, Plugin, plugin};
use plan::Plan;

#[derive(Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Config {
    rename: BTreeMap<String, String>,
    pick: Option<Vec<String>>,
    drop: Vec<String>,
}

#[derive(Debug)]
struct Rename(Plan);

impl Plugin for Rename {
    type Config = Config;
    const NAME: &'static str = env!("CARGO_PKG_NAME");
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");

    fn config_schema() -> String {
        include_str!("../config.schema.json").to_owned()
    }

    fn new(config: Config) -> Result<Self, String> {
        Plan::new(config).map(Self)
    }

    fn process(&mut self, batch: &mut Batch) -> Result<(), String> {
        for (old, new) in &self.0.renames {
            batch.rename(old, new);
        }
        if let Some(fields) = &self.0.pick {
            batch.keep(&fields.iter().map(String::as_str).collect::<Vec<_>>());
        }
        for field in &self.0.drop {
            batch.remove(field);
        }
        Ok(())
    }
}

plugin!(Rename);
