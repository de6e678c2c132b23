//! The types that a column can have.

use std::sync::Arc;

use arrow_schema::{DataType, Field, Fields};

/// The type of a column. A row may hold a value of another type all the same: see [`super::Column`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Type {
    /// True or false.
    Bool,
    /// A 64-bit integer.
    Int,
    /// A 32-bit float.
    Float32,
    /// A 64-bit float.
    Float64,
    /// UTF-8 text.
    Text,
    /// Bytes.
    Bytes,
    /// The text of one JSON value.
    Json,
    /// An array of scalars.
    Array(Element),
    /// A vector.
    Vector(VectorType),
}

/// The type of an array's elements.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Element {
    /// True or false.
    Bool,
    /// 64-bit integers.
    Int,
    /// 32-bit floats.
    Float32,
    /// 64-bit floats.
    Float64,
    /// UTF-8 texts.
    Text,
}

/// How the numbers of a vector are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum VectorType {
    /// 32-bit floats.
    Float,
    /// IEEE 754 half floats.
    Float16,
    /// Brain floats.
    BFloat16,
    /// Signed bytes.
    Int8,
    /// Bits.
    Binary,
    /// Pairs of index and 32-bit float.
    SparseFloat,
}

impl Type {
    /// Every type, for lists and parsers.
    pub const ALL: [Self; 18] = [
        Self::Bool,
        Self::Int,
        Self::Float32,
        Self::Float64,
        Self::Text,
        Self::Bytes,
        Self::Json,
        Self::Array(Element::Bool),
        Self::Array(Element::Int),
        Self::Array(Element::Float32),
        Self::Array(Element::Float64),
        Self::Array(Element::Text),
        Self::Vector(VectorType::Float),
        Self::Vector(VectorType::Float16),
        Self::Vector(VectorType::BFloat16),
        Self::Vector(VectorType::Int8),
        Self::Vector(VectorType::Binary),
        Self::Vector(VectorType::SparseFloat),
    ];

    /// The type's name, as plugins and the pipeline file know it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Bool => "bool",
            Self::Int => "int",
            Self::Float32 => "float32",
            Self::Float64 => "float64",
            Self::Text => "text",
            Self::Bytes => "bytes",
            Self::Json => "json",
            Self::Array(Element::Bool) => "bool[]",
            Self::Array(Element::Int) => "int[]",
            Self::Array(Element::Float32) => "float32[]",
            Self::Array(Element::Float64) => "float64[]",
            Self::Array(Element::Text) => "text[]",
            Self::Vector(VectorType::Float) => "float-vector",
            Self::Vector(VectorType::Float16) => "float16-vector",
            Self::Vector(VectorType::BFloat16) => "bfloat16-vector",
            Self::Vector(VectorType::Int8) => "int8-vector",
            Self::Vector(VectorType::Binary) => "binary-vector",
            Self::Vector(VectorType::SparseFloat) => "sparse-float-vector",
        }
    }

    /// The Arrow type that holds it.
    pub fn arrow(self) -> DataType {
        match self {
            Self::Bool => DataType::Boolean,
            Self::Int => DataType::Int64,
            Self::Float32 => DataType::Float32,
            Self::Float64 => DataType::Float64,
            Self::Text | Self::Json => DataType::Utf8,
            Self::Bytes => DataType::Binary,
            Self::Array(element) => DataType::List(item(element.arrow())),
            Self::Vector(VectorType::Float) => DataType::List(item(DataType::Float32)),
            Self::Vector(VectorType::SparseFloat) => DataType::List(item(DataType::Struct(pair()))),
            Self::Vector(_) => DataType::Binary,
        }
    }
}

impl Element {
    /// The Arrow type that holds an element.
    pub fn arrow(self) -> DataType {
        match self {
            Self::Bool => DataType::Boolean,
            Self::Int => DataType::Int64,
            Self::Float32 => DataType::Float32,
            Self::Float64 => DataType::Float64,
            Self::Text => DataType::Utf8,
        }
    }
}

impl VectorType {
    /// Bytes that a dense vector of `dim` dimensions takes; none for a sparse one, or where bits don't fill bytes.
    pub const fn bytes(self, dim: usize) -> Option<usize> {
        match self {
            Self::Float => Some(dim * 4),
            Self::Float16 | Self::BFloat16 => Some(dim * 2),
            Self::Int8 => Some(dim),
            Self::Binary if dim.is_multiple_of(8) => Some(dim / 8),
            Self::Binary | Self::SparseFloat => None,
        }
    }

    /// Dimensions of a dense vector of so many bytes.
    pub const fn dim(self, bytes: usize) -> usize {
        match self {
            Self::Float => bytes / 4,
            Self::Float16 | Self::BFloat16 => bytes / 2,
            Self::Int8 | Self::SparseFloat => bytes,
            Self::Binary => bytes * 8,
        }
    }
}

/// The field that Arrow wants for the items of a list.
pub(super) fn item(of: DataType) -> Arc<Field> {
    Arc::new(Field::new_list_field(of, true))
}

/// The fields of a sparse vector's pairs.
pub(super) fn pair() -> Fields {
    Fields::from(vec![Field::new("index", DataType::UInt32, false), Field::new("value", DataType::Float32, false)])
}
