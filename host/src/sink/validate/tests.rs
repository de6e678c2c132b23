//! Each rule with the reason that it gives, as a user reads it.

use arrow_array::cast::AsArray;
use arrow_array::types::Float32Type;
use arrow_array::{BinaryArray, BooleanArray, Float32Array, Float64Array, Int64Array, StringArray, UInt32Array};
use arrow_buffer::OffsetBuffer;

use super::*;
use crate::batch::{Element, Others};
use crate::sink::server::JsonValues;
use crate::sink::testing::{array, batch, collection, field, float_vector, key, schema, varchar};
use crate::target::Field;

/// What is said of each row of a column that goes to a field of that type; empty where the row is accepted.
fn reasons(ty: FieldType, column: Column) -> Vec<String> {
    let schema = schema([key("id"), field("f", ty)]);
    let ids = Column::ints((0..column.len() as i64).collect());
    of_batch(&batch([("id", ids), ("f", column)]), &schema, UnknownFields::Dynamic)
}

fn of_batch(batch: &Batch, schema: &Arc<Schema>, unknown_fields: UnknownFields) -> Vec<String> {
    let (prepared, rejections) = validate(batch, schema, unknown_fields);
    let mut reasons = vec![String::new(); batch.rows()];
    for rejection in &rejections {
        assert_eq!(rejection.stage, Stage::Validate);
        reasons[rejection.record as usize].clone_from(&rejection.reason);
    }
    let accepted: Vec<usize> = prepared.rows().map(|row| row.index as usize).collect();
    let clean: Vec<usize> = (0..reasons.len()).filter(|row| reasons[*row].is_empty()).collect();
    assert_eq!(accepted, clean, "a row is accepted or has a reason");
    reasons
}

/// The column that validation makes of another one, for a field of that type.
fn made(ty: FieldType, column: Column) -> ArrayRef {
    let schema = schema([field("f", ty)]);
    let (prepared, rejections) = validate(&batch([("f", column)]), &schema, UnknownFields::Dynamic);
    assert_eq!(rejections, []);
    prepared.columns[0].clone().expect("the batch has the field")
}

fn texts<'a>(values: impl IntoIterator<Item = &'a str>) -> Column {
    Column::texts(StringArray::from_iter_values(values))
}

fn json_values<'a>(values: impl IntoIterator<Item = &'a str>) -> Column {
    Column::json(StringArray::from_iter_values(values))
}

fn ints(values: impl IntoIterator<Item = i64>) -> Column {
    Column::ints(values.into_iter().collect())
}

fn vectors(rows: &[&[f32]]) -> Column {
    let offsets = OffsetBuffer::from_lengths(rows.iter().map(|row| row.len()));
    Column::vectors(offsets, None, rows.concat().into())
}

fn arrays(element: Element, lengths: &[usize], elements: ArrayRef) -> Column {
    Column::arrays(element, OffsetBuffer::from_lengths(lengths.iter().copied()), None, elements)
}

#[test]
fn rows_of_their_fields_own_types_are_accepted_without_a_copy() {
    let columns = [
        ("b", FieldType::Bool, Column::bools(BooleanArray::from(vec![true, false]))),
        ("i", FieldType::Int64, ints([i64::MIN, i64::MAX])),
        (
            "f",
            FieldType::Float,
            Column::new(FieldType::Float.column_type().expect("known"), Arc::new(Float32Array::from(vec![0.5, -1.0]))),
        ),
        ("d", FieldType::Double, Column::floats(Float64Array::from(vec![0.1, f64::MAX]))),
        ("t", varchar(3), texts(["", "abc"])),
        ("j", FieldType::Json, json_values(["{}", "[1]"])),
        ("a", array(FieldType::Int64, 2), arrays(Element::Int, &[2, 0], Arc::new(Int64Array::from(vec![1, 2])))),
        ("v", float_vector(2), vectors(&[&[1.0, 2.0], &[3.0, 4.0]])),
    ];
    let schema = schema(columns.iter().map(|(name, ty, _)| field(name, ty.clone())));
    let batch = batch(columns.iter().map(|(name, _, column)| (*name, column.clone())));
    let (prepared, rejections) = validate(&batch, &schema, UnknownFields::Reject);
    assert_eq!(rejections, []);
    assert_eq!(prepared.rows().len(), 2);
    for ((name, _, column), ready) in columns.iter().zip(&prepared.columns) {
        assert!(Arc::ptr_eq(column.array(), ready.as_ref().expect("there")), "{name}");
    }
}

