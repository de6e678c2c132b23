//! Avro that others wrote, without a registry: by schemas in files.

use std::path::Path;
use std::process::Command;

use kiteline::target::{Field, FieldType};
use serde_json::json;

use super::support::collection::{Milvus, field, text, vector};
use super::support::kafka;
use super::support::kiteline::kiteline;
use super::support::pipeline::Names;

#[test]
fn avro_of_another_library_becomes_rows_of_every_type() {
    let milvus = Milvus::lite();
    let names = Names::unique("avro", kafka::brokers(), milvus.uri.clone());
    kafka::create_topics(&[(&names.topic, 1)]);
    let array = |element| FieldType::Array { element: Box::new(element), max_capacity: 8 };
    milvus.create(
        &names.collection,
        &[
            Field { primary: true, ..field("id", FieldType::Int64) },
            field("title", text(64)),
            field("floats", vector(3)),
            field("size", text(8)),
            field("price", FieldType::Double),
            field("day", text(16)),
            field("at", FieldType::Int64),
            field("tags", array(text(8))),
            field("counts", array(FieldType::Int32)),
            field("meta", FieldType::Json),
            field("score", FieldType::Float),
        ],
    );
    let dead = format!("{}-dead", names.topic);
    kafka::create_topics(&[(&dead, 1)]);
    let file = names.file(
        "unknown_fields = \"drop\"",
        &format!(
            "[dead_letter]\ntopic = \"{dead}\"\n\n[decode]\nformat = \"avro\"\nschema_file = \"value.avsc\"\n\n\
         [decode.key]\nformat = \"avro\"\nschema_file = \"key.avsc\"\n"
        ),
    );
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/servers/producer.sh");
    let mut producer = Command::new(script);
    producer.args(["produce_avro.py", &kafka::brokers(), &names.topic]).arg(file.folder());
    assert!(producer.status().expect("it runs").success());

    let ended = kiteline(&["run", file.path(), "--until-end"]);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    let rows = milvus.rows_by_id(&names.collection);
    assert_eq!(rows.keys().collect::<Vec<_>>(), [&1, &3], "{}", ended.stderr);
    let right = json!({
        "id": 3, "title": "née 3", "floats": [3.0, 0.5, -1.0], "size": "large", "price": 2.75, "day": "2026-01-31",
        "at": 1_769_860_800_000_i64, "tags": ["a", "b"], "counts": [3, -3],
        "meta": {"n": 3, "t": "x", "none": null}, "score": 0.5,
    });
    assert_eq!(rows[&3], right);
    // The one that was cut off.
    let letters = kafka::read_all(&dead);
    let reasons: Vec<_> =
        letters.iter().filter_map(|letter| letter.header("__connect.errors.exception.message")).collect();
    assert_eq!(reasons, ["not Avro of its schema: the payload ends within a value at byte 102"]);
}

#[test]
fn check_refuses_a_schema_file_as_run_does() {
    let milvus = Milvus::lite();
    let names = Names::unique("avro_check", kafka::brokers(), milvus.uri.clone());
    kafka::create_topics(&[(&names.topic, 1)]);
    milvus
        .create(&names.collection, &[Field { primary: true, ..field("id", FieldType::Int64) }, field("v", vector(2))]);
    let file = names.file("", "[decode]\nformat = \"avro\"\nschema_file = \"value.avsc\"\n");
    for command in [&["check", file.path()][..], &["run", file.path(), "--until-end"]] {
        let ended = kiteline(command);
        assert_ne!(ended.code, Some(0));
        let said = ended.stdout + &ended.stderr;
        assert!(said.contains("value.avsc: cannot be read") && said.contains("check `schema_file`"), "{said}");
    }
}
