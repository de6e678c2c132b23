//! Arrays and vectors.

use super::*;

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
