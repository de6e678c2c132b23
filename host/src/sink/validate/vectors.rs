//! Vectors.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Float32Type, Float64Type, UInt32Type};
use arrow_array::{Array, ArrayRef, BinaryArray, Float32Array, UInt32Array};
use arrow_buffer::{Buffer, OffsetBuffer};

use super::flaw::{Flaw, Report};
use super::lists::{check_lengths, each_element, is_plain, report_element, rows, used};
use super::scalars;
use super::value::{Value, json_kind, narrow};
use crate::batch::{Column, Element, Type, VectorType};
use crate::json::{Misfit, Scanner, Unread};
use crate::vector;

/// A vector's column as its field has it.
pub(super) fn ready(column: &Column, ty: VectorType, dim: u32, report: Report<'_>) -> ArrayRef {
    match ty {
        VectorType::Float => floats(column, dim, report),
        VectorType::SparseFloat => sparse(column, report),
        _ => packed(column, ty, dim, report),
    }
}

fn floats(column: &Column, dim: u32, report: Report<'_>) -> ArrayRef {
    let array = if is_plain(column, Element::Float32) {
        Arc::clone(column.array())
    } else if is_plain(column, Element::Float64) {
        narrowed(column, report)
    } else {
        let read = |value: &Value<'_>, out: &mut Vec<f32>| float_vector(value, dim, out);
        let (numbers, offsets, nulls) = rows(column, read, report);
        let column = Column::vectors(offsets, Some(nulls), Float32Array::from(numbers));
        Arc::clone(column.array())
    };
    let lists = array.as_list::<i32>();
    check_lengths(lists, |length| length == dim as usize, Flaw::Dimensions, report);
    if !scalars::all_finite(used(lists).as_primitive::<Float32Type>().values()) {
        for row in (0..lists.len()).filter(|row| lists.is_valid(*row)) {
            if !scalars::all_finite(lists.value(row).as_primitive::<Float32Type>().values()) {
                report(row, Flaw::Element(Box::new(Flaw::NotFinite)));
            }
        }
    }
    array
}

fn float_vector(value: &Value<'_>, dim: u32, out: &mut Vec<f32>) -> Result<(), Flaw> {
    match value {
        Value::Bytes(bytes) => {
            let bytes = whole(VectorType::Float, dim, bytes)?;
            out.extend(bytes.as_chunks().0.iter().map(|bytes| f32::from_le_bytes(*bytes)));
            Ok(())
        }
        Value::Text(text) => vector::floats_in(text, out).map_err(|found| Flaw::Unfit(found.into())),
        Value::Json(text) if json_kind(text) == "a text" => {
            vector::floats(&mut Scanner::new(text), out).map_err(|unread| of_unread(value, &unread))
        }
        _ => each_element(value, |number| number.float(), |number| out.push(number)),
    }
}

/// A vector that is kept as bytes.
fn packed(column: &Column, ty: VectorType, dim: u32, report: Report<'_>) -> ArrayRef {
    let array = if column.ty() == Type::Vector(ty) && column.others().is_none() {
        Arc::clone(column.array())
    } else {
        let read = |value: &Value<'_>, out: &mut Vec<u8>| packed_vector(value, ty, dim, out);
        let (bytes, offsets, nulls) = rows(column, read, report);
        Arc::new(BinaryArray::new(offsets, Buffer::from_vec(bytes), Some(nulls)))
    };
    for (row, bytes) in array.as_binary::<i32>().iter().enumerate() {
        let Some(bytes) = bytes else { continue };
        if ty.bytes(dim as usize) != Some(bytes.len()) {
            report(row, Flaw::Dimensions(ty.dim(bytes.len())));
        } else if !vector::is_finite(ty, bytes) {
            report(row, Flaw::Element(Box::new(Flaw::NotFinite)));
        }
    }
    array
}