#[test]
fn a_row_without_a_value_is_rejected_unless_the_field_can_do_without() {
    let nullable = Field { nullable: true, ..field("nullable", varchar(9)) };
    let schema = Schema::new(collection(
        "books",
        [key("id"), field("homepage", varchar(9)), nullable, field("size", FieldType::Int64)],
    ));
    let schema = Arc::new(schema.with_default("size", crate::sink::DefaultValue::Int(7)));
    let homepage = Column::texts(StringArray::from(vec![Some("x"), None]));
    let rows = batch([("id", ints([1, 2])), ("homepage", homepage)]);
    let reason = "field `homepage`: no value, and the collection has no default";
    assert_eq!(of_batch(&rows, &schema, UnknownFields::Reject), ["", reason]);
    assert_eq!(of_batch(&batch([("id", ints([1]))]), &schema, UnknownFields::Reject), [reason]);
    assert_eq!(
        of_batch(&batch([("homepage", texts(["x"]))]), &schema, UnknownFields::Reject),
        ["field `id`: no value, and the collection has no default"]
    );
}

#[test]
fn a_value_of_another_type_is_rejected_by_its_kind() {
    let floats = || Column::floats(Float64Array::from(vec![1.0]));
    let cases = [
        (FieldType::Int64, texts(["5"]), "field `f`: a text where Int64 is needed"),
        (FieldType::Int64, floats(), "field `f`: a float where Int64 is needed"),
        (FieldType::Bool, ints([1]), "field `f`: an integer where Bool is needed"),
        (FieldType::Double, Column::bools(vec![true].into()), "field `f`: a boolean where Double is needed"),
        (varchar(9), ints([1]), "field `f`: an integer where VarChar is needed"),
        (varchar(9), Column::bytes(BinaryArray::from(vec![&b"x"[..]])), "field `f`: bytes where VarChar is needed"),
        (FieldType::Int8, json_values([r#"{"a":1}"#]), "field `f`: an object where Int8 is needed"),
        (FieldType::Int64, json_values(["1e3"]), "field `f`: a float where Int64 is needed"),
        (
            FieldType::Int64,
            json_values(["9223372036854775808"]),
            "field `f`: an integer of more than 64 bits where Int64 is needed",
        ),
        (FieldType::Float, vectors(&[&[1.0]]), "field `f`: an array where Float is needed"),
        (array(FieldType::Int64, 9), texts(["[1]"]), "field `f`: a text where Array of Int64 is needed"),
        (float_vector(1), floats(), "field `f`: a float where FloatVector is needed"),
    ];
    for (ty, column, reason) in cases {
        assert_eq!(reasons(ty, column), [reason]);
    }
}

#[test]
fn a_single_value_of_another_type_is_taken_for_what_it_is() {
    let others = |text: &str| Others::from([(1, text.into())]);
    let column = Column::ints(Int64Array::from(vec![Some(1), None])).with_others(others("2.5"));
    assert_eq!(reasons(FieldType::Int64, column.clone()), ["", "field `f`: a float where Int64 is needed"]);
    let doubles = made(FieldType::Double, column.clone());
    assert_eq!(doubles.as_primitive::<arrow_array::types::Float64Type>().values(), &[1.0, 2.5]);
    let json = made(FieldType::Json, column);
    assert_eq!(json.as_string::<i32>().iter().flatten().collect::<Vec<_>>(), ["1", "2.5"]);

    let column = Column::texts(StringArray::from(vec![Some("a"), None])).with_others(others("7"));
    assert_eq!(reasons(varchar(9), column), ["", "field `f`: an integer where VarChar is needed"]);
}

#[test]
fn an_integer_must_be_in_the_range_of_its_type() {
    for (ty, min, max) in [
        (FieldType::Int8, -128, 127),
        (FieldType::Int16, -32_768, 32_767),
        (FieldType::Int32, i64::from(i32::MIN), i64::from(i32::MAX)),
    ] {
        let reason = format!("field `f`: an integer outside the range of {}", ty.name());
        assert_eq!(reasons(ty, ints([min - 1, min, 0, max, max + 1])), [&*reason, "", "", "", &*reason]);
    }
}

#[test]
fn a_float_is_narrowed_to_the_nearest_and_must_stay_finite() {
    let column = |values: &[f64]| Column::floats(Float64Array::from(values.to_vec()));
    let floats = made(FieldType::Float, column(&[0.1, -3.4028235677973366e38 + 1e30]));
    assert_eq!(floats.as_primitive::<Float32Type>().values(), &[0.1, f32::MIN]);

    let not_finite = "field `f`: NaN or infinity, which Milvus does not take";
    let beyond = "field `f`: a number beyond the range of Float";
    let bad = [f64::NAN, f64::INFINITY, 1e39];
    assert_eq!(reasons(FieldType::Float, column(&bad)), [not_finite, not_finite, beyond]);
    assert_eq!(reasons(FieldType::Double, column(&bad)), [not_finite, not_finite, ""]);
    let narrow = Column::new(crate::batch::Type::Float32, Arc::new(Float32Array::from(vec![1.0, f32::NEG_INFINITY])));
    assert_eq!(reasons(FieldType::Float, narrow), ["", not_finite]);
}

#[test]
fn an_integer_becomes_a_float_where_that_is_exact() {
    let column = || ints([1 << 24, (1 << 24) + 1, 1 << 53, (1 << 53) + 1]);
    let rounded = |ty: &str| format!("field `f`: an integer that {ty} holds only rounded");
    assert_eq!(reasons(FieldType::Float, column()), ["", &*rounded("Float"), "", &*rounded("Float")]);
    assert_eq!(reasons(FieldType::Double, column()), ["", "", "", &*rounded("Double")]);
    assert_eq!(reasons(FieldType::Float, json_values(["16777217", "1.5"])), [&*rounded("Float"), ""]);
}

#[test]
fn a_text_is_measured_in_bytes() {
    let column = texts(["", "abcd", "abcde", "üüü"]);
    let reason = |bytes| format!("field `f`: a text of {bytes} bytes where 4 are the most");
    assert_eq!(reasons(varchar(4), column), ["", "", &*reason(5), &*reason(6)]);
}

#[test]
fn an_array_has_at_most_its_capacity_of_elements() {
    let column = arrays(Element::Int, &[0, 2, 3], Arc::new(Int64Array::from_iter_values(0..5)));
    assert_eq!(reasons(array(FieldType::Int64, 2), column), ["", "", "field `f`: 3 elements where 2 are the most"]);
}

#[test]
fn every_element_of_an_array_follows_the_rules_of_its_type() {
    let numbers = arrays(Element::Int, &[1, 2, 1], Arc::new(Int64Array::from(vec![1, 2, 300, 3])));
    let reason = "field `f`: among the elements an integer outside the range of Int8";
    assert_eq!(reasons(array(FieldType::Int8, 9), numbers), ["", reason, ""]);

    let words = || arrays(Element::Text, &[1, 2], Arc::new(StringArray::from(vec!["a", "b", "four"])));
    let reason = "field `f`: among the elements a text of 4 bytes where 3 are the most";
    assert_eq!(reasons(array(varchar(3), 9), words()), ["", reason]);
    let reason = "field `f`: among the elements a text where Int64 is needed";
    assert_eq!(reasons(array(FieldType::Int64, 9), words()), [reason, reason]);

    let floats = || Float64Array::from(vec![0.1, f64::NAN, 1e39]);
    let column = || arrays(Element::Float64, &[1, 1, 1], Arc::new(floats()));
    let not_finite = "field `f`: among the elements NaN or infinity, which Milvus does not take";
    let beyond = "field `f`: among the elements a number beyond the range of Float";
    assert_eq!(reasons(array(FieldType::Float, 9), column()), ["", not_finite, beyond]);
    assert_eq!(reasons(array(FieldType::Double, 9), column()), ["", not_finite, ""]);

    let with_null = arrays(Element::Int, &[1, 2], Arc::new(Int64Array::from(vec![Some(1), Some(2), None])));
    assert_eq!(reasons(array(FieldType::Int64, 9), with_null), ["", "field `f`: null among the elements"]);
}

#[test]
fn arrays_are_converted_where_that_loses_nothing() {
    let numbers = || arrays(Element::Int, &[2, 0], Arc::new(Int64Array::from(vec![1, 2])));
    let floats = made(array(FieldType::Float, 9), numbers());
    assert_eq!(floats.as_list::<i32>().value(0).as_primitive::<Float32Type>().values(), &[1.0, 2.0]);
    // An empty array is one of any type.
    let empty = arrays(Element::Float64, &[0], Arc::new(Float64Array::from(Vec::<f64>::new())));
    assert_eq!(made(array(varchar(9), 9), empty).as_list::<i32>().value_length(0), 0);
    let written = made(array(varchar(9), 9), json_values([r#"["a", "b\n"]"#]));
    let written = written.as_list::<i32>().value(0);
    assert_eq!(written.as_string::<i32>().iter().flatten().collect::<Vec<_>>(), ["a", "b\n"]);
}

#[test]
fn a_vector_has_exactly_its_dimensions() {
    let column = vectors(&[&[1.0, 2.0], &[1.0], &[], &[1.0, 2.0, 3.0]]);
    let reason = |count| format!("field `f`: {count} dimensions where 2 are needed");
    assert_eq!(reasons(float_vector(2), column), ["", &*reason(1), &*reason(0), &*reason(3)]);
}

#[test]
fn a_vector_holds_finite_numbers_only() {
    let reason = "field `f`: among the numbers NaN or infinity, which Milvus does not take";
    let column = vectors(&[&[1.0, 2.0], &[f32::NAN, 1.0], &[1.0, f32::INFINITY]]);
    assert_eq!(reasons(float_vector(2), column), ["", reason, reason]);

    let wide =
        arrays(Element::Float64, &[2, 2, 2], Arc::new(Float64Array::from(vec![0.1, 0.2, 1e39, 0.0, 0.0, f64::NAN])));
    let beyond = "field `f`: among the numbers a number beyond the range of Float";
    assert_eq!(reasons(float_vector(2), wide), ["", beyond, reason]);
    let with_null = arrays(Element::Float32, &[2], Arc::new(Float32Array::from(vec![Some(1.0), None])));
    assert_eq!(reasons(float_vector(2), with_null), ["field `f`: null among the elements"]);
}

#[test]
fn a_vector_is_made_of_any_array_of_numbers() {
    let numbers =
        |array: ArrayRef, row| array.as_list::<i32>().value(row).as_primitive::<Float32Type>().values().to_vec();
    let wide = arrays(Element::Float64, &[2, 2], Arc::new(Float64Array::from(vec![0.1, 0.2, 0.3, 0.4])));
    assert_eq!(numbers(made(float_vector(2), wide.slice(1, 1)), 0), [0.3, 0.4]);
    let whole = arrays(Element::Int, &[2], Arc::new(Int64Array::from(vec![1, -2])));
    assert_eq!(numbers(made(float_vector(2), whole), 0), [1.0, -2.0]);
    let first = vectors(&[&[1.0, 2.0]]);
    let nulls = Some(vec![true, false].into());
    let column = Column::vectors(OffsetBuffer::from_lengths([2, 0]), nulls, Float32Array::from(vec![1.0, 2.0]));
    let column = column.with_others(Others::from([(1, "[3, 0.5]".into())]));
    let array = made(float_vector(2), column);
    assert_eq!((numbers(Arc::clone(&array), 0), numbers(array, 1)), (vec![1.0, 2.0], vec![3.0, 0.5]));
    assert_eq!(numbers(made(float_vector(2), first), 0), [1.0, 2.0]);

    let reason = "field `f`: among the numbers a text where Float is needed";
    assert_eq!(reasons(float_vector(2), json_values([r#"[1, "2"]"#])), [reason]);
    assert_eq!(reasons(float_vector(2), json_values(["[1, null]"])), ["field `f`: null among the elements"]);
}

#[test]
fn a_json_field_takes_any_value_as_json() {
    let of = |column| made(FieldType::Json, column).as_string::<i32>().value(0).to_owned();
    assert_eq!(of(texts(["a \"b\""])), r#""a \"b\"""#);
    assert_eq!(of(ints([7])), "7");
    assert_eq!(of(Column::floats(Float64Array::from(vec![0.5]))), "0.5");
    assert_eq!(of(arrays(Element::Int, &[2], Arc::new(Int64Array::from(vec![1, 2])))), "[1,2]");
    assert_eq!(of(vectors(&[&[0.5]])), "[0.5]");
}

#[test]
fn json_must_be_json_and_not_too_long() {
    let long = |bytes: usize| format!("\"{}\"", "x".repeat(bytes - 2));
    let (fits, too_long) = (long(65_536), long(65_537));
    let column = json_values([&*fits, &*too_long, "{a}", "{}"]);
    let found = reasons(FieldType::Json, column);
    assert_eq!(
        (&*found[0], &*found[1], &*found[3]),
        ("", "field `f`: 65537 bytes of JSON where 65536 are the most", "")
    );
    assert!(found[2].starts_with("field `f`: not JSON: "), "{}", found[2]);
    let floats = Column::floats(Float64Array::from(vec![1.0, f64::NAN]));
    assert_eq!(reasons(FieldType::Json, floats), ["", "field `f`: NaN or infinity, which Milvus does not take"]);
    let numbers = vectors(&[&[1.0], &[f32::INFINITY]]);
    assert_eq!(reasons(FieldType::Json, numbers), ["", "field `f`: NaN or infinity, which Milvus does not take"]);
}

#[test]
fn a_json_value_is_of_a_kind_that_the_server_takes() {
    let rows = batch([("id", ints([1, 2, 3])), ("f", json_values(["{}", "[]", "1"]))]);
    let found = |json_values| {
        let schema =
            Schema { json_values, ..Schema::new(collection("books", [key("id"), field("f", FieldType::Json)])) };
        of_batch(&rows, &Arc::new(schema), UnknownFields::Dynamic)
    };
    assert_eq!(found(JsonValues::Any), ["", "", ""]);
    let reason = "field `f`: an integer where this version of Milvus takes JSON objects and arrays only";
    assert_eq!(found(JsonValues::ObjectsAndArrays), ["", "", reason]);
    let reason = |kind| format!("field `f`: {kind} where this version of Milvus takes JSON objects only");
    assert_eq!(found(JsonValues::Objects), ["", &*reason("an array"), &*reason("an integer")]);
}

#[test]
fn the_json_value_null_is_no_value() {
    let column = || json_values(["1", " null "]);
    let missing = "field `f`: no value, and the collection has no default";
    assert_eq!(reasons(FieldType::Json, column()), ["", missing]);
    assert_eq!(reasons(FieldType::Int64, column()), ["", missing]);
    let schema = schema([key("id"), Field { nullable: true, ..field("f", FieldType::Json) }]);
    let rows = batch([("id", ints([1, 2])), ("f", column())]);
    assert_eq!(of_batch(&rows, &schema, UnknownFields::Reject), ["", ""]);
}

#[test]
fn fields_that_the_schema_does_not_have_go_to_the_dynamic_field() {
    let schema = Arc::new(Schema::new(crate::target::Collection { dynamic: true, ..collection("books", [key("id")]) }));
    let author = Column::texts(StringArray::from(vec![Some("A"), None, None]));
    let year = Column::ints(Int64Array::from(vec![Some(1999), Some(2001), None]));
    let rows = batch([("id", ints([1, 2, 3])), ("author", author), ("year", year)]);
    let (prepared, rejections) = validate(&rows, &schema, UnknownFields::Dynamic);
    assert_eq!(rejections, []);
    let objects: Vec<_> = prepared.dynamic.as_ref().expect("there are some").iter().collect();
    assert_eq!(objects, [Some(r#"{"author":"A","year":1999}"#), Some(r#"{"year":2001}"#), None]);

    let (prepared, rejections) = validate(&rows, &schema, UnknownFields::Drop);
    assert_eq!((prepared.dynamic.is_none(), rejections.len()), (true, 0));
    assert_eq!(
        of_batch(&rows, &schema, UnknownFields::Reject),
        ["field `author`: the collection has no such field", "field `year`: the collection has no such field", ""]
    );
}

#[test]
fn the_dynamic_field_has_the_rules_of_json() {
    let schema = Arc::new(Schema::new(crate::target::Collection { dynamic: true, ..collection("books", [key("id")]) }));
    let found =
        |name: &str, column| of_batch(&batch([("id", ints([1])), (name, column)]), &schema, UnknownFields::Dynamic);
    let nan = Column::floats(Float64Array::from(vec![f64::NAN]));
    assert_eq!(found("x", nan), ["field `x`: NaN or infinity, which Milvus does not take"]);
    assert_eq!(found("$meta", json_values(["{}"])), ["field `$meta`: the name is that of the dynamic field itself"]);
    let almost = texts([&*"x".repeat(65_530)]);
    assert_eq!(
        found("x", almost),
        ["the fields that the schema does not have take 65538 bytes of JSON where 65536 are the most"]
    );
}

#[test]
fn without_a_dynamic_field_an_unknown_field_rejects_the_rows_that_have_it() {
    let schema = schema([key("id")]);
    let extra = Column::texts(StringArray::from(vec![None, Some("A")]));
    let rows = batch([("id", ints([1, 2])), ("extra", extra)]);
    let reason = "field `extra`: the collection has no such field and no dynamic field";
    assert_eq!(of_batch(&rows, &schema, UnknownFields::Dynamic), ["", reason]);
    assert_eq!(of_batch(&rows, &schema, UnknownFields::Drop), ["", ""]);
}

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

    let mut rows = batch([("id", ints([1, 2, 3]))]);
    let each = [Operation::Upsert, Operation::Delete, Operation::Insert];
    rows.set_operations(Operations::Each(each.into()));
    let schema = schema([key("id")]);
    assert_eq!(of_batch(&rows, &schema, UnknownFields::Dynamic), ["", "deletes are not written yet", ""]);
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
