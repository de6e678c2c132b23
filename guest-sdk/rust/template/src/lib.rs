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
        for mut row in batch.rows() {
            match row.text(&self.field).map(str::trim) {
                None => {}
                Some("") => row.reject(&format!("{} is blank", self.field)),
                Some(text) => {
                    let text = text.to_owned();
                    row.set_text(&self.field, text);
                }
            }
        }
        Ok(())
    }
}

plugin!(Trim);

#[cfg(test)]
mod tests {
    use kiteline_guest::testing::{Rows, Tester};

    use super::*;

    #[test]
    fn blanks_go_and_a_blank_text_is_rejected() {
        let mut plugin = Tester::<Trim>::new(r#"{"field": "title"}"#).expect("the configuration is right");
        let rows = Rows::json(&[r#"{"title": "  a kite "}"#, r#"{"title": "   "}"#, r#"{"title": 7}"#]);
        let after = plugin.process(rows).expect("no record fails it");
        assert_eq!(after.json_texts("title"), [Some("\"a kite\"".to_owned()), Some("7".to_owned())]);
        assert_eq!(after.rejected(), [(1, "title is blank".to_owned())]);
    }
}
