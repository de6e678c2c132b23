//! The whole line on real servers: 2,000 records of a real feed, four plugins, every field read back.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use super::support::collection::{Milvus, package_fields};
use super::support::feed::{Package, packages};
use super::support::kafka::{self, Got, ToSend};
use super::support::kiteline::kiteline;
use super::support::pipeline::{Names, PACKAGES_CHAIN};

/// A row as the chain makes it of a package.
fn expected(package: &Value) -> Map<String, Value> {
    let text = |field: &str| json!(package[field].as_str().unwrap_or_default());
    let meta = &package["meta"];
    let row = json!({
        "name": package["pkg"],
        "version": package["ver"],
        "section": package["section"],
        "size_kb": package["size_kb"],
        "summary": package["summary"].as_str().expect("a summary").trim_end(),
        "tags": package["tags"],
        "homepage": text("homepage"),
        "arch": meta["arch"],
        "priority": meta["priority"],
        "meta": meta,
        "embedding": package["emb"],
    });
    row.as_object().expect("an object").clone()
}

/// Fails where a row differs from what was sent. Vectors are compared as the 32-bit floats that they are.
fn assert_same(row: &Map<String, Value>, expected: &Map<String, Value>) {
    let floats = |value: &Value| -> Vec<f32> {
        value.as_array().expect("a vector").iter().map(|number| number.as_f64().expect("a number") as f32).collect()
    };
    let name = &expected["name"];
    for (field, value) in expected {
        let got = row.get(field).unwrap_or(&Value::Null);
        if field == "embedding" {
            assert_eq!(floats(got), floats(value), "{name}: {field}");
        } else {
            assert_eq!(got, value, "{name}: {field}");
        }
    }
    assert_eq!(row.len(), expected.len(), "{name}: no other fields");
}

/// The partition that the chain routes a section to.
fn partition(section: &str) -> String {
    section.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect()
}

fn assert_all_arrived(milvus: &Milvus, collection: &str, packages: &[Package]) {
    let rows = milvus.rows(collection, "name");
    assert_eq!(rows.len(), packages.len());
    let mut sections: HashMap<String, Vec<&str>> = HashMap::new();
    for package in packages {
        assert_same(&rows[&package.name], &expected(&package.value));
        let section = package.value["section"].as_str().expect("a section");
        sections.entry(partition(section)).or_default().push(&package.name);
    }
    let mut partitions = milvus.partitions(collection);
    partitions.retain(|partition| partition != "_default");
    assert_eq!(partitions.len(), sections.len());
    for (partition, names) in sections {
        let rows = milvus.rows_of_partition(collection, "name", &partition);
        assert_eq!(rows.len(), names.len(), "{partition}");
        names.iter().for_each(|name| assert!(rows.contains_key(*name), "{name} is in {partition}"));
    }
}

/// Five records that can't become rows, each in its own way: what is sent, and the stage, the field and the reason.
fn bad_records(good: &Package) -> Vec<(&'static str, Vec<u8>, [&'static str; 3])> {
    let with = |change: &dyn Fn(&mut Map<String, Value>)| {
        let mut value = good.value.as_object().expect("an object").clone();
        change(&mut value);
        serde_json::to_vec(&value).expect("JSON")
    };
    let short = with(&|value| drop(value["emb"].as_array_mut().expect("a vector").pop()));
    let long = with(&|value| drop(value.insert("ver".into(), json!("1".repeat(65)))));
    let missing = with(&|value| drop(value.remove("size_kb")));
    let mistyped = with(&|value| drop(value.insert("size_kb".into(), json!("many"))));
    vec![
        ("bad-dimension", short, ["plugin", "", "embedding has 383 dimensions, expected 384"]),
        ("bad-json", b"{\"pkg\": nothing}".to_vec(), ["decode", "pkg", "at byte 8"]),
        ("bad-length", long, ["validate", "version", "65 bytes"]),
        ("bad-missing", missing, ["validate", "size_kb", "no value"]),
        ("bad-type", mistyped, ["validate", "size_kb", "a text where Int64 is needed"]),
    ]
}

