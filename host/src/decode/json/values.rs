//! The values of a column while it grows.

use std::sync::Arc;

use arrow_array::{
    ArrayRef, BinaryArray, BooleanArray, Float32Array, Float64Array, Int64Array, StringArray, UInt32Array,
};
use arrow_buffer::{Buffer, NullBuffer};

use super::lists::{Items, Lists};
use super::{scalar, vector};
use crate::batch::{Column, Element, Type, VectorType};
use crate::json::{self, Number, Scanner, Unread};

/// Values of one type, a blank where a row has none.
#[derive(Debug)]
pub(super) enum Values {
    Bool(Vec<bool>),
    Int(Vec<i64>),
    Float32(Vec<f32>),
    Float64(Vec<f64>),
    Text(Lists<Vec<u8>>),
    Bytes(Lists<Vec<u8>>),
    Json(Lists<Vec<u8>>),
    Bools(Lists<Vec<bool>>),
    Ints(Lists<Vec<i64>>),
    Float32s(Lists<Vec<f32>>),
    Float64s(Lists<Vec<f64>>),
    Texts(Lists<Lists<Vec<u8>>>),
    Vectors(Lists<Vec<f32>>),
    PackedVectors(VectorType, ReadPacked, Lists<Vec<u8>>),
    SparseVectors(Lists<Vec<(u32, f32)>>),
}

