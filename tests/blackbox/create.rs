//! `[milvus.create]`: collections that a run creates, on the servers that are there.

use std::thread;

use kiteline::sink::SinkError;
use kiteline::target::{Field, FieldType};
use serde_json::json;

use super::support::collection::{Milvus, field, text, vector};
use super::support::kafka::{self, ToSend};
use super::support::kiteline::kiteline;
use super::support::pipeline::{Names, PipelineFile};

/// What every server can be asked for.
const PLAIN: &str = "
[milvus.create]
dynamic_field = true
consistency = \"strong\"
partitions = [\"recent\"]

[[milvus.create.fields]]
name = \"id\"
type = \"VarChar(64)\"
primary_key = true

[[milvus.create.fields]]
name = \"number\"
type = \"Int8\"

[[milvus.create.fields]]
name = \"tags\"
type = \"Array(VarChar(16), 4)\"

[[milvus.create.fields]]
name = \"v\"
type = \"FloatVector(2)\"
index = { type = \"HNSW\", metric = \"L2\", params = { M = 8, efConstruction = 64 } }
";

fn names(test: &str, milvus: &Milvus) -> Names {
    let names = Names::unique(test, kafka::brokers(), milvus.uri.clone());
    kafka::create_topics(&[(&names.topic, 2)]);
    names
}

fn produce(names: &Names, ids: &[&str]) {
    let value = |id: &&str| {
        let value = json!({"id": id, "number": 7, "tags": ["a", "b"], "v": [1, 2], "more": {"deep": [1]}});
        (id.to_string(), value.to_string().into_bytes())
    };
    let records: Vec<_> = ids.iter().map(value).collect();
    kafka::produce(&names.topic, records.iter().map(|(key, value)| ToSend { key, value: Some(value) }));
}

fn run(file: &PipelineFile) {
    let ended = kiteline(&["run", "--until-end", file.path()]);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
}

/// Checks, runs and checks again.
fn created_and_filled(test: &str, milvus: &Milvus) {
    let names = names(test, milvus);
    let file = names.file("", PLAIN);
    produce(&names, &["a", "b", "c"]);

    let shown = kiteline(&["check", file.path()]);
    assert_eq!(shown.code, Some(0), "{}", shown.stderr);
    for line in [
        &format!("# collection {}: missing; `kiteline run` creates", names.collection),
        "#   the collection with 4 fields and the dynamic field\n",
        "#   the partition `recent`\n",
        "#   the index of `v`, HNSW by L2\n",
        "#   load it\n",
    ] {
        assert!(shown.stdout.contains(line), "{line} in\n{}", shown.stdout);
    }
    assert!(!milvus.has(&names.collection), "check creates nothing");

    run(&file);
    let rows = milvus.rows(&names.collection, "id");
    assert_eq!(rows.len(), 3);
    assert_eq!((&rows["b"]["tags"], &rows["b"]["more"]), (&json!(["a", "b"]), &json!({"deep": [1]})));
    assert!(milvus.partitions(&names.collection).contains(&"recent".to_owned()));

    let shown = kiteline(&["check", file.path()]);
    let line = format!("# collection {}: there, as [milvus.create] says", names.collection);
    assert!(shown.stdout.contains(&line) && !shown.stdout.contains("# mind:"), "{line} in\n{}", shown.stdout);
    milvus.drop(&names.collection);
}

#[test]
fn a_run_creates_the_collection_that_check_only_shows_on_milvus_lite() {
    created_and_filled("create_lite", &Milvus::lite());
}

#[test]
fn a_run_creates_the_collection_that_check_only_shows_on_milvus() {
    created_and_filled("create_real", &Milvus::real());
}

#[test]
fn all_that_newer_servers_can_is_created_and_used() {
    let milvus = Milvus::lite();
    let names = names("create_newer", &milvus);
    let fields = "
        [milvus.create]
        fields = [
            { name = \"id\", type = \"Int64\", primary_key = true, auto_id = true },
            { name = \"tenant\", type = \"VarChar(16)\", partition_key = true },
            { name = \"price\", type = \"Double\", nullable = true },
            { name = \"state\", type = \"VarChar(16)\", default = \"new\" },
            { name = \"at\", type = \"Timestamptz\", nullable = true },
            { name = \"meta\", type = \"JSON\", nullable = true },
            { name = \"body\", type = \"VarChar(1000)\", analyzer = { type = \"standard\" } },
            { name = \"words\", type = \"SparseFloatVector\", bm25_of = \"body\", \
              index = { type = \"SPARSE_INVERTED_INDEX\" } },
            { name = \"sparse\", type = \"SparseFloatVector\" },
            { name = \"v\", type = \"FloatVector(2)\" },
        ]";
    let file = names.file("", fields);
    let value = json!({"tenant": "t", "body": "the kites fly", "v": [1, 2], "sparse": {"3": 0.5}});
    kafka::produce(&names.topic, [ToSend { key: "k", value: Some(value.to_string().as_bytes()) }].into_iter());
    run(&file);
    let rows = milvus.all_rows(&names.collection, ("id", false));
    assert_eq!(rows.len(), 1);
    assert_eq!((&rows[0]["state"], &rows[0]["price"]), (&json!("new"), &json!(null)));
    let shown = kiteline(&["check", file.path()]);
    assert!(shown.stdout.contains("there, as [milvus.create] says"), "{}", shown.stdout);
}

#[test]
fn what_a_server_does_not_know_is_told_and_nothing_is_created() {
    let milvus = Milvus::real();
    let names = names("create_older", &milvus);
    let fields = "[milvus.create]\nfields = [{ name = \"id\", type = \"Int64\", primary_key = true },
        { name = \"at\", type = \"Timestamptz\" }, { name = \"v\", type = \"FloatVector(2)\" }]";
    let ended = kiteline(&["run", "--until-end", names.file("", fields).path()]);
    assert_eq!(ended.code, Some(2), "{}", ended.stderr);
    let told = "field `at` is Timestamptz, which Milvus has from 2.6 on, and this is v2.3.5";
    assert!(ended.stderr.contains(told), "{}", ended.stderr);
    assert!(!milvus.has(&names.collection));
}

#[test]
fn processes_that_start_at_once_create_one_collection() {
    for (test, milvus) in [("create_at_once_lite", Milvus::lite()), ("create_at_once_real", Milvus::real())] {
        let names = names(test, &milvus);
        let file = names.file("", PLAIN);
        let ids: Vec<String> = (0..40).map(|id| format!("id{id}")).collect();
        produce(&names, &ids.iter().map(String::as_str).collect::<Vec<_>>());
        // Milvus Lite loses rows where two processes write to it, so only one of them has any to write there.
        let other = names.with_group("other");
        let other = if test.ends_with("lite") { Names { topic: empty_topic(&names), ..other } } else { other };
        let other = other.file("", PLAIN);
        thread::scope(|scope| {
            for file in [&file, &other] {
                scope.spawn(|| run(file));
            }
        });
        assert_eq!(milvus.rows(&names.collection, "id").len(), 40, "{test}");
        milvus.drop(&names.collection);
    }
}

fn empty_topic(names: &Names) -> String {
    let topic = format!("{}_none", names.topic);
    kafka::create_topics(&[(&topic, 1)]);
    topic
}

#[test]
fn a_start_after_a_crash_makes_the_rest() {
    for milvus in [Milvus::lite(), Milvus::real()] {
        let names = names("create_rest", &milvus);
        let index = "index = { type = \"HNSW\", metric = \"L2\", params = { M = 8, efConstruction = 64 } }";
        let rest = PLAIN.replace("dynamic_field = true\n", "").replace(index, "");
        let file = names.file("unknown_fields = \"drop\"", &rest);
        produce(&names, &["a"]);
        // What a process leaves that is killed after the first of its calls.
        let key = Field { primary: true, ..field("id", text(64)) };
        let tags = FieldType::Array { element: Box::new(text(16)), max_capacity: 4 };
        let fields = [key, field("number", FieldType::Int8), field("tags", tags), field("v", vector(2))];
        milvus.create_unloaded(&names.collection, &fields);

        let shown = kiteline(&["check", file.path()]);
        for line in
            ["there, but not finished", "the partition `recent`", "the index of `v`, AUTOINDEX by COSINE", "load it"]
        {
            assert!(shown.stdout.contains(line), "{line} in\n{}", shown.stdout);
        }
        run(&file);
        assert_eq!(milvus.rows(&names.collection, "id").len(), 1);
        milvus.drop(&names.collection);
    }
}

#[test]
fn a_collection_that_is_another_is_refused_field_by_field() {
    let milvus = Milvus::real();
    let names = names("create_another", &milvus);
    let key = Field { primary: true, ..field("id", FieldType::Int64) };
    milvus.create(&names.collection, &[key, field("number", FieldType::Int16), field("v", vector(3))]);
    let file = names.file("", PLAIN);
    for command in [&["check", file.path()][..], &["run", "--until-end", file.path()]] {
        let ended = kiteline(command);
        assert_eq!(ended.code, Some(2), "{}", ended.stderr);
        for line in [
            "  field `id`: VarChar(64) in the file, Int64 in the collection\n",
            "  field `number`: Int8 in the file, Int16 in the collection\n",
            "  field `tags`: Array(VarChar(16), 4) in the file, and the collection does not have it\n",
            "  field `v`: FloatVector(2) in the file, FloatVector(3) in the collection\n",
            "  the dynamic field in the file, and not in the collection\n",
        ] {
            assert!(ended.stderr.contains(line), "{line} in\n{}", ended.stderr);
        }
    }
    milvus.drop(&names.collection);
}

impl Milvus {
    /// Whether there is such a collection.
    fn has(&self, name: &str) -> bool {
        !matches!(self.try_describe(name), Err(SinkError::NoCollection { .. }))
    }
}
