//! Types that `decode.fields` may name.

use std::collections::BTreeMap;
use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::batch::{Element, Type, VectorType};

/// Types of fields by the fields' names.
pub type FieldTypes = BTreeMap<String, FieldType>;

/// Type of a field as a record has it before any plugin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub enum FieldType {
    /// true or false.
    #[serde(rename = "bool")]
    Bool,
    /// A whole number of 64 bits.
    #[serde(rename = "int")]
    Int,
    /// A number of 32 bits with a fraction.
    #[serde(rename = "float32")]
    Float32,
    /// A number of 64 bits with a fraction.
    #[serde(rename = "float64")]
    Float64,
    /// A text.
    #[serde(rename = "text")]
    Text,
    /// Bytes, in JSON as base64.
    #[serde(rename = "bytes")]
    Bytes,
    /// Any JSON value, kept as it is.
    #[serde(rename = "json")]
    Json,
    /// A vector of numbers.
    #[serde(rename = "vector")]
    Vector,
    /// A vector of 16-bit floats.
    #[serde(rename = "float16-vector")]
    Float16Vector,
    /// A vector of brain floats.
    #[serde(rename = "bfloat16-vector")]
    BFloat16Vector,
    /// A vector of signed bytes.
    #[serde(rename = "int8-vector")]
    Int8Vector,
    /// A vector of bits, eight of them a byte.
    #[serde(rename = "binary-vector")]
    BinaryVector,
    /// A sparse vector.
    #[serde(rename = "sparse-float-vector")]
    SparseFloatVector,
    /// A list of truth values.
    #[serde(rename = "bool[]")]
    BoolArray,
    /// A list of whole numbers of 64 bits.
    #[serde(rename = "int[]")]
    IntArray,
    /// A list of numbers of 32 bits with a fraction.
    #[serde(rename = "float32[]")]
    Float32Array,
    /// A list of numbers of 64 bits with a fraction.
    #[serde(rename = "float64[]")]
    Float64Array,
    /// A list of texts.
    #[serde(rename = "text[]")]
    TextArray,
}

impl From<FieldType> for Type {
    fn from(ty: FieldType) -> Self {
        match ty {
            FieldType::Bool => Self::Bool,
            FieldType::Int => Self::Int,
            FieldType::Float32 => Self::Float32,
            FieldType::Float64 => Self::Float64,
            FieldType::Text => Self::Text,
            FieldType::Bytes => Self::Bytes,
            FieldType::Json => Self::Json,
            FieldType::Vector => Self::Vector(VectorType::Float),
            FieldType::Float16Vector => Self::Vector(VectorType::Float16),
            FieldType::BFloat16Vector => Self::Vector(VectorType::BFloat16),
            FieldType::Int8Vector => Self::Vector(VectorType::Int8),
            FieldType::BinaryVector => Self::Vector(VectorType::Binary),
            FieldType::SparseFloatVector => Self::Vector(VectorType::SparseFloat),
            FieldType::BoolArray => Self::Array(Element::Bool),
            FieldType::IntArray => Self::Array(Element::Int),
            FieldType::Float32Array => Self::Array(Element::Float32),
            FieldType::Float64Array => Self::Array(Element::Float64),
            FieldType::TextArray => Self::Array(Element::Text),
        }
    }
}

/// The name that the pipeline file has for the type.
impl fmt::Display for FieldType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.serialize(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_the_name_that_the_file_has() {
        assert_eq!(FieldType::TextArray.to_string(), "text[]");
        assert_eq!(FieldType::Float32.to_string(), "float32");
    }

    #[test]
    fn names_every_type_of_a_column() {
        for ty in Type::ALL {
            let name = if ty == Type::Vector(VectorType::Float) { "vector" } else { ty.name() };
            let named: FieldType = serde_json::from_value(name.into()).expect(name);
            assert_eq!((Type::from(named), named.to_string().as_str()), (ty, name));
        }
    }
}
