//! Records of several rows: arrays of objects, and objects in lines.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use kiteline::target::{Field, FieldType};
use serde_json::json;

use super::support::collection::{Milvus, field, text, vector};
use super::support::kafka::{self, ToSend};
use super::support::kiteline::{kiteline, start};
use super::support::line::Line;
use super::support::pipeline::{Names, PipelineFile};
use super::support::wait_until;

const RECORDS: usize = 60;
const ROWS: usize = 50;

/// The rows of a record: an array, lines, or one object.
fn payload(record: usize) -> String {
    let row = |row: usize| {
        let section = if row.is_multiple_of(2) { "even" } else { "odd" };
        json!({"number": record * 1000 + row, "section": section, "v": [record, row]}).to_string()
    };
    let rows: Vec<String> = (0..ROWS).map(row).collect();
    match record % 3 {
        0 => format!("[{}]", rows.join(", ")),
        1 => rows.join("\n"),
        _ => row(0),
    }
}

#[test]
fn each_row_is_there_once_after_a_kill_in_the_middle() {
    let milvus = Milvus::lite();
    let names = Names::unique("several", kafka::brokers(), milvus.uri.clone());
    kafka::create_topics(&[(&names.topic, 1)]);
    let key = Field { primary: true, ..field("id", text(128)) };
    let fields = [key, field("number", FieldType::Int64), field("section", text(8)), field("v", vector(2))];
    milvus.create(&names.collection, &fields);
    let payloads: Vec<String> = (0..RECORDS).map(payload).collect();
    kafka::produce(&names.topic, payloads.iter().map(|it| ToSend { key: "a", value: Some(it.as_bytes()) }));

    // Small requests, so that the kill comes within a record's rows.
    let route = "[[plugin]]\nuse = \"route\"\nconfig = { field = \"section\" }\n";
    let milvus_table = "primary_key = \"origin\"\ncreate_partitions = true";
    let file = names.file(milvus_table, &format!("[write]\nrows = 10\n\n[batch]\nrows = 5\n\n{route}"));
    let running = start(&["run", file.path()]);
    wait_until("nothing is written", Duration::from_secs(60), || !milvus.rows(&names.collection, "id").is_empty());
    running.kill();
    let written = milvus.rows(&names.collection, "id").len();

    let ended = kiteline(&["run", file.path(), "--until-end"]);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    let expected: BTreeMap<String, i64> = (0..RECORDS)
        .flat_map(|record| {
            let origin = format!("{}/0/{record}", names.topic);
            let number = move |row: usize| (record * 1000 + row) as i64;
            match record % 3 {
                2 => vec![(origin, number(0))],
                _ => (0..ROWS).map(|row| (format!("{origin}/{row}"), number(row))).collect(),
            }
        })
        .collect();
    assert!(written < expected.len(), "the kill came too late to prove anything");
    let rows = milvus.rows(&names.collection, "id");
    let numbers: BTreeMap<String, i64> =
        rows.iter().map(|(id, row)| (id.clone(), row["number"].as_i64().expect("a number"))).collect();
    assert_eq!(numbers, expected, "{written} rows were written before the kill");
    let odd: BTreeSet<_> = milvus.rows_of_partition(&names.collection, "id", "odd").into_keys().collect();
    let is_odd = |id: &&String| expected[*id] % 2 == 1;
    assert_eq!(odd, expected.keys().filter(is_odd).cloned().collect(), "each row is in the partition of its own");
    assert_eq!(kafka::committed(&names.group, &names.topic), RECORDS as i64);
}

#[test]
fn a_record_is_dead_lettered_once_and_replayed_as_a_whole() {
    let line = Line::new("several_dead", 1);
    let (names, dead) = (&line.names, line.dead());
    kafka::create_topics(&[(&dead, 1)]);
    let row = |id: &str, number: i64| format!(r#"{{"id": "{id}", "number": {number}, "v": [1, 2]}}"#);
    let payloads = [
        format!("[{}, {}]", row("a", 1), row("b", 2)),
        "[]".to_owned(),
        // Nothing of it can be read.
        format!("[{}, {}", row("c", 3), row("d", 4)),
        // Each row can be read, and the collection does not take one of them, or two.
        format!("{}\n{}\n{}", row("e", 5), row("f", 600), row("g", 7)),
        format!("[{}, {}]", row("h", 800), row("i", 900)),
        row("j", 10),
    ];
    kafka::produce(&names.topic, payloads.iter().map(|it| ToSend { key: "a", value: Some(it.as_bytes()) }));
    let table = format!("[dead_letter]\ntopic = \"{dead}\"\n");
    let file = names.file("", &table);
    let ended = kiteline(&["run", file.path(), "--until-end"]);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    let summary = "read 6 records, wrote 5 rows in 1 request, dead-lettered 3, discarded 1,";
    assert!(ended.stdout.starts_with(summary), "{}", ended.stdout);
    let ids = |ids: &str| ids.chars().map(String::from).collect::<BTreeSet<_>>();
    assert_eq!(line.ids(), ids("abegj"));
    let letters = kafka::read_all(&dead);
    let values: Vec<_> = letters.iter().map(|letter| letter.value.as_deref().expect("a value")).collect();
    assert_eq!(values, [&payloads[2], &payloads[3], &payloads[4]].map(|value| value.as_bytes()));
    assert_eq!(line.committed(), 6);

    // With a collection that takes the numbers, all rows of the records arrive.
    let wide = format!("{}_wide", names.collection);
    let key = Field { primary: true, ..field("id", text(64)) };
    line.milvus.create(&wide, &[key, field("number", FieldType::Int64), field("v", vector(2))]);
    let text = std::fs::read_to_string(file.path()).expect("readable");
    let by_topic = format!("collection = {{ \"{}\" = \"{wide}\" }}", names.topic);
    let file = PipelineFile::new(&text.replace(&format!("collection = \"{}\"", names.collection), &by_topic));
    let ended = kiteline(&["replay", file.path()]);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert!(ended.stdout.starts_with("replayed 3 of 3 dead letters: wrote 5 rows"), "{}", ended.stdout);
    assert_eq!(line.milvus.rows(&wide, "id").into_keys().collect::<BTreeSet<_>>(), ids("efghi"));
}
