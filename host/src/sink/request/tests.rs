mod types;

use arrow_array::{Float32Array, Int64Array, StringArray};
use arrow_buffer::OffsetBuffer;
use bytes::Buf;
use milvus::proto::milvus::{InsertRequest, UpsertRequest};
use milvus::proto::schema::field_data::Field as Data;
use milvus::proto::schema::scalar_field::Data as Scalars;
use milvus::proto::schema::vector_field::Data as Vectors;
use milvus::proto::schema::{FieldData, ScalarField, VectorField};
use proptest::prelude::*;
use prost::Message;

use std::collections::HashMap;

use super::*;
use crate::batch::{Batch, Column, Element, Operations, Type};
use crate::config::UnknownFields;
use crate::sink::keys::Keys;
use crate::sink::parts::Parts;
use crate::sink::rules::Rules;
use crate::sink::testing::{array, batch, collection, field, float_vector, key, schema, varchar};
use crate::sink::types::DefaultValue;
use crate::sink::validate::validate;
use crate::sink::{encode, size};
use crate::target::{Collection, Field, FieldType};

/// A request that is being filled.
struct Open {
    request: Request,
    places: Keys<Place>,
}

impl std::ops::Deref for Open {
    type Target = Request;

    fn deref(&self) -> &Request {
        &self.request
    }
}

fn open(schema: &Arc<Schema>) -> Open {
    open_for(schema, Operation::Upsert, None)
}

fn open_for(schema: &Arc<Schema>, operation: Operation, partition: Option<&str>) -> Open {
    let request = Request::new(schema, Group { operation, partition: partition.map(Arc::from), present: Present::Row });
    Open { request, places: Keys::of(schema) }
}

fn prepared(batch: &Batch, schema: &Arc<Schema>) -> Arc<Prepared> {
    let (prepared, rejections) = validate(batch, schema, UnknownFields::Dynamic);
    assert_eq!(rejections, []);
    prepared
}

/// Adds all rows of a batch, each in the place of the one that it overtakes.
fn fill(open: &mut Open, batch: u64, prepared: &Arc<Prepared>) {
    for row in prepared.rows() {
        let overtook = match open.places.get(prepared, row.index) {
            Some(place) => open.request.take(*place),
            None => Vec::new(),
        };
        let token = RowToken { batch, record: row.record };
        let place = open.request.push(Version { prepared: Arc::clone(prepared), row: row.index, token }, overtook);
        open.places.insert(prepared, row.index, place);
    }
}

/// What Milvus reads.
fn sent_insert(request: &Request) -> InsertRequest {
    read(encode::insert(request))
}

fn sent_upsert(request: &Request) -> UpsertRequest {
    read(encode::upsert(request))
}

fn read<M: Message + Default>(mut parts: Parts) -> M {
    let (counted, mut bytes) = (parts.bytes(), Vec::new());
    while !parts.chunk().is_empty() {
        bytes.extend_from_slice(parts.chunk());
        parts.advance(parts.chunk().len());
    }
    assert_eq!(bytes.len(), counted);
    M::decode(&*bytes).expect("it is one message")
}

fn field_of<'a>(fields: &'a [FieldData], name: &str) -> &'a FieldData {
    fields.iter().find(|field| field.field_name == name).expect("the field is there")
}

fn scalars(field: &FieldData) -> &Scalars {
    match &field.field {
        Some(Data::Scalars(ScalarField { data: Some(data), .. })) => data,
        other => panic!("{other:?}"),
    }
}

