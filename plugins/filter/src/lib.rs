//! Keeps the rows for which a condition holds, an expression over their fields.

mod value;

use std::collections::BTreeMap;

use kiteline_guest::{Batch, Operation, Plugin, plugin};
use kiteline_plugin_columns::read;
use minijinja::{Environment, Expression, UndefinedBehavior, Value};

#[derive(Debug, serde::Deserialize)]
#[cfg_attr(test, derive(kiteline_guest::schemars::JsonSchema), schemars(crate = "kiteline_guest::schemars"))]
#[serde(deny_unknown_fields)]
struct Config {
    /// The condition.
    keep: String,
    /// What becomes of a row for which the condition does not hold.
    #[serde(default)]
    otherwise: Otherwise,
    /// What becomes of a row for which the condition can't be told, as where a field that it compares is absent.
    #[serde(default)]
    failing: Failing,
    /// Names for fields that the condition can't name as they are, and for JSON Pointers.
    #[serde(default)]
    names: BTreeMap<String, String>,
}

#[derive(Debug, Clone, Copy, Default, serde::Deserialize)]
#[cfg_attr(test, derive(kiteline_guest::schemars::JsonSchema), schemars(crate = "kiteline_guest::schemars"))]
#[serde(rename_all = "lowercase")]
enum Otherwise {
    /// It is dropped, and counts as done.
    #[default]
    Discard,
    /// Its record goes to the dead letter.
    Reject,
}

#[derive(Debug, Clone, Copy, Default, serde::Deserialize)]
#[cfg_attr(test, derive(kiteline_guest::schemars::JsonSchema), schemars(crate = "kiteline_guest::schemars"))]
#[serde(rename_all = "lowercase")]
enum Failing {
    /// Its record goes to the dead letter.
    #[default]
    Reject,
    /// It is dropped, and counts as done.
    Discard,
    /// It goes on.
    Keep,
}

struct Filter {
    condition: Expression<'static, 'static>,
    /// The condition's names, and the fields behind them.
    fields: Vec<(String, String)>,
    otherwise: Otherwise,
    failing: Failing,
}

impl Plugin for Filter {
    type Config = Config;
    const NAME: &'static str = env!("CARGO_PKG_NAME");
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");

    fn config_schema() -> String {
        include_str!("../config.schema.json").to_owned()
    }

    fn new(config: Config) -> Result<Self, String> {
        let mut environment = Environment::new();
        // What is absent compares with nothing: else `price < 10` would hold for a row without a price.
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        // It lives as long as the plugin, which is as long as the instance.
        let environment: &'static Environment<'static> = Box::leak(Box::new(environment));
        let compiled = environment.compile_expression_owned(config.keep);
        let condition = compiled.map_err(|error| format!("keep: {}", error.detail().unwrap_or("not an expression")))?;
        let used = condition.undeclared_variables(false);
        if let Some(unused) = config.names.keys().find(|name| !used.contains(*name)) {
            return Err(format!("names.{unused}: keep does not use it"));
        }
        let field = |name: String| (name.clone(), config.names.get(&name).cloned().unwrap_or(name));
        let fields = used.into_iter().map(field).collect();
        Ok(Self { condition, fields, otherwise: config.otherwise, failing: config.failing })
    }

    fn process(&mut self, batch: &mut Batch) -> Result<(), String> {
        let mut rows: Vec<BTreeMap<&str, Value>> = vec![BTreeMap::new(); batch.len()];
        for (name, field) in &self.fields {
            read::each(batch, field, |row, value| {
                if let Some(value) = value {
                    rows[row].insert(name, value::of(value));
                }
            });
        }
        let operations = batch.operations();
        for (row, fields) in rows.into_iter().enumerate() {
            // A delete has its key only, and does nothing where the row is not there: it goes on.
            if operations[row] == Operation::Delete {
                continue;
            }
            match (self.condition.eval(Value::from(fields)), self.otherwise, self.failing) {
                (Ok(value), ..) if value.is_true() => {}
                (Ok(_), Otherwise::Discard, _) | (Err(_), _, Failing::Discard) => batch.discard(row),
                (Ok(_), Otherwise::Reject, _) => batch.reject(row, "the condition does not hold"),
                // The kind only: the detail may name a value.
                (Err(error), _, Failing::Reject) => {
                    batch.reject(row, &format!("the condition can't be told: {}", error.kind()));
                }
                (Err(_), _, Failing::Keep) => {}
            }
        }
        Ok(())
    }
}

