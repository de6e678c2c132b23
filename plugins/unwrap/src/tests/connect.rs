//! What the JSON converter of Kafka Connect writes with `schemas.enable`.

use kiteline_guest::Operation;
use kiteline_guest::testing::{Rows, Tester};
use serde_json::json;

use super::super::Unwrap;
use super::{changes, unwrap};

#[test]
fn the_payload_becomes_the_row_and_a_null_one_deletes() {
    let schema = json!({"type": "struct", "optional": true, "fields": [
        {"type": "int64", "field": "id"},
        {"type": "bytes", "field": "price", "name": "org.apache.kafka.connect.data.Decimal", "parameters": {"scale": "2"}},
        {"type": "bytes", "field": "raw"},
    ]});
    let rows = [
        json!({"schema": schema, "payload": {"id": 1, "price": "EtaH", "raw": "AQID", "schema": "s"}}),
        json!({"schema": schema, "payload": {"id": 2, "price": 5.5, "raw": null}}),
        json!({"schema": null, "payload": {"id": 3, "price": "EtaH"}}),
        json!({"schema": schema, "payload": null, "id": 4}),
        json!({"schema": {"type": "string"}, "payload": "text"}),
        json!({"id": 1}),
        json!({"schema": schema, "payload": {"id": 6, "price": "no decimal"}}),
    ];
    let rows = rows.each_ref().map(ToString::to_string);
    let after = unwrap(&json!({"format": "connect"}), &rows.each_ref().map(String::as_str));
    let expected = [
        ('u', json!({"id": 1, "price": "12345.67", "raw": "AQID", "schema": "s"})),
        ('u', json!({"id": 2, "price": 5.5})),
        ('u', json!({"id": 3, "price": "EtaH"})),
        ('d', json!({"id": 4})),
    ];
    assert_eq!(changes(&after), expected);
    let reasons = [
        "an envelope of Kafka Connect without the row",
        "not an envelope of Kafka Connect",
        "`price` is not a decimal of its schema",
    ];
    assert_eq!(after.rejected(), [0, 1, 2].map(|row: usize| (row + 4, reasons[row].to_owned())));
}

#[test]
fn a_tombstone_deletes_by_the_payload_of_its_key() {
    let rows = Rows::json(&[
        r#"{"schema": {"type": "struct"}, "payload": {"id": 1}}"#,
        r#"{"id": 2}"#,
        r#"{"schema": {"type": "struct"}, "payload": {"id": 3, "n": 1}}"#,
    ]);
    let rows = rows.operations(&[Operation::Delete, Operation::Delete, Operation::Upsert]);
    let after = Tester::<Unwrap>::new(r#"{"format": "connect"}"#).expect("configured").process(rows);
    let expected = [('d', json!({"id": 1})), ('d', json!({"id": 2})), ('u', json!({"id": 3, "n": 1}))];
    assert_eq!(changes(&after.expect("processed")), expected);
}