#[test]
fn every_field_of_every_record_arrives_and_bad_records_end_on_the_dead_letters_topic() {
    let milvus = Milvus::real();
    let names = Names::unique("packages", kafka::brokers(), milvus.uri.clone());
    let dead = format!("{}.dead", names.topic);
    kafka::create_topics(&[(&names.topic, 4), (&dead, 1)]);
    milvus.create(&names.collection, &package_fields());
    let packages = packages();
    assert_eq!(packages.len(), 2000);
    let bad = bad_records(&packages[0]);
    // The bad ones stand in the middle, so that good ones come before and after.
    let good = packages.iter().map(|package| ToSend { key: &package.name, value: Some(&package.line) });
    let (before, after): (Vec<_>, Vec<_>) = good.enumerate().partition(|(number, _)| *number < 1000);
    let middle = bad.iter().map(|(key, value, _)| ToSend { key, value: Some(value) });
    let records = before.into_iter().map(|(_, r)| r).chain(middle).chain(after.into_iter().map(|(_, r)| r));
    kafka::produce(&names.topic, records);

    let rest = format!("{PACKAGES_CHAIN}\n[dead_letter]\ntopic = \"{dead}\"\n");
    let file = names.file("create_partitions = true", &rest);
    let ended = kiteline(&["run", file.path(), "--until-end"]);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert!(ended.stdout.starts_with("read 2005 records, wrote 2000 rows in "), "{}", ended.stdout);
    assert!(ended.stdout.contains("dead-lettered 5, discarded 0"), "{}", ended.stdout);

    assert_all_arrived(&milvus, &names.collection, &packages);
    assert_eq!(kafka::committed(&names.group, &names.topic), 2005);
    assert_dead_letters(&kafka::read_all(&dead), &bad, &names.topic);
}

fn assert_dead_letters(letters: &[Got], bad: &[(&str, Vec<u8>, [&str; 3])], topic: &str) {
    assert_eq!(letters.len(), bad.len());
    for (key, value, [stage, field, reason]) in bad {
        let letter = letters.iter().find(|letter| letter.key.as_deref() == Some(key.as_bytes())).expect("it is there");
        assert_eq!(letter.value.as_deref(), Some(&value[..]), "{key} has its value");
        assert_eq!(letter.header("made-by"), Some("test"), "{key} has its own headers");
        assert_eq!(letter.header("__connect.errors.topic"), Some(topic));
        assert!(letter.header("__connect.errors.offset").is_some_and(|offset| offset.parse::<i64>().is_ok()));
        assert!(letter.header("__connect.errors.partition").is_some_and(|number| number.parse::<i32>().is_ok()));
        assert_eq!(letter.header("__connect.errors.stage"), Some(*stage), "{key}");
        assert_eq!(letter.header("kiteline.field").unwrap_or_default(), *field, "{key}");
        let why = letter.header("__connect.errors.exception.message").expect("a reason");
        assert!(why.contains(reason), "{key}: {why}");
        assert_eq!(letter.header("kiteline.plugin.name").is_some(), *stage == "plugin");
    }
}

#[test]
fn the_same_packages_arrive_in_milvus_lite() {
    let milvus = Milvus::lite();
    let names = Names::unique("packages_lite", kafka::brokers(), milvus.uri.clone());
    kafka::create_topics(&[(&names.topic, 4)]);
    milvus.create(&names.collection, &package_fields());
    let packages = packages();
    let records = packages.iter().map(|package| ToSend { key: &package.name, value: Some(&package.line) });
    kafka::produce(&names.topic, records);
    let file = names.file("create_partitions = true", PACKAGES_CHAIN);
    let ended = kiteline(&["run", file.path(), "--until-end"]);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert_all_arrived(&milvus, &names.collection, &packages);
}
