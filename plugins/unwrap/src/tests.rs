//! Envelopes as the feeds write them.

use kiteline_guest::testing::{Outcome, Rows, Tester, check_schema};
use kiteline_guest::{Operation, Plugin};
use kiteline_plugin_testing::readme_configs;
use serde_json::{Value, json};

use super::Unwrap;

mod connect;
mod debezium;
mod ogg;

fn unwrap(config: &Value, rows: &[&str]) -> Outcome {
    Tester::<Unwrap>::new(&config.to_string()).expect("configured").process(Rows::json(rows)).expect("processed")
}

/// The rows, each with the first letter of its operation.
fn changes(outcome: &Outcome) -> Vec<(char, Value)> {
    let letter = |operation| if operation == Operation::Delete { 'd' } else { 'u' };
    outcome.operations().into_iter().map(letter).zip(outcome.json()).collect()
}

#[test]
fn changelog_json() {
    let rows = [
        r#"{"data": {"id": 1, "op": "x"}, "op": "+I"}"#,
        r#"{"data": {"id": 1}, "op": "-U"}"#,
        r#"{"data": {"id": 1, "op": "y"}, "op": "+U"}"#,
        r#"{"data": {"id": 1}, "op": "-D"}"#,
    ];
    let expected = [('u', json!({"id": 1, "op": "x"})), ('u', json!({"id": 1, "op": "y"})), ('d', json!({"id": 1}))];
    assert_eq!(changes(&unwrap(&json!({"format": "changelog-json"}), &rows)), expected);
}

#[test]
fn canal_has_several_rows_in_a_message() {
    let rows = [
        r#"{"data": [{"id": "1", "n": "a"}, {"id": "2", "n": null}], "type": "INSERT", "isDdl": false, "id": 7, "table": "t"}"#,
        r#"{"data": [{"id": "3", "n": "a"}], "old": [{"id": "1"}], "type": "UPDATE"}"#,
        r#"{"data": [{"id": "2"}], "type": "DELETE"}"#,
        r#"{"data": null, "type": "ALTER", "isDdl": true, "sql": "ALTER TABLE t"}"#,
    ];
    let after = unwrap(&json!({"format": "canal", "key": ["id"]}), &rows);
    let expected = [
        ('u', json!({"id": "1", "n": "a"})),
        ('u', json!({"id": "2"})),
        ('d', json!({"id": "1"})),
        ('u', json!({"id": "3", "n": "a"})),
        ('d', json!({"id": "2"})),
    ];
    assert_eq!((changes(&after), after.records()), (expected.into(), vec![0, 0, 1, 1, 2]));
}

#[test]
fn maxwell() {
    let rows = [
        r#"{"database": "d", "table": "t", "type": "insert", "ts": 1, "xid": 2, "data": {"id": 1, "ts": 9}}"#,
        r#"{"type": "update", "data": {"id": 1, "ts": 10}, "old": {"ts": 9}}"#,
        r#"{"type": "update", "data": {"id": 2, "ts": 10}, "old": {"id": 1}}"#,
        r#"{"type": "delete", "data": {"id": 2, "ts": 10}}"#,
        r#"{"type": "bootstrap-start", "data": {}}"#,
    ];
    let expected = [
        ('u', json!({"id": 1, "ts": 9})),
        ('u', json!({"id": 1, "ts": 10})),
        ('d', json!({"id": 1})),
        ('u', json!({"id": 2, "ts": 10})),
        ('d', json!({"id": 2, "ts": 10})),
    ];
    assert_eq!(changes(&unwrap(&json!({"format": "maxwell", "key": ["id"]}), &rows)), expected);
}

#[test]
fn a_tombstone_keeps_the_fields_of_its_key() {
    let rows = Rows::json(&[r#"{"before": {"id": 1}, "op": "d"}"#, r#"{"id": 2}"#]);
    let rows = rows.operations(&[Operation::Upsert, Operation::Delete]);
    let after = Tester::<Unwrap>::new(r#"{"format": "debezium"}"#).expect("configured").process(rows);
    assert_eq!(changes(&after.expect("processed")), [('d', json!({"id": 1})), ('d', json!({"id": 2}))]);
}

#[test]
fn what_is_no_envelope_and_an_emptied_table_are_rejected() {
    let rows =
        [r#"{"id": 1}"#, r#"{"op": "c", "after": null}"#, r#"{"op": "t"}"#, r#"{"op": "c", "after": {"id": 1}}"#];
    let after = unwrap(&json!({"format": "debezium"}), &rows);
    assert_eq!(after.json(), [json!({"id": 1})]);
    let emptied = "the table was emptied: which rows it had is not said, so none of them is deleted";
    let reasons = ["not an envelope of Debezium", "an envelope of Debezium without the row", emptied];
    assert_eq!(after.rejected(), [0, 1, 2].map(|row: usize| (row, reasons[row].to_owned())));
}

#[test]
fn readme_and_schema_are_true() {
    for config in readme_configs(include_str!("../README.md")) {
        Unwrap::new(config).expect("the example is right");
    }
    check_schema::<Unwrap>(concat!(env!("CARGO_MANIFEST_DIR"), "/config.schema.json"));
}
