//! Killed in the middle and started again.

use std::collections::HashSet;
use std::time::Duration;

use kiteline::target::{Field, FieldType};
use serde_json::json;

use super::support::collection::{Milvus, field, text, vector};
use super::support::kafka::{self, ToSend};
use super::support::kiteline::{kiteline, start};
use super::support::pipeline::Names;
use super::support::wait_until;

const ROWS: usize = 3000;

#[test]
fn no_row_is_missing_after_a_kill_in_the_middle() {
    let milvus = Milvus::real();
    let names = Names::unique("crash", kafka::brokers(), milvus.uri.clone());
    kafka::create_topics(&[(&names.topic, 3)]);
    let key = Field { primary: true, ..field("id", text(64)) };
    milvus.create(&names.collection, &[key, field("number", FieldType::Int64), field("v", vector(4))]);
    let records: Vec<(String, Vec<u8>)> = (0..ROWS)
        .map(|number| {
            let id = format!("row-{number}");
            let value = json!({"id": id, "number": number, "v": [number, 1, 2, 3]}).to_string();
            (id, value.into_bytes())
        })
        .collect();
    kafka::produce(&names.topic, records.iter().map(|(key, value)| ToSend { key, value: Some(value) }));

    // Small requests, so that the kill comes between some that are written and many that are not.
    let file = names.file("", "[write]\nrows = 10\n\n[batch]\nrows = 10\n");
    let running = start(&["run", file.path()]);
    wait_until("nothing is written", Duration::from_secs(60), || !milvus.rows(&names.collection, "id").is_empty());
    running.kill();
    let written = milvus.rows(&names.collection, "id").len();
    assert!(written < ROWS, "the kill came too late to prove anything");

    let ended = kiteline(&["run", file.path(), "--until-end"]);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    let rows = milvus.rows(&names.collection, "id");
    let missing: HashSet<_> = records.iter().map(|(id, _)| id).filter(|id| !rows.contains_key(*id)).collect();
    assert_eq!(missing, HashSet::new(), "{written} rows were written before the kill");
    assert_eq!(kafka::committed(&names.group, &names.topic), ROWS as i64);
}

#[test]
fn sigterm_writes_and_commits_what_was_read() {
    let milvus = Milvus::real();
    let names = Names::unique("term", kafka::brokers(), milvus.uri.clone());
    kafka::create_topics(&[(&names.topic, 1)]);
    let key = Field { primary: true, ..field("id", text(64)) };
    milvus.create(&names.collection, &[key, field("v", vector(2))]);
    // One row, and an age that it alone would wait for.
    let file = names.file("", "[write]\nage = \"1h\"\n");
    let value = br#"{"id": "a", "v": [1, 2]}"#;
    kafka::produce(&names.topic, [ToSend { key: "a", value: Some(value) }].into_iter());
    let running = start(&["run", file.path()]);
    wait_until("the record is read", Duration::from_secs(60), || running.log().contains("read records=1"));
    running.terminate();
    let (code, log) = running.wait();
    assert_eq!(code, Some(0), "{log}");
    assert_eq!(milvus.rows(&names.collection, "id").len(), 1);
    assert_eq!(kafka::committed(&names.group, &names.topic), 1);
}
