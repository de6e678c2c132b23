//! The shipped plugins through the engine. Their logic has tests of its own beside it.

use arrow_array::Float32Array;
use arrow_buffer::OffsetBuffer;
use serde_json::json;

use super::*;
use crate::batch::VectorType;
use crate::decode::{Decoder, Plan};
use crate::plugin::{Source, sources};
use crate::target::{Collection, Field, FieldType};

fn field(name: &str, ty: FieldType) -> Field {
    Field::new(name, ty)
}

fn target(partition_key: bool) -> Arc<Target> {
    let section = Field { partition_key, ..field("section", FieldType::VarChar { max_length: 32 }) };
    let vector = field("embedding", FieldType::Vector { ty: VectorType::Float, dim: 2 });
    let fields = vec![field("name", FieldType::VarChar { max_length: 64 }), section, vector];
    Arc::new(Target::new(vec![Arc::new(Collection { name: "items".into(), fields, dynamic: false, loaded: true })]))
}

fn batch_to_items(rows: usize) -> Batch {
    let mut batch = batch_with_bad(rows, &[]);
    batch.set_collections(crate::batch::Names::All(Some("items".into())));
    batch
}

fn vectors(dims: &[usize]) -> Column {
    let numbers: Vec<f32> = (0..dims.iter().sum::<usize>()).map(|number| number as f32).collect();
    Column::vectors(OffsetBuffer::from_lengths(dims.iter().copied()), None, Float32Array::from(numbers))
}

