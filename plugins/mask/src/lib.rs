//! Hashes or masks fields, so that what they hold does not reach Milvus.

mod hide;

use std::collections::BTreeMap;

use hide::{Hash, stars};
use kiteline_guest::{Batch, Plugin, Texts, plugin};
use kiteline_plugin_columns::{Value, read, text};

#[derive(Default, serde::Deserialize)]
#[cfg_attr(test, derive(kiteline_guest::schemars::JsonSchema), schemars(crate = "kiteline_guest::schemars"))]
#[serde(deny_unknown_fields, default)]
struct Config {
    /// Fields that become a hash in hexadecimal: the same value has the same hash.
    hash: Vec<String>,
    /// A secret for the hashes (HMAC-SHA-256). Without one they are plain SHA-256, which whoever guesses a value can
    /// confirm.
    key: Option<String>,
    /// Fields whose characters become stars, but for so many at the end.
    stars: BTreeMap<String, usize>,
    /// Texts by the fields that they replace.
    replace: BTreeMap<String, String>,
}

struct Mask {
    config: Config,
    hash: Hash,
}

impl Plugin for Mask {
    type Config = Config;
    const NAME: &'static str = env!("CARGO_PKG_NAME");
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");

    fn config_schema() -> String {
        include_str!("../config.schema.json").to_owned()
    }

    fn new(mut config: Config) -> Result<Self, String> {
        let key = config.key.take();
        if key.as_ref().is_some_and(String::is_empty) {
            return Err("key: a secret is not empty".into());
        }
        Ok(Self { hash: Hash::new(key.as_deref()), config })
    }

    fn process(&mut self, batch: &mut Batch) -> Result<(), String> {
        for field in &self.config.hash {
            map(batch, field, |text| self.hash.of(text));
        }
        for (field, shown) in &self.config.stars {
            map(batch, field, |text| stars(text, *shown));
        }
        for (field, instead) in &self.config.replace {
            map(batch, field, |_| instead.clone());
        }
        Ok(())
    }
}

/// Changes what is there, whatever its type: nothing that should be hidden slips through as it is.
fn map(batch: &mut Batch, field: &str, change: impl Fn(&str) -> String) {
    if !read::is_there(batch, field) {
        return;
    }
    let mut texts = Texts::with_capacity(batch.len());
    read::each(batch, field, |_, value| {
        let value = value.map(|value| match value {
            Value::Text(text) => change(&text),
            value => change(&text::of(value)),
        });
        texts.push(value.as_deref());
    });
    batch.set_texts(field, &texts);
}

plugin!(Mask);

#[cfg(test)]
mod tests {
    use kiteline_guest::Plugin;
    use kiteline_guest::testing::{Rows, Tester, check_schema};
    use kiteline_plugin_testing::readme_configs;
    use serde_json::{Value, json};

    use super::Mask;

    fn mask(config: &str, rows: &[&str]) -> Vec<Value> {
        Tester::<Mask>::new(config).expect("configured").process(Rows::json(rows)).expect("processed").json()
    }

    #[test]
    fn a_hash_is_the_same_for_the_same_value_and_another_for_another_key() {
        let rows = [r#"{"m": "abc"}"#, r#"{"m": 5}"#, r#"{"m": null}"#];
        let plain = mask(r#"{"hash": ["m"]}"#, &rows);
        assert_eq!(plain[0]["m"], "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!(plain[2], json!({}));
        let keyed = mask(r#"{"hash": ["m"], "key": "secret"}"#, &rows);
        assert_eq!(keyed[0]["m"], "9946dad4e00e913fc8be8e5d3f7e110a4a9e832f83fb09c345285d78638d8a0e");
        assert_ne!(plain[1]["m"], keyed[1]["m"]);
    }

    #[test]
    fn stars_leave_the_end_and_a_replacement_nothing() {
        let config = r#"{"stars": {"card": 4, "name": 0}, "replace": {"mail": "-"}}"#;
        let rows = [
            r#"{"card": "1234567890", "name": "añb", "mail": "a@b.c", "n": 1}"#,
            r#"{"card": "123", "mail": {"a": 1}}"#,
        ];
        let first = json!({"card": "******7890", "name": "***", "mail": "-", "n": 1});
        assert_eq!(mask(config, &rows), [first, json!({"card": "***", "mail": "-"})]);
    }

    #[test]
    fn an_empty_key_is_a_mistake() {
        assert_eq!(Tester::<Mask>::new(r#"{"key": ""}"#).err().as_deref(), Some("key: a secret is not empty"));
    }

    #[test]
    fn readme_and_schema_are_true() {
        for config in readme_configs(include_str!("../README.md")) {
            Mask::new(config).expect("the example is right");
        }
        check_schema::<Mask>(concat!(env!("CARGO_MANIFEST_DIR"), "/config.schema.json"));
    }
}
