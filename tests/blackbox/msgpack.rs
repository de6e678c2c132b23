//! MessagePack, decoded by a plugin inside the sandbox.

use kiteline::source::kafka::LocalKafka;
use kiteline::target::{Field, FieldType};

use super::support::collection::{Milvus, field, text, vector};
use super::support::kafka::{self, ToSend};
use super::support::kiteline::kiteline;
use super::support::pipeline::Names;

#[test]
fn messagepack_goes_through_a_plugin_into_milvus() {
    let milvus = Milvus::real();
    let kafka = LocalKafka::start().expect("starts");
    let names = Names { topic: "items".into(), ..Names::unique("msgpack", kafka.brokers(), milvus.uri.clone()) };
    kafka.create_topic("items", 1).expect("made");
    let key = Field { primary: true, ..field("id", text(64)) };
    let tags = FieldType::Array { element: Box::new(FieldType::Int64), max_capacity: 8 };
    milvus.create(
        &names.collection,
        &[key, field("n", FieldType::Int16), field("ok", FieldType::Bool), field("tags", tags), field("v", vector(2))],
    );
    // {"id": "a", "n": -300, "ok": true, "tags": [1, 2], "v": [0.5, 2]}
    let packed = b"\x85\xa2id\xa1a\xa1n\xd1\xfe\xd4\xa2ok\xc3\xa4tags\x92\x01\x02\xa1v\x92\xca\x3f\x00\x00\x00\x02";
    kafka.produce("items", 1, [("a", &packed[..])].into_iter()).expect("written");
    let file = names.file("", "[decode]\nformat = \"raw\"\n\n[[plugin]]\nuse = \"decode-msgpack\"\n");
    let ended = kiteline(&["run", file.path(), "--until-end"]);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    let row = &milvus.rows(&names.collection, "id")["a"];
    assert_eq!(
        serde_json::Value::from(row.clone()),
        serde_json::json!({"id": "a", "n": -300, "ok": true, "tags": [1, 2], "v": [0.5, 2.0]})
    );
}

#[test]
fn a_tombstone_among_messagepack_deletes_the_row_of_its_key() {
    let milvus = Milvus::lite();
    let names = Names::unique("msgpack_deletes", kafka::brokers(), milvus.uri.clone());
    kafka::create_topics(&[(&names.topic, 1)]);
    let key = Field { primary: true, ..field("id", FieldType::Int64) };
    milvus.create(&names.collection, &[key, field("t", text(9)), field("v", vector(2))]);
    // {"t": "x", "v": [1, 2]}, and with an "id" of 7 beside
    let (without, with) = (b"\x82\xa1t\xa1x\xa1v\x92\x01\x02", b"\x83\xa2id\x07\xa1t\xa1y\xa1v\x92\x01\x02");
    let of = |key, value| ToSend { key, value };
    let feed = [of("5", Some(&without[..])), of("6", Some(without)), of("8", Some(with)), of("5", None), of("9", None)];
    kafka::produce(&names.topic, feed.into_iter());
    let file = names
        .file("", "[decode]\nformat = \"raw\"\nkey = { format = \"text\" }\n\n[[plugin]]\nuse = \"decode-msgpack\"\n");
    let ended = kiteline(&["run", file.path(), "--until-end"]);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert_eq!(milvus.ids(&names.collection), [6, 7]);
}
