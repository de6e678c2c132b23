//! Formats that need no registry, written by other people's libraries: `tests/producers/formats.py`.

use std::path::Path;
use std::process::Command;

use kiteline::target::{Field, FieldType};
use serde_json::json;

use super::support::collection::{Milvus, field, text, vector};
use super::support::kafka::{self, ToSend};
use super::support::kiteline::kiteline;
use super::support::pipeline::{Names, PipelineFile};

/// Names and topics of a test, and its collection.
fn prepared(test: &str, milvus: &Milvus, fields: &[Field]) -> Names {
    let names = Names::unique(test, kafka::brokers(), milvus.uri.clone());
    kafka::create_topics(&[(&names.topic, 1), (&format!("{}.dead", names.topic), 1)]);
    milvus.create(&names.collection, fields);
    names
}

/// A pipeline file with these tables of `[decode]` and a dead letter.
fn file(names: &Names, decode: &str) -> PipelineFile {
    names.file("", &format!("{decode}\n[dead_letter]\ntopic = \"{}.dead\"\n", names.topic))
}

/// Writes the records of that name.
fn produce(records: &str, names: &Names, what: impl AsRef<std::ffi::OsStr>) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/producers/formats.sh");
    let mut producer = Command::new(script);
    producer.args([records, &kafka::brokers(), &names.topic]).arg(what);
    assert!(producer.status().expect("it runs").success());
}

fn run(file: &PipelineFile) {
    let ended = kiteline(&["run", file.path(), "--until-end"]);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
}

/// Why records were rejected.
fn reasons(names: &Names) -> Vec<String> {
    let letters = kafka::read_all(&format!("{}.dead", names.topic));
    letters.iter().filter_map(|letter| Some(letter.header("__connect.errors.exception.message")?.to_string())).collect()
}

#[test]
fn raw_protobuf_is_read_by_a_file_and_by_a_set_of_protocs() {
    let milvus = Milvus::lite();
    let optional = |name, ty| Field { nullable: true, ..field(name, ty) };
    let fields = [
        Field { primary: true, ..field("id", text(64)) },
        field("n", FieldType::Int64),
        field("v", vector(2)),
        optional("t", text(64)),
        optional("place", FieldType::Json),
        optional("at", text(64)),
    ];
    for schema in ["item.proto", "items.pb"] {
        let names = prepared(if schema == "items.pb" { "protobuf_set" } else { "protobuf_file" }, &milvus, &fields);
        let decode = |schema: &str| {
            format!(
                "[decode]\nformat = \"protobuf\"\nprotobuf = {{ file = \"schemas/{schema}\", message = \"shop.Item\" }}\n\
                 [decode.key]\nformat = \"protobuf\"\n\
                 protobuf = {{ file = \"schemas/{schema}\", message = \"shop.Key\" }}\n"
            )
        };
        let file = file(&names, &decode(schema));
        produce("protobuf", &names, file.folder());
        run(&file);
        let rows = milvus.rows(&names.collection, "id");
        assert_eq!(rows.len(), 19, "{schema}");
        for n in (0..20).filter(|n| *n != 3) {
            let row = &rows[&format!("a{n}")];
            let title = if n % 2 == 0 { serde_json::Value::Null } else { format!("t{n}").into() };
            assert_eq!((&row["n"], &row["t"]), (&(-n).into(), &title), "{n}");
            assert_eq!(row["v"], json!([f64::from(n), 0.5]), "{n}");
            assert_eq!(row["place"], json!({"city": format!("c{n}")}), "{n}");
            assert_eq!(row["at"], format!("1970-01-01T00:00:{n:02}Z"), "{n}");
        }
        let reasons = reasons(&names);
        assert_eq!(reasons.len(), 1, "{reasons:?}");
        assert!(reasons[0].starts_with("not Protobuf of its schema: "), "{}", reasons[0]);
    }
}

#[test]
fn check_refuses_a_message_that_its_file_does_not_have() {
    let milvus = Milvus::lite();
    let names = prepared(
        "protobuf_check",
        &milvus,
        &[Field { primary: true, ..field("id", FieldType::Int64) }, field("v", vector(2))],
    );
    let file = file(&names, "[decode]\nformat = \"protobuf\"\nprotobuf = { file = \"a.proto\", message = \"a.B\" }\n");
    std::fs::write(file.folder().join("a.proto"), "syntax = \"proto3\"; package a; message A {}").expect("written");
    for command in [&["check", file.path()][..], &["run", file.path(), "--until-end"]] {
        let ended = kiteline(command);
        assert_ne!(ended.code, Some(0));
        let said = ended.stdout + &ended.stderr;
        assert!(said.contains("a.proto: it has no message a.B; it has a.A; name one as `protobuf.message`"), "{said}");
    }
}

