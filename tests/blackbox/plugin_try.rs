//! `kiteline try`: a whole pipeline on records, without writing.

use super::support::kafka;
use super::support::kiteline::kiteline;
use super::support::line::Line;

const PLUGINS: &str = "[[plugin]]\nuse = \"rename\"\nconfig = { rename = { num = \"number\" }, drop = [\"x\"] }\n\
                       [[plugin]]\nuse = \"dimension\"\nconfig = { field = \"v\" }\n\
                       [[plugin]]\nuse = \"route\"\nconfig = { field = \"id\" }\n";

#[test]
fn records_of_a_file_are_shown_step_by_step_and_held_against_the_live_schema() {
    let line = Line::new("try_file", 1);
    let file = line.names.file("create_partitions = true", PLUGINS);
    let input = file.folder().join("records.jsonl");
    let records = r#"{"id": "a", "num": 1, "v": [1, 2], "x": true}
        {"id": "b", "num": 1, "v": [1, 2, 3]}
        {"id": "c", "num": 1000, "v": [1, 2]}
        {"$text": "no JSON", "$key": "k"}"#;
    std::fs::write(&input, records).expect("written");
    let ended = kiteline(&["try", file.path(), "--input", input.to_str().expect("UTF-8")]);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    insta::with_settings!({ filters => vec![
        (line.names.topic.as_str(), "TOPIC"),
    ]}, { insta::assert_snapshot!(ended.stdout) });
    assert_eq!(line.ids().len(), 0, "nothing is written");
}

#[test]
fn the_last_records_of_a_topic_are_tried_and_no_offset_is_committed() {
    let line = Line::new("try_topic", 2);
    let ids: Vec<String> = (0..20).map(|id| format!("id-{id}")).collect();
    line.produce(ids.iter().map(String::as_str));
    let file = line.names.file("", "");
    let ended = kiteline(&["try", file.path(), "--topic", &line.names.topic, "--limit", "4"]);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert!(ended.stdout.contains("4 records: 4 rows for Milvus, 0 rejected"), "{}", ended.stdout);
    assert_eq!(ended.stdout.matches("valid: upsert into ").count(), 4, "{}", ended.stdout);
    assert_eq!((line.committed(), line.ids().len()), (0, 0));
    assert_eq!(kafka::committed(&format!("{}-try", line.names.group), &line.names.topic), 0);

    let missing = kiteline(&["try", file.path(), "--topic", "no-such-topic"]);
    assert_eq!(missing.code, Some(2), "{}", missing.stderr);
    let neither = kiteline(&["try", file.path()]);
    assert_eq!(neither.code, Some(2), "{}", neither.stderr);
}
