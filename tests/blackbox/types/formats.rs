//! How the records of the cases are written to the topics.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use super::{csv, protobuf};
use crate::support::kafka::{self, ToSend};

/// The records of each topic.
pub(super) type Records = BTreeMap<String, Vec<Value>>;

/// A format of the records in a topic.
pub(super) struct Format {
    pub(super) name: &'static str,
    /// What the pipeline file needs for it, and for these records.
    pub(super) decode: fn(&Records) -> String,
    /// Forms that only this format has for the field of a case, and what is to be read back of them.
    pub(super) forms: fn(&str) -> Vec<(Value, Value)>,
    /// Writes records, and what else the pipeline needs into its folder.
    pub(super) write: fn(&Records, &Path),
}

/// The formats that every type is tried in.
pub(super) const FORMATS: [Format; 4] = [
    Format { name: "JSON", decode: |_| String::new(), forms: |_| Vec::new(), write: write_json },
    Format {
        name: "Avro",
        decode: |_| "[decode]\nformat = \"avro\"\nschema_file = \"value.avsc\"\n".into(),
        forms: avro_forms,
        write: write_avro,
    },
    protobuf::FORMAT,
    csv::FORMAT,
];

pub(super) fn write_json(records: &Records, _: &Path) {
    write_texts(records, ToString::to_string);
}

/// Writes each record as the text that is made of it.
pub(super) fn write_texts(records: &Records, text: impl Fn(&Value) -> String) {
    for (topic, records) in records {
        let records: Vec<String> = records.iter().map(&text).collect();
        kafka::produce(topic, records.iter().map(|record| ToSend { key: "", value: Some(record.as_bytes()) }));
    }
}

/// By fastavro: of each value the type that it has in Avro, or the one that is said beside it.
fn write_avro(records: &Records, folder: &Path) {
    produce("servers/producer.sh", &["produce_avro_rows.py", &kafka::brokers()], records, folder);
}

/// Lets a script of `tests/` write the records, which it finds in the folder.
pub(super) fn produce(script: &str, arguments: &[&str], records: &Records, folder: &Path) {
    let text = serde_json::to_vec(records).expect("JSON");
    std::fs::write(folder.join("rows.json"), text).expect("written");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests").join(script);
    let status = Command::new(script).args(arguments).arg(folder).status();
    assert!(status.expect("the script starts").success());
}

pub(super) fn avro_forms(name: &str) -> Vec<(Value, Value)> {
    let of = |ty: Value, value: Value| json!({"avro": ty, "value": value});
    let list = |items: Value| json!({"type": "array", "items": items});
    let logical = |ty: &str, logical: &str| json!({"type": ty, "logicalType": logical});
    let decimal = json!({"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2});
    match name {
        "int32" => vec![(of(logical("int", "date"), json!(20484)), json!(20484))],
        "int64" => vec![
            (of(logical("long", "timestamp-millis"), json!(1_769_842_800_000_i64)), json!(1_769_842_800_000_i64)),
            (of(decimal, json!("-12.00")), json!(-12)),
        ],
        "float" => vec![
            (of(json!("float"), json!(0.1)), json!(0.1f32)),
            (of(json!("long"), json!(16_777_216)), json!(16_777_216.0)),
            (of(decimal, json!("12.50")), json!(12.5)),
        ],
        "double" => vec![
            (of(json!("float"), json!(0.5)), json!(0.5)),
            (of(json!("int"), json!(7)), json!(7.0)),
            (of(decimal, json!("0.10")), json!(0.1)),
        ],
        "varchar" => vec![
            (
                of(json!({"type": "enum", "name": "Size", "symbols": ["small", "large"]}), json!("large")),
                json!("large"),
            ),
            (of(logical("int", "date"), json!(20484)), json!("2026-01-31")),
            (of(decimal, json!("12.50")), json!("12.50")),
        ],
        "json" => vec![(of(json!({"type": "map", "values": "int"}), json!({"a b": 1})), json!({"a b": 1}))],
        "moment" => vec![(
            of(logical("long", "timestamp-micros"), json!(1_769_842_800_000_000_i64)),
            json!("2026-01-31T07:00:00Z"),
        )],
        "int64s" => vec![(of(list(json!(["null", "long"])), json!([1, -1])), json!([1, -1]))],
        "floats32" => vec![
            (of(list(json!("float")), json!([0.1, -2.5])), json!([0.1f32, -2.5])),
            (of(list(json!(["null", "double"])), json!([0.1, -2.5])), json!([0.1f32, -2.5])),
            (of(json!("bytes"), json!("zczMPQAAIMA=")), json!([0.1f32, -2.5])),
            (of(json!({"type": "fixed", "name": "Fixed", "size": 8}), json!("zczMPQAAIMA=")), json!([0.1f32, -2.5])),
        ],
        "halves" => vec![
            (of(list(json!("float")), json!([1, -2.5])), json!([1.0, -2.5])),
            (of(json!("bytes"), json!("ADwAwQ==")), json!([1.0, -2.5])),
        ],
        "bits" => vec![(of(json!("bytes"), json!("gAE=")), json!([128, 1]))],
        "sparse" => vec![(
            of(json!({"type": "map", "values": "float"}), json!({"17": 1, "3": 0.5})),
            json!({"3": 0.5, "17": 1.0}),
        )],
        _ => Vec::new(),
    }
}