#[test]
fn rename_renames_and_says_where_fields_come_from() {
    let mut chain = shipped("rename", r#"{"rename":{"name":"title"}}"#, &target(false));
    let processed = chain.process(batch_to_items(2));
    assert_eq!(texts(&processed.batch, "title"), [Some("row 0".to_owned()), Some("row 1".to_owned())]);
    assert!(processed.batch.column("name").is_none());
    let found = sources(&mut chain, ["title", "name", "other"].into_iter());
    let expected =
        [("title", Source::Field("name".into())), ("name", Source::Gone), ("other", Source::Field("other".into()))];
    assert_eq!(found, expected);
}

#[test]
fn dimension_rejects_rows_whose_vector_is_not_the_live_schemas() {
    let mut chain = shipped("dimension", r#"{"field":"embedding"}"#, &target(false));
    let mut batch = batch_to_items(3);
    batch.set("embedding", vectors(&[2, 3, 2]));
    let processed = chain.process(batch);
    assert_eq!(processed.batch.record_of(), [0, 2]);
    assert_eq!(processed.rejected[0].reason, "embedding has 3 dimensions, expected 2");
}

#[test]
fn route_names_a_partition_or_fills_the_partition_key() {
    let mut chain = shipped("route", r#"{"field":"name","sanitize":true}"#, &target(false));
    let routed = chain.process(batch_to_items(2)).batch;
    assert_eq!((routed.partitions().get(0), routed.partitions().get(1)), (Some("row_0"), Some("row_1")));

    let mut chain = shipped("route", r#"{"field":"name"}"#, &target(true));
    let routed = chain.process(batch_to_items(2)).batch;
    assert_eq!(routed.partitions().get(0), None);
    assert_eq!(texts(&routed, "section"), [Some("row 0".to_owned()), Some("row 1".to_owned())]);
}

#[test]
fn decode_msgpack_reads_the_payload_inside_the_sandbox() {
    // {"name": "a", "size": -3}, then something that is no map.
    let mut chain = shipped("decode-msgpack", "{}", &target(false));
    let payloads: [&[u8]; 2] = [b"\x82\xa4name\xa1a\xa4size\xfd", b"\x93\x01\x02"];
    let processed = chain.process(batch_of_payloads(&payloads));
    assert_eq!(texts(&processed.batch, "name"), [Some("a".to_owned())]);
    assert_eq!(processed.batch.read("size").ints().value(0), -3);
    assert_eq!(processed.rejected.iter().map(|rejection| rejection.record).collect::<Vec<_>>(), [1]);
}

/// What a shipped plugin makes of records with these payloads, read as JSON: the fields of each row that goes on, and
/// why others do not.
fn through(name: &str, config: serde_json::Value, payloads: &[&str]) -> (Vec<serde_json::Value>, Vec<String>) {
    let payloads: Vec<&[u8]> = payloads.iter().map(|payload| payload.as_bytes()).collect();
    let batch = batch_of_payloads(&payloads);
    let decoded = Decoder::json(Plan::default()).decode(Arc::clone(batch.records()), Operation::Upsert);
    assert_eq!(decoded.rejected, []);
    let processed = shipped(name, &config.to_string(), &target(false)).process(decoded.batch);
    let batch = &processed.batch;
    let row = |row| {
        let fields = batch.fields().filter_map(|(name, _)| {
            let text = batch.read(name).json_text(row)?;
            Some((name.to_string(), serde_json::from_str(&text).expect("JSON")))
        });
        let mut fields: serde_json::Map<_, _> = fields.collect();
        if batch.operations().get(row) == Operation::Delete {
            fields.insert("deleted".into(), true.into());
        }
        fields.into()
    };
    let reasons = processed.rejected.iter().map(|rejection| rejection.reason.clone()).collect();
    ((0..batch.rows()).map(row).collect(), reasons)
}

#[test]
fn every_shipped_plugin_does_in_the_host_what_it_does_in_its_own_tests() {
    let cases = [
        (
            "add",
            json!({"constants": {"c": 1}, "key": "k", "topic": "t"}),
            r#"{"a": 1}"#,
            json!([{"a": 1, "c": 1, "k": "key 0", "t": "items"}]),
        ),
        (
            "cast",
            json!({"int": ["n"], "timestamp": {"t": "ms"}}),
            r#"{"n": "7", "t": "1970-01-01T00:00:01Z"}"#,
            json!([{"n": 7, "t": 1000}]),
        ),
        ("defaults", json!({"values": {"n": 0}}), r#"{"a": 1}"#, json!([{"a": 1, "n": 0}])),
        (
            "explode",
            json!({"field": "c", "index": "i"}),
            r#"{"c": [{"t": "x"}, {"t": "y"}]}"#,
            json!([{"t": "x", "i": 0}, {"t": "y", "i": 1}]),
        ),
        ("filter", json!({"keep": "n > 1"}), r#"{"n": 1}"#, json!([])),
        (
            "filter",
            json!({"keep": "n > 1 and m.a == 'x'"}),
            r#"{"n": 2, "m": {"a": "x"}}"#,
            json!([{"n": 2, "m": {"a": "x"}}]),
        ),
        ("flatten", json!({"fields": ["m"]}), r#"{"m": {"a": 1, "b": "x"}}"#, json!([{"m_a": 1, "m_b": "x"}])),
        ("mask", json!({"stars": {"t": 2}}), r#"{"t": "abcd"}"#, json!([{"t": "**cd"}])),
        ("normalize", json!({"fields": ["v"]}), r#"{"v": [0, 2.0]}"#, json!([{"v": [0.0, 1.0]}])),
        (
            "unwrap",
            json!({"format": "debezium"}),
            r#"{"op": "d", "before": {"id": 1}, "after": null}"#,
            json!([{"id": 1, "deleted": true}]),
        ),
        (
            "unwrap",
            json!({"format": "debezium"}),
            r#"{"op": "u", "before": null, "after": {"id": 1}}"#,
            json!([{"id": 1}]),
        ),
    ];
    for (name, config, payload, expected) in cases {
        let (rows, rejected) = through(name, config, &[payload]);
        assert_eq!((serde_json::Value::from(rows), rejected), (expected, vec![]), "{name}");
    }
}

#[test]
fn a_record_that_a_shipped_plugin_rejects_goes_with_a_reason_and_the_others_arrive() {
    let cases = [
        ("cast", json!({"int": ["n"]}), r#"{"n": "x"}"#, r#"{"n": "1"}"#, "n is not an integer"),
        ("explode", json!({"field": "c"}), r#"{"c": []}"#, r#"{"c": [1]}"#, "c has no elements"),
        ("filter", json!({"keep": "n > 1"}), "{}", r#"{"n": 2}"#, "the condition can't be told: undefined value"),
        (
            "normalize",
            json!({"fields": ["v"]}),
            r#"{"v": [0.0]}"#,
            r#"{"v": [1.5]}"#,
            "v is zero, which has no direction",
        ),
        (
            "unwrap",
            json!({"format": "maxwell"}),
            "{}",
            r#"{"type": "insert", "data": {"a": 1}}"#,
            "not an envelope of Maxwell",
        ),
    ];
    for (name, config, bad, good, reason) in cases {
        let (rows, rejected) = through(name, config, &[bad, good, bad]);
        assert_eq!((rows.len(), rejected), (1, vec![reason.to_owned(); 2]), "{name}");
    }
}

#[test]
fn decode_cbor_reads_the_payload_inside_the_sandbox() {
    // {"name": "a", "size": -3}, then something that is no map.
    let mut chain = shipped("decode-cbor", "{}", &target(false));
    let payloads: [&[u8]; 2] = [b"\xa2\x64name\x61a\x64size\x22", b"\x81\x01"];
    let processed = chain.process(batch_of_payloads(&payloads));
    assert_eq!(texts(&processed.batch, "name"), [Some("a".to_owned())]);
    assert_eq!(processed.batch.read("size").ints().value(0), -3);
    assert_eq!(processed.rejected[0].reason, "CBOR, byte 0: the payload is not a map");
}
