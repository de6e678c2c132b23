//! `kiteline check` against a live schema.

use kiteline::source::kafka::LocalKafka;
use kiteline::target::{Field, FieldType};

use super::support::collection::{Milvus, field, package_fields, text, vector};
use super::support::kiteline::{kiteline, kiteline_in};
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
        "#   name (VarChar) from field `pkg` of the record, text",
        "#   tags (Array) from field `tags` of the record, text[] (declared)",
        "#   embedding (FloatVector) from field `emb` of the record, float-vector",
        "#   arch (VarChar) from a plugin",
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