#[test]
fn packed_values_and_keys_are_unpacked_and_bombs_rejected() {
    let milvus = Milvus::lite();
    let fields = [
        Field { primary: true, ..field("id", text(64)) },
        field("n", FieldType::Int64),
        field("v", vector(2)),
        field("t", text(2000)),
    ];
    for (compression, packed) in [("gzip", "gzip"), ("zstd", "zstd"), ("lz4", "a frame of LZ4"), ("snappy", "Snappy")] {
        let names = prepared(&format!("packed_{compression}"), &milvus, &fields);
        let decode = format!(
            "[decode]\ncompression = \"{compression}\"\n\n[decode.key]\nformat = \"text\"\ncompression = \"gzip\"\n"
        );
        let file = file(&names, &decode);
        produce("packed", &names, compression);
        let checked = kiteline(&["check", file.path(), "--sample", "100"]);
        let rejected = if compression == "snappy" { 2 } else { 3 };
        assert!(checked.stdout.contains(&format!("after the plugins, {rejected} rejected")), "{}", checked.stdout);
        run(&file);
        let rows = milvus.rows(&names.collection, "id");
        assert_eq!(rows.len(), 19, "{compression}");
        for n in (0..20).filter(|n| *n != 3) {
            let row = &rows[&format!("a{n}")];
            assert_eq!((&row["n"], &row["v"]), (&n.into(), &json!([f64::from(n), 0.5])), "{compression} {n}");
        }
        let reasons = reasons(&names);
        let damaged = reasons.iter().filter(|reason| reason.starts_with(&format!("not {packed}: it ")));
        assert_eq!(damaged.count(), 2, "{reasons:?}");
        let bomb = format!("unpacked from {packed} it has more than 67,108,864 bytes");
        assert!(compression == "snappy" || reasons[2..] == [bomb], "{reasons:?}");
        // A letter has what the record had, so that it can be replayed.
        let letters = kafka::read_all(&format!("{}.dead", names.topic));
        let second = letters.iter().find(|letter| letter.value.as_ref().is_some_and(|value| value.starts_with(b"{")));
        let key = second.and_then(|letter| letter.key.clone()).expect("a letter with a key");
        assert!(key.starts_with(b"\x1f\x8b"), "{key:?}");
    }
}

#[test]
fn a_plugin_gets_the_payload_unpacked() {
    let milvus = Milvus::lite();
    let fields = [Field { primary: true, ..field("id", FieldType::Int64) }, field("v", vector(2))];
    let names = prepared("packed_raw", &milvus, &fields);
    let decode = "[decode]\nformat = \"raw\"\ncompression = \"snappy\"\n\n[[plugin]]\nuse = \"decode-msgpack\"\n";
    let file = file(&names, decode);
    let values = [1, 2].map(|id| {
        // {"id": id, "v": [0.5, 2]}
        let value = [b"\x82\xa2id", &[id][..], b"\xa1v\x92\xca\x3f\x00\x00\x00\x02"].concat();
        snap::raw::Encoder::new().compress_vec(&value).expect("packed")
    });
    kafka::produce(&names.topic, values.iter().map(|value| ToSend { key: "", value: Some(value) }));
    run(&file);
    let rows = milvus.rows_by_id(&names.collection);
    assert_eq!(rows.keys().collect::<Vec<_>>(), [&1, &2]);
}

#[test]
fn rows_of_csv_become_values_of_every_type() {
    let milvus = Milvus::lite();
    let fields = [
        Field { primary: true, ..field("id", text(64)) },
        field("n", FieldType::Int32),
        field("score", FieldType::Double),
        field("ok", FieldType::Bool),
        Field { nullable: true, ..field("title", text(64)) },
        field("v", vector(2)),
        field("meta", FieldType::Json),
    ];
    for (form, marks) in [("commas", ""), ("tabs", "delimiter = \"\\t\"\n")] {
        let names = prepared(&format!("csv_{form}"), &milvus, &fields);
        let decode = format!(
            "[decode]\nformat = \"csv\"\n\n[decode.csv]\n\
             columns = [\"n\", \"score\", \"ok\", \"title\", \"v\", \"meta\"]\n{marks}\n\
             [decode.key]\nformat = \"text\"\n"
        );
        let file = file(&names, &decode);
        produce("csv", &names, form);
        run(&file);
        let rows = milvus.rows(&names.collection, "id");
        assert_eq!(rows.len(), 19, "{form}");
        for n in (0..20).filter(|n| *n != 3) {
            let row = &rows[&format!("a{n}")];
            let is_missing = form == "commas" && n % 2 == 1;
            let title = if is_missing { json!(null) } else { json!(format!("say \"{n}\",\tthen\nmore")) };
            assert_eq!((&row["n"], &row["title"]), (&(-n).into(), &title), "{form} {n}");
            assert_eq!((&row["score"], &row["ok"]), (&json!(f64::from(n) + 0.5), &json!(n % 3 == 0)), "{form} {n}");
            assert_eq!((&row["v"], &row["meta"]), (&json!([f64::from(n), 0.5]), &json!({"a": [n]})), "{form} {n}");
        }
        let mut reasons = reasons(&names);
        reasons.sort();
        assert_eq!(reasons.len(), 4, "{reasons:?}");
        for (reason, right) in reasons.iter().zip(["field ", "field ", "not a row of CSV: ", "not a row of CSV: "]) {
            assert!(reason.starts_with(right), "{reasons:#?}");
        }
    }
}

#[test]
fn texts_go_to_the_field_that_the_file_names() {
    let milvus = Milvus::lite();
    let fields = [Field { primary: true, ..field("id", text(64)) }, field("line", text(64)), field("v", vector(2))];
    let names = prepared("text", &milvus, &fields);
    let decode = "[decode]\nformat = \"text\"\nfield = \"line\"\n\n[decode.key]\nformat = \"text\"\n\n\
        [[plugin]]\nuse = \"add\"\nconfig = { constants = { v = [1, 2] } }\n";
    let file = file(&names, decode);
    produce("text", &names, "-");
    run(&file);
    let rows = milvus.rows(&names.collection, "id");
    assert_eq!(rows.len(), 10);
    for n in 0..10 {
        assert_eq!(rows[&format!("a{n}")]["line"], format!("line {n}: é \"x\"\n"));
    }
    assert_eq!(reasons(&names), ["not UTF-8 at byte 0"]);
}
