//! The values of a column while it grows.

use std::sync::Arc;

use arrow_array::{
    ArrayRef, BinaryArray, BooleanArray, Float32Array, Float64Array, Int64Array, StringArray, UInt32Array,
};
use arrow_buffer::{Buffer, NullBuffer};

use super::NextValue;
use super::lists::{Items, Lists, Room};
use crate::batch::{Column, Element, Type, VectorType};
use crate::json::Unread;

/// Values of one type, a blank where a row has none.
#[derive(Debug)]
pub(in crate::decode) enum Values {
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
    PackedVectors(VectorType, Lists<Vec<u8>>),
    SparseVectors(Lists<Vec<(u32, f32)>>),
}

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
            Values::PackedVectors(_, $items) => $body,
            Values::SparseVectors($items) => $body,
        }
    };
}

impl Values {
    /// Values of that type, for as many rows without one.
    pub(in crate::decode) fn new(ty: Type, rows: usize) -> Self {
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
            Type::Vector(VectorType::Float) => Self::Vectors(Lists::default()),
            Type::Vector(VectorType::SparseFloat) => Self::SparseVectors(Lists::default()),
            Type::Vector(ty) => Self::PackedVectors(ty, Lists::default()),
        };
        for _ in 0..rows {
            values.push_blank();
        }
        values
    }

    /// Appends the next value where it is of this type; else there is nothing of it. `exact` refuses integers that
    /// have to be rounded to be 64-bit floats.
    pub(in crate::decode) fn read<V: NextValue>(&mut self, next: &mut V, exact: bool) -> Result<(), Unread> {
        match self {
            Self::Bool(values) => values.push(next.read_bool()?),
            Self::Int(values) => values.push(next.read_int()?),
            Self::Float32(values) => values.push(next.read_float32()?),
            Self::Float64(values) => values.push(next.read_float64(exact)?),
            Self::Text(texts) => texts.add(|bytes| next.read_text(bytes))?,
            Self::Bytes(values) => values.add(|bytes| next.read_bytes(bytes))?,
            Self::Json(texts) => texts.add(|bytes| next.read_json(bytes))?,
            Self::Bools(lists) => lists.add(|values| next.read_bools(values))?,
            Self::Ints(lists) => lists.add(|numbers| next.read_ints(numbers))?,
            Self::Float32s(lists) => lists.add(|numbers| next.read_float32s(numbers))?,
            Self::Float64s(lists) => lists.add(|numbers| next.read_float64s(exact, numbers))?,
            Self::Texts(lists) => lists.add(|texts| next.read_texts(texts))?,
            Self::Vectors(lists) => lists.add(|numbers| next.read_vector(numbers))?,
            Self::PackedVectors(ty, lists) => lists.add(|bytes| next.read_packed_vector(*ty, bytes))?,
            Self::SparseVectors(lists) => lists.add(|pairs| next.read_sparse_vector(pairs))?,
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

    /// Bytes of a row's value.
    pub(super) fn bytes_of(&self, row: usize) -> usize {
        each!(self, items => items.bytes(row..row + 1))
    }

    /// Room for what there is.
    pub(super) fn room(&self) -> Room {
        each!(self, items => items.room())
    }

    /// Makes room for more.
    pub(super) fn reserve(&mut self, room: Room) {
        each!(self, items => Items::reserve(items, room));
    }

    /// The column.
    pub(super) fn finish(mut self, nulls: Option<NullBuffer>) -> Column {
        each!(&mut self, items => items.shrink());
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
            Self::PackedVectors(ty, lists) => Column::vector_bytes(ty, into_bytes(lists, nulls)),
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
