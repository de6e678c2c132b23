//! Keeps what a plugin says of its configuration, in its README and in its JSON Schema, true to what it takes.
#![cfg(not(target_family = "wasm"))]

use std::collections::BTreeSet;

use serde::Deserialize;
use serde::de::DeserializeOwned;

#[derive(Deserialize)]
struct Pipeline {
    plugin: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    #[serde(default)]
    config: toml::Table,
}

/// The configurations in the TOML examples of a README; there must be one.
pub fn readme_configs<C: DeserializeOwned>(readme: &str) -> Vec<C> {
    let examples = readme.split("```toml\n").skip(1).map(|rest| rest.split("```").next().unwrap_or_default());
    let entries = examples.flat_map(|example| {
        let pipeline: Pipeline = toml::from_str(example).expect("an example has [[plugin]] tables");
        pipeline.plugin
    });
    let configs: Vec<C> =
        entries.map(|entry| entry.config.try_into().expect("the example is a right configuration")).collect();
    assert!(!configs.is_empty(), "the README has an example");
    configs
}

/// Fails where the keys of the JSON Schema are not those that the configuration takes.
pub fn assert_schema_names_the_keys_of<C: DeserializeOwned>(schema: &str) {
    let schema: serde_json::Value = serde_json::from_str(schema).expect("the schema is JSON");
    let properties = schema["properties"].as_object().expect("the schema has properties");
    let named: BTreeSet<String> = properties.keys().cloned().collect();
    assert_eq!(named, keys_of::<C>());
    assert_eq!(schema["additionalProperties"], false, "the schema refuses unknown keys, as the configuration does");
}

/// The keys that serde names when it meets one that is unknown.
fn keys_of<C: DeserializeOwned>() -> BTreeSet<String> {
    let Err(error) = serde_json::from_str::<C>(r#"{"?":0}"#) else { panic!("unknown keys must be errors") };
    let error = error.to_string();
    let known = error.split_once("expected").map_or("", |(_, known)| known);
    known.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::keys_of;

    #[derive(serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Config {
        #[serde(rename = "one")]
        _one: u8,
        #[serde(rename = "two")]
        _two: u8,
    }

    #[test]
    fn the_keys_of_a_configuration_are_found() {
        assert_eq!(keys_of::<Config>(), BTreeSet::from(["one".to_owned(), "two".to_owned()]));
    }
}
