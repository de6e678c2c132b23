//! Records as Confluent's serializer of Protobuf writes them, with a registry.

use serde_json::{Value, json};

use super::formats::Format;
use super::producers::{by_confluent, of_registry};

/// Each record is the message that its values make: `tests/producers/protobuf_rows.py`.
pub(super) const FORMAT: Format = Format {
    name: "Protobuf",
    decode: |_| of_registry("protobuf"),
    forms,
    write: |records, folder| by_confluent("protobuf", records, folder),
};

fn forms(name: &str) -> Vec<(Value, Value)> {
    let of = |ty: &str, value: Value| json!({"protobuf": ty, "value": value});
    let own = |ty: &str, value: Value| of(&format!("google.protobuf.{ty}"), value);
    let size = |value: &str| json!({"protobuf": ["small", "large"], "value": value});
    let (least, greatest) = (json!(i64::MIN), json!(i64::MAX));
    match name {
        "bool" => vec![(own("BoolValue", json!(true)), json!(true)), (own("BoolValue", json!(false)), json!(false))],
        "int8" => vec![(of("int32", json!(-128)), json!(-128)), (of("uint32", json!(127)), json!(127))],
        "int16" => vec![(of("sfixed32", json!(-32768)), json!(-32768)), (of("fixed32", json!(32767)), json!(32767))],
        "int32" => {
            vec![(of("sint32", json!(i32::MIN)), json!(i32::MIN)), (size("large"), json!(1)), (size("small"), json!(0))]
        }
        "int64" => vec![
            (of("int64", least.clone()), least.clone()),
            (of("sfixed64", least.clone()), least),
            (of("uint64", greatest.clone()), greatest.clone()),
            (of("fixed64", greatest.clone()), greatest),
            (own("Int64Value", json!("-7")), json!(-7)),
        ],
        "float" => vec![
            (of("float", json!(0.1f32)), json!(0.1f32)),
            (of("uint32", json!(16_777_216)), json!(16_777_216.0)),
            (own("FloatValue", json!(0.5)), json!(0.5)),
        ],
        "double" => vec![
            (of("float", json!(0.5)), json!(0.5)),
            (of("sint32", json!(-7)), json!(-7.0)),
            (own("DoubleValue", json!(0.1)), json!(0.1)),
        ],
        "varchar" => vec![
            (size("large"), json!("large")),
            (own("StringValue", json!("ü")), json!("ü")),
            (own("Timestamp", json!("2026-01-31T23:59:59.120Z")), json!("2026-01-31T23:59:59.120Z")),
            (own("Duration", json!("3.500s")), json!("3.500s")),
        ],
        "json" => vec![
            (of("map string sint32", json!({"a b": 1})), json!({"a b": 1})),
            (own("Struct", json!({"a b": [1, null]})), json!({"a b": [1, null]})),
        ],
        "moment" => vec![(own("Timestamp", json!("2026-01-31T08:00:00+01:00")), json!("2026-01-31T07:00:00Z"))],
        "bools" => vec![(of("unpacked bool", json!([true, false])), json!([true, false]))],
        "int64s" => vec![
            (of("unpacked fixed64", json!([1, 2])), json!([1, 2])),
            (own_repeated("Int64Value", json!(["1", "-1"])), json!([1, -1])),
        ],
        "floats" => vec![(of("repeated sint32", json!([1, -2])), json!([1.0, -2.0]))],
        "varchars" => vec![(own_repeated("StringValue", json!(["a", ""])), json!(["a", ""]))],
        "floats32" => vec![
            (of("repeated float", json!([0.1, -2.5])), json!([0.1f32, -2.5])),
            (of("unpacked float", json!([0.1, -2.5])), json!([0.1f32, -2.5])),
            (of("unpacked double", json!([0.1, -2.5])), json!([0.1f32, -2.5])),
            (of("repeated sint32", json!([1, -2])), json!([1.0, -2.0])),
            (of("bytes", json!("zczMPQAAIMA=")), json!([0.1f32, -2.5])),
        ],
        "halves" => vec![
            (of("repeated float", json!([1, -2.5])), json!([1.0, -2.5])),
            (of("bytes", json!("ADwAwQ==")), json!([1.0, -2.5])),
        ],
        "bits" => vec![(of("bytes", json!("gAE=")), json!([128, 1]))],
        "sparse" => vec![
            (of("map uint32 float", json!({"17": 1, "3": 0.5})), json!({"3": 0.5, "17": 1.0})),
            (of("map sint64 double", json!({"17": 1, "3": 0.5})), json!({"3": 0.5, "17": 1.0})),
        ],
        _ => Vec::new(),
    }
}

fn own_repeated(ty: &str, value: Value) -> Value {
    json!({"protobuf": format!("repeated google.protobuf.{ty}"), "value": value})
}
