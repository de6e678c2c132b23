//! Values of scalar fields.

use super::*;

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
