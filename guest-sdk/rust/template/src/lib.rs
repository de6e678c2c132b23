//! Takes the blanks around a text away, and rejects records where nothing is left.

use kiteline_guest::{Batch, Plugin, plugin};

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Config {
    field: String,
}

struct Trim {
    field: String,
}

impl Plugin for Trim {
    type Config = Config;
    const NAME: &'static str = env!("CARGO_PKG_NAME");
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");

    fn config_schema() -> String {
        include_str!("../config.schema.json").to_owned()
    }

    fn new(config: Config) -> Result<Self, String> {
        Ok(Self { field: config.field })
    }

    fn process(&mut self, batch: &mut Batch) -> Result<(), String> {
        let mut blank = Vec::new();
        for (row, text) in (0..).zip(batch.texts(&self.field).iter()) {
            if text.is_some_and(|text| text.trim().is_empty()) {
                blank.push(row);
            }
        }
        for row in blank {
            batch.reject(row, &format!("{} is blank", self.field));
        }
        batch.map_texts(&self.field, |text| text.map(|text| text.trim().into()));
        Ok(())
    }
}

plugin!(Trim);
