//! Gives fields other types: texts become numbers, times and decimals, and the other way round.

mod convert;

use std::collections::BTreeMap;

use kiteline_guest::{Batch, Bytes, Plugin, Texts, plugin};
use kiteline_plugin_columns::{Value, read};

#[derive(Debug, Default, serde::Deserialize)]
#[cfg_attr(test, derive(kiteline_guest::schemars::JsonSchema), schemars(crate = "kiteline_guest::schemars"))]
#[serde(deny_unknown_fields, default)]
struct Config {
    /// Fields that become integers.
    int: Vec<String>,
    /// Fields that become floats.
    float: Vec<String>,
    /// Fields that become booleans.
    bool: Vec<String>,
    /// Fields that become texts.
    text: Vec<String>,
    /// Texts that become the JSON that they hold.
    json: Vec<String>,
    /// Texts in base64 that become the bytes that they hold.
    bytes: Vec<String>,
    /// Texts with a time (RFC 3339) that become integers since 1970, and the unit of these.
    timestamp: BTreeMap<String, Unit>,
    /// Integers since 1970 that become texts with a time (RFC 3339), and the unit of these.
    time: BTreeMap<String, Unit>,
    /// Texts with a decimal number that become integers, and how many digits behind the point these count.
    decimal: BTreeMap<String, u8>,
    /// Texts in base64 with the bytes of an integer, as Debezium and Connect write decimals, that become floats, and
    /// how many digits stand behind the point.
    unscaled: BTreeMap<String, u8>,
    /// What becomes of a row with a value that can't be cast.
    failing: Failing,
}

/// A unit of time.
#[derive(Debug, Clone, Copy, serde::Deserialize)]
#[cfg_attr(test, derive(kiteline_guest::schemars::JsonSchema), schemars(crate = "kiteline_guest::schemars"))]
enum Unit {
    #[serde(rename = "s")]
    Seconds,
    #[serde(rename = "ms")]
    Milliseconds,
    #[serde(rename = "us")]
    Microseconds,
    #[serde(rename = "ns")]
    Nanoseconds,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, serde::Deserialize)]
#[cfg_attr(test, derive(kiteline_guest::schemars::JsonSchema), schemars(crate = "kiteline_guest::schemars"))]
#[serde(rename_all = "lowercase")]
enum Failing {
    /// Its record goes to the dead letter.
    #[default]
    Reject,
    /// The field is null.
    Null,
}

#[derive(Debug)]
struct Cast(Config);

impl Plugin for Cast {
    type Config = Config;
    const NAME: &'static str = env!("CARGO_PKG_NAME");
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");

    fn config_schema() -> String {
        include_str!("../config.schema.json").to_owned()
    }

    fn new(config: Config) -> Result<Self, String> {
        let most = |digits: &BTreeMap<String, u8>| digits.values().max().copied().unwrap_or_default();
        if most(&config.decimal).max(most(&config.unscaled)) > 18 {
            return Err("decimal, unscaled: an integer of 64 bits has room for 18 digits behind the point".into());
        }
        Ok(Self(config))
    }

    fn process(&mut self, batch: &mut Batch) -> Result<(), String> {
        let Config { failing, .. } = self.0;
        let mut cast = Caster { batch, failing };
        for field in &self.0.int {
            cast.field(field, "an integer", convert::int, Batch::set_ints);
        }
        for field in &self.0.float {
            cast.field(field, "a number", convert::float, Batch::set_floats);
        }
        for field in &self.0.bool {
            cast.field(field, "a boolean", convert::bool, Batch::set_bools);
        }
        for field in &self.0.text {
            cast.field(field, "a text", convert::text, set_texts);
        }
        for field in &self.0.json {
            cast.field(field, "JSON", convert::json, |batch, field, values| {
                batch.set_json_texts(field, &values.iter().map(Option::as_deref).collect::<Texts>());
            });
        }
        for field in &self.0.bytes {
            cast.field(field, "base64", convert::bytes, |batch, field, values| {
                batch.set_bytes(field, &values.iter().map(Option::as_deref).collect::<Bytes>());
            });
        }
        for (field, unit) in &self.0.timestamp {
            cast.field(field, "a time", |value| convert::timestamp(value, *unit), Batch::set_ints);
        }
        for (field, unit) in &self.0.time {
            cast.field(field, "a time", |value| convert::time(value, *unit), set_texts);
        }
        for (field, scale) in &self.0.decimal {
            let what = format!("a decimal with {scale} digits behind the point at most");
            cast.field(field, &what, |value| convert::decimal(value, *scale), Batch::set_ints);
        }
        for (field, scale) in &self.0.unscaled {
            cast.field(field, "an integer's bytes", |value| convert::unscaled(value, *scale), Batch::set_floats);
        }
        Ok(())
    }
}

