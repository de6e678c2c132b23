//! What a plugin reads and writes: every type goes through, and rows of another type read as what they have.

use serde_json::{Value, json};

use super::*;
use crate::batch::Type;
use crate::decode::{Decoder, Plan, Settled};

/// What the plugin read of these fields, from records with these payloads. The types are the target's.
fn read_back(payloads: &[Value], types: &[(&str, Type)], fields: &[&str]) -> Batch {
    let texts: Vec<String> = payloads.iter().map(Value::to_string).collect();
    let batch = batch_of_payloads(&texts.iter().map(String::as_bytes).collect::<Vec<_>>());
    let mut plan = Plan::default();
    for (name, ty) in types {
        plan.settle(*name, *ty, Settled::Target);
    }
    let decoded = Decoder::json(plan).decode(Arc::clone(batch.records()), Operation::Upsert);
    assert_eq!(decoded.rejected, []);
    let config = json!({ "mode": "mixed", "fields": fields });
    let processed = misbehave(&config.to_string()).process(decoded.batch);
    assert_eq!(processed.rejected, []);
    processed.batch
}

/// A field as JSON, row by row.
fn column(batch: &Batch, field: &str) -> Vec<Value> {
    assert!(batch.column(field).is_some(), "there is a field {field}");
    let reading = batch.read(field);
    (0..batch.rows())
        .map(|row| reading.json_text(row).map_or(Value::Null, |text| serde_json::from_str(&text).expect("JSON")))
        .collect()
}

#[test]
fn a_column_of_mixed_types_reads_as_what_each_row_has() {
    let rows = [
        json!({"a": 5}),
        json!({"a": "text"}),
        json!({"a": 2.5}),
        json!({"a": true}),
        json!({"a": null}),
        json!({"a": [1]}),
    ];
    let batch = read_back(&rows, &[("a", Type::Int)], &["a"]);
    let null = Value::Null;
    let expected = [
        ("ints:a", [json!(5), null.clone(), null.clone(), null.clone(), null.clone(), null.clone()]),
        ("texts:a", [null.clone(), json!("text"), null.clone(), null.clone(), null.clone(), null.clone()]),
        ("packed-texts:a", [null.clone(), json!("text"), null.clone(), null.clone(), null.clone(), null.clone()]),
        ("floats:a", [json!(5.0), null.clone(), json!(2.5), null.clone(), null.clone(), null.clone()]),
        ("bools:a", [null.clone(), null.clone(), null.clone(), json!(true), null.clone(), null.clone()]),
        ("json-texts:a", [json!(5), json!("text"), json!(2.5), json!(true), null.clone(), json!([1])]),
    ];
    for (field, values) in expected {
        assert_eq!(column(&batch, field), values, "{field}");
    }
    assert_eq!(column(&batch, "field-type:a")[0], "int");
}

#[test]
fn nested_json_is_read_by_a_pointer() {
    let rows = [
        json!({"meta": {"arch": "amd64", "size": 9_007_199_254_740_993_i64, "a/b": [{"c": 1.5}]}}),
        json!({"meta": {}}),
        json!({"meta": "text"}),
        json!({}),
    ];
    let fields = ["/meta/arch", "/meta/size", "/meta/a~1b/0/c", "/meta/none", "/none/x", "meta", "/meta"];
    let batch = read_back(&rows, &[], &fields);
    let first = |field: &str| column(&batch, field)[0].clone();
    assert_eq!(column(&batch, "texts:/meta/arch"), [json!("amd64"), Value::Null, Value::Null, Value::Null]);
    assert_eq!(first("ints:/meta/size"), json!(9_007_199_254_740_993_i64));
    assert_eq!(first("floats:/meta/size"), Value::Null, "it is not exact as a float");
    assert_eq!(first("floats:/meta/a~1b/0/c"), json!(1.5));
    assert_eq!(first("json-texts:/meta/none"), Value::Null);
    assert_eq!(first("json-texts:/none/x"), Value::Null);
    for field in ["json-texts:meta", "json-texts:/meta"] {
        assert_eq!(column(&batch, field)[2], json!("text"), "{field}");
    }
}

#[test]
fn absent_fields_and_fields_of_another_type_read_as_none() {
    let batch = read_back(&[json!({"a": 1})], &[("a", Type::Int)], &["a", "none"]);
    for field in ["texts:a", "bytes:a", "packed-bytes:a", "bools:a", "texts:none", "ints:none", "json-texts:none"] {
        assert_eq!(column(&batch, field), [Value::Null], "{field}");
    }
    for field in ["lengths:a", "dims:a", "lengths:none", "dims:none"] {
        assert_eq!(column(&batch, field), [json!(-1)], "{field}");
    }
}

