//! Booleans, numbers and texts.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Float32Type, Float64Type, Int64Type};
use arrow_array::{Array, ArrayRef, BooleanArray, Float32Array, Float64Array, Int64Array, StringArray};

use super::flaw::{Flaw, Report};
use super::value::Value;
use super::{moment, shape};
use crate::batch::Column;
use crate::target::FieldType;

/// The column as the field's type has it. A row with a flaw has any value, or none.
pub(super) fn ready(column: &Column, ty: &FieldType, report: Report<'_>) -> ArrayRef {
    let array = if Some(column.ty()) == ty.column_type() && column.others().is_none() {
        Arc::clone(column.array())
    } else {
        convert(column, ty, report)
    };
    check(&array, ty, report);
    array
}

/// Holds the values of an array, which has the type's own layout, against the type's limits.
pub(super) fn check(array: &ArrayRef, ty: &FieldType, report: Report<'_>) {
    match ty {
        FieldType::Int8 => check_range(array, i64::from(i8::MIN), i64::from(i8::MAX), report),
        FieldType::Int16 => check_range(array, i64::from(i16::MIN), i64::from(i16::MAX), report),
        FieldType::Int32 => check_range(array, i64::from(i32::MIN), i64::from(i32::MAX), report),
        FieldType::Float => {
            let values = array.as_primitive::<Float32Type>().values();
            if !all_finite(values) {
                each_valid(array, |row| !values[row].is_finite(), |_| Flaw::NotFinite, report);
            }
        }
        FieldType::Double => {
            let values = array.as_primitive::<Float64Type>().values();
            if !values.iter().fold(true, |all, value| all & value.is_finite()) {
                each_valid(array, |row| !values[row].is_finite(), |_| Flaw::NotFinite, report);
            }
        }
        FieldType::VarChar { max_length } => {
            let texts = array.as_string::<i32>();
            let length = |row: usize| texts.value_length(row) as usize;
            let longest = texts.value_offsets().windows(2).map(|pair| pair[1] - pair[0]).max().unwrap_or(0);
            if longest as usize > *max_length as usize {
                let flaw = |row| Flaw::TextBytes(length(row));
                each_valid(array, |row| length(row) > *max_length as usize, flaw, report);
            }
        }
        FieldType::Timestamptz => check_texts(array, |text| moment::check(text).map_err(Flaw::Moment), report),
        FieldType::Geometry => {
            check_texts(array, |text| if shape::is_wkt(text) { Ok(()) } else { Err(Flaw::Shape) }, report);
        }
        _ => {}
    }
}

fn check_texts(array: &ArrayRef, check: impl Fn(&str) -> Result<(), Flaw>, report: Report<'_>) {
    for (row, text) in array.as_string::<i32>().iter().enumerate() {
        if let Some(Err(flaw)) = text.map(&check) {
            report(row, flaw);
        }
    }
}

/// True where no number is NaN or infinite. Written so that it compiles to vector instructions.
pub(super) fn all_finite(values: &[f32]) -> bool {
    values.chunks(1024).all(|chunk| chunk.iter().fold(true, |all, value| all & value.is_finite()))
}

fn check_range(array: &ArrayRef, min: i64, max: i64, report: Report<'_>) {
    let values = array.as_primitive::<Int64Type>().values();
    let outside = |value: i64| (value < min) | (value > max);
    if values.iter().fold(false, |any, value| any | outside(*value)) {
        each_valid(array, |row| outside(values[row]), |_| Flaw::Range, report);
    }
}

fn each_valid(array: &ArrayRef, is_bad: impl Fn(usize) -> bool, flaw: impl Fn(usize) -> Flaw, report: Report<'_>) {
    for row in (0..array.len()).filter(|row| array.is_valid(*row) && is_bad(*row)) {
        report(row, flaw(row));
    }
}

fn convert(column: &Column, ty: &FieldType, report: Report<'_>) -> ArrayRef {
    match ty {
        FieldType::Bool => Arc::new(BooleanArray::from_iter(each(column, Value::bool, report))),
        FieldType::Float => Arc::new(Float32Array::from_iter(each(column, Value::float, report))),
        FieldType::Double => Arc::new(Float64Array::from_iter(each(column, Value::double, report))),
        FieldType::VarChar { .. } | FieldType::Text | FieldType::Timestamptz | FieldType::Geometry => {
            Arc::new(StringArray::from_iter(each(column, Value::text, report)))
        }
        _ => Arc::new(Int64Array::from_iter(each(column, Value::int, report))),
    }
}

fn each<'a, T>(
    column: &'a Column,
    read: impl Fn(&Value<'a>) -> Result<T, Flaw>,
    report: Report<'_>,
) -> impl Iterator<Item = Option<T>> {
    (0..column.len()).map(move |row| read(&Value::of(column, row)?).map_err(|flaw| report(row, flaw)).ok())
}
