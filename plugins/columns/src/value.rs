//! A value of a record.

use std::borrow::Cow;

/// A value of a field, borrowed from the payload where it can be.
#[derive(Debug, Clone, PartialEq)]
pub enum Value<'a> {
    /// True or false.
    Bool(bool),
    /// An integer of 64 bits.
    Int(i64),
    /// A float, never NaN or infinite.
    Float(f64),
    /// A text.
    Text(Cow<'a, str>),
    /// Bytes.
    Bytes(&'a [u8]),
    /// Whatever no column can hold: the text of one JSON value.
    Json(Cow<'a, str>),
    /// An array without elements, which fits arrays of any type.
    EmptyArray,
    /// An array of booleans.
    Bools(Vec<bool>),
    /// An array of integers.
    Ints(Vec<i64>),
    /// An array of floats.
    Floats(Vec<f64>),
    /// An array of texts.
    Texts(Vec<Cow<'a, str>>),
    /// A vector of 32-bit floats.
    Vector(Vec<f32>),
}

/// The fields of a record and their values; null is none.
pub type Row<'a> = Vec<(Cow<'a, str>, Option<Value<'a>>)>;

/// The type of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Bool,
    Int,
    Float,
    Text,
    Bytes,
    Json,
    EmptyArray,
    Bools,
    Ints,
    Floats,
    Texts,
    Vector,
}

impl Value<'_> {
    pub(crate) fn kind(&self) -> Kind {
        match self {
            Self::Bool(_) => Kind::Bool,
            Self::Int(_) => Kind::Int,
            Self::Float(_) => Kind::Float,
            Self::Text(_) => Kind::Text,
            Self::Bytes(_) => Kind::Bytes,
            Self::Json(_) => Kind::Json,
            Self::EmptyArray => Kind::EmptyArray,
            Self::Bools(_) => Kind::Bools,
            Self::Ints(_) => Kind::Ints,
            Self::Floats(_) => Kind::Floats,
            Self::Texts(_) => Kind::Texts,
            Self::Vector(_) => Kind::Vector,
        }
    }
}

impl Kind {
    /// The type of a column that has values of both types.
    pub(crate) fn with(self, other: Self) -> Self {
        match (self, other) {
            (a, b) if a == b => a,
            (Self::EmptyArray, array) | (array, Self::EmptyArray) if array.is_array() => array,
            _ => Self::Json,
        }
    }

    fn is_array(self) -> bool {
        matches!(self, Self::Bools | Self::Ints | Self::Floats | Self::Texts)
    }
}

/// An integer as a float, where that is exact.
pub(crate) fn exact(int: i64) -> Option<f64> {
    let float = int as f64;
    (float as i128 == i128::from(int)).then_some(float)
}
