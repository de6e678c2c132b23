//! `kiteline check` against a live schema.

use kiteline::source::kafka::LocalKafka;
use kiteline::target::{Field, FieldType};
use serde_json::json;

use super::support::collection::{Milvus, field, package_fields, text, vector};
use super::support::kafka;
use super::support::kiteline::{kiteline, kiteline_in};
use super::support::line::value;
use super::support::pipeline::{Names, PACKAGES_CHAIN};

#[test]
fn it_prints_where_each_field_comes_from() {
    let milvus = Milvus::real();
    let kafka = LocalKafka::start().expect("starts");
    let names = Names { topic: "items".into(), ..Names::unique("check", kafka.brokers(), milvus.uri.clone()) };
    kafka.create_topic("items", 3).expect("made");
    milvus.create(&names.collection, &package_fields());
    let rest = format!("[decode]\nfields = {{ tags = \"text[]\" }}\n{PACKAGES_CHAIN}");
    let file = names.file("token = \"${SECRET}\"\ncreate_partitions = true", &rest);
    let ended = kiteline_in(file.folder(), &["check", "pipeline.toml"], &[("SECRET", "root:hidden")]);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    for line in [
        "#   rename 0.1.0 (",
        "what it takes: kiteline plugin inspect rename",
        "#   tidy-packages 0.1.0 (",
        "# Kafka: 3 partitions",
        "upsert (effectively once: what arrives twice is there once)",
        "#   name (VarChar(64)) from field `pkg` of the record, text",
        "#   tags (Array(VarChar(64), 48)) from field `tags` of the record, text[] (declared)",
        "#   embedding (FloatVector(384)) from field `emb` of the record, float-vector",
        "#   arch (VarChar(32)) from a plugin",
        "#   any other field of a record: ",
        "age = \"500ms\"",
    ] {
        assert!(ended.stdout.contains(line), "{line} in\n{}", ended.stdout);
    }
    assert!(!ended.stdout.contains("hidden"), "no secret is printed");
}

#[test]
fn what_does_not_fit_the_collection_is_a_mistake() {
    let milvus = Milvus::real();
    let kafka = LocalKafka::start().expect("starts");
    let names = Names { topic: "items".into(), ..Names::unique("misfit", kafka.brokers(), milvus.uri.clone()) };
    kafka.create_topic("items", 1).expect("made");
    let refusal = |milvus: &str| {
        let ended = kiteline(&["check", names.file(milvus, "").path()]);
        assert_eq!(ended.code, Some(2), "{}", ended.stdout);
        ended.stderr
    };
    let missing = refusal("");
    assert!(missing.contains(&names.collection), "{missing}");

    let key = Field { primary: true, auto_id: true, ..field("id", FieldType::Int64) };
    let tenant = Field { partition_key: true, ..field("tenant", text(16)) };
    milvus.create(&names.collection, &[key, tenant, field("v", vector(2))]);
    let both = refusal("mode = \"upsert\"\npartition = \"p\"");
    assert!(both.contains("makes its own primary keys (auto id)"), "{both}");
    assert!(both.contains("has a partition key (`tenant`), so rows can't name a partition"), "{both}");
}

/// The page from the sample on, without what is another at each run.
fn of_sample(page: &str, names: &Names, file: &std::path::Path) -> String {
    let from = page.find("# sample").unwrap_or_else(|| panic!("no sample in\n{page}"));
    let page = page[from..].replace(&names.collection, "books").replace(&names.topic, "items");
    page.replace(&file.display().to_string(), "sample.jsonl")
}