/// Appends the next value, a vector, as bytes.
type ReadPacked = fn(&mut Scanner<'_>, &mut Vec<u8>) -> Result<(), Unread>;

/// The same to be done with the values of any type.
macro_rules! each {
    ($values:expr, $items:ident => $body:expr) => {
        match $values {
            Values::Bool($items) => $body,
            Values::Int($items) => $body,
            Values::Float32($items) => $body,
            Values::Float64($items) => $body,
            Values::Text($items) | Values::Bytes($items) | Values::Json($items) => $body,
            Values::Bools($items) => $body,
            Values::Ints($items) => $body,
            Values::Float32s($items) | Values::Vectors($items) => $body,
            Values::Float64s($items) => $body,
            Values::Texts($items) => $body,
            Values::PackedVectors(_, _, $items) => $body,
            Values::SparseVectors($items) => $body,
        }
    };
}

impl Values {
    /// Values of that type, for as many rows without one.
    pub(super) fn new(ty: Type, rows: usize) -> Self {
        let mut values = match ty {
            Type::Bool => Self::Bool(Vec::new()),
            Type::Int => Self::Int(Vec::new()),
            Type::Float32 => Self::Float32(Vec::new()),
            Type::Float64 => Self::Float64(Vec::new()),
            Type::Text => Self::Text(Lists::default()),
            Type::Bytes => Self::Bytes(Lists::default()),
            Type::Json => Self::Json(Lists::default()),
            Type::Array(Element::Bool) => Self::Bools(Lists::default()),
            Type::Array(Element::Int) => Self::Ints(Lists::default()),
            Type::Array(Element::Float32) => Self::Float32s(Lists::default()),
            Type::Array(Element::Float64) => Self::Float64s(Lists::default()),
            Type::Array(Element::Text) => Self::Texts(Lists::default()),
            Type::Vector(ty) => match ty {
                VectorType::Float => Self::Vectors(Lists::default()),
                VectorType::Float16 => Self::PackedVectors(ty, vector::float16s, Lists::default()),
                VectorType::BFloat16 => Self::PackedVectors(ty, vector::bfloat16s, Lists::default()),
                VectorType::Int8 => Self::PackedVectors(ty, vector::int8s, Lists::default()),
                VectorType::Binary => Self::PackedVectors(ty, vector::bits, Lists::default()),
                VectorType::SparseFloat => Self::SparseVectors(Lists::default()),
            },
        };
        for _ in 0..rows {
            values.push_blank();
        }
        values
    }

    /// Appends the next value where it is of this type; else there is nothing of it. `exact` refuses integers that
    /// have to be rounded to be 64-bit floats.
    pub(super) fn read(&mut self, scanner: &mut Scanner<'_>, exact: bool) -> Result<(), Unread> {
        match self {
            Self::Bool(values) => values.push(scalar::bool(scanner)?),
            Self::Int(values) => values.push(scalar::number(scanner, Number::i64)?),
            Self::Float32(values) => values.push(scalar::number(scanner, Number::f32)?),
            Self::Float64(values) if exact => values.push(scalar::number(scanner, Number::exact_f64)?),
            Self::Float64(values) => values.push(scalar::number(scanner, Number::f64)?),
            Self::Text(texts) => texts.add(|bytes| scalar::text(scanner, bytes))?,
            Self::Bytes(values) => values.add(|bytes| scalar::base64(scanner, bytes))?,
            Self::Json(texts) => texts.add(|bytes| scalar::json(scanner, bytes))?,
            Self::Bools(lists) => lists.add(|values| {
                scalar::array(scanner, |scanner| {
                    values.push(scalar::bool(scanner)?);
                    Ok(())
                })
            })?,
            Self::Ints(lists) => lists.add(|numbers| json::i64s(scanner, numbers))?,
            Self::Float64s(lists) if exact => lists.add(|numbers| json::exact_f64s(scanner, numbers))?,
            Self::Float64s(lists) => lists.add(|numbers| json::f64s(scanner, numbers))?,
            Self::Texts(lists) => {
                lists.add(|texts| scalar::array(scanner, |scanner| texts.add(|bytes| scalar::text(scanner, bytes))))?
            }
            Self::Float32s(lists) | Self::Vectors(lists) => lists.add(|numbers| json::f32s(scanner, numbers))?,
            Self::PackedVectors(_, read, lists) => lists.add(|bytes| read(scanner, bytes))?,
            Self::SparseVectors(lists) => lists.add(|pairs| vector::pairs(scanner, pairs))?,
        }
        Ok(())
    }

    /// Appends a blank, for a row without a value.
    pub(super) fn push_blank(&mut self) {
        each!(self, items => items.push_blank());
    }

    /// Cuts all but the first `rows` rows off.
    pub(super) fn cut(&mut self, rows: usize) {
        each!(self, items => items.cut(rows));
    }

    /// The column.
    pub(super) fn finish(self, nulls: Option<NullBuffer>) -> Column {
        match self {
            Self::Bool(values) => Column::bools(BooleanArray::new(values.into(), nulls)),
            Self::Int(values) => Column::ints(Int64Array::new(values.into(), nulls)),
            Self::Float32(values) => Column::new(Type::Float32, Arc::new(Float32Array::new(values.into(), nulls))),
            Self::Float64(values) => Column::floats(Float64Array::new(values.into(), nulls)),
            Self::Text(texts) => Column::texts(into_texts(texts, nulls)),
            Self::Bytes(values) => Column::bytes(into_bytes(values, nulls)),
            Self::Json(texts) => Column::json(into_texts(texts, nulls)),
            Self::Bools(lists) => {
                into_arrays(Element::Bool, lists, nulls, |values| Arc::new(BooleanArray::new(values.into(), None)))
            }
            Self::Ints(lists) => into_arrays(Element::Int, lists, nulls, |values| Arc::new(Int64Array::from(values))),
            Self::Float32s(lists) => {
                into_arrays(Element::Float32, lists, nulls, |values| Arc::new(Float32Array::from(values)))
            }
            Self::Float64s(lists) => {
                into_arrays(Element::Float64, lists, nulls, |values| Arc::new(Float64Array::from(values)))
            }
            Self::Texts(lists) => into_arrays(Element::Text, lists, nulls, |texts| Arc::new(into_texts(texts, None))),
            Self::Vectors(lists) => {
                let (offsets, numbers) = lists.into_parts();
                Column::vectors(offsets, nulls, numbers.into())
            }
            Self::PackedVectors(ty, _, lists) => Column::vector_bytes(ty, into_bytes(lists, nulls)),
            Self::SparseVectors(lists) => {
                let (offsets, pairs) = lists.into_parts();
                let (indices, values): (Vec<u32>, Vec<f32>) = pairs.into_iter().unzip();
                Column::sparse_vectors(offsets, nulls, UInt32Array::from(indices), Float32Array::from(values))
            }
        }
    }
}

fn into_texts(texts: Lists<Vec<u8>>, nulls: Option<NullBuffer>) -> StringArray {
    let (offsets, bytes) = texts.into_parts();
    StringArray::new(offsets, Buffer::from_vec(bytes), nulls)
}

fn into_bytes(values: Lists<Vec<u8>>, nulls: Option<NullBuffer>) -> BinaryArray {
    let (offsets, bytes) = values.into_parts();
    BinaryArray::new(offsets, Buffer::from_vec(bytes), nulls)
}

fn into_arrays<I: Items>(
    element: Element,
    lists: Lists<I>,
    nulls: Option<NullBuffer>,
    elements: impl FnOnce(I) -> ArrayRef,
) -> Column {
    let (offsets, items) = lists.into_parts();
    Column::arrays(element, offsets, nulls, elements(items))
}
