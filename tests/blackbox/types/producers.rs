//! Records by the serializers of other people's producers.

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use super::formats::{Format, Records, avro_forms, produce, write_json};
use crate::support::{kafka, registry};

pub(super) const CONFLUENT_AVRO: Format = Format {
    name: "Confluent's `AvroSerializer`",
    decode: |_| of_registry("avro"),
    forms: avro_forms,
    write: |records, folder| by_confluent("avro", records, folder),
};

pub(super) const CONFLUENT_JSON: Format = Format {
    name: "Confluent's `JSONSerializer`",
    decode: |_| of_registry("json-schema"),
    forms: |_| Vec::new(),
    write: |records, folder| by_confluent("json-schema", records, folder),
};

/// With a schema beside each payload, so that a plugin takes it apart and writes every type.
pub(super) const CONNECT_JSON: Format = Format {
    name: "Kafka Connect's `JsonConverter`",
    decode: |_| "[[plugin]]\nuse = \"unwrap\"\nconfig = { format = \"connect\" }\n".into(),
    forms: connect_forms,
    write: |records, folder| produce("producers/connect.sh", &[&kafka::brokers()], records, folder),
};

/// JSON, each field of which a plugin reads and writes by the functions of its type: `tests/guests/rewrite`.
pub(super) const REWRITTEN: Format = Format {
    name: "JSON through a plugin",
    decode: |_| {
        let plugin = Path::new(env!("CARGO_MANIFEST_DIR")).join("../plugins/dist/test/rewrite.wasm");
        format!("[[plugin]]\npath = \"{}\"\n", plugin.display())
    },
    forms: |_| Vec::new(),
    write: write_json,
};

/// What a pipeline needs for a format whose schemas are in the registry.
pub(super) fn of_registry(format: &str) -> String {
    format!("[decode]\nformat = \"{format}\"\n\n[decode.registry]\nurls = [\"{}\"]\n", registry())
}

/// Writes records by a serializer of Confluent's Python client: each has a schema of what its values are.
pub(super) fn by_confluent(format: &str, records: &Records, folder: &Path) {
    let arguments = ["confluent_rows.py", format, &kafka::brokers(), &registry()];
    produce("producers/confluent.sh", &arguments, records, folder);
}

/// Why records can't be written by Kafka Connect's converter here.
pub(super) fn no_connect() -> Option<String> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/producers/connect.sh");
    let check = Command::new(script).arg("check").output().expect("the script runs");
    (!check.status.success()).then(|| String::from_utf8_lossy(&check.stderr).trim().to_owned())
}

fn connect_forms(name: &str) -> Vec<(Value, Value)> {
    let of = |ty: &str, value: Value| json!({"connect": ty, "value": value});
    match name {
        "int8" => vec![(of("int8", json!(-128)), json!(-128))],
        "int16" => vec![(of("int16", json!(-32768)), json!(-32768))],
        "int64" => vec![(of("int64", json!(7)), json!(7))],
        "float" => vec![(of("float32", json!(0.1)), json!(0.1f32))],
        "varchar" => {
            vec![(of("decimal", json!("-12.50")), json!("-12.50")), (of("bytes", json!("AQID")), json!("AQID"))]
        }
        "json" => vec![(of("map string int32", json!({"a b": 1})), json!({"a b": 1}))],
        "int8s" => vec![(of("array int8", json!([-128, 127])), json!([-128, 127]))],
        "floats" => vec![(of("array float32", json!([0.1, -2.5])), json!([0.1f32, -2.5]))],
        "floats32" => vec![
            (of("array float32", json!([0.1, -2.5])), json!([0.1f32, -2.5])),
            (of("bytes", json!("zczMPQAAIMA=")), json!([0.1f32, -2.5])),
        ],
        "sparse" => vec![
            (of("map string float32", json!({"17": 1, "3": 0.5})), json!({"3": 0.5, "17": 1.0})),
            // Of other keys than texts, an array of pairs.
            (of("map int32 float64", json!({"17": 1, "3": 0.5})), json!({"3": 0.5, "17": 1.0})),
        ],
        _ => Vec::new(),
    }
}
