//! What a plugin did to a row.

use serde_json::{Map, Value};

use crate::pipeline::cases::outcome::Row;

/// One thing that a plugin did to a row.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Change {
    Renamed {
        old: String,
        new: String,
    },
    Removed {
        name: String,
        value: Value,
    },
    Changed {
        name: String,
        old: Value,
        new: Value,
    },
    Added {
        name: String,
        value: Value,
    },
    /// Operation, collection or partition.
    Routed {
        what: &'static str,
        old: Option<String>,
        new: Option<String>,
    },
}

/// What is different in a row afterwards: names first, then values, then where it goes.
pub(super) fn between(before: &Row, after: &Row) -> Vec<Change> {
    let mut changes = Vec::new();
    let mut gone: Vec<(&String, &Value)> = missing_in(&before.fields, &after.fields).collect();
    let mut added = Vec::new();
    for (name, value) in missing_in(&after.fields, &before.fields) {
        // The same value under another name; which of several it was nobody can tell, and the first will do.
        match gone.iter().position(|(_, old)| *old == value) {
            Some(place) => {
                let (old, _) = gone.remove(place);
                changes.push(Change::Renamed { old: old.clone(), new: name.clone() });
            }
            None => added.push(Change::Added { name: name.clone(), value: value.clone() }),
        }
    }
    changes.extend(gone.into_iter().map(|(name, value)| Change::Removed { name: name.clone(), value: value.clone() }));
    for (name, old) in &before.fields {
        if let Some(new) = after.fields.get(name).filter(|new| *new != old) {
            changes.push(Change::Changed { name: name.clone(), old: old.clone(), new: new.clone() });
        }
    }
    changes.extend(added);
    let operation = |row: &Row| Some(row.operation.name().to_owned());
    for (what, old, new) in [
        ("operation", operation(before), operation(after)),
        ("collection", before.collection.clone(), after.collection.clone()),
        ("partition", before.partition.clone(), after.partition.clone()),
    ] {
        if old != new {
            changes.push(Change::Routed { what, old, new });
        }
    }
    changes
}

fn missing_in<'a>(
    fields: &'a Map<String, Value>,
    other: &'a Map<String, Value>,
) -> impl Iterator<Item = (&'a String, &'a Value)> {
    fields.iter().filter(|(name, _)| !other.contains_key(*name))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::batch::Operation;

    fn row(fields: Value, partition: Option<&str>) -> Row {
        let Value::Object(fields) = fields else { panic!("an object") };
        Row { operation: Operation::Upsert, collection: None, partition: partition.map(str::to_owned), fields }
    }

    #[test]
    fn a_value_under_another_name_was_renamed() {
        let before = row(json!({"pkg": "curl", "size": 3, "x": 1}), None);
        let after = row(json!({"name": "curl", "size": "3", "y": 2}), Some("web"));
        assert_eq!(
            between(&before, &after),
            [
                Change::Renamed { old: "pkg".into(), new: "name".into() },
                Change::Removed { name: "x".into(), value: json!(1) },
                Change::Changed { name: "size".into(), old: json!(3), new: json!("3") },
                Change::Added { name: "y".into(), value: json!(2) },
                Change::Routed { what: "partition", old: None, new: Some("web".into()) },
            ]
        );
        assert_eq!(between(&before, &before), []);
    }
}
