//! Makes each element of an array a row of its own.

use std::collections::BTreeSet;

use kiteline_guest::{Batch, Operation, Plugin, Texts, plugin};
use kiteline_plugin_columns::{Columns, Row, Value, object, read, target_vectors, text};

#[derive(Debug, serde::Deserialize)]
#[cfg_attr(test, derive(kiteline_guest::schemars::JsonSchema), schemars(crate = "kiteline_guest::schemars"))]
#[serde(deny_unknown_fields)]
struct Config {
    /// The field with the array. It goes.
    field: String,
    /// The field that an element becomes which is no object; the name of the array's field where it is left out.
    into: Option<String>,
    /// What stands in front of the names of an element's members, which become fields.
    #[serde(default)]
    prefix: String,
    /// A field for the element's number, from 0.
    index: Option<String>,
    /// A key for each row: all rows of a record would have the same one else.
    key: Option<Key>,
    /// What becomes of a row without elements.
    #[serde(default)]
    empty: Empty,
}

/// A key of the record's and the element's number.
#[derive(Debug, serde::Deserialize)]
#[cfg_attr(test, derive(kiteline_guest::schemars::JsonSchema), schemars(crate = "kiteline_guest::schemars"))]
#[serde(deny_unknown_fields)]
struct Key {
    /// The field with the record's key.
    of: String,
    /// The field of the new key.
    to: String,
    /// What stands between the record's key and the number.
    #[serde(default = "hash")]
    separator: String,
}

fn hash() -> String {
    "#".into()
}

#[derive(Debug, Clone, Copy, Default, serde::Deserialize)]
#[cfg_attr(test, derive(kiteline_guest::schemars::JsonSchema), schemars(crate = "kiteline_guest::schemars"))]
#[serde(rename_all = "lowercase")]
enum Empty {
    /// Its record goes to the dead letter.
    #[default]
    Reject,
    /// It is dropped, and counts as done.
    Discard,
    /// It stays one row.
    Keep,
}

#[derive(Debug)]
struct Explode {
    config: Config,
    vectors: BTreeSet<String>,
}

impl Plugin for Explode {
    type Config = Config;
    const NAME: &'static str = env!("CARGO_PKG_NAME");
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");

    fn config_schema() -> String {
        include_str!("../config.schema.json").to_owned()
    }

    fn new(config: Config) -> Result<Self, String> {
        Ok(Self { config, vectors: target_vectors() })
    }

    fn process(&mut self, batch: &mut Batch) -> Result<(), String> {
        let Config { field, key, index, .. } = &self.config;
        let arrays = batch.json_texts(field);
        let parents = key.as_ref().map(|key| texts_of(batch, &key.of)).unwrap_or_default();
        let counted = self.count(batch, &arrays);
        // Without the array the copies are small.
        batch.remove(field);
        batch.repeat(&counted.iter().map(|(count, _)| *count).collect::<Vec<_>>());

        let mut columns = Columns::default();
        let (mut numbers, mut keys) = (Vec::new(), Texts::default());
        for (old, (count, elements)) in counted.iter().enumerate() {
            for number in 0..*count as usize {
                let row = numbers.len();
                let element = elements.get(number);
                if let Some(element) = element {
                    columns.add(row, self.row(element));
                }
                numbers.push(element.and(i64::try_from(number).ok()));
                let Some(key) = key else { continue };
                let parent = parents[old].as_deref();
                if element.is_some() && parent.is_none() {
                    batch.reject(row, &format!("{} is no key: neither a text nor an integer", key.of));
                }
                let own = |parent: &str| match element {
                    Some(_) => format!("{parent}{}{number}", key.separator),
                    None => parent.to_owned(),
                };
                keys.push(parent.map(own).as_deref());
            }
        }
        columns.write(batch);
        if let Some(index) = index {
            batch.set_ints(index, &numbers);
        }
        if let Some(key) = key {
            batch.set_texts(&key.to, &keys);
        }
        Ok(())
    }
}

impl Explode {
    /// How many rows each row becomes, and of which elements.
    fn count<'a>(&self, batch: &mut Batch, arrays: &'a Texts) -> Vec<(u32, Vec<&'a str>)> {
        let field = &self.config.field;
        let operations = batch.operations();
        let rows = arrays.iter().enumerate().map(|(row, text)| {
            // A delete has its key only.
            if operations[row] == Operation::Delete {
                return (1, Vec::new());
            }
            let Some(elements) = text.map_or(Some(Vec::new()), object::elements) else {
                batch.reject(row, &format!("{field} is no array"));
                return (1, Vec::new());
            };
            match (elements.len(), self.config.empty) {
                (0, Empty::Keep) => (1, elements),
                (0, Empty::Discard) => (0, elements),
                (0, Empty::Reject) => {
                    batch.reject(row, &format!("{field} has no elements"));
                    (1, elements)
                }
                // More than 32 bits of rows are too many for the host as well.
                (count, _) => (u32::try_from(count).unwrap_or(u32::MAX), elements),
            }
        });
        rows.collect()
    }

    /// The fields of an element.
    fn row<'a>(&self, element: &'a str) -> Row<'a> {
        let Config { field, into, prefix, .. } = &self.config;
        let value = |name: String, text: &'a str| {
            let value = object::value(text, self.vectors.contains(&name));
            (name.into(), value)
        };
        match object::members(element) {
            Some(members) => members.into_iter().map(|(name, text)| value(format!("{prefix}{name}"), text)).collect(),
            None => vec![value(into.as_ref().unwrap_or(field).clone(), element)],
        }
    }
}

