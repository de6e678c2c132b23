//! Writing fields.

use std::borrow::Cow;

use super::Batch;
use crate::VectorType;
use crate::arrays::{Arrays, SparseVectors, Vectors};
use crate::host::batch;
use crate::packed::{Bytes, Texts};

impl Batch {
    /// Changes the text of each row, and writes the field anew. A row that holds something other than a text is
    /// rejected: writing would replace its value by none, and hide what is wrong with it.
    pub fn map_texts(&mut self, field: &str, change: impl for<'a> FnMut(Option<&'a str>) -> Option<Cow<'a, str>>) {
        let old = self.texts(field);
        if old.has_absent() {
            let any = self.json_texts(field);
            for row in (0..old.len()).filter(|row| old.get(*row).is_none() && any.get(*row).is_some()) {
                self.reject(row, &format!("{field} is not a text"));
            }
        }
        let new: Texts = old.iter().map(change).collect();
        self.set_texts(field, &new);
    }

    /// Writes a field of texts.
    pub fn set_texts(&mut self, field: &str, values: &Texts) {
        batch::set_packed_texts(field, values.data(), values.lengths());
    }

    /// Writes a field of integers.
    pub fn set_ints(&mut self, field: &str, values: &[Option<i64>]) {
        batch::set_ints(field, values);
    }

    /// Writes a field of 64-bit floats.
    pub fn set_floats(&mut self, field: &str, values: &[Option<f64>]) {
        batch::set_floats(field, values);
    }

    /// Writes a field of booleans.
    pub fn set_bools(&mut self, field: &str, values: &[Option<bool>]) {
        batch::set_bools(field, values);
    }

    /// Writes a field of bytes.
    pub fn set_bytes(&mut self, field: &str, values: &Bytes) {
        batch::set_packed_bytes(field, values.data(), values.lengths());
    }

    /// Writes a field of JSON. Each text must be one JSON value; `null` is the same as none.
    pub fn set_json_texts(&mut self, field: &str, values: &Texts) {
        batch::set_json_texts(field, &values.iter().collect::<Vec<_>>());
    }

    /// Writes a field of arrays of texts.
    pub fn set_text_arrays<T: AsRef<str>>(&mut self, field: &str, values: &Arrays<T>) {
        let elements: Vec<&str> = values.elements().iter().map(AsRef::as_ref).collect();
        batch::set_text_arrays(field, values.lengths(), &elements);
    }

    /// Writes a field of arrays of integers.
    pub fn set_int_arrays(&mut self, field: &str, values: &Arrays<i64>) {
        batch::set_int_arrays(field, values.lengths(), values.elements());
    }

    /// Writes a field of arrays of 64-bit floats.
    pub fn set_float_arrays(&mut self, field: &str, values: &Arrays<f64>) {
        batch::set_float_arrays(field, values.lengths(), values.elements());
    }

    /// Writes a field of arrays of booleans.
    pub fn set_bool_arrays(&mut self, field: &str, values: &Arrays<bool>) {
        batch::set_bool_arrays(field, values.lengths(), values.elements());
    }

    /// Writes a field of vectors of 32-bit floats.
    pub fn set_vectors(&mut self, field: &str, values: &Vectors) {
        batch::set_vectors(field, values.lengths(), values.elements());
    }

    /// Writes a field of dense vectors of any type from the bytes that Milvus takes (little-endian), row after row: a
    /// row has its dimension times the bytes of the type.
    pub fn set_vector_bytes(&mut self, field: &str, of: VectorType, dims: &[Option<usize>], data: &[u8]) {
        let dims: Vec<i32> =
            dims.iter().map(|dim| dim.map_or(-1, |dim| i32::try_from(dim).unwrap_or(i32::MAX))).collect();
        batch::set_vector_bytes(field, of, &dims, data);
    }

    /// Writes a field of sparse vectors.
    pub fn set_sparse_vectors(&mut self, field: &str, values: &SparseVectors) {
        batch::set_sparse_vectors(field, values.dims(), &values.indices, &values.values);
    }

    /// Gives a field another name, replacing a field that has it. False, and nothing done, where there is no field
    /// `old`. Costs no copy.
    pub fn rename(&mut self, old: &str, new: &str) -> bool {
        batch::rename(old, new)
    }

    /// Drops a field. False where there is none of that name.
    pub fn remove(&mut self, field: &str) -> bool {
        batch::remove(field)
    }

    /// Drops all fields but these. A name that no field has is no fault.
    pub fn keep(&mut self, fields: &[&str]) {
        batch::keep(fields);
    }
}