#[test]
fn a_sample_shows_what_fills_each_field_and_what_can_not_be_filled() {
    let milvus = Milvus::lite();
    let names = Names::unique("check_sample", kafka::brokers(), milvus.uri.clone());
    kafka::create_topics(&[(&names.topic, 1)]);
    let rest = "
        [decode.key]
        format = \"text\"
        field = \"id\"
        [[plugin]]
        use = \"rename\"
        config = { rename = { emb = \"v\" } }
        [[plugin]]
        use = \"add\"
        config = { constants = { source = \"shop\" } }
        [milvus.create]
        dynamic_field = true
        fields = [
            { name = \"id\", type = \"VarChar(64)\", primary_key = true },
            { name = \"title\", type = \"VarChar(8)\" },
            { name = \"price\", type = \"Float\", nullable = true },
            { name = \"state\", type = \"VarChar(16)\", default = \"new\" },
            { name = \"source\", type = \"VarChar(16)\" },
            { name = \"language\", type = \"VarChar(16)\" },
            { name = \"body\", type = \"VarChar(99)\", nullable = true, analyzer = {} },
            { name = \"words\", type = \"SparseFloatVector\", bm25_of = \"body\" },
            { name = \"v\", type = \"FloatVector(2)\" },
        ]
        [dead_letter]
        topic = \"unused\"";
    let file = names.file("", rest);
    let sample = file.folder().join("sample.jsonl");
    let lines = [
        r#"{"$key": "a", "$value": {"title": "short", "price": 1, "emb": [1, 2], "languages": "en", "more": 1}}"#,
        r#"{"$key": "b", "$value": {"title": "far too long", "price": 2.5, "emb": [1, 2], "languages": "en"}}"#,
        r#"{"$key": "c", "$value": {"title": "x", "price": "dear", "emb": [1, 2, 3], "state": "old", "languages": "de"}}"#,
        r#"{"$key": "d", "$text": "no JSON"}"#,
    ];
    std::fs::write(&sample, lines.join("\n")).expect("written");
    let ended = kiteline(&["check", file.path(), "--sample", sample.to_str().expect("UTF-8")]);
    assert_eq!(ended.code, Some(2), "{}", ended.stderr);
    insta::assert_snapshot!(of_sample(&ended.stdout, &names, &sample));
    let lack = ended.stderr.replace(&names.collection, "books");
    assert!(
        lack.contains(
            "collection `books`: nothing fills the field `language`: no record of the sample has a field `language`; \
             did you mean `languages`?"
        ),
        "{lack}"
    );
}

#[test]
fn a_sample_off_the_topic_joins_no_group_and_commits_nothing() {
    let milvus = Milvus::lite();
    let names = Names::unique("check_topic", kafka::brokers(), milvus.uri.clone());
    kafka::create_topics(&[(&names.topic, 2)]);
    let rest = "[milvus.create]\nfields = [{ name = \"id\", type = \"VarChar(64)\", primary_key = true },
        { name = \"number\", type = \"Int8\" }, { name = \"v\", type = \"FloatVector(2)\" }]";
    let file = names.file("", rest);
    let empty = kiteline(&["check", file.path(), "--sample", "5"]);
    assert_eq!(empty.code, Some(2));
    assert!(empty.stderr.contains("there is no record in"), "{}", empty.stderr);

    let records: Vec<_> = (0..9).map(|id| (format!("k{id}"), value(&format!("k{id}"), id))).collect();
    kafka::produce(&names.topic, records.iter().map(|(key, value)| kafka::ToSend { key, value: Some(value) }));
    let ended = kiteline(&["check", file.path(), "--sample", "5"]);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    let line = "#   number (Int8) from field `number` of the record, int; in the sample int in 5 of 5 records\n";
    assert!(ended.stdout.contains(line), "{}", ended.stdout);
    assert_eq!(kafka::committed(&names.group, &names.topic), 0);
}

#[test]
fn a_schema_file_tells_what_fills_each_field_and_what_no_record_can_have() {
    let milvus = Milvus::lite();
    let names = Names::unique("check_schema", kafka::brokers(), milvus.uri.clone());
    kafka::create_topics(&[(&names.topic, 1)]);
    let rest = "[decode]\nformat = \"avro\"\nschema_file = \"item.avsc\"\n[milvus.create]\nfields = [
        { name = \"id\", type = \"VarChar(64)\", primary_key = true },
        { name = \"price\", type = \"Double\", nullable = true },
        { name = \"title\", type = \"VarChar(64)\" }, { name = \"v\", type = \"FloatVector(2)\" }]";
    let file = names.file("", rest);
    let schema = json!({"type": "record", "name": "Item", "fields": [
        {"name": "id", "type": "long"}, {"name": "Title", "type": "string"},
        {"name": "v", "type": {"type": "array", "items": "float"}}]});
    std::fs::write(file.folder().join("item.avsc"), schema.to_string()).expect("written");
    let ended = kiteline(&["check", file.path()]);
    assert_eq!(ended.code, Some(2), "{}", ended.stderr);
    let page = ended.stdout.replace(&format!("{}/", file.folder().display()), "");
    for line in [
        "#   id (VarChar(64)) from field `id` of the record, text; by the schema item.avsc an integer\n",
        "#   price (Double) from field `price` of the record, float64; the schema item.avsc does not have it; without one \
         null\n",
        "#   v (FloatVector(2)) from field `v` of the record, float-vector; by the schema item.avsc an array of a float\n",
        "#   Title, which the collection has not, from field `Title` of the record: its record is rejected",
    ] {
        assert!(page.contains(line), "{line} in\n{page}");
    }
    let lack = "nothing fills the field `title`: the schema of the records has no field `title`; did you mean `Title`?";
    assert!(ended.stderr.contains(lack), "{}", ended.stderr);
}
