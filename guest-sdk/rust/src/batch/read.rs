//! Reading fields.

use super::{Batch, bytes, counts, texts};
use crate::arrays::{Arrays, SparseVectors, Vectors};
use crate::host::batch;
use crate::packed::{Bytes, Texts};

impl Batch {
    /// Texts. A JSON string inside nested JSON is a text as well.
    pub fn texts(&self, field: &str) -> Texts {
        texts(batch::packed_texts(field))
    }

    /// Integers. A float is none, even where it has no fraction; a JSON number above 64 bits is none.
    pub fn ints(&self, field: &str) -> Vec<Option<i64>> {
        batch::ints(field)
    }

    /// Floats, those of 32 bits widened. An integer reads as a float where that is exact, else as none.
    pub fn floats(&self, field: &str) -> Vec<Option<f64>> {
        batch::floats(field)
    }

    /// Booleans. Nothing else reads as one.
    pub fn bools(&self, field: &str) -> Vec<Option<bool>> {
        batch::bools(field)
    }

    /// Bytes. A text is none.
    pub fn bytes(&self, field: &str) -> Bytes {
        bytes(batch::packed_bytes(field))
    }

    /// Any value as JSON text, numbers without loss: nested JSON as it was written, bytes as base64, a vector as an
    /// array. None where the field is absent or null.
    pub fn json_texts(&self, field: &str) -> Texts {
        batch::json_texts(field).into_iter().collect()
    }

    /// Number of elements of each array of any type. Moves no element.
    pub fn lengths(&self, field: &str) -> Vec<Option<usize>> {
        counts(batch::lengths(field))
    }

    /// Arrays of texts.
    pub fn text_arrays(&self, field: &str) -> Arrays<String> {
        Arrays::new(batch::text_elements(field), batch::lengths(field))
    }

    /// Arrays of integers.
    pub fn int_arrays(&self, field: &str) -> Arrays<i64> {
        Arrays::new(batch::int_elements(field), batch::lengths(field))
    }

    /// Arrays of floats, those of 32 bits widened.
    pub fn float_arrays(&self, field: &str) -> Arrays<f64> {
        Arrays::new(batch::float_elements(field), batch::lengths(field))
    }

    /// Arrays of booleans.
    pub fn bool_arrays(&self, field: &str) -> Arrays<bool> {
        Arrays::new(batch::bool_elements(field), batch::lengths(field))
    }

    /// Dimension of each row's vector: numbers for a dense vector, bits for a binary one, pairs for a sparse one. An
    /// array of numbers that is not known as a vector has its number of elements. Moves no vector.
    pub fn dims(&self, field: &str) -> Vec<Option<usize>> {
        counts(batch::dims(field))
    }

    /// Dense vectors as 32-bit floats: 16-bit floats and bytes widened, an array of 64-bit floats rounded. Copies all
    /// of them: ask for [`dims`](Self::dims) where that is enough.
    pub fn vectors(&self, field: &str) -> Vectors {
        Vectors::new(batch::vectors(field), batch::dims(field))
    }

    /// The bytes of all dense vectors as Milvus takes them (little-endian), row after row: a row has its dimension
    /// times the bytes of its type. Empty for a sparse field and where there are no vectors.
    pub fn vector_bytes(&self, field: &str) -> Vec<u8> {
        batch::vector_bytes(field)
    }

    /// Sparse vectors.
    pub fn sparse_vectors(&self, field: &str) -> SparseVectors {
        SparseVectors::new(batch::sparse_indices(field), batch::sparse_values(field), batch::dims(field))
    }
}
