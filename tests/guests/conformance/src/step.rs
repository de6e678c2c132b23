//! A call of the interface.

use kiteline_guest::host::batch;
use kiteline_guest::{Operation, VectorType};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::answers;

/// A call, or some that go together. Fields come first, then values, in the order of the interface.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Step {
    /// Everything that is asked without naming a field; the text names a header.
    Look(String),
    /// Everything that is asked of a field, for each of these.
    Read(Vec<String>),
    SetTexts(String, Vec<Option<String>>),
    SetPackedTexts(String, Vec<u8>, Vec<i32>),
    SetInts(String, Vec<Option<i64>>),
    SetFloats(String, Vec<Option<Float>>),
    SetBools(String, Vec<Option<bool>>),
    SetBytes(String, Vec<Option<Vec<u8>>>),
    SetPackedBytes(String, Vec<u8>, Vec<i32>),
    SetJsonTexts(String, Vec<Option<String>>),
    SetTextArrays(String, Vec<i32>, Vec<String>),
    SetIntArrays(String, Vec<i32>, Vec<i64>),
    SetFloatArrays(String, Vec<i32>, Vec<Float>),
    SetBoolArrays(String, Vec<i32>, Vec<bool>),
    SetVectors(String, Vec<i32>, Vec<Float>),
    SetVectorBytes(String, Vector, Vec<i32>, Vec<u8>),
    SetSparseVectors(String, Vec<i32>, Vec<u32>, Vec<Float>),
    Rename(String, String),
    Remove(String),
    Keep(Vec<String>),
    SetOperations(Vec<To>),
    SetCollections(Vec<Option<String>>),
    SetPartitions(Vec<Option<String>>),
    SetPackedPartitions(Vec<u8>, Vec<i32>),
    Reject(u32, String),
    Discard(u32),
    Repeat(Vec<u32>),
    /// A name of so many letters, for the limits.
    SetLongName(usize),
    /// So many fields.
    SetManyFields(usize),
}

/// A number, or the name of one that JSON does not have.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(crate) enum Float {
    Number(f64),
    Named(String),
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum To {
    Upsert,
    Insert,
    Delete,
}

#[derive(Debug, Clone, Copy, Deserialize)]
pub(crate) enum Vector {
    #[serde(rename = "float-vector")]
    Float,
    #[serde(rename = "float16-vector")]
    Float16,
    #[serde(rename = "bfloat16-vector")]
    Bfloat16,
    #[serde(rename = "int8-vector")]
    Int8,
    #[serde(rename = "binary-vector")]
    Binary,
    #[serde(rename = "sparse-float-vector")]
    SparseFloat,
}

impl Step {
    /// Makes the call, and gives what it answers.
    pub(crate) fn take(&self) -> Value {
        match self {
            Self::Look(header) => return answers::look(header),
            Self::Read(fields) => return fields.iter().map(|field| answers::read(field)).collect(),
            Self::Rename(old, new) => return json!(batch::rename(old, new)),
            Self::Remove(field) => return json!(batch::remove(field)),
            Self::SetTexts(field, values) => batch::set_texts(field, &borrowed(values)),
            Self::SetPackedTexts(field, data, lengths) => batch::set_packed_texts(field, data, lengths),
            Self::SetInts(field, values) => batch::set_ints(field, values),
            Self::SetFloats(field, values) => {
                batch::set_floats(
                    field,
                    &values.iter().map(|value| value.as_ref().map(Float::get)).collect::<Vec<_>>(),
                );
            }
            Self::SetBools(field, values) => batch::set_bools(field, values),
            Self::SetBytes(field, values) => {
                batch::set_bytes(field, &values.iter().map(Option::as_deref).collect::<Vec<_>>());
            }
            Self::SetPackedBytes(field, data, lengths) => batch::set_packed_bytes(field, data, lengths),
            Self::SetJsonTexts(field, values) => batch::set_json_texts(field, &borrowed(values)),
            Self::SetTextArrays(field, lengths, elements) => {
                batch::set_text_arrays(field, lengths, &elements.iter().map(String::as_str).collect::<Vec<_>>());
            }
            Self::SetIntArrays(field, lengths, elements) => batch::set_int_arrays(field, lengths, elements),
            Self::SetFloatArrays(field, lengths, elements) => {
                batch::set_float_arrays(field, lengths, &elements.iter().map(Float::get).collect::<Vec<_>>());
            }
            Self::SetBoolArrays(field, lengths, elements) => batch::set_bool_arrays(field, lengths, elements),
            Self::SetVectors(field, dims, values) => batch::set_vectors(field, dims, &narrow(values)),
            Self::SetVectorBytes(field, of, dims, data) => batch::set_vector_bytes(field, of.get(), dims, data),
            Self::SetSparseVectors(field, dims, indices, values) => {
                batch::set_sparse_vectors(field, dims, indices, &narrow(values));
            }
            Self::Keep(fields) => batch::keep(&fields.iter().map(String::as_str).collect::<Vec<_>>()),
            Self::SetOperations(values) => {
                batch::set_operations(&values.iter().map(|to| to.get()).collect::<Vec<_>>());
            }
            Self::SetCollections(values) => batch::set_collections(&borrowed(values)),
            Self::SetPartitions(values) => batch::set_partitions(&borrowed(values)),
            Self::SetPackedPartitions(data, lengths) => batch::set_packed_partitions(data, lengths),
            Self::Reject(row, reason) => batch::reject(*row, reason),
            Self::Discard(row) => batch::discard(*row),
            Self::Repeat(counts) => batch::repeat(counts),
            Self::SetLongName(letters) => batch::set_ints(&"x".repeat(*letters), &none()),
            Self::SetManyFields(fields) => (0..*fields).for_each(|field| batch::set_ints(&field.to_string(), &none())),
        }
        Value::Null
    }
}

impl Float {
    fn get(&self) -> f64 {
        match self {
            Self::Number(number) => *number,
            Self::Named(name) => name.parse().expect("NaN, inf or -inf"),
        }
    }
}

impl To {
    fn get(self) -> Operation {
        match self {
            Self::Upsert => Operation::Upsert,
            Self::Insert => Operation::Insert,
            Self::Delete => Operation::Delete,
        }
    }
}

impl Vector {
    fn get(self) -> VectorType {
        match self {
            Self::Float => VectorType::FloatVector,
            Self::Float16 => VectorType::Float16Vector,
            Self::Bfloat16 => VectorType::Bfloat16Vector,
            Self::Int8 => VectorType::Int8Vector,
            Self::Binary => VectorType::BinaryVector,
            Self::SparseFloat => VectorType::SparseFloatVector,
        }
    }
}

fn borrowed(values: &[Option<String>]) -> Vec<Option<&str>> {
    values.iter().map(Option::as_deref).collect()
}

fn narrow(values: &[Float]) -> Vec<f32> {
    values.iter().map(|value| value.get() as f32).collect()
}

fn none() -> Vec<Option<i64>> {
    vec![None; batch::rows() as usize]
}
