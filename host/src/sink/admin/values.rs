//! Columns of Milvus' protocol as rows of JSON.

use half::{bf16, f16};
use milvus::proto::schema::field_data::Field as Data;
use milvus::proto::schema::scalar_field::Data as Scalars;
use milvus::proto::schema::vector_field::Data as Vectors;
use milvus::proto::schema::{FieldData, ScalarField, VectorField};
use serde_json::{Map, Value};

use crate::batch::VectorType;

/// The rows of an answer. What the dynamic field holds stands among the other fields.
pub(super) fn rows_of(fields: &[FieldData]) -> Result<Vec<Map<String, Value>>, String> {
    let mut rows: Vec<Map<String, Value>> = Vec::new();
    for field in fields {
        let values = column_of(field)?;
        rows.resize_with(rows.len().max(values.len()), Map::new);
        for (row, value) in rows.iter_mut().zip(values) {
            match value {
                Value::Object(object) if field.is_dynamic => row.extend(object),
                value => {
                    row.insert(field.field_name.clone(), value);
                }
            }
        }
    }
    Ok(rows)
}

fn column_of(field: &FieldData) -> Result<Vec<Value>, String> {
    let (values, valid) = match &field.field {
        Some(Data::Scalars(scalars)) => (scalars_of(scalars)?, &scalars.valid_data),
        Some(Data::Vectors(vectors)) => (vectors_of(vectors)?, &vectors.valid_data),
        _ => return Err(format!("no values of the field `{}`", field.field_name)),
    };
    let valid = if valid.is_empty() { &field.valid_data } else { valid };
    if valid.is_empty() {
        return Ok(values);
    }
    // Some servers send a value for every row, some only those that there are.
    if values.len() == valid.len() {
        return Ok(values
            .into_iter()
            .zip(valid)
            .map(|(value, valid)| if *valid { value } else { Value::Null })
            .collect());
    }
    let mut values = values.into_iter();
    Ok(valid.iter().map(|valid| if *valid { values.next().unwrap_or_default() } else { Value::Null }).collect())
}

fn scalars_of(scalars: &ScalarField) -> Result<Vec<Value>, String> {
    fn values<T: Clone + Into<Value>>(data: &[T]) -> Vec<Value> {
        data.iter().cloned().map(Into::into).collect()
    }
    Ok(match &scalars.data {
        None => Vec::new(),
        Some(Scalars::BoolData(array)) => values(&array.data),
        Some(Scalars::IntData(array)) => values(&array.data),
        Some(Scalars::LongData(array)) => values(&array.data),
        Some(Scalars::FloatData(array)) => values(&array.data),
        Some(Scalars::DoubleData(array)) => values(&array.data),
        Some(Scalars::StringData(array)) => values(&array.data),
        Some(Scalars::GeometryWktData(array)) => values(&array.data),
        // Milvus Lite gives a JSON string without its quotes.
        Some(Scalars::JsonData(array)) => array
            .data
            .iter()
            .map(|json| serde_json::from_slice(json).unwrap_or_else(|_| String::from_utf8_lossy(json).into()))
            .collect(),
        Some(Scalars::ArrayData(array)) => {
            array.data.iter().map(|row| scalars_of(row).map(Value::Array)).collect::<Result<_, _>>()?
        }
        Some(_) => return Err("scalars of a type that Kiteline does not read".into()),
    })
}

fn vectors_of(vectors: &VectorField) -> Result<Vec<Value>, String> {
    match &vectors.data {
        None => Ok(Vec::new()),
        Some(Vectors::FloatVector(numbers)) => {
            let dim = usize::try_from(vectors.dim).unwrap_or_default().max(1);
            Ok(numbers.data.chunks(dim).map(|row| row.iter().copied().map(Value::from).collect()).collect())
        }
        Some(Vectors::Float16Vector(bytes)) => packed(VectorType::Float16, bytes, vectors.dim),
        Some(Vectors::Bfloat16Vector(bytes)) => packed(VectorType::BFloat16, bytes, vectors.dim),
        Some(Vectors::Int8Vector(bytes)) => packed(VectorType::Int8, bytes, vectors.dim),
        Some(Vectors::BinaryVector(bytes)) => packed(VectorType::Binary, bytes, vectors.dim),
        Some(Vectors::SparseFloatVector(sparse)) => Ok(sparse.contents.iter().map(|bytes| pairs(bytes)).collect()),
        Some(_) => Err("vectors of a type that Kiteline does not read".into()),
    }
}

/// Vectors that are kept as bytes, as numbers; bits by the byte.
fn packed(ty: VectorType, bytes: &[u8], dim: i64) -> Result<Vec<Value>, String> {
    let dim = usize::try_from(dim).unwrap_or_default();
    let width = ty.bytes(dim).filter(|width| *width > 0).ok_or("vectors of no dimension that they can have")?;
    let halves = |bytes: &[u8], wide: fn([u8; 2]) -> f32| {
        bytes.as_chunks().0.iter().map(|pair| Value::from(wide(*pair))).collect::<Value>()
    };
    let vector = |bytes: &[u8]| match ty {
        VectorType::Float16 => halves(bytes, |pair| f16::from_le_bytes(pair).to_f32()),
        VectorType::BFloat16 => halves(bytes, |pair| bf16::from_le_bytes(pair).to_f32()),
        VectorType::Int8 => bytes.iter().map(|byte| Value::from(byte.cast_signed())).collect(),
        _ => bytes.iter().map(|byte| Value::from(*byte)).collect(),
    };
    Ok(bytes.chunks(width).map(vector).collect())
}

/// A sparse vector, its indices as names.
fn pairs(bytes: &[u8]) -> Value {
    let pairs = bytes.as_chunks::<8>().0.iter().map(|[a, b, c, d, value @ ..]| {
        (u32::from_le_bytes([*a, *b, *c, *d]).to_string(), f32::from_le_bytes(*value).into())
    });
    Value::Object(pairs.collect())
}