fn packed_vector(value: &Value<'_>, ty: VectorType, dim: u32, out: &mut Vec<u8>) -> Result<(), Flaw> {
    match value {
        Value::Packed(of, bytes) if *of == ty => out.extend_from_slice(bytes),
        Value::Bytes(bytes) => out.extend_from_slice(whole(ty, dim, bytes)?),
        Value::Text(text) => {
            vector::packed_in(text, ty, out).map_err(|found| Flaw::Unfit(found.into()))?;
        }
        Value::Json(text) => {
            vector::packed(&mut Scanner::new(text), ty, out).map_err(|unread| of_unread(value, &unread))?;
        }
        _ => match ty {
            VectorType::Int8 => each_element(
                value,
                |number| i8::try_from(number.int()?).map_err(|_| Flaw::Range),
                |number| out.push(number.cast_unsigned()),
            )?,
            VectorType::Binary => {
                each_element(value, |byte| u8::try_from(byte.int()?).map_err(|_| Flaw::Range), |byte| out.push(byte))?
            }
            _ => each_element(
                value,
                |number| vector::narrowed(ty, number.double()?).ok_or(Flaw::Beyond),
                |bytes| out.extend(bytes),
            )?,
        },
    }
    Ok(())
}

fn sparse(column: &Column, report: Report<'_>) -> ArrayRef {
    let array = if column.ty() == Type::Vector(VectorType::SparseFloat) && column.others().is_none() {
        Arc::clone(column.array())
    } else {
        let (pairs, offsets, nulls) = rows(column, sparse_vector, report);
        let (indices, values): (Vec<u32>, Vec<f32>) = pairs.into_iter().unzip();
        let column =
            Column::sparse_vectors(offsets, Some(nulls), UInt32Array::from(indices), Float32Array::from(values));
        Arc::clone(column.array())
    };
    let lists = array.as_list::<i32>();
    let pairs = lists.values().as_struct();
    let indices = pairs.column(0).as_primitive::<UInt32Type>().values();
    let values = pairs.column(1).as_primitive::<Float32Type>().values();
    for (row, range) in lists.offsets().windows(2).enumerate().filter(|(row, _)| lists.is_valid(*row)) {
        let range = range[0] as usize..range[1] as usize;
        let indices = &indices[range.clone()];
        let ascend = indices.windows(2).all(|pair| pair[0] < pair[1]);
        if !ascend || indices.last().is_some_and(|last| *last > vector::INDEX_MAX) {
            report(row, Flaw::Index);
        } else if !scalars::all_finite(&values[range]) {
            report(row, Flaw::Element(Box::new(Flaw::NotFinite)));
        }
    }
    array
}

fn sparse_vector(value: &Value<'_>, out: &mut Vec<(u32, f32)>) -> Result<(), Flaw> {
    match value {
        Value::Sparse(pairs) => {
            let pairs = pairs.as_struct();
            let indices = pairs.column(0).as_primitive::<UInt32Type>().values().iter().copied();
            out.extend(indices.zip(pairs.column(1).as_primitive::<Float32Type>().values().iter().copied()));
            Ok(())
        }
        Value::Text(text) => vector::pairs_in(text, out).map_err(|found| Flaw::Unfit(found.into())),
        Value::Json(text) => vector::pairs(&mut Scanner::new(text), out).map_err(|unread| of_unread(value, &unread)),
        _ => Err(value.kind()),
    }
}

/// Bytes that are a whole vector of so many dimensions.
fn whole(ty: VectorType, dim: u32, bytes: &[u8]) -> Result<&[u8], Flaw> {
    if ty.bytes(dim as usize) == Some(bytes.len()) { Ok(bytes) } else { Err(Flaw::VectorBytes(bytes.len())) }
}

/// What a value is, or has in it, that no vector has.
fn of_unread(value: &Value<'_>, unread: &Unread) -> Flaw {
    match unread {
        Unread::Misfit(Misfit { within: Some(_), found: "null", .. }) => Flaw::NullElement,
        Unread::Misfit(misfit) => Flaw::Unfit(misfit.to_string()),
        Unread::Mistake(_) => value.kind(),
    }
}

/// Arrays of 64-bit floats as such of 32-bit ones, all at once.
fn narrowed(column: &Column, report: Report<'_>) -> ArrayRef {
    let lists = column.array().as_list::<i32>();
    let wide = used(lists);
    let wide = wide.as_primitive::<Float64Type>().values();
    let numbers: Vec<f32> = wide.iter().map(|number| *number as f32).collect();
    if !scalars::all_finite(&numbers) {
        for (index, number) in wide.iter().enumerate() {
            if let Err(flaw) = narrow(*number) {
                report_element(lists, index, flaw, report);
            }
        }
    }
    let offsets = OffsetBuffer::from_lengths(lists.offsets().windows(2).map(|pair| (pair[1] - pair[0]) as usize));
    let column = Column::vectors(offsets, lists.nulls().cloned(), Float32Array::from(numbers));
    Arc::clone(column.array())
}
