//! Makes the members of nested JSON fields of their own.

use std::collections::BTreeSet;

use kiteline_guest::{Batch, Plugin, Texts, plugin};
use kiteline_plugin_columns::{Columns, Row, object, target_vectors};

/// How deep objects may lie in each other, whatever is configured: a payload must not use up the stack.
const DEEPEST: u8 = 64;

#[derive(Debug, serde::Deserialize)]
#[cfg_attr(test, derive(kiteline_guest::schemars::JsonSchema), schemars(crate = "kiteline_guest::schemars"))]
#[serde(deny_unknown_fields)]
struct Config {
    /// The fields that hold objects.
    fields: Vec<String>,
    /// What stands between the field's name and the member's.
    #[serde(default = "underscore")]
    separator: String,
    /// Whether the field's name stands in front of the member's.
    #[serde(default = "yes")]
    prefix: bool,
    /// How many levels of objects are taken apart; what lies deeper stays JSON.
    #[serde(default = "one")]
    depth: u8,
    /// Whether the field itself stays.
    #[serde(default)]
    keep: bool,
}

fn underscore() -> String {
    "_".into()
}

fn yes() -> bool {
    true
}

fn one() -> u8 {
    1
}

#[derive(Debug)]
struct Flatten {
    config: Config,
    vectors: BTreeSet<String>,
}

impl Plugin for Flatten {
    type Config = Config;
    const NAME: &'static str = env!("CARGO_PKG_NAME");
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");

    fn config_schema() -> String {
        include_str!("../config.schema.json").to_owned()
    }

    fn new(config: Config) -> Result<Self, String> {
        if !(1..=DEEPEST).contains(&config.depth) {
            return Err(format!("depth: from 1 to {DEEPEST}"));
        }
        Ok(Self { config, vectors: target_vectors() })
    }

    fn process(&mut self, batch: &mut Batch) -> Result<(), String> {
        let fields = &self.config.fields;
        let texts: Vec<Texts> = fields.iter().map(|field| batch.json_texts(field)).collect();
        let mut columns = Columns::default();
        let mut others = vec![BTreeSet::new(); fields.len()];
        for number in 0..batch.len() {
            let mut row = Row::new();
            for ((field, texts), others) in fields.iter().zip(&texts).zip(&mut others) {
                let Some(text) = texts.get(number) else { continue };
                let name = if self.config.prefix { field } else { "" };
                if !self.flatten(text, name, self.config.depth, &mut row) {
                    others.insert(number);
                }
            }
            columns.add(number, row);
        }
        if !self.config.keep {
            for ((field, texts), others) in fields.iter().zip(&texts).zip(&others) {
                remove(batch, field, texts, others);
            }
        }
        columns.write(batch);
        Ok(())
    }
}

impl Flatten {
    /// Adds the members of an object to a row; false where the text is none.
    fn flatten<'a>(&self, text: &'a str, name: &str, depth: u8, row: &mut Row<'a>) -> bool {
        let Some(members) = object::members(text) else { return false };
        for (member, text) in members {
            let name =
                if name.is_empty() { member.into_owned() } else { format!("{name}{}{member}", self.config.separator) };
            if depth == 1 || !self.flatten(text, &name, depth - 1, row) {
                let value = object::value(text, self.vectors.contains(&name));
                row.push((name.into(), value));
            }
        }
        true
    }
}

/// Drops a field; where some rows hold something that is no object, it stays for these.
fn remove(batch: &mut Batch, field: &str, texts: &Texts, others: &BTreeSet<usize>) {
    if others.is_empty() {
        batch.remove(field);
    } else {
        let rest = texts.iter().enumerate().map(|(row, text)| text.filter(|_| others.contains(&row)));
        batch.set_json_texts(field, &rest.collect());
    }
}

plugin!(Flatten);

#[cfg(test)]
mod tests {
    use kiteline_guest::Plugin;
    use kiteline_guest::testing::{Collection, Field, Rows, Tester, check_schema};
    use kiteline_plugin_testing::readme_configs;
    use serde_json::{Value, json};

    use super::Flatten;

    fn flatten(config: &str, rows: &[&str]) -> Vec<Value> {
        Tester::<Flatten>::new(config).expect("configured").process(Rows::json(rows)).expect("processed").json()
    }

    #[test]
    fn members_become_fields_of_their_own_types() {
        let rows = [r#"{"id": 1, "meta": {"arch": "amd64", "size": 3, "in": {"a": 1}}}"#, r#"{"id": 2}"#];
        let after = flatten(r#"{"fields": ["meta"]}"#, &rows);
        let first = json!({"id": 1, "meta_arch": "amd64", "meta_size": 3, "meta_in": {"a": 1}});
        assert_eq!(after, [first, json!({"id": 2})]);
    }

    #[test]
    fn deeper_levels_are_taken_apart_as_far_as_asked() {
        let rows = [r#"{"m": {"a": {"b": {"c": 1}}, "d": 2}}"#];
        assert_eq!(
            flatten(r#"{"fields": ["m"], "depth": 2, "separator": "."}"#, &rows),
            [json!({"m.a.b": {"c": 1}, "m.d": 2})]
        );
        let bare = flatten(r#"{"fields": ["m"], "depth": 9, "prefix": false, "keep": true}"#, &rows);
        assert_eq!(bare, [json!({"m": {"a": {"b": {"c": 1}}, "d": 2}, "a_b_c": 1, "d": 2})]);
    }

    #[test]
    fn what_is_no_object_stays() {
        let rows = [r#"{"m": {"a": 1}}"#, r#"{"m": [1]}"#, r#"{"m": "x"}"#];
        assert_eq!(flatten(r#"{"fields": ["m"]}"#, &rows), [json!({"m_a": 1}), json!({"m": [1]}), json!({"m": "x"})]);
    }

    #[test]
    fn a_member_that_the_target_has_as_a_vector_is_one() {
        let field = Field { name: "m_v".into(), ty: "FloatVector".into(), dim: Some(2), ..Field::default() };
        let collection = Collection { name: "items".into(), fields: vec![field], ..Collection::default() };
        let mut plugin = Tester::<Flatten>::with_target(r#"{"fields": ["m"]}"#, vec![collection]).expect("configured");
        let after = plugin.process(Rows::json(&[r#"{"m": {"v": [1, 0.5]}}"#])).expect("processed");
        assert_eq!(after.field_type("m_v"), Some("float-vector"));
    }

    #[test]
    fn no_depth_is_a_mistake() {
        assert_eq!(Tester::<Flatten>::new(r#"{"fields": [], "depth": 0}"#).expect_err("0"), "depth: from 1 to 64");
    }

    #[test]
    fn readme_and_schema_are_true() {
        for config in readme_configs(include_str!("../README.md")) {
            Flatten::new(config).expect("the example is right");
        }
        check_schema::<Flatten>(concat!(env!("CARGO_MANIFEST_DIR"), "/config.schema.json"));
    }
}
