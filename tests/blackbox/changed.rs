//! Collections that change while a pipeline runs: it starts over with the new schema, in the same process.

use std::time::Duration;

use kiteline::target::{Field, FieldType};
use serde_json::json;

use super::support::collection::{Milvus, field, text, vector};
use super::support::kafka::{self, ToSend};
use super::support::kiteline::{Running, start};
use super::support::pipeline::{Names, PipelineFile};
use super::support::wait_until;

const WAIT: Duration = Duration::from_secs(60);

/// Looks at the schema all the time, and leaves out what a collection does not have.
fn file(names: &Names) -> PipelineFile {
    let milvus = "watch = \"200ms\"\nmissing_timeout = \"5s\"\nunknown_fields = \"drop\"\n";
    names.file(milvus, "[write]\nage = \"50ms\"\n")
}

fn old_fields() -> [Field; 2] {
    [Field { primary: true, ..field("id", text(64)) }, field("v", vector(2))]
}

fn new_fields() -> [Field; 3] {
    let [key, vector] = old_fields();
    [key, field("extra", FieldType::Int64), vector]
}

fn send(names: &Names, ids: std::ops::Range<i32>) {
    let records: Vec<(String, Vec<u8>)> = ids
        .map(|number| {
            let id = format!("row-{number}");
            let value = json!({"id": id, "extra": number, "v": [number, 1]}).to_string().into_bytes();
            (id, value)
        })
        .collect();
    kafka::produce(&names.topic, records.iter().map(|(key, value)| ToSend { key, value: Some(value) }));
}

/// Waits for all of them: partitions are read by lanes that know nothing of each other.
fn wait_for(milvus: &Milvus, collection: &str, ids: std::ops::Range<i32>, running: &Running) {
    wait_until(&format!("rows {ids:?} are not there"), WAIT, || {
        let log = running.log();
        assert!(!log.contains("kiteline: "), "it ended: {log}");
        let rows = milvus.rows(collection, "id");
        ids.clone().all(|number| rows.contains_key(&format!("row-{number}")))
    });
}

/// Rows 20 to 39 come with the field that only the new schema has.
fn new_rows_arrive(milvus: &Milvus, collection: &str, running: &Running) {
    wait_for(milvus, collection, 20..40, running);
    let rows = milvus.rows(collection, "id");
    assert!((20..40).all(|number| rows[&format!("row-{number}")]["extra"] == json!(number)), "{rows:?}");
}

fn end(running: Running) {
    running.terminate();
    let (code, log) = running.wait();
    assert_eq!(code, Some(0), "{log}");
    assert!(log.contains("the pipeline starts over"), "{log}");
}

#[test]
fn a_collection_that_is_made_anew_is_written_by_its_new_schema() {
    let milvus = Milvus::real();
    let names = Names::unique("anew", kafka::brokers(), milvus.uri.clone());
    kafka::create_topics(&[(&names.topic, 2)]);
    milvus.create(&names.collection, &old_fields());
    let file = file(&names);
    let running = start(&["run", file.path()]);
    send(&names, 0..20);
    wait_for(&milvus, &names.collection, 0..20, &running);

    milvus.drop(&names.collection);
    wait_until("it is not missed", WAIT, || running.log().contains("the pipeline starts over"));
    send(&names, 20..40);
    milvus.create(&names.collection, &new_fields());
    new_rows_arrive(&milvus, &names.collection, &running);
    end(running);
    assert_eq!(kafka::committed(&names.group, &names.topic), 40);
}

#[test]
fn an_alias_that_is_switched_is_followed() {
    let milvus = Milvus::real();
    let names = Names::unique("alias", kafka::brokers(), milvus.uri.clone());
    let (blue, green) = (format!("{}_blue", names.collection), format!("{}_green", names.collection));
    kafka::create_topics(&[(&names.topic, 2)]);
    milvus.create(&blue, &old_fields());
    milvus.create(&green, &new_fields());
    milvus.alias(&names.collection, &blue);
    let file = file(&names);
    let running = start(&["run", file.path()]);
    send(&names, 0..20);
    wait_for(&milvus, &blue, 0..20, &running);

    milvus.alias(&names.collection, &green);
    wait_until("the switch is not seen", WAIT, || running.log().contains("the pipeline starts over"));
    send(&names, 20..40);
    new_rows_arrive(&milvus, &green, &running);
    end(running);
}

#[test]
fn a_collection_that_stays_away_ends_the_run() {
    let milvus = Milvus::lite();
    let names = Names::unique("away", kafka::brokers(), milvus.uri.clone());
    kafka::create_topics(&[(&names.topic, 1)]);
    milvus.create(&names.collection, &old_fields());
    let file = file(&names);
    let running = start(&["run", file.path()]);
    send(&names, 0..20);
    wait_for(&milvus, &names.collection, 0..20, &running);
    milvus.drop(&names.collection);
    let (code, log) = running.wait();
    assert_eq!(code, Some(2), "{log}");
    assert!(log.contains(&format!("has no collection `{}`", names.collection)), "{log}");
}