#[test]
fn vectors_and_arrays_are_read_with_their_lengths() {
    let rows =
        [json!({"v": [0.5, 0.25], "t": ["a", "ü"], "i": [1, -2]}), json!({"v": [1], "t": [], "i": null}), json!({})];
    let types = [
        ("v", Type::Vector(crate::batch::VectorType::Float)),
        ("t", Type::Array(crate::batch::Element::Text)),
        ("i", Type::Array(crate::batch::Element::Int)),
    ];
    let batch = read_back(&rows, &types, &["v", "t", "i"]);
    assert_eq!(column(&batch, "dims:v"), [json!(2), json!(1), json!(-1)]);
    assert_eq!(column(&batch, "vectors:v"), [json!([0.5, 0.25]), json!([1.0]), Value::Null]);
    assert_eq!(column(&batch, "vector-bytes:v"), column(&batch, "vectors:v"));
    assert_eq!(column(&batch, "lengths:t"), [json!(2), json!(0), json!(-1)]);
    assert_eq!(column(&batch, "text-elements:t"), [json!(["a", "ü"]), json!([]), Value::Null]);
    assert_eq!(column(&batch, "int-elements:i"), [json!([1, -2]), Value::Null, Value::Null]);
}

#[test]
fn a_plugin_sees_what_the_records_came_with() {
    let batch = read_back(&[json!({"a": 1}), json!({"a": 2})], &[], &[]);
    assert_eq!(batch.read("packed-payloads").bytes().value(1), br#"{"a":2}"#);
    assert_eq!(batch.read("payloads").bytes().value(0), br#"{"a":1}"#);
    assert_eq!(batch.read("packed-keys").bytes().value(1), b"key 1");
    assert_eq!(batch.read("headers").bytes().value(0), b"value");
    assert_eq!(column(&batch, "topics"), [json!("items"), json!("items")]);
    assert_eq!(column(&batch, "kafka-partitions"), [json!(2), json!(2)]);
    assert_eq!(column(&batch, "offsets"), [json!(0), json!(1)]);
    assert_eq!(column(&batch, "timestamps"), [json!(1000), json!(1000)]);
    assert_eq!(column(&batch, "operations"), [json!("upsert"), json!("upsert")]);
    assert_eq!(column(&batch, "fields")[0], json!(["a"]));
    assert_eq!(column(&batch, "answers")[0], json!({"rename": [true, false], "remove": [true, false]}));
}

#[test]
fn every_type_that_a_plugin_writes_has_its_values() {
    let batch = read_back(&[json!({}), json!({}), json!({}), json!({})], &[], &[]);
    let expected = [
        ("own:bool", json!([true, false, null, false])),
        ("own:int", json!([0, 1, null, 3])),
        ("own:float64", json!([0.5, 1.5, null, 3.5])),
        ("own:text", json!(["row 0", "row 1", null, "row 3"])),
        ("own:bytes", json!(["AAAAAA==", "AQAAAA==", null, "AwAAAA=="])),
        ("own:json", json!([{"row": 0}, {"row": 1}, null, {"row": 3}])),
        ("own:bool[]", json!([[true, true], [false, true], null, [false, true]])),
        ("own:int[]", json!([[0, -1], [1, -1], null, [3, -1]])),
        ("own:float64[]", json!([[0.0, 0.5], [1.0, 0.5], null, [3.0, 0.5]])),
        ("own:text[]", json!([[], ["1"], null, ["3", "3", "3"]])),
        ("own:float-vector", json!([[0.0, 0.25, 0.5, 1.0], [1.0, 0.25, 0.5, 1.0], null, [3.0, 0.25, 0.5, 1.0]])),
        ("own:int8-vector", json!([[0, 0, 0, 0], [1, 1, 1, 1], null, [3, 3, 3, 3]])),
        ("own:binary-vector", json!([[0], [1], null, [3]])),
        ("own:sparse-float-vector", json!([{"0": 0.5, "9": 1.0}, {"1": 0.5, "10": 1.0}, null, {"3": 0.5, "12": 1.0}])),
    ];
    for (field, values) in expected {
        assert_eq!(Value::from(column(&batch, field)), values, "{field}");
        assert_eq!(batch.column(field).expect("written").ty().name(), field.trim_start_matches("own:"));
    }
    for field in ["own:float16-vector", "own:bfloat16-vector"] {
        assert_eq!(batch.read(field).dims(), [4, 4, -1, 4], "{field}");
    }
}
