//! Debezium's envelopes, as its documentation has them.

use kiteline_guest::Operation;
use kiteline_guest::testing::{Rows, Tester};
use serde_json::{Value, json};

use super::super::Unwrap;
use super::{changes, unwrap};

#[test]
fn debezium_without_and_with_its_schema() {
    let rows = [
        r#"{"before": null, "after": {"id": 1, "name": "a", "tags": ["x"]}, "source": {"db": "s"}, "op": "c", "ts_ms": 5}"#,
        r#"{"before": {"id": 1, "name": "a"}, "after": {"id": 1, "name": "b"}, "op": "u", "ts_ms": 6}"#,
        r#"{"before": {"id": 1}, "after": null, "op": "d"}"#,
        r#"{"op": "m", "message": {}}"#,
    ];
    let after = unwrap(&json!({"format": "debezium"}), &rows);
    let expected = [
        ('u', json!({"id": 1, "name": "a", "tags": ["x"]})),
        ('u', json!({"id": 1, "name": "b"})),
        ('d', json!({"id": 1})),
    ];
    assert_eq!((changes(&after), after.records()), (expected.into(), vec![0, 1, 2]));
    let with_schema = rows[..3].iter().map(|row| format!(r#"{{"schema": {{"type": "struct"}}, "payload": {row}}}"#));
    let with_schema: Vec<String> = with_schema.collect();
    let with_schema: Vec<&str> = with_schema.iter().map(String::as_str).collect();
    assert_eq!(changes(&unwrap(&json!({"format": "debezium"}), &with_schema)), changes(&after));
}

#[test]
fn a_row_that_debezium_deletes_has_its_key_only_where_the_key_is_known() {
    // As PostgreSQL's REPLICA IDENTITY DEFAULT has it: the section was not empty.
    let rows = [
        r#"{"before": {"pkg": "a\"b", "part": 7, "section": "", "tags": [], "emb": null}, "after": null, "op": "d"}"#,
        r#"{"before": {"pkg": "c", "section": "web"}, "after": {"pkg": "c", "section": "net"}, "op": "u"}"#,
        r#"{"before": null, "op": "d"}"#,
    ];
    let after = unwrap(&json!({"format": "debezium", "key": ["pkg", "part"]}), &rows);
    let update = ('u', json!({"pkg": "c", "section": "net"}));
    assert_eq!(changes(&after), [('d', json!({"pkg": "a\"b", "part": 7})), update.clone()]);
    assert_eq!(after.rejected(), [(2, "an envelope of Debezium without the row".to_owned())]);
    let whole = ('d', json!({"pkg": "a\"b", "part": 7, "section": "", "tags": []}));
    assert_eq!(changes(&unwrap(&json!({"format": "debezium"}), &rows[..2])), [whole, update]);
}

#[test]
fn the_documented_envelopes_of_postgresql_with_the_schemas_of_the_json_converter() {
    let fields = json!([
        {"type": "int32", "optional": false, "field": "id"},
        {"type": "string", "optional": true, "field": "email"},
        {"type": "bytes", "optional": true, "field": "balance", "name": "org.apache.kafka.connect.data.Decimal",
            "version": 1, "parameters": {"scale": "2", "connect.decimal.precision": "10"}},
        {"type": "int64", "optional": true, "field": "at", "name": "io.debezium.time.MicroTimestamp", "version": 1},
    ]);
    let row = |name: &str| json!({"type": "struct", "fields": fields, "optional": true, "name": "pg.public.customers.Value", "field": name});
    let schema = json!({
        "type": "struct", "optional": false, "name": "pg.public.customers.Envelope", "version": 2,
        "fields": [row("before"), row("after"), {"type": "string", "optional": false, "field": "op"}],
    });
    let source = json!({"version": "3.0.0.Final", "connector": "postgresql", "name": "pg", "ts_ms": 1559033904863_i64,
        "snapshot": "true", "db": "postgres", "schema": "public", "table": "customers", "txId": 555, "lsn": 24023128});
    let whole = json!({"id": 1, "email": "annek@noanswer.org", "balance": "/y4=", "at": 1559033904863000_i64});
    let of = |payload: Value| json!({"schema": schema, "payload": payload}).to_string();
    let change = |op: &str, before: Value, after: Value| {
        of(
            json!({"before": before, "after": after, "source": source, "op": op, "ts_ms": 1559033904863_i64, "transaction": null}),
        )
    };
    let rows = [
        change("r", Value::Null, whole.clone()),
        change("c", Value::Null, whole.clone()),
        change("u", json!({"id": 1, "email": null, "balance": null, "at": null}), whole.clone()),
        of(json!({"op": "m", "ts_ms": 1, "source": source, "message": {"prefix": "foo", "content": "Ymfy"}})),
        change("d", json!({"id": 1, "email": null, "balance": null, "at": null}), Value::Null),
        of(json!({"op": "t", "ts_ms": 1, "source": source})),
    ];
    let after = unwrap(&json!({"format": "debezium", "key": ["id"]}), &rows.each_ref().map(String::as_str));
    let written =
        ('u', json!({"id": 1, "email": "annek@noanswer.org", "balance": "-2.10", "at": 1559033904863000_i64}));
    assert_eq!(changes(&after), [written.clone(), written.clone(), written, ('d', json!({"id": 1}))]);
    assert_eq!((after.records(), after.rejected()[0].0), (vec![0, 1, 2, 4], 5));
}

#[test]
fn an_update_of_the_key_is_a_delete_a_tombstone_and_a_row() {
    let rows = Rows::json(&[
        r#"{"schema": {"type": "struct"}, "payload": {"before": {"id": 1, "n": "a"}, "after": null, "op": "d"}}"#,
        // The key of the tombstone, as the JSON converter writes it.
        r#"{"schema": {"type": "struct"}, "payload": {"id": 1}}"#,
        r#"{"schema": {"type": "struct"}, "payload": {"before": null, "after": {"id": 2, "n": "a"}, "op": "c"}}"#,
    ]);
    let rows = rows.operations(&[Operation::Upsert, Operation::Delete, Operation::Upsert]);
    let after = Tester::<Unwrap>::new(r#"{"format": "debezium", "key": ["id"]}"#).expect("configured").process(rows);
    let expected = [('d', json!({"id": 1})), ('d', json!({"id": 1})), ('u', json!({"id": 2, "n": "a"}))];
    assert_eq!(changes(&after.expect("processed")), expected);
}

/// A row of which one field has this value.
fn updated(value: &Value) -> String {
    json!({"before": null, "after": {"id": 1, "f": value}, "op": "u"}).to_string()
}

#[test]
fn a_value_that_debezium_does_not_know_is_rejected_or_left_out() {
    let text = "__debezium_unavailable_value";
    let bytes = text.bytes().map(Value::from).collect::<Value>();
    let unknown = [
        json!(text),
        json!("X19kZWJleml1bV91bmF2YWlsYWJsZV92YWx1ZQ=="),
        json!([text]),
        json!(["b68a35a7-17ad-35b3-af2a-ae46edb4545a"]),
        json!({text: text}),
        bytes.clone(),
    ];
    let rows = unknown.each_ref().map(updated);
    let rows = rows.each_ref().map(String::as_str);
    let rejected = unwrap(&json!({"format": "debezium"}), &rows);
    assert_eq!((rejected.rejected().len(), rejected.json()), (unknown.len(), vec![]));
    let (_, reason) = &rejected.rejected()[0];
    assert!(reason.starts_with("`f` did not change, so Debezium does not know its value"), "{reason}");
    let kept = unwrap(&json!({"format": "debezium", "unavailable": "keep"}), &rows);
    assert_eq!(changes(&kept), vec![('u', json!({"id": 1})); unknown.len()]);

    let known = [json!("__debezium_unavailable_value "), json!([text, text]), json!({text: 1}), json!([95])];
    let rows = known.each_ref().map(updated);
    let rows = rows.each_ref().map(String::as_str);
    assert_eq!(unwrap(&json!({"format": "debezium"}), &rows).rejected(), []);
    let other =
        unwrap(&json!({"format": "debezium", "placeholder": "?"}), &[&updated(&json!("?")), &updated(&json!(text))]);
    assert_eq!((other.rejected().len(), other.json()), (1, vec![json!({"id": 1, "f": text})]));
}
