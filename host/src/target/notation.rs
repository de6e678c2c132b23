//! Types as a pipeline file and messages write them: `VarChar(256)`, `FloatVector(768)`, `Array(VarChar(64), 32)`.

use std::fmt;
use std::str::FromStr;

use super::FieldType;
use crate::batch::VectorType;

/// The greatest length of a VarChar in bytes that Milvus lets a schema set.
pub const LENGTH_MAX: u32 = 65_535;
/// The greatest capacity of an Array that Milvus lets a schema set.
pub const CAPACITY_MAX: u32 = 4096;
/// The greatest dimension; of a BinaryVector eight times as many.
pub const DIM_MAX: u32 = 32_768;

/// Why a text is no type. The text itself is not in it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NotAType(String);

/// The types that have nothing in parentheses.
const PLAIN: [FieldType; 11] = [
    FieldType::Bool,
    FieldType::Int8,
    FieldType::Int16,
    FieldType::Int32,
    FieldType::Int64,
    FieldType::Float,
    FieldType::Double,
    FieldType::Text,
    FieldType::Timestamptz,
    FieldType::Geometry,
    FieldType::Json,
];

const VECTORS: [VectorType; 6] = [
    VectorType::Float,
    VectorType::Float16,
    VectorType::BFloat16,
    VectorType::Int8,
    VectorType::Binary,
    VectorType::SparseFloat,
];

impl FromStr for FieldType {
    type Err = NotAType;

    fn from_str(text: &str) -> Result<Self, NotAType> {
        let (name, inside) = parts(text)?;
        if let Some(ty) = scalar(name, inside)? {
            return Ok(ty);
        }
        if name.eq_ignore_ascii_case("Array") {
            let inside = inside.ok_or_else(|| wrong("without its elements; write it as Array(Int64, 100)"))?;
            let (element, capacity) = match inside.rsplit_once(',') {
                Some((element, capacity)) => (element, number(capacity, CAPACITY_MAX, "the capacity of an Array")?),
                None => (inside, CAPACITY_MAX),
            };
            let (name, inside) = parts(element)?;
            // Not read as any type: an Array has no Arrays in it, so nothing here goes deeper.
            return match scalar(name, inside)? {
                Some(ty) if ty.is_element() => Ok(Self::Array { element: Box::new(ty), max_capacity: capacity }),
                _ => Err(wrong(
                    "an Array of what Milvus has none of; its elements are Bool, Int8, Int16, Int32, Int64, Float, \
                     Double or VarChar",
                )),
            };
        }
        let named = |ty: &VectorType| Self::Vector { ty: *ty, dim: 0 }.name().eq_ignore_ascii_case(name);
        match (VECTORS.into_iter().find(named), inside) {
            (Some(ty @ VectorType::SparseFloat), None) => Ok(Self::Vector { ty, dim: 0 }),
            (Some(VectorType::SparseFloat), Some(_)) => Err(wrong("without a dimension; write SparseFloatVector")),
            (Some(ty @ VectorType::Binary), Some(inside)) => {
                let dim = number(inside, DIM_MAX * 8, "the dimension of a BinaryVector")?;
                if !dim.is_multiple_of(8) {
                    return Err(wrong("of a dimension that fills no bytes; write a multiple of 8"));
                }
                Ok(Self::Vector { ty, dim })
            }
            (Some(ty), Some(inside)) => {
                Ok(Self::Vector { ty, dim: number(inside, DIM_MAX, "the dimension of a vector")? })
            }
            (Some(ty), None) => {
                let name = Self::Vector { ty, dim: 0 }.name().to_owned();
                Err(wrong(&format!("without its dimension; write it as {name}(768)")))
            }
            (None, _) => Err(wrong(
                "no type of Milvus; write Bool, Int8, Int16, Int32, Int64, Float, Double, VarChar(256), Text, JSON, \
                 Timestamptz, Geometry, Array(VarChar(64), 100), FloatVector(768), Float16Vector(768), \
                 BFloat16Vector(768), Int8Vector(768), BinaryVector(768) or SparseFloatVector",
            )),
        }
    }
}

impl fmt::Display for FieldType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.name();
        match self {
            Self::VarChar { max_length } => write!(f, "{name}({max_length})"),
            Self::Array { element, max_capacity } => write!(f, "{name}({element}, {max_capacity})"),
            Self::Vector { ty, dim } if *ty != VectorType::SparseFloat => write!(f, "{name}({dim})"),
            _ => f.write_str(name),
        }
    }
}

