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
}
