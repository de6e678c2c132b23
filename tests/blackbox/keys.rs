//! What comes from the records' keys and origins: deletes, primary keys, and parts of rows.

use std::collections::HashMap;

use kiteline::target::{Field, FieldType};

use super::support::collection::{Milvus, field, text, vector};
use super::support::kafka::{self, ToSend};
use super::support::kiteline::{Ended, kiteline};
use super::support::pipeline::Names;

fn names(test: &str, milvus: &Milvus, partitions: i32) -> Names {
    let names = Names::unique(test, kafka::brokers(), milvus.uri.clone());
    kafka::create_topics(&[(&names.topic, partitions)]);
    names
}

fn fields(key: Field) -> [Field; 3] {
    [key, field("n", FieldType::Int64), field("v", vector(2))]
}

fn text_key() -> Field {
    Field { primary: true, ..field("id", text(64)) }
}

fn row(n: usize) -> Vec<u8> {
    format!(r#"{{"n": {n}, "v": [1, {n}]}}"#).into_bytes()
}

fn run_to_end(names: &Names, milvus: &str, rest: &str) -> Ended {
    let file = names.file(milvus, rest);
    let ended = kiteline(&["run", file.path(), "--until-end"]);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    ended
}

/// Numbers by key.
fn numbers(milvus: &Milvus, collection: &str) -> HashMap<String, i64> {
    let rows = milvus.rows(collection, "id");
    rows.into_iter().map(|(key, row)| (key, row["n"].as_i64().expect("a number"))).collect()
}

const TEXT_KEYS: &str = "[decode.key]\nformat = \"text\"\n";

#[test]
fn a_feed_of_upserts_and_tombstones_ends_as_its_last_records_say() {
    for milvus in [Milvus::real(), Milvus::lite()] {
        let names = names("tombstones", &milvus, 3);
        milvus.create(&names.collection, &fields(text_key()));
        // Few keys, so each is written, deleted and written again, within batches and requests and across them.
        let keys: Vec<String> = (0..40).map(|n| format!("key \"{n}\" \\ é\n{n}")).collect();
        let mut random = 7u64;
        let feed: Vec<(usize, Option<Vec<u8>>)> = (0..6000)
            .map(|n| {
                random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                let value = if (random >> 40).is_multiple_of(3) { None } else { Some(row(n)) };
                ((random >> 33) as usize % keys.len(), value)
            })
            .collect();
        let records = feed.iter().map(|(key, value)| ToSend { key: &keys[*key], value: value.as_deref() });
        kafka::produce(&names.topic, records);
        let mut expected = HashMap::new();
        for (n, (key, value)) in feed.iter().enumerate() {
            match value {
                Some(_) => expected.insert(keys[*key].clone(), n as i64),
                None => expected.remove(&keys[*key]),
            };
        }
        assert!(!expected.is_empty() && expected.len() < keys.len());

        let ended = run_to_end(&names, "", &format!("{TEXT_KEYS}\n[batch]\nrows = 100\n\n[write]\nrows = 150\n"));
        assert_eq!(numbers(&milvus, &names.collection), expected, "{}", ended.stderr);
    }
}

#[test]
fn tombstones_are_passed_over_rejected_or_refused_as_the_pipeline_says() {
    let milvus = Milvus::lite();
    let names = names("policies", &milvus, 1);
    milvus.create(&names.collection, &fields(text_key()));
    let value = br#"{"id": "a", "n": 1, "v": [1, 1]}"#;
    kafka::produce(
        &names.topic,
        [ToSend { key: "a", value: Some(value) }, ToSend { key: "a", value: None }].into_iter(),
    );
    for keys in [TEXT_KEYS, ""] {
        let names = names.with_group(&format!("ignore{}", keys.len()));
        let ended = run_to_end(&names, "deletes = \"ignore\"", keys);
        assert!(ended.stdout.contains("wrote 1 row ") && ended.stdout.contains("discarded 1"), "{}", ended.stdout);
        assert_eq!(numbers(&milvus, &names.collection).len(), 1);
    }
    for (policy, keys, reason) in [
        ("deletes = \"reject\"", TEXT_KEYS, "validate: a delete, and `milvus.deletes` rejects them"),
        ("", "", "decode: a tombstone: the record has no value, which deletes a row; say in [decode.key] how its key"),
    ] {
        let names = names.with_group(&format!("reject{}", keys.len()));
        let ended = kiteline(&["run", names.file(policy, keys).path(), "--until-end"]);
        assert_eq!(ended.code, Some(1), "{}", ended.stderr);
        assert!(ended.stderr.contains(reason), "{}", ended.stderr);
    }
}

#[test]
fn records_without_a_key_are_there_once_under_their_origin() {
    let milvus = Milvus::real();
    let names = names("origins", &milvus, 2);
    let longest = names.topic.len() as u32 + 42;
    milvus.create(&names.collection, &fields(Field { primary: true, ..field("id", text(longest)) }));
    let values: Vec<Vec<u8>> = (0..500).map(row).collect();
    let keys: Vec<String> = (0..500).map(|n| n.to_string()).collect();
    kafka::produce(&names.topic, keys.iter().zip(&values).map(|(key, value)| ToSend { key, value: Some(value) }));

    for group in ["one", "two"] {
        let names = names.with_group(group);
        run_to_end(&names, "primary_key = \"origin\"", "");
        let rows = numbers(&milvus, &names.collection);
        assert_eq!(rows.len(), 500);
        for (key, _) in rows {
            let (partition, offset) =
                key.strip_prefix(&format!("{}/", names.topic)).expect(&key).split_once('/').expect(&key);
            assert!(matches!(partition, "0" | "1") && offset.parse::<u64>().is_ok_and(|offset| offset < 500), "{key}");
        }
    }

    let file = names.file("primary_key = \"origin\"", "");
    let page = kiteline(&["check", file.path()]).stdout;
    assert!(page.contains(": upsert (effectively once: keys made from topic/partition/offset)"), "{page}");
    assert!(page.contains(") from topic/partition/offset of the record"), "{page}");

    // A record may be an array of rows, and then the keys are longer.
    let names = Names { collection: format!("{}_short", names.collection), ..names };
    milvus.create(&names.collection, &fields(Field { primary: true, ..field("id", text(longest - 1)) }));
    let ended = kiteline(&["check", names.file("primary_key = \"origin\"", "").path()]);
    let needed = format!(
        "holds {} bytes only, and keys made from topic/partition/offset need a VarChar of {longest} bytes",
        longest - 1
    );
    assert!(ended.code == Some(2) && ended.stderr.contains(&needed), "{}", ended.stderr);
}

#[test]
fn parts_of_rows_are_put_together_where_milvus_can() {
    let milvus = Milvus::lite();
    let names = names("parts", &milvus, 1);
    milvus.create(&names.collection, &fields(text_key()));
    let whole = row(1);
    let of = |key, value| ToSend { key, value };
    kafka::produce(
        &names.topic,
        [
            of("a", Some(&whole[..])),
            of("b", Some(&whole)),
            of("a", Some(br#"{"n": 5}"#)),
            of("a", Some(br#"{"v": [7, 7]}"#)),
            of("b", None),
            of("c", Some(br#"{"n": 1}"#)),
            of("b", Some(br#"{"n": 9, "v": [9, 9]}"#)),
        ]
        .into_iter(),
    );
    let dead = format!("{}.dead", names.topic);
    kafka::create_topics(&[(&dead, 1)]);
    let rest = format!("{TEXT_KEYS}\n[dead_letter]\ntopic = \"{dead}\"\n");
    run_to_end(&names, "mode = \"partial-update\"", &rest);
    let rows = milvus.rows(&names.collection, "id");
    let mut found: Vec<_> = rows.values().map(|row| format!("{} {} {}", row["id"], row["n"], row["v"])).collect();
    found.sort();
    assert_eq!(found, ["\"a\" 5 [7.0,7.0]", "\"b\" 9 [9.0,9.0]"]);
    let letters: Vec<_> = kafka::read_all(&dead).into_iter().map(|letter| letter.key).collect();
    assert_eq!(letters, [Some(b"c".to_vec())], "a new row needs its vector");

    let milvus = Milvus::real();
    let names = Names { milvus: milvus.uri.clone(), ..names };
    milvus.create(&names.collection, &fields(text_key()));
    let ended = kiteline(&["check", names.file("mode = \"partial-update\"", TEXT_KEYS).path()]);
    let reason = "Milvus v2.3.5-lite updates no rows in part, which 2.6.0 and later do";
    assert!(ended.code == Some(2) && ended.stderr.contains(reason), "{}", ended.stderr);
}