fn ints(field: &FieldData) -> Vec<i64> {
    match scalars(field) {
        Scalars::LongData(array) => array.data.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn of_rows_with_the_same_key_the_last_one_is_sent() {
    let schema = schema([key("id"), field("n", FieldType::Int64)]);
    let column = |values: [i64; 3]| Column::ints(values.to_vec().into());
    let first = prepared(&batch([("id", column([1, 2, 1])), ("n", column([10, 20, 11]))]), &schema);
    let second = prepared(&batch([("id", column([3, 2, 3])), ("n", column([30, 21, 31]))]), &schema);
    let mut request = open(&schema);
    fill(&mut request, 7, &first);
    fill(&mut request, 8, &second);

    let message = sent_insert(&request);
    assert_eq!((request.rows(), message.num_rows), (3, 3));
    assert_eq!(ints(field_of(&message.fields_data, "id")), [1, 2, 3]);
    assert_eq!(ints(field_of(&message.fields_data, "n")), [11, 21, 31]);
    let mut tokens: Vec<_> = request.tokens().map(|token| (token.batch, token.record)).collect();
    tokens.sort_unstable();
    assert_eq!(tokens, [(7, 0), (7, 1), (7, 2), (8, 0), (8, 1), (8, 2)], "rows that lost their place are done as well");
}

#[test]
fn the_vectors_of_the_rows_that_are_sent_stand_behind_each_other() {
    let schema = schema([key("id"), Field { nullable: true, ..field("vector", float_vector(2)) }]);
    let ids = [1, 2, 1, 3, 4, 5, 3];
    let numbers = Float32Array::from_iter_values((0..12).map(|number| number as f32));
    let lengths = OffsetBuffer::from_lengths([2, 2, 2, 2, 0, 2, 2]);
    let has_vector = Some([true, true, true, true, false, true, true].as_slice().into());
    let rows =
        batch([("id", Column::ints(ids.to_vec().into())), ("vector", Column::vectors(lengths, has_vector, numbers))]);
    let mut request = open(&schema);
    fill(&mut request, 0, &prepared(&rows, &schema));
    fill(&mut request, 1, &prepared(&rows.slice(1, 1), &schema));

    let fields = sent_upsert(&request).fields_data;
    assert_eq!(ints(field_of(&fields, "id")), [1, 4, 5, 3, 2]);
    let Some(Data::Vectors(VectorField { dim: 2, data: Some(Vectors::FloatVector(vectors)), valid_data })) =
        &field_of(&fields, "vector").field
    else {
        panic!("no vectors of two numbers");
    };
    assert_eq!(vectors.data, [4.0, 5.0, 8.0, 9.0, 10.0, 11.0, 2.0, 3.0]);
    assert_eq!(*valid_data, [true, false, true, true, true]);
}

#[test]
fn text_keys_are_told_apart_by_all_their_bytes() {
    let schema = schema([Field { primary: true, ..field("id", varchar(9)) }]);
    let rows = batch([("id", Column::texts(StringArray::from(vec!["a", "A", "", "a", "a "])))]);
    let mut request = open(&schema);
    fill(&mut request, 0, &prepared(&rows, &schema));
    let message = sent_insert(&request);
    let Scalars::StringData(keys) = scalars(&message.fields_data[0]) else { panic!("no texts") };
    assert_eq!(keys.data, ["A", "", "a", "a "]);
}

#[test]
fn rows_whose_keys_milvus_makes_are_all_sent() {
    let schema = schema([Field { auto_id: true, ..key("id") }, field("n", FieldType::Int64)]);
    let mut rows = batch([("n", Column::ints(vec![1, 1].into()))]);
    rows.set_operations(Operations::All(Operation::Insert));
    let mut request = open_for(&schema, Operation::Insert, None);
    fill(&mut request, 0, &prepared(&rows, &schema));
    let message = sent_insert(&request);
    assert_eq!(message.num_rows, 2);
    assert_eq!(message.fields_data.iter().map(|f| &*f.field_name).collect::<Vec<_>>(), ["n"]);
}

#[test]
fn a_row_without_a_value_is_marked_or_gets_the_default() {
    let nullable = Field { nullable: true, ..field("n", FieldType::Int64) };
    let fields = [key("id"), nullable, field("d", FieldType::Int64), field("gone", FieldType::Int64)];
    let schema = Schema::new(collection("books", fields));
    let schema = schema.with_default("d", DefaultValue::Int(7)).with_default("gone", DefaultValue::Int(8));
    let schema = Arc::new(schema);
    let column = || Column::ints(Int64Array::from(vec![Some(1), None, Some(3)]));
    let rows = batch([("id", Column::ints(vec![1, 2, 3].into())), ("n", column()), ("d", column())]);
    let mut request = open(&schema);
    fill(&mut request, 0, &prepared(&rows, &schema));
    let fields = sent_upsert(&request).fields_data;

    let of = |name: &str| (ints(field_of(&fields, name)), field_of(&fields, name).valid_data.clone());
    assert_eq!(of("id"), (vec![1, 2, 3], vec![]));
    assert_eq!(of("n"), (vec![1, 3], vec![true, false, true]));
    assert_eq!(of("d"), (vec![1, 7, 3], vec![true, true, true]));
    assert_eq!(of("gone"), (vec![8, 8, 8], vec![true, true, true]));
}

#[test]
fn a_request_names_its_collection_and_partition() {
    let schema = schema([key("id")]);
    let rows = prepared(&batch([("id", Column::ints(vec![1].into()))]), &schema);
    let mut request = open_for(&schema, Operation::Upsert, Some("p"));
    assert!(request.is_empty());
    fill(&mut request, 0, &rows);
    let message = sent_upsert(&request);
    assert_eq!((&*message.collection_name, &*message.partition_name), ("books", "p"));
}

fn deletes(key: &str, column: Column) -> Batch {
    let mut rows = batch([(key, column)]);
    rows.set_operations(Operations::All(Operation::Delete));
    rows
}

#[test]
fn a_delete_names_the_last_rows_of_its_keys_and_no_partition() {
    let schema = schema([key("id"), field("n", FieldType::Int64)]);
    let ids = || Column::ints(vec![3, -1, 3].into());
    let upserts = prepared(&batch([("id", ids()), ("n", ids())]), &schema);
    let deletes = prepared(&deletes("id", ids()), &schema);
    for (operation, prepared) in [(Operation::Delete, deletes), (Operation::Upsert, upserts)] {
        let mut request = open_for(&schema, operation, Some("p"));
        fill(&mut request, 0, &prepared);
        let message = encode::delete(&request, true);
        assert_eq!((&*message.collection_name, &*message.partition_name), ("books", ""));
        assert_eq!(message.expr, "id in [-1,3]");
    }
}

#[test]
fn rows_are_deleted_by_keys_that_milvus_made() {
    let key = Field { primary: true, auto_id: true, ..field("key", varchar(9)) };
    let schema = schema([key, field("n", FieldType::Int64)]);
    let rows = deletes("key", Column::texts(StringArray::from(vec!["a\"b", "c"])));
    let mut request = open_for(&schema, Operation::Delete, None);
    fill(&mut request, 0, &prepared(&rows, &schema));
    assert_eq!(encode::delete(&request, true).expr, r#"key in ["a\"b","c"]"#);
}

#[test]
fn of_a_part_of_a_row_only_that_part_is_sent() {
    let nullable = Field { nullable: true, ..field("n", FieldType::Int64) };
    let fields = [key("id"), nullable, field("d", FieldType::Int64), field("t", varchar(9))];
    let schema = Schema::new(Collection { dynamic: true, ..collection("books", fields) });
    let schema = Arc::new(schema.with_default("d", DefaultValue::Int(7)));
    let some = |values: [Option<i64>; 4]| Column::ints(Int64Array::from(values.to_vec()));
    let rows = batch([
        ("id", Column::ints(vec![1, 2, 3, 4].into())),
        ("n", some([Some(1), None, Some(3), None])),
        ("d", some([None, Some(2), None, None])),
        ("more", some([None, None, None, Some(4)])),
    ]);
    let (prepared, rejections) = validate(&rows, &schema, Rules { partial: true, ..Rules::default() });
    assert_eq!(rejections, []);
    let groups: Vec<Group> = (0..4).map(|row| Group::of(&prepared, row)).collect();
    assert_eq!(groups[0], groups[2]);
    let names = |row: u32| {
        let mut request = Request::new(&schema, groups[row as usize].clone());
        let token = RowToken { batch: 0, record: row };
        request.push(Version { prepared: Arc::clone(&prepared), row, token }, Vec::new());
        let message = sent_upsert(&request);
        assert!(message.partial_update);
        message.fields_data.into_iter().map(|field| field.field_name).collect::<Vec<_>>()
    };
    assert_eq!(
        (names(0), names(1), names(3)),
        (vec!["id".into(), "n".into()], vec!["id".into(), "d".into()], vec!["id".into(), "$meta".into()])
    );
}

#[test]
fn a_part_of_a_row_covers_no_more_than_it_has() {
    let of = |operation, present| Group { operation, partition: None, present };
    let (row, delete) = (of(Operation::Upsert, Present::Row), of(Operation::Delete, Present::Row));
    let fields = |bits| of(Operation::Upsert, Present::Fields(bits));
    for old in [&row, &delete, &fields(3)] {
        assert!(row.covers(old) && delete.covers(old) && !fields(1).covers(old), "{old:?}");
    }
    assert!(fields(3).covers(&fields(3)) && fields(3).covers(&fields(1)) && !fields(3).covers(&fields(5)));
}

/// A collection with every kind of column.
fn wide_schema() -> Arc<Schema> {
    let fields = [
        Field { primary: true, ..field("id", varchar(65_535)) },
        field("bool", FieldType::Bool),
        field("int8", FieldType::Int8),
        field("int64", FieldType::Int64),
        Field { nullable: true, ..field("float", FieldType::Float) },
        field("double", FieldType::Double),
        Field { nullable: true, ..field("json", FieldType::Json) },
        field("numbers", array(FieldType::Int64, 4096)),
        field("flags", array(FieldType::Bool, 4096)),
        field("words", array(varchar(65_535), 4096)),
        Field { nullable: true, ..field("vector", float_vector(8)) },
    ];
    let collection = Collection { dynamic: true, ..collection("books", fields) };
    Arc::new(Schema::new(collection).with_default("double", DefaultValue::Double(0.5)))
}

#[derive(Debug, Clone)]
struct Any {
    id: String,
    int: i64,
    float: Option<f32>,
    json: Option<String>,
    numbers: Vec<i64>,
    words: Vec<String>,
    vector: bool,
    extra: Option<String>,
}

fn any_row() -> impl Strategy<Value = Any> {
    let words = prop::collection::vec("[a-zü]{0,200}", 0..5);
    let numbers = prop::collection::vec(any::<i64>(), 0..40);
    let optional = (prop::option::of(-1e9f32..1e9), prop::option::of("[a-z]{0,300}"), prop::option::of("[a-z]{0,200}"));
    ("[a-d]|[a-z]{0,300}", any::<i64>(), numbers, words, any::<bool>(), optional).prop_map(
        |(id, int, numbers, words, vector, (float, json, extra))| Any {
            id,
            int,
            float,
            json,
            numbers,
            words,
            vector,
            extra,
        },
    )
}

fn wide_batch(rows: &[Any]) -> Batch {
    let lengths = |length: fn(&Any) -> usize| OffsetBuffer::from_lengths(rows.iter().map(length));
    let numbers: Int64Array = rows.iter().flat_map(|row| row.numbers.iter().copied()).collect();
    let flags: arrow_array::BooleanArray = numbers.iter().map(|n| n.map(|n| n > 0)).collect();
    let words: StringArray = rows.iter().flat_map(|row| row.words.iter().map(Some)).collect();
    let vectors = Float32Array::from(vec![0.25; rows.iter().filter(|row| row.vector).count() * 8]);
    let has_vector = Some(rows.iter().map(|row| row.vector).collect::<Vec<_>>().into());
    batch([
        ("id", Column::texts(rows.iter().map(|row| Some(&row.id)).collect())),
        ("bool", Column::bools(rows.iter().map(|row| Some(row.vector)).collect())),
        ("int8", Column::ints(rows.iter().map(|row| Some(i64::from(row.int as i8))).collect())),
        ("int64", Column::ints(rows.iter().map(|row| Some(row.int)).collect())),
        ("float", Column::new(Type::Float32, Arc::new(rows.iter().map(|row| row.float).collect::<Float32Array>()))),
        ("double", Column::floats(rows.iter().map(|row| row.float.map(f64::from)).collect())),
        ("json", Column::texts(rows.iter().map(|row| row.json.as_ref()).collect())),
        ("numbers", Column::arrays(Element::Int, lengths(|row| row.numbers.len()), None, Arc::new(numbers))),
        ("flags", Column::arrays(Element::Bool, lengths(|row| row.numbers.len()), None, Arc::new(flags))),
        ("words", Column::arrays(Element::Text, lengths(|row| row.words.len()), None, Arc::new(words))),
        ("vector", Column::vectors(lengths(|row| if row.vector { 8 } else { 0 }), has_vector, vectors)),
        ("extra", Column::texts(rows.iter().map(|row| row.extra.as_ref()).collect())),
    ])
}

proptest! {
    /// The bytes that a request counts are never fewer than it has, nor many more.
    #[test]
    fn a_request_is_never_larger_than_it_counts(rows in prop::collection::vec(any_row(), 1..40)) {
        let schema = wide_schema();
        let prepared = prepared(&wide_batch(&rows), &schema);
        let mut request = open(&schema);
        fill(&mut request, 0, &prepared);
        let sent = encode::upsert(&request).bytes();
        prop_assert!(sent <= request.bytes(), "{sent} > {}", request.bytes());
        // Rows that lost their place count as well, and each array may count a few bytes too many.
        if request.rows() == rows.len() {
            let slack = size::request(&schema) + 16 * rows.len();
            prop_assert!(request.bytes() <= sent + slack, "{} > {sent} + {slack}", request.bytes());
        }
    }

    /// The same of what is deleted.
    #[test]
    fn a_delete_is_never_larger_than_it_counts(keys in prop::collection::vec(any::<String>(), 1..40)) {
        let schema = schema([Field { primary: true, ..field("id", varchar(65_535)) }]);
        let prepared = prepared(&deletes("id", Column::texts(keys.iter().map(Some).collect())), &schema);
        let mut request = open_for(&schema, Operation::Delete, None);
        fill(&mut request, 0, &prepared);
        let sent = encode::delete(&request, true).encoded_len();
        prop_assert!(sent <= request.bytes(), "{sent} > {}", request.bytes());
        if request.rows() == keys.len() {
            prop_assert!(request.bytes() <= sent + size::request(&schema), "{} > {sent}", request.bytes());
        }
    }

    /// What is sent is what a map that is written row by row would hold.
    #[test]
    fn a_request_ends_as_its_rows_written_one_by_one(ids in prop::collection::vec(0i64..20, 0..60), cut in 0usize..60) {
        let schema = schema([key("id"), field("n", FieldType::Int64)]);
        let mut request = open(&schema);
        let cut = cut.min(ids.len());
        for (part, start) in [(&ids[..cut], 0), (&ids[cut..], cut)] {
            let places: Int64Array = (start as i64..).take(part.len()).map(Some).collect();
            let rows = batch([("id", Column::ints(part.to_vec().into())), ("n", Column::ints(places))]);
            fill(&mut request, 0, &prepared(&rows, &schema));
        }
        let expected: HashMap<i64, i64> = ids.iter().copied().zip(0..).collect();
        let fields = sent_insert(&request).fields_data;
        let keys = ints(field_of(&fields, "id"));
        prop_assert_eq!(keys.len(), expected.len());
        let sent: HashMap<i64, i64> = keys.into_iter().zip(ints(field_of(&fields, "n"))).collect();
        prop_assert_eq!(sent, expected);
    }
}

proptest! {
    /// However a request is split, its rows are sent once, in the same order, and each with what it overtook.
    #[test]
    fn the_parts_of_a_request_have_all_of_it(ids in prop::collection::vec(0i64..20, 1..60)) {
        let schema = schema([key("id")]);
        let mut request = open(&schema);
        fill(&mut request, 3, &prepared(&batch([("id", Column::ints(ids.into()))]), &schema));
        let whole = (ints(field_of(&sent_insert(&request).fields_data, "id")), request.tokens().collect::<Vec<_>>());
        let (rows, versions) = (request.rows(), request.versions());

        let (first, second) = request.request.split();
        prop_assert_eq!((first.rows(), first.rows() + second.rows()), (rows / 2, rows));
        prop_assert_eq!(first.versions() + second.versions(), versions);
        let mut sent = Vec::new();
        for part in [&first, &second].into_iter().filter(|part| !part.is_empty()) {
            sent.extend(ints(field_of(&sent_insert(part).fields_data, "id")));
        }
        prop_assert_eq!((sent, first.tokens().chain(second.tokens()).collect::<Vec<_>>()), whole);
    }
}
