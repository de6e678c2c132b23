//! Any value as JSON text, without loss.

use std::borrow::Cow;
use std::fmt::Write;

use arrow_array::cast::AsArray;
use arrow_array::types::{Float32Type, Float64Type, Int64Type};
use arrow_array::{Array, ArrayRef};

use super::{Column, Element, Type, VectorType};
use crate::json;

/// The value of a row as JSON text; none where it has no value.
pub(super) fn json_text(column: &Column, row: usize) -> Option<Cow<'_, str>> {
    if let Some(text) = column.other(row) {
        return Some(Cow::Borrowed(text));
    }
    let array = column.array();
    if array.is_null(row) {
        return None;
    }
    let mut out = String::new();
    match column.ty() {
        Type::Json => return Some(Cow::Borrowed(column.as_texts()?.value(row))),
        Type::Bool => write_element(array, Element::Bool, row, &mut out),
        Type::Int => write_element(array, Element::Int, row, &mut out),
        Type::Float32 => write_element(array, Element::Float32, row, &mut out),
        Type::Float64 => write_element(array, Element::Float64, row, &mut out),
        Type::Text => write_element(array, Element::Text, row, &mut out),
        Type::Bytes => json::quote(&json::base64(column.as_bytes()?.value(row)), &mut out),
        Type::Array(element) => write_list(&column.as_lists()?.value(row), element, &mut out),
        Type::Vector(VectorType::Float) => write_list(&column.as_lists()?.value(row), Element::Float32, &mut out),
        Type::Vector(VectorType::SparseFloat) => {
            let pairs = column.as_lists()?.value(row);
            let pairs = pairs.as_struct();
            out.push('{');
            for pair in 0..pairs.len() {
                let index = pairs.column(0).as_primitive::<arrow_array::types::UInt32Type>().value(pair);
                let comma = if pair > 0 { "," } else { "" };
                write!(out, "{comma}\"{index}\":").expect("writing to a String");
                write_element(pairs.column(1), Element::Float32, pair, &mut out);
            }
            out.push('}');
        }
        Type::Vector(ty) => {
            let bytes = column.as_bytes()?.value(row);
            let numbers: Vec<String> = match ty {
                VectorType::Float16 => pairs(bytes).map(|p| half::f16::from_le_bytes(p).to_string()).collect(),
                VectorType::BFloat16 => pairs(bytes).map(|p| half::bf16::from_le_bytes(p).to_string()).collect(),
                VectorType::Int8 => bytes.iter().map(|byte| byte.cast_signed().to_string()).collect(),
                _ => bytes.iter().map(u8::to_string).collect(),
            };
            write!(out, "[{}]", numbers.join(",")).expect("writing to a String");
        }
    }
    Some(Cow::Owned(out))
}

fn pairs(bytes: &[u8]) -> impl Iterator<Item = [u8; 2]> {
    bytes.chunks_exact(2).map(|pair| [pair[0], pair[1]])
}

fn write_list(elements: &ArrayRef, element: Element, out: &mut String) {
    out.push('[');
    for index in 0..elements.len() {
        if index > 0 {
            out.push(',');
        }
        write_element(elements, element, index, out);
    }
    out.push(']');
}

fn write_element(array: &ArrayRef, element: Element, index: usize, out: &mut String) {
    if array.is_null(index) {
        out.push_str("null");
        return;
    }
    let written = match element {
        Element::Bool => write!(out, "{}", array.as_boolean().value(index)),
        Element::Int => write!(out, "{}", array.as_primitive::<Int64Type>().value(index)),
        Element::Float32 => write_float(array.as_primitive::<Float32Type>().value(index), f32::is_finite, out),
        Element::Float64 => write_float(array.as_primitive::<Float64Type>().value(index), f64::is_finite, out),
        Element::Text => {
            json::quote(array.as_string::<i32>().value(index), out);
            Ok(())
        }
    };
    written.expect("writing to a String");
}

/// The shortest text that reads back as the same number; JSON has none for infinities and NaN.
fn write_float<T: Copy + std::fmt::Debug>(number: T, finite: fn(T) -> bool, out: &mut String) -> std::fmt::Result {
    if finite(number) { write!(out, "{number:?}") } else { out.write_str("null") }
}
