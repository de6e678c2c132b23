//! `kiteline init`: from a topic to a collection in two commands.

use std::path::Path;

use serde_json::json;

use super::support::collection::Milvus;
use super::support::feed::packages;
use super::support::kafka::{self, ToSend};
use super::support::kiteline::{kiteline, kiteline_in};
use super::support::unique;

fn path(path: &Path) -> &str {
    path.to_str().expect("UTF-8")
}

#[test]
fn a_topic_becomes_a_collection_in_two_commands() {
    let milvus = Milvus::lite();
    let topic = unique("init");
    kafka::create_topics(&[(&topic, 3)]);
    let packages: Vec<_> = packages().into_iter().take(300).collect();
    let records = packages.iter().map(|package| ToSend { key: &package.name, value: Some(&package.line) });
    kafka::produce(&topic, records);
    let folder = tempfile::tempdir().expect("a folder");

    let brokers = kafka::brokers();
    let init = ["init", "--brokers", &brokers, "--topic", &topic, "--milvus", &milvus.uri, "--limit", "200"];
    let ended = kiteline_in(folder.path(), &init, &[]);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    let file = folder.path().join("pipeline.toml");
    let text = std::fs::read_to_string(&file).expect("written");
    for line in [
        "{ name = \"pkg\", type = \"VarChar(128)\", primary_key = true },",
        "{ name = \"emb\", type = \"FloatVector(384)\", index = { metric = \"COSINE\" } },",
        "[decode.key]\nformat = \"text\"\nfield = \"pkg\"\n",
    ] {
        assert!(text.contains(line), "{line} in\n{text}");
    }
    let checked = kiteline(&["check", path(&file), "--sample", "100"]);
    assert_eq!(checked.code, Some(0), "{}", checked.stderr);
    assert!(checked.stdout.contains("100 rows after the plugins, 0 rejected"), "{}", checked.stdout);

    let ended = kiteline(&["run", "--until-end", path(&file)]);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert!(ended.stdout.contains("read 300 records, wrote 300 rows"), "{}", ended.stdout);
    let rows = milvus.rows(&topic, "pkg");
    assert_eq!(rows.len(), 300);
    for package in packages.iter().take(20) {
        let row = &rows[&package.name];
        for (name, value) in package.value.as_object().expect("an object") {
            if name != "emb" && !value.is_null() {
                assert_eq!(&row[name], value, "{name}");
            }
        }
    }

    // What is there is never written over by itself.
    let again = kiteline_in(folder.path(), &init, &[]);
    assert_eq!(again.code, Some(2));
    assert!(again.stderr.contains("pipeline.toml is there already"), "{}", again.stderr);
    assert_eq!(std::fs::read_to_string(&file).expect("there"), text);
    let forced = kiteline_in(folder.path(), &[&init[..], &["--force"]].concat(), &[]);
    assert_eq!(forced.code, Some(0), "{}", forced.stderr);
}

#[test]
fn a_file_of_records_without_keys_becomes_a_pipeline_that_runs() {
    let milvus = Milvus::lite();
    let topic = unique("init_file");
    kafka::create_topics(&[(&topic, 1)]);
    let folder = tempfile::tempdir().expect("a folder");
    let records: Vec<String> = (0..20)
        .map(|number| {
            let mut record = json!({
                "line-no": number % 3, "when": "2026-01-01", "vec": "[1.5, 2, 3]", "words": {"7": 0.5},
                "tags": ["a", "bc"], "meta": {"deep": [1]}
            });
            if number % 2 == 0 {
                record["price"] = json!(1.5);
            }
            record.to_string()
        })
        .collect();
    let sample = folder.path().join("some records.jsonl");
    std::fs::write(&sample, records.join("\n")).expect("written");
    let file = folder.path().join("p.toml");
    let brokers = kafka::brokers();
    let init = [
        "init",
        path(&file),
        "--sample",
        path(&sample),
        "--brokers",
        &brokers,
        "--topic",
        &topic,
        "--milvus",
        &milvus.uri,
        "--collection",
        &topic,
    ];
    let ended = kiteline(&init);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);

    kafka::produce_unkeyed(&topic, records.iter().map(String::as_bytes));
    let ended = kiteline(&["run", "--until-end", path(&file)]);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    let rows = milvus.rows(&topic, "id");
    assert_eq!(rows.len(), 20);
    let row = &rows[&format!("{topic}/0/4")];
    assert_eq!((&row["line_no"], &row["price"], &row["tags"]), (&json!(1), &json!(1.5), &json!(["a", "bc"])));
    assert_eq!((&row["vec"], &row["meta"]), (&json!([1.5, 2.0, 3.0]), &json!({"deep": [1]})));
    assert_eq!(rows[&format!("{topic}/0/5")]["price"], json!(null));
}

#[test]
fn a_topic_without_records_is_told() {
    let topic = unique("init_empty");
    kafka::create_topics(&[(&topic, 1)]);
    let folder = tempfile::tempdir().expect("a folder");
    let ended = kiteline_in(folder.path(), &["init", "--brokers", &kafka::brokers(), "--topic", &topic], &[]);
    assert_eq!(ended.code, Some(2));
    assert!(ended.stderr.contains("there is no record in"), "{}", ended.stderr);
    assert!(!folder.path().join("pipeline.toml").exists());
}
