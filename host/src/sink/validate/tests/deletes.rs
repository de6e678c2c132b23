//! Rows that are to be deleted.

use super::*;

/// Rows with these operations.
fn with(mut rows: Batch, operations: &[Operation]) -> Batch {
    rows.set_operations(Operations::Each(operations.into()));
    rows
}

const UPSERT: Operation = Operation::Upsert;
const DELETE: Operation = Operation::Delete;

#[test]
fn of_a_row_to_delete_only_the_primary_key_is_looked_at() {
    let fields = [key("id"), field("n", FieldType::Int8), field("v", float_vector(2))];
    let schema = Arc::new(Schema::new(Collection { dynamic: true, ..collection("books", fields) }));
    let long = "x".repeat(70_000);
    let rows = batch([
        ("id", ints([1, 2, 3, 4])),
        ("n", Column::ints(Int64Array::from(vec![Some(300), Some(300), None, Some(1)]))),
        ("v", vectors(&[&[1.0], &[], &[1.0, 2.0], &[f32::NAN, 1.0]])),
        ("$meta", texts(["a", "b", "c", "d"])),
        ("more", texts([&*long, &*long, "", ""])),
    ]);
    let rows = with(rows, &[DELETE; 4]);
    for policy in [UnknownFields::Dynamic, UnknownFields::Reject, UnknownFields::Drop] {
        assert_eq!(of_batch(&rows, &schema, policy), [""; 4]);
    }
    let rows = with(rows, &[DELETE, UPSERT, DELETE, UPSERT]);
    let found = of_batch(&rows, &schema, UnknownFields::Drop);
    let vector = "field `v`: among the numbers NaN or infinity, which Milvus does not take";
    assert_eq!(found, ["", "field `n`: an integer outside the range of Int8", "", vector]);
}

#[test]
fn a_delete_without_a_key_that_the_collection_can_have_is_rejected() {
    let of = |ty, column| {
        let schema = schema([Field { primary: true, ..field("id", ty) }, field("n", FieldType::Int64)]);
        of_batch(&with(batch([("id", column)]), &[DELETE; 3]), &schema, UnknownFields::Reject)
    };
    let found = of(varchar(3), Column::texts(StringArray::from(vec![Some("abc"), None, Some("日本")])));
    let expected = [
        "",
        "field `id`: no value, and the collection has no default",
        "field `id`: a text of 6 bytes where 3 are the most",
    ];
    assert_eq!(found, expected);
    let found = of(FieldType::Int64, json_values(["1", "\"1\"", "1.5"]));
    assert_eq!(found, ["", "field `id`: a text where Int64 is needed", "field `id`: a float where Int64 is needed"]);
}

#[test]
fn where_milvus_makes_the_keys_a_row_is_deleted_by_the_one_that_it_brings() {
    let schema = schema([Field { auto_id: true, ..key("id") }, field("n", FieldType::Int64)]);
    let ids = Column::ints(Int64Array::from(vec![Some(7), None, Some(8), None]));
    let rows =
        with(batch([("id", ids), ("n", ints([1, 2, 3, 4]))]), &[DELETE, DELETE, Operation::Insert, Operation::Insert]);
    let found = of_batch(&rows, &schema, UnknownFields::Dynamic);
    let missing = "field `id`: no value, and the collection has no default";
    assert_eq!(found, ["", missing, "field `id`: Milvus makes it (auto id), so a row must not bring it", ""]);
}

#[test]
fn a_delete_names_no_partition_and_no_key_of_one() {
    let kind = Field { partition_key: true, ..field("kind", varchar(9)) };
    let mut rows = with(batch([("id", ints([1, 2]))]), &[DELETE; 2]);
    rows.set_partitions(Names::All(Some("p".into())));
    for schema in [schema([key("id"), kind]), schema([key("id")])] {
        let (prepared, rejections) = validate(&rows, &schema, UnknownFields::Dynamic);
        assert_eq!(rejections, []);
        assert!(prepared.rows().all(|row| row.partition.is_none()));
    }
}

#[test]
fn deletes_are_passed_over_or_rejected_where_the_pipeline_says_so() {
    let schema = schema([key("id")]);
    let rows = with(batch([("id", ints([1, 2, 3]))]), &[UPSERT, DELETE, UPSERT]);
    let of = |deletes| {
        let (prepared, rejections) = validate(&rows, &schema, Rules { deletes, ..Rules::default() });
        let rows: Vec<u32> = prepared.rows().map(|row| row.record).collect();
        (rows, rejections.into_iter().map(|rejection| (rejection.record, rejection.reason)).collect::<Vec<_>>())
    };
    assert_eq!(of(Deletes::Apply), (vec![0, 1, 2], vec![]));
    assert_eq!(of(Deletes::Ignore), (vec![0, 2], vec![]));
    let reason = "a delete, and `milvus.deletes` rejects them".to_owned();
    assert_eq!(of(Deletes::Reject), (vec![0, 2], vec![(1, reason)]));
}

#[test]
fn a_delete_that_is_passed_over_needs_no_key() {
    let rules = Rules { deletes: Deletes::Ignore, ..Rules::default() };
    let rows = with(batch([("n", ints([1]))]), &[DELETE]);
    let (prepared, rejections) = validate(&rows, &schema([key("id")]), rules);
    assert_eq!((prepared.rows().len(), rejections), (0, vec![]));
}