fn set_texts(batch: &mut Batch, field: &str, values: &[Option<String>]) {
    batch.set_texts(field, &values.iter().map(Option::as_deref).collect::<Texts>());
}

struct Caster<'a> {
    batch: &'a mut Batch,
    failing: Failing,
}

impl Caster<'_> {
    fn field<T>(
        &mut self,
        field: &str,
        what: &str,
        convert: impl Fn(Value<'_>) -> Option<T>,
        write: impl Fn(&mut Batch, &str, &[Option<T>]),
    ) {
        if !read::is_there(self.batch, field) {
            return;
        }
        let (mut values, mut failed) = (Vec::with_capacity(self.batch.len()), Vec::new());
        read::each(self.batch, field, |row, value| {
            let was_there = value.is_some();
            values.push(value.and_then(&convert));
            if was_there && values[row].is_none() {
                failed.push(row);
            }
        });
        if self.failing == Failing::Reject {
            failed.into_iter().for_each(|row| self.batch.reject(row, &format!("{field} is not {what}")));
        }
        write(self.batch, field, &values);
    }
}

plugin!(Cast);

#[cfg(test)]
mod tests {
    use kiteline_guest::Plugin;
    use kiteline_guest::testing::{Rows, Tester, check_schema};
    use kiteline_plugin_testing::readme_configs;
    use serde_json::json;

    use super::Cast;

    #[test]
    fn fields_get_their_types_and_what_cannot_be_cast_is_rejected() {
        let config = r#"{"int": ["n"], "float": ["f"], "timestamp": {"t": "ms"}, "decimal": {"d": 2}, "json": ["j"]}"#;
        let rows = [
            r#"{"n": "42", "f": "1e3", "t": "2023-11-14T22:13:20.5Z", "d": "12.3", "j": "{\"a\": 1}", "o": 1}"#,
            r#"{"n": 4.5}"#,
            r#"{"f": "many"}"#,
            r#"{"n": null}"#,
        ];
        let after = Tester::<Cast>::new(config).expect("configured").process(Rows::json(&rows)).expect("processed");
        let first = json!({"n": 42, "f": 1000.0, "t": 1_700_000_000_500_i64, "d": 1230, "j": {"a": 1}, "o": 1});
        assert_eq!(after.json(), [first, json!({})]);
        let reasons = [(1, "n is not an integer".to_owned()), (2, "f is not a number".to_owned())];
        assert_eq!(after.rejected(), reasons);
        assert_eq!(after.field_type("n"), Some("int"));
    }

    #[test]
    fn what_cannot_be_cast_is_null_where_that_is_asked_for() {
        let mut plugin = Tester::<Cast>::new(r#"{"bool": ["b"], "failing": "null"}"#).expect("configured");
        let after = plugin.process(Rows::json(&[r#"{"b": "true"}"#, r#"{"b": "maybe"}"#, r#"{"b": 0}"#]));
        assert_eq!(after.expect("processed").json(), [json!({"b": true}), json!({}), json!({"b": false})]);
    }

    #[test]
    fn a_field_that_no_row_has_does_not_appear() {
        let mut plugin = Tester::<Cast>::new(r#"{"int": ["n"]}"#).expect("configured");
        assert!(plugin.process(Rows::json(&["{}"])).expect("processed").fields().is_empty());
        assert_eq!(plugin.process(Rows::default()).expect("processed").fields(), ["n"], "asked what becomes of it");
    }

    #[test]
    fn readme_and_schema_are_true() {
        for config in readme_configs(include_str!("../README.md")) {
            Cast::new(config).expect("the example is right");
        }
        check_schema::<Cast>(concat!(env!("CARGO_MANIFEST_DIR"), "/config.schema.json"));
    }
}
