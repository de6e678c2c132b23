//! A rejected record without a dead letter stops the pipeline, and nothing from it on is committed.

use kiteline::source::kafka::LocalKafka;
use kiteline::target::{Field, FieldType};

use super::support::collection::{Milvus, field, text, vector};
use super::support::kiteline::kiteline;
use super::support::pipeline::Names;

#[test]
fn it_names_the_record_and_the_reason_and_starts_there_again() {
    let milvus = Milvus::lite();
    let kafka = LocalKafka::start().expect("starts");
    let names = Names { topic: "items".into(), ..Names::unique("rejected", kafka.brokers(), milvus.uri.clone()) };
    kafka.create_topic("items", 1).expect("made");
    let key = Field { primary: true, ..field("id", text(64)) };
    milvus.create(&names.collection, &[key, field("number", FieldType::Int8), field("v", vector(2))]);
    let rows: Vec<String> = [1, 2, 98_765_432, 4]
        .iter()
        .map(|number| format!(r#"{{"id": "row-{number}", "number": {number}, "v": [1, 2]}}"#))
        .collect();
    kafka.produce("items", 1, rows.iter().map(|row| ("a", row.as_bytes()))).expect("written");

    let file = names.file("", "[batch]\nrows = 1\n");
    for _ in 0..2 {
        let ended = kiteline(&["run", file.path(), "--until-end"]);
        assert_eq!(ended.code, Some(1), "{}", ended.stderr);
        let line = "record items/0/2 was rejected by validate: field `number`: ";
        assert!(ended.stderr.contains(line), "{}", ended.stderr);
        assert!(!ended.stderr.contains("98765432"), "no value in a message: {}", ended.stderr);
        let rows = milvus.rows(&names.collection, "id");
        assert!(rows.contains_key("row-1") && rows.contains_key("row-2") && !rows.contains_key("row-98765432"));
    }
}
