//! What a field holds, by the functions of the interface that its type has.

use kiteline_guest::VectorType;
use kiteline_guest::host::batch::{self, Packed};

/// A field of all rows, as the plugin has it.
pub(crate) enum Read {
    Bools(Vec<Option<bool>>),
    Ints(Vec<Option<i64>>),
    Floats(Vec<Option<f64>>),
    Texts(Packed),
    Json(Vec<Option<String>>),
    BoolArrays(Vec<i32>, Vec<bool>),
    IntArrays(Vec<i32>, Vec<i64>),
    FloatArrays(Vec<i32>, Vec<f64>),
    TextArrays(Vec<i32>, Vec<String>),
    Vectors(Vec<i32>, Vec<f32>),
    Bytes(VectorType, Vec<i32>, Vec<u8>),
    Sparse(Vec<i32>, Vec<u32>, Vec<f32>),
}

impl Read {
    /// Reads a field by the functions of that type.
    pub(crate) fn of(field: &str, ty: &str) -> Self {
        let lengths = || batch::lengths(field);
        let bytes = |ty| Self::Bytes(ty, batch::dims(field), batch::vector_bytes(field));
        match ty {
            "Bool" => Self::Bools(batch::bools(field)),
            "Int8" | "Int16" | "Int32" | "Int64" => Self::Ints(batch::ints(field)),
            "Float" | "Double" => Self::Floats(batch::floats(field)),
            "VarChar" | "Text" | "Timestamptz" | "Geometry" => Self::Texts(batch::packed_texts(field)),
            "Array of Bool" => Self::BoolArrays(lengths(), batch::bool_elements(field)),
            "Array of Int8" | "Array of Int16" | "Array of Int32" | "Array of Int64" => {
                Self::IntArrays(lengths(), batch::int_elements(field))
            }
            "Array of Float" | "Array of Double" => Self::FloatArrays(lengths(), batch::float_elements(field)),
            "Array of VarChar" => Self::TextArrays(lengths(), batch::text_elements(field)),
            "FloatVector" => Self::Vectors(batch::dims(field), batch::vectors(field)),
            "Float16Vector" => bytes(VectorType::Float16Vector),
            "BFloat16Vector" => bytes(VectorType::Bfloat16Vector),
            "Int8Vector" => bytes(VectorType::Int8Vector),
            "BinaryVector" => bytes(VectorType::BinaryVector),
            "SparseFloatVector" => {
                Self::Sparse(batch::dims(field), batch::sparse_indices(field), batch::sparse_values(field))
            }
            _ => Self::Json(batch::json_texts(field)),
        }
    }

    /// Writes the field by the functions of its type, and says which rows have a value.
    pub(crate) fn write(&self, field: &str) -> Vec<bool> {
        match self {
            Self::Bools(values) => {
                batch::set_bools(field, values);
                some(values)
            }
            Self::Ints(values) => {
                batch::set_ints(field, values);
                some(values)
            }
            Self::Floats(values) => {
                batch::set_floats(field, values);
                some(values)
            }
            Self::Texts(texts) => {
                batch::set_packed_texts(field, &texts.data, &texts.lengths);
                not_below_none(&texts.lengths)
            }
            Self::Json(texts) => {
                batch::set_json_texts(field, &texts.iter().map(Option::as_deref).collect::<Vec<_>>());
                some(texts)
            }
            Self::BoolArrays(lengths, elements) => {
                batch::set_bool_arrays(field, lengths, elements);
                not_below_none(lengths)
            }
            Self::IntArrays(lengths, elements) => {
                batch::set_int_arrays(field, lengths, elements);
                not_below_none(lengths)
            }
            Self::FloatArrays(lengths, elements) => {
                batch::set_float_arrays(field, lengths, elements);
                not_below_none(lengths)
            }
            Self::TextArrays(lengths, elements) => {
                batch::set_text_arrays(field, lengths, &elements.iter().map(String::as_str).collect::<Vec<_>>());
                not_below_none(lengths)
            }
            Self::Vectors(dims, numbers) => {
                batch::set_vectors(field, dims, numbers);
                not_below_none(dims)
            }
            Self::Bytes(ty, dims, data) => {
                batch::set_vector_bytes(field, *ty, dims, data);
                not_below_none(dims)
            }
            Self::Sparse(dims, indices, values) => {
                batch::set_sparse_vectors(field, dims, indices, values);
                not_below_none(dims)
            }
        }
    }
}

fn some<T>(values: &[Option<T>]) -> Vec<bool> {
    values.iter().map(Option::is_some).collect()
}

/// Of rows without a value the length is -1.
fn not_below_none(lengths: &[i32]) -> Vec<bool> {
    lengths.iter().map(|length| *length >= 0).collect()
}