impl FieldType {
    /// True where an Array may have elements of it.
    fn is_element(&self) -> bool {
        !matches!(self, Self::Text | Self::Timestamptz | Self::Geometry | Self::Json)
    }
}

/// The name, and what stands behind it in parentheses.
fn parts(text: &str) -> Result<(&str, Option<&str>), NotAType> {
    let text = text.trim();
    let Some((name, rest)) = text.split_once('(') else { return Ok((text, None)) };
    let inside = rest.strip_suffix(')').ok_or_else(|| wrong("not closed; end it with `)`"))?;
    Ok((name.trim_end(), Some(inside.trim())))
}

fn scalar(name: &str, inside: Option<&str>) -> Result<Option<FieldType>, NotAType> {
    if name.eq_ignore_ascii_case("VarChar") {
        let max_length = inside.map(|inside| number(inside, LENGTH_MAX, "the length of a VarChar in bytes"));
        return Ok(Some(FieldType::VarChar { max_length: max_length.transpose()?.unwrap_or(LENGTH_MAX) }));
    }
    let Some(ty) = PLAIN.iter().find(|ty| ty.name().eq_ignore_ascii_case(name)) else { return Ok(None) };
    match inside {
        None => Ok(Some(ty.clone())),
        Some(_) => Err(wrong(&format!("with something in parentheses; write {}", ty.name()))),
    }
}

fn number(text: &str, most: u32, what: &str) -> Result<u32, NotAType> {
    let number = text.trim().parse().ok().filter(|number| (1..=most).contains(number));
    number.ok_or_else(|| wrong(&format!("not in Milvus' limits: {what} is 1 to {most}")))
}

fn wrong(text: &str) -> NotAType {
    NotAType(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_reads_as_it_is_printed() {
        for text in [
            "Bool",
            "Int8",
            "Int16",
            "Int32",
            "Int64",
            "Float",
            "Double",
            "VarChar(1)",
            "VarChar(65535)",
            "Text",
            "JSON",
            "Timestamptz",
            "Geometry",
            "Array(Bool, 1)",
            "Array(VarChar(64), 4096)",
            "FloatVector(768)",
            "Float16Vector(1)",
            "BFloat16Vector(32768)",
            "Int8Vector(2)",
            "BinaryVector(262144)",
            "SparseFloatVector",
        ] {
            let ty: FieldType = text.parse().expect(text);
            assert_eq!(ty.to_string(), text);
        }
    }

    #[test]
    fn what_is_left_out_is_the_most_and_names_are_taken_in_any_case() {
        for (text, ty) in [
            ("varchar", "VarChar(65535)"),
            (" json ", "JSON"),
            ("Array(int64)", "Array(Int64, 4096)"),
            ("array ( VARCHAR ( 8 ) ,3)", "Array(VarChar(8), 3)"),
            ("Array(VarChar(8))", "Array(VarChar(8), 4096)"),
            ("floatvector( 4 )", "FloatVector(4)"),
        ] {
            assert_eq!(text.parse::<FieldType>().expect(text).to_string(), ty);
        }
    }

    #[test]
    fn what_is_no_type_is_told_with_what_to_write() {
        for (text, what) in [
            ("", "no type of Milvus; write Bool"),
            ("String", "no type of Milvus; write Bool"),
            ("VarChar(0)", "not in Milvus' limits: the length of a VarChar in bytes is 1 to 65535"),
            ("VarChar(64", "not closed; end it with `)`"),
            ("VarChar(x)", "not in Milvus' limits"),
            ("Int64(8)", "with something in parentheses; write Int64"),
            ("FloatVector", "without its dimension; write it as FloatVector(768)"),
            ("FloatVector(32769)", "not in Milvus' limits: the dimension of a vector is 1 to 32768"),
            ("BinaryVector(12)", "of a dimension that fills no bytes; write a multiple of 8"),
            ("SparseFloatVector(8)", "without a dimension; write SparseFloatVector"),
            ("Array", "without its elements; write it as Array(Int64, 100)"),
            ("Array(JSON)", "an Array of what Milvus has none of"),
            ("Array(Array(Int64, 3), 3)", "an Array of what Milvus has none of"),
            ("Array(Int64, 5000)", "not in Milvus' limits: the capacity of an Array is 1 to 4096"),
        ] {
            let refused = text.parse::<FieldType>().expect_err(text).to_string();
            assert!(refused.starts_with(what), "{text}: {refused}");
        }
    }
}
