//! Writing fields: what a guest hands over becomes a column, or the call is a fault.

use std::sync::Arc;

use arrow_array::types::BinaryType;
use arrow_array::{Array, BinaryArray, BooleanArray, Float32Array, Float64Array, Int64Array, StringArray, UInt32Array};
use wasmtime::{Result, bail, ensure, format_err};

use super::packed::{unpack, unpack_lengths};
use crate::batch::{Column, Element, VectorType};
use crate::json;
use crate::plugin::limits::fixed;
use crate::plugin::state::State;

impl State {
    /// Sets a column that was made of a guest's values, within the limits.
    fn write(&mut self, field: &str, column: Column) -> Result<()> {
        ensure!(field.len() <= fixed::NAME, "a name of {} bytes; at most {} are allowed", field.len(), fixed::NAME);
        let answer = self.limits.answer;
        let current = self.current()?;
        let rows = current.batch.rows();
        ensure!(column.len() == rows, "field `{field}`: {} values for {rows} rows", column.len());
        if let Some(lineage) = &mut current.lineage {
            lineage.write(field);
        }
        current.batch.set(field, column);
        let (fields, memory) = (current.batch.fields().len(), current.batch.memory());
        ensure!(fields <= fixed::FIELDS, "{fields} fields; at most {} are allowed", fixed::FIELDS);
        ensure!(memory <= answer, "the fields take {memory} bytes; the plugin's `answer` is {answer}");
        Ok(())
    }

    fn row_count(&mut self) -> Result<usize> {
        Ok(self.current()?.batch.rows())
    }

    pub(super) fn write_texts(&mut self, field: &str, values: &[Option<String>]) -> Result<()> {
        self.write(field, Column::texts(values.iter().map(Option::as_deref).collect::<StringArray>()))
    }

    pub(super) fn write_packed_texts(&mut self, field: &str, data: Vec<u8>, lengths: &[i32]) -> Result<()> {
        let rows = self.row_count()?;
        let texts = unpack(data, lengths, rows).map_err(|error| format_err!("field `{field}`: {error}"))?;
        self.write(field, Column::texts(texts))
    }

    pub(super) fn write_ints(&mut self, field: &str, values: Vec<Option<i64>>) -> Result<()> {
        self.write(field, Column::ints(Int64Array::from(values)))
    }

    pub(super) fn write_floats(&mut self, field: &str, values: Vec<Option<f64>>) -> Result<()> {
        self.write(field, Column::floats(Float64Array::from(values)))
    }

    pub(super) fn write_bools(&mut self, field: &str, values: Vec<Option<bool>>) -> Result<()> {
        self.write(field, Column::bools(BooleanArray::from(values)))
    }

    pub(super) fn write_bytes(&mut self, field: &str, values: &[Option<Vec<u8>>]) -> Result<()> {
        self.write(field, Column::bytes(values.iter().map(Option::as_deref).collect::<BinaryArray>()))
    }

    pub(super) fn write_packed_bytes(&mut self, field: &str, data: Vec<u8>, lengths: &[i32]) -> Result<()> {
        let rows = self.row_count()?;
        let bytes = unpack(data, lengths, rows).map_err(|error| format_err!("field `{field}`: {error}"))?;
        self.write(field, Column::bytes(bytes))
    }

    pub(super) fn write_json_texts(&mut self, field: &str, values: &[Option<String>]) -> Result<()> {
        for (row, text) in values.iter().enumerate() {
            if let Some(text) = text
                && let Err(mistake) = json::check(text)
            {
                bail!("field `{field}`, row {row}: not JSON: {mistake}");
            }
        }
        let texts = values.iter().map(|text| text.as_deref().map(str::trim).filter(|text| *text != "null"));
        self.write(field, Column::json(texts.collect::<StringArray>()))
    }

    pub(super) fn write_arrays(
        &mut self,
        field: &str,
        element: Element,
        lengths: &[i32],
        elements: impl Array + 'static,
    ) -> Result<()> {
        let rows = self.row_count()?;
        let (offsets, nulls) =
            unpack_lengths(lengths, rows, elements.len()).map_err(|error| format_err!("field `{field}`: {error}"))?;
        self.write(field, Column::arrays(element, offsets, nulls, Arc::new(elements)))
    }

    pub(super) fn write_vectors(&mut self, field: &str, dims: &[i32], values: Vec<f32>) -> Result<()> {
        let rows = self.row_count()?;
        let (offsets, nulls) =
            unpack_lengths(dims, rows, values.len()).map_err(|error| format_err!("field `{field}`: {error}"))?;
        self.write(field, Column::vectors(offsets, nulls, Float32Array::from(values)))
    }

    pub(super) fn write_vector_bytes(
        &mut self,
        field: &str,
        ty: VectorType,
        dims: &[i32],
        data: Vec<u8>,
    ) -> Result<()> {
        if ty == VectorType::SparseFloat {
            bail!("field `{field}`: sparse vectors are written by `set-sparse-vectors`");
        }
        if ty == VectorType::Float {
            ensure!(data.len().is_multiple_of(4), "field `{field}`: {} bytes are no 32-bit floats", data.len());
            let numbers =
                data.chunks_exact(4).map(|bytes| f32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]));
            return self.write_vectors(field, dims, numbers.collect());
        }
        let mut lengths = Vec::with_capacity(dims.len());
        for dim in dims {
            lengths.push(match usize::try_from(*dim) {
                Err(_) => -1,
                Ok(dim) => match ty.bytes(dim) {
                    Some(bytes) => i32::try_from(bytes)?,
                    None => bail!("field `{field}`: a binary vector of {dim} dimensions; they must fill bytes"),
                },
            });
        }
        let rows = self.row_count()?;
        let bytes =
            unpack::<BinaryType>(data, &lengths, rows).map_err(|error| format_err!("field `{field}`: {error}"))?;
        self.write(field, Column::vector_bytes(ty, bytes))
    }

    pub(super) fn write_sparse_vectors(
        &mut self,
        field: &str,
        dims: &[i32],
        indices: Vec<u32>,
        values: Vec<f32>,
    ) -> Result<()> {
        ensure!(
            indices.len() == values.len(),
            "field `{field}`: {} indices and {} values",
            indices.len(),
            values.len()
        );
        let rows = self.row_count()?;
        let (offsets, nulls) =
            unpack_lengths(dims, rows, values.len()).map_err(|error| format_err!("field `{field}`: {error}"))?;
        for (row, pair) in offsets.windows(2).enumerate() {
            let ascend = indices[pair[0] as usize..pair[1] as usize].is_sorted_by(|a, b| a < b);
            ensure!(ascend, "field `{field}`, row {row}: the indices of a sparse vector must ascend");
        }
        self.write(
            field,
            Column::sparse_vectors(offsets, nulls, UInt32Array::from(indices), Float32Array::from(values)),
        )
    }
}
