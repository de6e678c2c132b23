//! Rows as a whole: what they may bring, and what becomes of them.

use super::*;

#[test]
fn what_milvus_makes_itself_no_row_may_bring() {
    let schema = schema([
        Field { auto_id: true, ..key("id") },
        field("text", varchar(9)),
        Field { function_output: true, ..field("words", FieldType::Json) },
    ]);
    let rows = |names: &[&str]| {
        let mut batch = batch(names.iter().map(|name| (*name, if *name == "text" { texts(["a"]) } else { ints([1]) })));
        batch.set_operations(Operations::All(Operation::Insert));
        batch
    };
    let found = |names: &[&str], policy| of_batch(&rows(names), &schema, policy);
    assert_eq!(found(&["text"], UnknownFields::Reject), [""]);
    assert_eq!(found(&["text", "id", "words"], UnknownFields::Drop), [""]);
    assert_eq!(
        found(&["text", "id"], UnknownFields::Dynamic),
        ["field `id`: Milvus makes it (auto id), so a row must not bring it"]
    );
    assert_eq!(
        found(&["text", "words"], UnknownFields::Dynamic),
        ["field `words`: a function of the collection makes it, so a row must not bring it"]
    );
}

#[test]
fn operations_that_the_collection_can_not_do_are_rejected() {
    let auto = schema([Field { auto_id: true, ..key("id") }, field("n", FieldType::Int64)]);
    let reason = "an upsert where Milvus makes the primary keys (auto id): rows can only be inserted";
    assert_eq!(of_batch(&batch([("n", ints([1]))]), &auto, UnknownFields::Dynamic), [reason]);
}

#[test]
fn a_row_names_no_partition_where_there_is_a_partition_key() {
    let schema = schema([key("id"), Field { partition_key: true, ..field("kind", varchar(9)) }]);
    let mut rows = batch([("id", ints([1, 2])), ("kind", texts(["a", "b"]))]);
    assert_eq!(of_batch(&rows, &schema, UnknownFields::Dynamic), ["", ""]);
    rows.set_partitions(Names::Each(StringArray::from(vec![None, Some("p")])));
    let reason = "it names a partition, which the partition key `kind` decides";
    assert_eq!(of_batch(&rows, &schema, UnknownFields::Dynamic), ["", reason]);
}

#[test]
fn a_row_that_is_written_in_part_needs_no_more_than_its_key() {
    let schema = schema([key("id"), field("n", FieldType::Int8), field("v", float_vector(2))]);
    let ids = Column::ints(Int64Array::from(vec![Some(1), None, Some(3), Some(4)]));
    let mut rows = batch([("id", ids), ("n", Column::ints(Int64Array::from(vec![None, Some(1), Some(300), None])))]);
    let each = [Operation::Upsert, Operation::Upsert, Operation::Upsert, Operation::Insert];
    rows.set_operations(Operations::Each(each.into()));
    let found = of_batch(&rows, &schema, Rules { partial: true, ..Rules::default() });
    let missing = |name| format!("field `{name}`: no value, and the collection has no default");
    let range = "field `n`: an integer outside the range of Int8".to_owned();
    assert_eq!(found, [String::new(), missing("id"), range, missing("n")]);
}

#[test]
fn an_empty_text_is_a_primary_key() {
    let schema = schema([Field { primary: true, ..field("id", varchar(9)) }]);
    assert_eq!(of_batch(&batch([("id", texts([""]))]), &schema, UnknownFields::Reject), [""]);
}

#[test]
fn a_record_is_rejected_once_and_its_other_rows_go_on() {
    let schema = schema([key("id"), field("n", FieldType::Int8)]);
    let rows = batch([("id", ints([1, 2])), ("n", ints([1, 300]))]).take(&UInt32Array::from(vec![1, 0, 1, 0]));
    let (prepared, rejections) = validate(&rows, &schema, UnknownFields::Reject);
    assert_eq!(rejections.iter().map(|r| (r.record, r.field.as_deref())).collect::<Vec<_>>(), [(1, Some("n"))]);
    let accepted: Vec<_> = prepared.rows().map(|row| (row.index, row.record)).collect();
    assert_eq!(accepted, [(1, 0), (3, 0)]);
}

#[test]
fn a_part_of_a_batch_is_held_against_its_own_rows() {
    let schema = schema([key("id"), field("v", float_vector(2)), field("t", array(varchar(3), 2))]);
    let words = StringArray::from(vec!["long", "a", "b", "long"]);
    let rows = batch([
        ("id", ints([1, 2, 3, 4])),
        ("v", vectors(&[&[1.0], &[1.0, 2.0], &[f32::NAN, 1.0], &[1.0, 2.0]])),
        ("t", arrays(Element::Text, &[1, 1, 1, 1], Arc::new(words))),
    ]);
    let (prepared, rejections) = validate(&rows.slice(1, 3), &schema, UnknownFields::Reject);
    assert_eq!(
        rejections.iter().map(|r| (r.record, r.field.as_deref())).collect::<Vec<_>>(),
        [(2, Some("v")), (3, Some("t"))]
    );
    assert_eq!(prepared.rows().map(|row| row.record).collect::<Vec<_>>(), [1]);
}

#[test]
fn a_row_that_no_request_can_hold_is_rejected() {
    let dim = (64 << 20) / 4;
    let schema = schema([key("id"), field("v", float_vector(dim))]);
    let numbers = Float32Array::from(vec![0.0; dim as usize]);
    let column = Column::vectors(OffsetBuffer::from_lengths([dim as usize]), None, numbers);
    let found = of_batch(&batch([("id", ints([1])), ("v", column)]), &schema, UnknownFields::Reject);
    assert!(found[0].starts_with("a row of 67108865 bytes where Milvus takes 6710"), "{}", found[0]);
}

#[test]
fn a_type_that_is_not_written_yet_rejects_rows_by_its_name() {
    let ty = FieldType::Other("Geometry".into());
    assert_eq!(reasons(ty, texts(["POINT (1 1)"])), ["field `f`: Geometry is not written yet"]);
}
