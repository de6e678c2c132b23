//! Fills fields that are null or absent.

use std::collections::BTreeMap;

use kiteline_guest::{Batch, Operation, Plugin, Texts, plugin};
use kiteline_plugin_columns::{Value, object};

#[derive(Debug, serde::Deserialize)]
#[cfg_attr(test, derive(kiteline_guest::schemars::JsonSchema), schemars(crate = "kiteline_guest::schemars"))]
#[serde(deny_unknown_fields)]
struct Config {
    /// What a field gets where it is null or absent, by its name.
    values: BTreeMap<String, serde_json::Value>,
}

#[derive(Debug)]
struct Defaults(BTreeMap<String, String>);

impl Plugin for Defaults {
    type Config = Config;
    const NAME: &'static str = env!("CARGO_PKG_NAME");
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");

    fn config_schema() -> String {
        include_str!("../config.schema.json").to_owned()
    }

    fn new(config: Config) -> Result<Self, String> {
        match config.values.iter().find(|(_, value)| value.is_null()) {
            Some((field, _)) => Err(format!("values.{field}: a default is not null")),
            None => Ok(Self(config.values.into_iter().map(|(field, value)| (field, value.to_string())).collect())),
        }
    }

    fn process(&mut self, batch: &mut Batch) -> Result<(), String> {
        // A delete has its key only, and needs no more.
        let fill: Vec<bool> = batch.operations().iter().map(|operation| *operation != Operation::Delete).collect();
        for (field, default) in &self.0 {
            fill_field(batch, field, default, &fill);
        }
        Ok(())
    }
}

fn fill_field(batch: &mut Batch, field: &str, default: &str, fill: &[bool]) {
    let ty = batch.field_type(field);
    match (object::value(default, false), ty.as_deref()) {
        (Some(Value::Text(default)), None | Some("text" | "json")) => {
            let old = batch.texts(field);
            let new: Texts = (0..old.len()).map(|row| old.get(row).or(fill[row].then_some(&*default))).collect();
            if is_safe(batch, field, ty.is_some(), |row| old.get(row).is_some()) {
                return batch.set_texts(field, &new);
            }
        }
        (Some(Value::Int(default)), None | Some("int" | "json")) => {
            let old = batch.ints(field);
            let new = filled(&old, default, fill);
            if is_safe(batch, field, ty.is_some(), |row| old[row].is_some()) {
                return batch.set_ints(field, &new);
            }
        }
        (Some(Value::Float(default)), None | Some("float32" | "float64" | "json")) => {
            let old = batch.floats(field);
            let new = filled(&old, default, fill);
            if is_safe(batch, field, ty.is_some(), |row| old[row].is_some()) {
                return batch.set_floats(field, &new);
            }
        }
        (Some(Value::Bool(default)), None | Some("bool" | "json")) => {
            let old = batch.bools(field);
            let new = filled(&old, default, fill);
            if is_safe(batch, field, ty.is_some(), |row| old[row].is_some()) {
                return batch.set_bools(field, &new);
            }
        }
        // A vector is moved only where one is missing.
        (_, Some(ty)) if ty.ends_with("-vector") && batch.dims(field).iter().all(Option::is_some) => return,
        _ => {}
    }
    let old = batch.json_texts(field);
    if !old.has_absent() && !batch.is_empty() {
        return;
    }
    let new: Texts = (0..old.len()).map(|row| old.get(row).or(fill[row].then_some(default))).collect();
    batch.set_json_texts(field, &new);
}

fn filled<T: Copy>(old: &[Option<T>], default: T, fill: &[bool]) -> Vec<Option<T>> {
    old.iter().zip(fill).map(|(old, fill)| old.or(fill.then_some(default))).collect()
}

/// True where no row holds a value of another type, which writing would drop.
fn is_safe(batch: &Batch, field: &str, exists: bool, has: impl Fn(usize) -> bool) -> bool {
    let rows = batch.len();
    if !exists || (0..rows).all(&has) {
        return true;
    }
    let any = batch.json_texts(field);
    (0..rows).all(|row| has(row) || any.get(row).is_none())
}

plugin!(Defaults);

#[cfg(test)]
mod tests {
    use kiteline_guest::testing::{Rows, Tester, check_schema};
    use kiteline_guest::{Operation, Plugin};
    use kiteline_plugin_testing::readme_configs;
    use serde_json::json;

    use super::Defaults;

    #[test]
    fn null_and_absent_fields_are_filled_and_others_stay() {
        let config = r#"{"values": {"t": "?", "n": 0, "f": 0.5, "b": true, "j": {"a": [1]}, "l": ["x"]}}"#;
        let rows = [r#"{"t": "x", "n": 1, "b": null}"#, r#"{"f": 2.5, "j": 7, "l": []}"#];
        let after = Tester::<Defaults>::new(config).expect("configured").process(Rows::json(&rows)).expect("processed");
        let first = json!({"t": "x", "n": 1, "f": 0.5, "b": true, "j": {"a": [1]}, "l": ["x"]});
        let second = json!({"t": "?", "n": 0, "f": 2.5, "b": true, "j": 7, "l": []});
        assert_eq!(after.json(), [first, second]);
        assert_eq!((after.field_type("n"), after.field_type("b")), (Some("int"), Some("bool")));
    }

    #[test]
    fn a_value_of_another_type_stays() {
        let mut plugin = Tester::<Defaults>::new(r#"{"values": {"n": 0}}"#).expect("configured");
        let after = plugin.process(Rows::json(&[r#"{"n": 1}"#, r#"{"n": "two"}"#, "{}"])).expect("processed");
        assert_eq!(after.json(), [json!({"n": 1}), json!({"n": "two"}), json!({"n": 0})]);
    }

    #[test]
    fn a_delete_is_not_filled() {
        let rows = Rows::json(&[r#"{"id": 1}"#, r#"{"id": 2}"#]).operations(&[Operation::Delete, Operation::Upsert]);
        let mut plugin = Tester::<Defaults>::new(r#"{"values": {"n": 0}}"#).expect("configured");
        assert_eq!(plugin.process(rows).expect("processed").json(), [json!({"id": 1}), json!({"id": 2, "n": 0})]);
    }

    #[test]
    fn null_is_no_default() {
        let error = Tester::<Defaults>::new(r#"{"values": {"n": null}}"#).expect_err("null");
        assert_eq!(error, "values.n: a default is not null");
    }

    #[test]
    fn readme_and_schema_are_true() {
        for config in readme_configs(include_str!("../README.md")) {
            Defaults::new(config).expect("the example is right");
        }
        check_schema::<Defaults>(concat!(env!("CARGO_MANIFEST_DIR"), "/config.schema.json"));
    }
}