plugin!(Filter);

#[cfg(test)]
mod tests {
    use kiteline_guest::testing::{Outcome, Rows, Tester, check_schema};
    use kiteline_guest::{Operation, Plugin};
    use kiteline_plugin_testing::readme_configs;
    use serde_json::json;

    use super::Filter;

    fn filter(config: &serde_json::Value, rows: &[&str]) -> Outcome {
        Tester::<Filter>::new(&config.to_string()).expect("configured").process(Rows::json(rows)).expect("processed")
    }

    #[test]
    fn rows_are_kept_by_what_their_fields_hold() {
        let rows = [
            r#"{"n": 1, "f": 0.5, "t": "abc", "l": ["x"], "m": {"a": [1, {"b": "deep"}]}}"#,
            r#"{"n": 2, "f": 1.5, "t": "b", "l": [], "m": {}}"#,
            r#"{"n": 3, "t": "c"}"#,
        ];
        let cases: [(&str, &[usize]); 12] = [
            ("n > 1", &[1, 2]),
            ("n in [1, 3]", &[0, 2]),
            ("f < 1", &[0]),
            ("f is defined and f < 1 or n == 3", &[0, 2]),
            ("t == 'b' or t is startingwith('a')", &[0, 1]),
            ("not (n % 2 == 1)", &[1]),
            ("'x' in l", &[0]),
            ("l | length == 0", &[1]),
            ("m.a[1].b == 'deep'", &[0]),
            ("f is undefined", &[2]),
            ("true", &[0, 1, 2]),
            ("none", &[]),
        ];
        for (keep, expected) in cases {
            assert_eq!(filter(&json!({ "keep": keep, "failing": "discard" }), &rows).records(), expected, "{keep}");
        }
    }

    #[test]
    fn a_row_that_lacks_what_is_compared_is_rejected() {
        let after =
            filter(&json!({ "keep": "price < 10" }), &[r#"{"price": 5}"#, r#"{"price": null}"#, r#"{"price": 50}"#]);
        assert_eq!(after.records(), [0]);
        assert_eq!(after.rejected(), [(1, "the condition can't be told: undefined value".to_owned())]);
        let config = json!({ "keep": "price < 10", "failing": "keep", "otherwise": "reject" });
        let after = filter(&config, &["{}", r#"{"price": 50}"#]);
        assert_eq!((after.records(), after.rejected()), (vec![0], vec![(1, "the condition does not hold".to_owned())]));
    }

    #[test]
    fn a_name_stands_for_a_pointer_or_a_field_of_any_name() {
        let config =
            json!({ "keep": "arch == 'amd64' and odd == 1", "names": { "arch": "/meta/arch", "odd": "odd name" } });
        let rows = [r#"{"meta": {"arch": "amd64"}, "odd name": 1}"#, r#"{"meta": {"arch": "arm64"}, "odd name": 1}"#];
        assert_eq!(filter(&config, &rows).records(), [0]);
    }

    #[test]
    fn a_delete_goes_on() {
        let rows = Rows::json(&[r#"{"n": 0}"#, r#"{"n": 0}"#]).operations(&[Operation::Delete, Operation::Upsert]);
        let after =
            Tester::<Filter>::new(r#"{"keep": "n > 1"}"#).expect("configured").process(rows).expect("processed");
        assert_eq!(after.records(), [0]);
    }

    #[test]
    fn mistakes_are_named_when_it_starts() {
        let error = |config| Tester::<Filter>::new(config).err().expect("a mistake");
        assert_eq!(error(r#"{"keep": "n >"}"#), "keep: unexpected end of input, expected expression");
        assert_eq!(error(r#"{"keep": "n", "names": {"m": "/a"}}"#), "names.m: keep does not use it");
    }

    #[test]
    fn readme_and_schema_are_true() {
        for config in readme_configs(include_str!("../README.md")) {
            Filter::new(config).expect("the example is right");
        }
        check_schema::<Filter>(concat!(env!("CARGO_MANIFEST_DIR"), "/config.schema.json"));
    }
}