/// Texts and integers as texts.
fn texts_of(batch: &Batch, field: &str) -> Vec<Option<String>> {
    let mut texts = Vec::with_capacity(batch.len());
    read::each(batch, field, |_, value| {
        texts.push(value.and_then(|value| match value {
            Value::Text(text) => Some(text.into_owned()),
            Value::Int(_) => Some(text::of(value).into_owned()),
            _ => None,
        }));
    });
    texts
}

plugin!(Explode);

#[cfg(test)]
mod tests {
    use kiteline_guest::testing::{Outcome, Rows, Tester, check_schema};
    use kiteline_guest::{Operation, Plugin};
    use kiteline_plugin_testing::readme_configs;
    use serde_json::json;

    use super::Explode;

    fn explode(config: &str, rows: Rows) -> Outcome {
        Tester::<Explode>::new(config).expect("configured").process(rows).expect("processed")
    }

    #[test]
    fn a_record_with_chunks_becomes_a_row_for_each() {
        let config = r#"{"field": "chunks", "index": "n", "key": {"of": "doc", "to": "id"}}"#;
        let rows = [
            r#"{"doc": "a", "title": "A", "chunks": [{"text": "one", "v": [1, 2]}, {"text": "two"}]}"#,
            r#"{"doc": "b", "title": "B", "chunks": [{"text": "three"}]}"#,
        ];
        let after = explode(config, Rows::json(&rows));
        let expected = [
            json!({"doc": "a", "title": "A", "text": "one", "v": [1, 2], "n": 0, "id": "a#0"}),
            json!({"doc": "a", "title": "A", "text": "two", "n": 1, "id": "a#1"}),
            json!({"doc": "b", "title": "B", "text": "three", "n": 0, "id": "b#0"}),
        ];
        assert_eq!((after.json(), after.records()), (expected.into(), vec![0, 0, 1]));
    }

    #[test]
    fn elements_that_are_no_objects_become_one_field() {
        let after = explode(r#"{"field": "tags", "into": "tag"}"#, Rows::json(&[r#"{"id": 7, "tags": ["x", "y"]}"#]));
        assert_eq!(after.json(), [json!({"id": 7, "tag": "x"}), json!({"id": 7, "tag": "y"})]);
        let after = explode(r#"{"field": "n"}"#, Rows::json(&[r#"{"n": [1, 2]}"#]));
        assert_eq!(after.json(), [json!({"n": 1}), json!({"n": 2})]);
    }

    #[test]
    fn rows_without_elements_are_rejected_discarded_or_kept() {
        let rows = || {
            Rows::json(&[r#"{"i": 0, "c": []}"#, r#"{"i": 1, "c": [{"t": 1}]}"#, r#"{"i": 2}"#, r#"{"i": 3, "c": 5}"#])
        };
        let no_array = (3, "c is no array".to_owned());
        let none = |row| (row, "c has no elements".to_owned());
        let after = explode(r#"{"field": "c"}"#, rows());
        assert_eq!((after.records(), after.rejected()), (vec![1], vec![none(0), none(2), no_array.clone()]));
        let after = explode(r#"{"field": "c", "empty": "discard"}"#, rows());
        assert_eq!((after.records(), after.rejected()), (vec![1], vec![no_array.clone()]));
        let after = explode(r#"{"field": "c", "empty": "keep", "index": "n"}"#, rows());
        assert_eq!((after.records(), after.rejected()), (vec![0, 1, 2], vec![no_array]));
        assert_eq!(after.json()[0], json!({"i": 0}));
    }

    #[test]
    fn a_delete_keeps_its_key_and_a_row_without_one_is_rejected() {
        let rows = Rows::json(&[r#"{"doc": "a"}"#, r#"{"doc": [1], "c": [1]}"#]);
        let rows = rows.operations(&[Operation::Delete, Operation::Upsert]);
        let after = explode(r#"{"field": "c", "key": {"of": "doc", "to": "id"}}"#, rows);
        assert_eq!(after.json(), [json!({"doc": "a", "id": "a"})]);
        assert_eq!(after.rejected(), [(1, "doc is no key: neither a text nor an integer".to_owned())]);
    }

    #[test]
    fn readme_and_schema_are_true() {
        for config in readme_configs(include_str!("../README.md")) {
            Explode::new(config).expect("the example is right");
        }
        check_schema::<Explode>(concat!(env!("CARGO_MANIFEST_DIR"), "/config.schema.json"));
    }
}
