//! The shipped plugins through the engine. Their logic has tests of its own beside it.

use arrow_array::Float32Array;
use arrow_buffer::OffsetBuffer;

use super::*;
use crate::batch::VectorType;
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
