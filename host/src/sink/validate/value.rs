//! One row's value of whatever type, and what it is as another. This is the slow way: columns that have the type of
//! their field are never taken apart.

use std::borrow::Cow;

use arrow_array::cast::AsArray;
use arrow_array::types::{Float32Type, Float64Type, Int64Type};
use arrow_array::{Array, ArrayRef};
use serde_json::value::RawValue;

use super::flaw::Flaw;
use crate::batch::{Column, Element, Type, VectorType};
use crate::json;

/// A value, or what is known of it.
#[derive(Debug, Clone)]
pub(super) enum Value<'a> {
    Bool(bool),
    Int(i64),
    Float32(f32),
    Float64(f64),
    Text(&'a str),
    /// JSON text.
    Json(&'a str),
    /// The elements of an array or the numbers of a vector.
    List(ArrayRef, Element),
    /// Bytes.
    Bytes(&'a [u8]),
    /// A dense vector that is kept as bytes.
    Packed(VectorType, &'a [u8]),
    /// The pairs of a sparse vector.
    Sparse(ArrayRef),
}

impl<'a> Value<'a> {
    /// The value of a row; none where there is none. The JSON value `null` is none.
    pub(super) fn of(column: &'a Column, row: usize) -> Option<Self> {
        let value = match column.other(row) {
            Some(text) => Some(Self::Json(text)),
            None => Self::at(column.array(), column.ty(), row),
        };
        value.filter(|value| !matches!(value, Self::Json(text) if is_null(text)))
    }

    /// The value at an index of an array of that type; none for null.
    fn at(array: &'a ArrayRef, ty: Type, index: usize) -> Option<Self> {
        if array.is_null(index) {
            return None;
        }
        Some(match ty {
            Type::Bool => Self::Bool(array.as_boolean().value(index)),
            Type::Int => Self::Int(array.as_primitive::<Int64Type>().value(index)),
            Type::Float32 => Self::Float32(array.as_primitive::<Float32Type>().value(index)),
            Type::Float64 => Self::Float64(array.as_primitive::<Float64Type>().value(index)),
            Type::Text => Self::Text(array.as_string::<i32>().value(index)),
            Type::Json => Self::Json(array.as_string::<i32>().value(index)),
            Type::Bytes => Self::Bytes(array.as_binary::<i32>().value(index)),
            Type::Array(element) => Self::List(array.as_list::<i32>().value(index), element),
            Type::Vector(VectorType::Float) => Self::List(array.as_list::<i32>().value(index), Element::Float32),
            Type::Vector(VectorType::SparseFloat) => Self::Sparse(array.as_list::<i32>().value(index)),
            Type::Vector(ty) => Self::Packed(ty, array.as_binary::<i32>().value(index)),
        })
    }

    pub(super) fn bool(&self) -> Result<bool, Flaw> {
        match self {
            Self::Bool(value) => Ok(*value),
            Self::Json(text) => json::bool(text).ok_or_else(|| self.kind()),
            _ => Err(self.kind()),
        }
    }

    /// A float is no integer, even where it has no fraction.
    pub(super) fn int(&self) -> Result<i64, Flaw> {
        match self {
            Self::Int(value) => Ok(*value),
            Self::Json(text) => json::int(text).ok_or_else(|| self.kind()),
            _ => Err(self.kind()),
        }
    }

    /// A 64-bit float is rounded to the nearest; an integer must be exact.
    pub(super) fn float(&self) -> Result<f32, Flaw> {
        match self {
            Self::Float32(value) => Ok(*value),
            Self::Float64(value) => narrow(*value),
            Self::Int(value) => exact_float(*value),
            Self::Json(text) => match json::int(text) {
                Some(value) => exact_float(value),
                None => narrow(json::float(text).ok_or_else(|| self.kind())?),
            },
            _ => Err(self.kind()),
        }
    }

    /// An integer must be exact.
    pub(super) fn double(&self) -> Result<f64, Flaw> {
        match self {
            Self::Float32(value) => Ok(f64::from(*value)),
            Self::Float64(value) => Ok(*value),
            Self::Int(value) => exact_double(*value),
            Self::Json(text) => match json::int(text) {
                Some(value) => exact_double(value),
                None => json::float(text).ok_or_else(|| self.kind()),
            },
            _ => Err(self.kind()),
        }
    }

    pub(super) fn text(&self) -> Result<Cow<'a, str>, Flaw> {
        match self {
            Self::Text(value) => Ok(Cow::Borrowed(value)),
            Self::Json(text) => json::text(text).ok_or_else(|| self.kind()),
            _ => Err(self.kind()),
        }
    }

    /// Hands over the elements of an array, or the numbers of a vector, one by one.
    pub(super) fn elements(&self, mut take: impl FnMut(Value<'_>) -> Result<(), Flaw>) -> Result<(), Flaw> {
        match self {
            Self::List(array, element) => {
                for index in 0..array.len() {
                    take(Value::at(array, scalar(*element), index).ok_or(Flaw::NullElement)?)?;
                }
                Ok(())
            }
            Self::Json(text) if text.trim_start().starts_with('[') => {
                let elements: Vec<&RawValue> = serde_json::from_str(text).map_err(|_| self.kind())?;
                for element in elements {
                    if is_null(element.get()) {
                        return Err(Flaw::NullElement);
                    }
                    take(Value::Json(element.get()))?;
                }
                Ok(())
            }
            _ => Err(self.kind()),
        }
    }

    /// The flaw of being what it is.
    pub(super) fn kind(&self) -> Flaw {
        Flaw::Kind(match self {
            Self::Bool(_) => "a boolean",
            Self::Int(_) => "an integer",
            Self::Float32(_) | Self::Float64(_) => "a float",
            Self::Text(_) => "a text",
            Self::Json(text) => json_kind(text),
            Self::List(..) => "an array",
            Self::Bytes(_) => "bytes",
            Self::Packed(VectorType::BFloat16, _) => "a BFloat16Vector",
            Self::Packed(VectorType::Int8, _) => "an Int8Vector",
            Self::Packed(VectorType::Binary, _) => "a BinaryVector",
            Self::Packed(..) => "a Float16Vector",
            Self::Sparse(_) => "a SparseFloatVector",
        })
    }
}

/// True for the JSON value `null`.
pub(super) fn is_null(text: &str) -> bool {
    text.trim_ascii() == "null"
}

/// What kind of JSON value a text is.
pub(super) fn json_kind(text: &str) -> &'static str {
    let text = text.trim_ascii();
    match text.as_bytes().first() {
        Some(b'"') => "a text",
        Some(b'{') => "an object",
        Some(b'[') => "an array",
        Some(b't' | b'f') => "a boolean",
        Some(b'-' | b'0'..=b'9') if text.contains(['.', 'e', 'E']) => "a float",
        Some(b'-' | b'0'..=b'9') if text.parse::<i64>().is_err() => "an integer of more than 64 bits",
        Some(b'-' | b'0'..=b'9') => "an integer",
        _ => "something that is not JSON",
    }
}

fn scalar(element: Element) -> Type {
    match element {
        Element::Bool => Type::Bool,
        Element::Int => Type::Int,
        Element::Float32 => Type::Float32,
        Element::Float64 => Type::Float64,
        Element::Text => Type::Text,
    }
}

/// The nearest 32-bit float.
pub(super) fn narrow(value: f64) -> Result<f32, Flaw> {
    let narrowed = value as f32;
    match (value.is_finite(), narrowed.is_finite()) {
        (false, _) => Err(Flaw::NotFinite),
        (true, false) => Err(Flaw::Beyond),
        (true, true) => Ok(narrowed),
    }
}

fn exact_float(value: i64) -> Result<f32, Flaw> {
    let float = value as f32;
    if float as i128 == i128::from(value) { Ok(float) } else { Err(Flaw::Inexact) }
}

fn exact_double(value: i64) -> Result<f64, Flaw> {
    let float = value as f64;
    if float as i128 == i128::from(value) { Ok(float) } else { Err(Flaw::Inexact) }
}
