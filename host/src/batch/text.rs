//! Any value as JSON text, without loss.

use std::borrow::Cow;
use std::fmt::Write;

use arrow_array::cast::AsArray;
use arrow_array::types::{Float32Type, Float64Type, Int64Type, UInt32Type};
use arrow_array::{Array, ArrayRef};
use half::{bf16, f16};

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
                let index = pairs.column(0).as_primitive::<UInt32Type>().value(pair);
                let comma = if pair > 0 { "," } else { "" };
                write!(out, "{comma}\"{index}\":").expect("writing to a String");
                write_element(pairs.column(1), Element::Float32, pair, &mut out);
            }
            out.push('}');
        }
        Type::Vector(ty) => write_packed(ty, column.as_bytes()?.value(row), &mut out).expect("writing to a String"),
    }
    Some(Cow::Owned(out))
}

/// Writes a vector that is kept as bytes: 16-bit floats as the 32-bit ones that they equal, bits by the byte.
fn write_packed(ty: VectorType, bytes: &[u8], out: &mut String) -> std::fmt::Result {
    let pairs = bytes.chunks_exact(2).map(|pair| [pair[0], pair[1]]);
    match ty {
        VectorType::Float16 => {
            write_each(pairs, |pair, out| write_float(f16::from_le_bytes(pair).to_f32(), f32::is_finite, out), out)
        }
        VectorType::BFloat16 => {
            write_each(pairs, |pair, out| write_float(bf16::from_le_bytes(pair).to_f32(), f32::is_finite, out), out)
        }
        VectorType::Int8 => write_each(bytes.iter(), |byte, out| write!(out, "{}", byte.cast_signed()), out),
        _ => write_each(bytes.iter(), |byte, out| write!(out, "{byte}"), out),
    }
}

fn write_each<T>(
    numbers: impl Iterator<Item = T>,
    write: impl Fn(T, &mut String) -> std::fmt::Result,
    out: &mut String,
) -> std::fmt::Result {
    out.push('[');
    for (index, number) in numbers.enumerate() {
        if index > 0 {
            out.push(',');
        }
        write(number, out)?;
    }
    out.push(']');
    Ok(())
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
