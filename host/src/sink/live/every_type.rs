//! A value of every type.

use std::sync::Arc;

use arrow_array::{Array, BooleanArray, Float32Array, Float64Array, Int64Array, StringArray};
use arrow_buffer::OffsetBuffer;
use serde_json::{Value, json};

use super::{DIM, ids, texts, vectors};
use crate::batch::{Column, Element, Type};
use crate::sink::testing::{array, field, float_vector, key, varchar};
use crate::target::{Field, FieldType};

/// Every type that is written, with the values of three rows as columns and as what is read back.
pub(super) fn every_type() -> Vec<(Field, Column, [Value; 3])> {
    let ints = |values: [i64; 3]| Column::ints(values.to_vec().into());
    let short = [0.1f32, -1.5, f32::MAX];
    let words = ["", "naïve \"quoted\" \\ text\n", "日本語"];
    vec![
        (key("id"), ids([1, 2, 3]), [json!(1), json!(2), json!(3)]),
        (
            field("vector", float_vector(DIM as u32)),
            vectors(3),
            [0, 4, 8].map(|start: i32| json!((start..start + 4).map(|i| 0.1 + i as f32).collect::<Vec<f32>>())),
        ),
        (
            field("bool", FieldType::Bool),
            Column::bools(BooleanArray::from(vec![true, false, true])),
            [json!(true), json!(false), json!(true)],
        ),
        (field("int8", FieldType::Int8), ints([-128, 0, 127]), [json!(-128), json!(0), json!(127)]),
        (field("int16", FieldType::Int16), ints([-32768, 0, 32767]), [json!(-32768), json!(0), json!(32767)]),
        (
            field("int32", FieldType::Int32),
            ints([i64::from(i32::MIN), 0, i64::from(i32::MAX)]),
            [json!(i32::MIN), json!(0), json!(i32::MAX)],
        ),
        (field("int64", FieldType::Int64), ints([i64::MIN, 0, i64::MAX]), [json!(i64::MIN), json!(0), json!(i64::MAX)]),
        (
            field("float", FieldType::Float),
            Column::new(Type::Float32, Arc::new(Float32Array::from(short.to_vec()))),
            short.map(|n| json!(n)),
        ),
        (
            field("double", FieldType::Double),
            Column::floats(Float64Array::from(vec![0.1, -1e300, f64::MAX])),
            [json!(0.1), json!(-1e300), json!(f64::MAX)],
        ),
        (field("varchar", varchar(300)), texts(words), words.map(|word| json!(word))),
        (
            field("json", FieldType::Json),
            Column::json(StringArray::from(vec![r#"{"a":[1,2.5,null],"b":"ü"}"#, "{}", r#"{"id":"x"}"#])),
            [json!({"a": [1, 2.5, null], "b": "ü"}), json!({}), json!({"id": "x"})],
        ),
        (
            field("bools", array(FieldType::Bool, 4)),
            arrays(Element::Bool, [2, 0, 1], BooleanArray::from(vec![true, false, true])),
            [json!([true, false]), json!([]), json!([true])],
        ),
        (
            field("int8s", array(FieldType::Int8, 4)),
            arrays(Element::Int, [1, 0, 2], Int64Array::from(vec![-128, 0, 127])),
            [json!([-128]), json!([]), json!([0, 127])],
        ),
        (
            field("int16s", array(FieldType::Int16, 4)),
            arrays(Element::Int, [1, 0, 2], Int64Array::from(vec![-32768, 0, 32767])),
            [json!([-32768]), json!([]), json!([0, 32767])],
        ),
        (
            field("int32s", array(FieldType::Int32, 4)),
            arrays(Element::Int, [1, 1, 1], Int64Array::from(vec![i64::from(i32::MIN), 0, i64::from(i32::MAX)])),
            [json!([i32::MIN]), json!([0]), json!([i32::MAX])],
        ),
        (
            field("int64s", array(FieldType::Int64, 4)),
            arrays(Element::Int, [1, 1, 1], Int64Array::from(vec![i64::MIN, (1 << 53) + 1, i64::MAX])),
            [json!([i64::MIN]), json!([(1i64 << 53) + 1]), json!([i64::MAX])],
        ),
        (
            field("floats", array(FieldType::Float, 4)),
            arrays(Element::Float32, [1, 1, 1], Float32Array::from(short.to_vec())),
            short.map(|n| json!([n])),
        ),
        (
            field("doubles", array(FieldType::Double, 4)),
            arrays(Element::Float64, [1, 1, 1], Float64Array::from(vec![0.1, 1e300, -0.5])),
            [json!([0.1]), json!([1e300]), json!([-0.5])],
        ),
        (
            field("varchars", array(varchar(30), 4)),
            arrays(Element::Text, [2, 0, 1], StringArray::from(vec!["a", "", "ü\""])),
            [json!(["a", ""]), json!([]), json!(["ü\""])],
        ),
    ]
}

fn arrays(element: Element, lengths: [usize; 3], elements: impl Array + 'static) -> Column {
    Column::arrays(element, OffsetBuffer::from_lengths(lengths), None, Arc::new(elements))
}
