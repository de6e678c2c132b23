//! Adds fields: constants, and what the record came with.

use std::collections::BTreeMap;

use kiteline_guest::{Batch, Bytes, Plugin, Texts, plugin};
use kiteline_plugin_columns::{Value, object};

#[derive(Debug, Default, serde::Deserialize)]
#[cfg_attr(test, derive(kiteline_guest::schemars::JsonSchema), schemars(crate = "kiteline_guest::schemars"))]
#[serde(deny_unknown_fields, default)]
struct Config {
    /// Values by the fields that get them in each row.
    constants: BTreeMap<String, serde_json::Value>,
    /// The field for the record's key, as a text.
    key: Option<String>,
    /// Fields by the headers that they get, as texts.
    headers: BTreeMap<String, String>,
    /// The field for the record's topic.
    topic: Option<String>,
    /// The field for the record's Kafka partition.
    partition: Option<String>,
    /// The field for the record's offset.
    offset: Option<String>,
    /// The field for the record's timestamp, in milliseconds since 1970.
    timestamp: Option<String>,
}

#[derive(Debug)]
struct Add {
    /// Field and JSON text.
    constants: Vec<(String, String)>,
    config: Config,
}

impl Plugin for Add {
    type Config = Config;
    const NAME: &'static str = env!("CARGO_PKG_NAME");
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");

    fn config_schema() -> String {
        include_str!("../config.schema.json").to_owned()
    }

    fn new(config: Config) -> Result<Self, String> {
        let constants = config.constants.iter().map(|(field, value)| (field.clone(), value.to_string())).collect();
        Ok(Self { constants, config })
    }

    fn process(&mut self, batch: &mut Batch) -> Result<(), String> {
        for (field, json) in &self.constants {
            set_constant(batch, field, json);
        }
        let Config { key, headers, topic, partition, offset, timestamp, .. } = &self.config;
        if let Some(field) = key {
            let keys = batch.keys();
            set_texts(batch, field, "the key", &keys);
        }
        for (header, field) in headers {
            let values = batch.headers(header);
            set_texts(batch, field, &format!("the header {header}"), &values);
        }
        if let Some(field) = topic {
            let topics: Texts = batch.topics().into_iter().map(Some).collect();
            batch.set_texts(field, &topics);
        }
        if let Some(field) = partition {
            let partitions: Vec<_> = batch.kafka_partitions().into_iter().map(|number| Some(number.into())).collect();
            batch.set_ints(field, &partitions);
        }
        if let Some(field) = offset {
            let offsets: Vec<_> = batch.offsets().into_iter().map(Some).collect();
            batch.set_ints(field, &offsets);
        }
        if let Some(field) = timestamp {
            let timestamps = batch.timestamps();
            batch.set_ints(field, &timestamps);
        }
        Ok(())
    }
}

fn set_constant(batch: &mut Batch, field: &str, json: &str) {
    let rows = batch.len();
    match object::value(json, false) {
        Some(Value::Text(text)) => batch.set_texts(field, &(0..rows).map(|_| Some(&*text)).collect()),
        Some(Value::Int(int)) => batch.set_ints(field, &vec![Some(int); rows]),
        Some(Value::Float(float)) => batch.set_floats(field, &vec![Some(float); rows]),
        Some(Value::Bool(bool)) => batch.set_bools(field, &vec![Some(bool); rows]),
        _ => batch.set_json_texts(field, &(0..rows).map(|_| Some(json)).collect()),
    }
}

/// Keys and headers are bytes; what is no text is not guessed at.
fn set_texts(batch: &mut Batch, field: &str, what: &str, values: &Bytes) {
    let mut texts = Texts::with_capacity(values.len());
    for (row, bytes) in values.iter().enumerate() {
        let text = bytes.map(std::str::from_utf8);
        if let Some(Err(_)) = text {
            batch.reject(row, &format!("{what} is not UTF-8"));
        }
        texts.push(text.and_then(Result::ok));
    }
    batch.set_texts(field, &texts);
}

plugin!(Add);

#[cfg(test)]
mod tests {
    use kiteline_guest::Plugin;
    use kiteline_guest::testing::{Record, Rows, Tester, check_schema};
    use kiteline_plugin_testing::readme_configs;
    use serde_json::json;

    use super::Add;

    #[test]
    fn what_a_record_came_with_becomes_fields() {
        let config = json!({
            "key": "k", "headers": {"trace": "h"}, "topic": "t", "partition": "p", "offset": "o", "timestamp": "ts",
        });
        let record = Record {
            key: Some(b"key".to_vec()),
            headers: vec![("trace".into(), Some(b"abc".to_vec()))],
            partition: 3,
            offset: 42,
            timestamp: Some(1_700_000_000_000),
            ..Record::default()
        };
        let rows = Rows::json(&[r#"{"a": 1}"#, "{}"]).of(vec![record, Record::default()]);
        let after = Tester::<Add>::new(&config.to_string()).expect("configured").process(rows).expect("processed");
        let first = json!({"a": 1, "k": "key", "h": "abc", "t": "topic", "p": 3, "o": 42, "ts": 1_700_000_000_000_i64});
        assert_eq!(after.json(), [first, json!({"t": "topic", "p": 0, "o": 0})]);
    }

    #[test]
    fn constants_are_in_each_row_and_replace_what_was_there() {
        let config = r#"{"constants": {"a": "x", "n": 1, "f": 0.5, "b": true, "j": {"k": [1]}}}"#;
        let mut plugin = Tester::<Add>::new(config).expect("configured");
        let after = plugin.process(Rows::json(&[r#"{"a": 5}"#, "{}"])).expect("processed");
        assert_eq!(after.json(), vec![json!({"a": "x", "n": 1, "f": 0.5, "b": true, "j": {"k": [1]}}); 2]);
    }

    #[test]
    fn a_key_that_is_no_text_rejects_its_record() {
        let rows = Rows::records(vec![Record { key: Some(vec![0xff]), ..Record::default() }]);
        let after = Tester::<Add>::new(r#"{"key": "k"}"#).expect("configured").process(rows).expect("processed");
        assert_eq!(after.rejected(), [(0, "the key is not UTF-8".to_owned())]);
    }

    #[test]
    fn readme_and_schema_are_true() {
        for config in readme_configs(include_str!("../README.md")) {
            Add::new(config).expect("the example is right");
        }
        check_schema::<Add>(concat!(env!("CARGO_MANIFEST_DIR"), "/config.schema.json"));
    }
}
