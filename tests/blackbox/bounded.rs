//! `--until-end`: from the committed offsets to the ends found at the start; run again, it does what is new.

use kiteline::source::kafka::LocalKafka;
use kiteline::target::Field;

use super::support::collection::{Milvus, field, text, vector};
use super::support::kafka::{self, ToSend};
use super::support::kiteline::kiteline;
use super::support::line::{Line, value};
use super::support::pipeline::Names;
use super::support::unique;

fn row(id: &str) -> Vec<u8> {
    format!(r#"{{"id": "{id}", "v": [1, 2]}}"#).into_bytes()
}

#[test]
fn a_bounded_run_does_what_is_new() {
    let milvus = Milvus::lite();
    let names = Names::unique("bounded", kafka::brokers(), milvus.uri.clone());
    kafka::create_topics(&[(&names.topic, 5)]);
    let key = Field { primary: true, ..field("id", text(64)) };
    milvus.create(&names.collection, &[key, field("v", vector(2))]);
    let file = names.file("", "");
    let mut total = 0;
    for new in [0, 7, 3, 0] {
        let ids: Vec<String> = (total..total + new).map(|number| format!("row-{number}")).collect();
        let rows: Vec<Vec<u8>> = ids.iter().map(|id| row(id)).collect();
        kafka::produce(&names.topic, ids.iter().zip(&rows).map(|(key, row)| ToSend { key, value: Some(row) }));
        total += new;
        let ended = kiteline(&["run", file.path(), "--until-end"]);
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
        assert!(ended.stdout.starts_with(&format!("read {new} records, wrote {new} rows")), "{}", ended.stdout);
        assert_eq!(milvus.rows(&names.collection, "id").len(), total);
        assert_eq!(kafka::committed(&names.group, &names.topic), total as i64);
    }
}

/// librdkafka asks the broker for one answer at a time. Where the queue of the one partition is full, it asks for the
/// others, and the broker waits for records that don't come: with its default of half a second each time, this run would
/// take minutes.
#[test]
fn a_partition_with_many_records_does_not_wait_for_those_that_have_none() {
    let line = Line::new("one_of_many", 12);
    let rows: Vec<Vec<u8>> = (0..20_000).map(|number| value(&format!("row-{number}"), 1)).collect();
    let records = rows.iter().map(|row| ToSend { key: "the same", value: Some(row) });
    kafka::produce_in_batches(&line.names.topic, 10, records);
    let file = line.names.file_with("fetch_memory = \"256KiB\"", "", "");
    let ended = kiteline(&["run", file.path(), "--until-end"]);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert!(ended.stdout.starts_with("read 20000 records, wrote 20000 rows"), "{}", ended.stdout);
}

#[test]
fn a_key_that_comes_twice_is_one_row_the_last() {
    let milvus = Milvus::real();
    let kafka = LocalKafka::start().expect("starts");
    let names = Names { topic: "items".into(), ..Names::unique("twice", kafka.brokers(), milvus.uri.clone()) };
    kafka.create_topic("items", 1).expect("made");
    let key = Field { primary: true, ..field("id", text(64)) };
    milvus.create(&names.collection, &[key, field("what", text(16)), field("v", vector(2))]);
    let rows: Vec<Vec<u8>> = ["first", "second", "last"]
        .map(|what| format!(r#"{{"id": "a", "what": "{what}", "v": [1, 2]}}"#).into_bytes())
        .to_vec();
    kafka.produce("items", 1, rows.iter().map(|row| ("a", row.as_slice()))).expect("written");
    let ended = kiteline(&["run", names.file("", "").path(), "--until-end"]);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    let rows = milvus.rows(&names.collection, "id");
    assert_eq!((rows.len(), rows["a"]["what"].as_str()), (1, Some("last")));
}

#[test]
fn several_topics_and_patterns_go_to_their_collections() {
    let milvus = Milvus::lite();
    let kafka = LocalKafka::start().expect("starts");
    let (a, b) = (unique("col_a"), unique("col_b"));
    for (topic, collection) in [("items.a", &a), ("items.b", &b)] {
        kafka.create_topic(topic, 2).expect("made");
        let key = Field { primary: true, ..field("id", text(64)) };
        milvus.create(collection, &[key, field("v", vector(2))]);
        kafka.produce(topic, 2, [(topic, row(topic).as_slice())].into_iter()).expect("written");
    }
    kafka.create_topic("other", 1).expect("made");
    let text = format!(
        "name = \"test\"\n[kafka]\nbrokers = \"{}\"\ntopics = [\"^items\\\\..*\"]\ngroup = \"g\"\n[milvus]\nuri = \"{}\"\n\
         collection = {{ \"items.a\" = \"{a}\", \"items.b\" = \"{b}\" }}\n",
        kafka.brokers(),
        milvus.uri
    );
    let file = super::support::pipeline::PipelineFile::new(&text);
    let ended = kiteline(&["run", file.path(), "--until-end"]);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert!(milvus.rows(&a, "id").contains_key("items.a"));
    assert!(milvus.rows(&b, "id").contains_key("items.b"));
}
