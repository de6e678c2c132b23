//! JSON fields and the dynamic field.

use super::*;

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
    let schema = Arc::new(Schema::new(Collection { dynamic: true, ..collection("books", [key("id")]) }));
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
    let schema = Arc::new(Schema::new(Collection { dynamic: true, ..collection("books", [key("id")]) }));
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
