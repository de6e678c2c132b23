//! The interface `batch`: what rows are and came with, reading fields, and where rows go. Writing is in `write`.

use arrow_array::cast::AsArray;
use arrow_array::types::{Float32Type, Float64Type, Int64Type};
use arrow_array::{Array, BinaryArray, ListArray, StringArray, UInt32Array};
use wasmtime::{Result, ensure};

use super::packed::{lists, pack, pack_bytes, unpack};
use crate::batch::{Element, Names, Operations, Reading, Record};
use crate::plugin::bindings::kiteline::plugin::batch::{Host, Operation, Packed, VectorType};
use crate::plugin::limits::{cut, fixed};
use crate::plugin::state::{State, Verdict};

impl State {
    fn read<T>(&mut self, field: &str, read: impl FnOnce(Reading<'_>) -> T) -> Result<T> {
        Ok(read(self.current()?.batch.read(field)))
    }

    fn of_records<T>(&mut self, each: impl Fn(Record<'_>) -> T) -> Result<Vec<T>> {
        let batch = &self.current()?.batch;
        Ok((0..batch.rows()).map(|row| each(batch.record(row))).collect())
    }

    /// What rows have of their records. A record of many rows is copied as many times, so it is looked at first how
    /// much that is.
    fn bytes_of_records(&mut self, each: impl Fn(Record<'_>) -> Option<&[u8]>) -> Result<Packed> {
        let answer = self.limits.answer;
        let batch = &self.current()?.batch;
        let values = || (0..batch.rows()).map(|row| each(batch.record(row)));
        let bytes: usize = values().flatten().map(<[u8]>::len).sum();
        let most = answer.max(batch.records().bytes());
        ensure!(bytes <= most, "the rows have {bytes} bytes of their records; the plugin's `answer` is {answer}");
        Ok(pack_bytes(values()))
    }

    fn elements<T>(
        &mut self,
        field: &str,
        wanted: &[Element],
        all: impl FnOnce(&ListArray, &dyn Array) -> Vec<T>,
    ) -> Result<Vec<T>> {
        self.read(field, |reading| {
            reading.elements(wanted).map_or_else(Vec::new, |lists| {
                let offsets = lists.offsets();
                let (start, end) = (offsets[0] as usize, offsets[lists.len()] as usize);
                all(lists, &lists.values().slice(start, end - start))
            })
        })
    }

    fn one_a_row<T>(&mut self, values: &[T]) -> Result<()> {
        let rows = self.current()?.batch.rows();
        ensure!(values.len() == rows, "{} values for {rows} rows", values.len());
        Ok(())
    }
}

fn owned(texts: &StringArray) -> Vec<Option<String>> {
    texts.iter().map(|text| text.map(str::to_owned)).collect()
}

fn owned_bytes(bytes: &BinaryArray) -> Vec<Option<Vec<u8>>> {
    bytes.iter().map(|bytes| bytes.map(<[u8]>::to_vec)).collect()
}

fn checked_name(name: &str) -> Result<()> {
    ensure!(name.len() <= fixed::NAME, "a name of {} bytes; at most {} are allowed", name.len(), fixed::NAME);
    Ok(())
}

impl Host for State {
    fn rows(&mut self) -> Result<u32> {
        Ok(self.current()?.batch.rows() as u32)
    }

    fn fields(&mut self) -> Result<Vec<String>> {
        Ok(self.current()?.batch.fields().map(|(name, _)| name.to_string()).collect())
    }

    fn field_type(&mut self, field: String) -> Result<Option<String>> {
        self.read(&field, |reading| reading.ty().map(|ty| ty.name().to_owned()))
    }

    fn payloads(&mut self) -> Result<Vec<Option<Vec<u8>>>> {
        Ok(lists(&self.bytes_of_records(|record| record.payload())?))
    }

    fn packed_payloads(&mut self) -> Result<Packed> {
        self.bytes_of_records(|record| record.payload())
    }

    fn keys(&mut self) -> Result<Vec<Option<Vec<u8>>>> {
        Ok(lists(&self.bytes_of_records(|record| record.key())?))
    }

    fn packed_keys(&mut self) -> Result<Packed> {
        self.bytes_of_records(|record| record.key())
    }

    fn headers(&mut self, name: String) -> Result<Vec<Option<Vec<u8>>>> {
        Ok(lists(&self.bytes_of_records(|record| record.header(&name))?))
    }

    fn topics(&mut self) -> Result<Vec<String>> {
        self.of_records(|record| record.origin().topic.to_string())
    }

    fn kafka_partitions(&mut self) -> Result<Vec<i32>> {
        self.of_records(|record| record.origin().partition)
    }

    fn offsets(&mut self) -> Result<Vec<i64>> {
        self.of_records(|record| record.origin().offset)
    }

    fn timestamps(&mut self) -> Result<Vec<Option<i64>>> {
        self.of_records(|record| record.timestamp())
    }

    fn texts(&mut self, field: String) -> Result<Vec<Option<String>>> {
        self.read(&field, |reading| owned(&reading.texts()))
    }

    fn packed_texts(&mut self, field: String) -> Result<Packed> {
        self.read(&field, |reading| pack(&reading.texts()))
    }

    fn ints(&mut self, field: String) -> Result<Vec<Option<i64>>> {
        self.read(&field, |reading| reading.ints().iter().collect())
    }

    fn floats(&mut self, field: String) -> Result<Vec<Option<f64>>> {
        self.read(&field, |reading| reading.floats().iter().collect())
    }

    fn bools(&mut self, field: String) -> Result<Vec<Option<bool>>> {
        self.read(&field, |reading| reading.bools().iter().collect())
    }

    fn bytes(&mut self, field: String) -> Result<Vec<Option<Vec<u8>>>> {
        self.read(&field, |reading| owned_bytes(&reading.bytes()))
    }

    fn packed_bytes(&mut self, field: String) -> Result<Packed> {
        self.read(&field, |reading| pack(&reading.bytes()))
    }

    fn json_texts(&mut self, field: String) -> Result<Vec<Option<String>>> {
        self.read(&field, |reading| owned(&reading.json_texts()))
    }

    fn lengths(&mut self, field: String) -> Result<Vec<i32>> {
        self.read(&field, |reading| reading.lengths())
    }

    fn text_elements(&mut self, field: String) -> Result<Vec<String>> {
        self.elements(&field, &[Element::Text], |_, all| {
            all.as_string::<i32>().iter().map(|text| text.unwrap_or_default().to_owned()).collect()
        })
    }

    fn int_elements(&mut self, field: String) -> Result<Vec<i64>> {
        self.elements(&field, &[Element::Int], |_, all| all.as_primitive::<Int64Type>().values().to_vec())
    }

    fn float_elements(&mut self, field: String) -> Result<Vec<f64>> {
        self.elements(&field, &[Element::Float32, Element::Float64], |_, all| {
            if let Some(narrow) = all.as_primitive_opt::<Float32Type>() {
                narrow.values().iter().map(|number| f64::from(*number)).collect()
            } else {
                all.as_primitive::<Float64Type>().values().to_vec()
            }
        })
    }

    fn bool_elements(&mut self, field: String) -> Result<Vec<bool>> {
        self.elements(&field, &[Element::Bool], |_, all| all.as_boolean().values().iter().collect())
    }

    fn dims(&mut self, field: String) -> Result<Vec<i32>> {
        self.read(&field, |reading| reading.dims())
    }

    fn vectors(&mut self, field: String) -> Result<Vec<f32>> {
        self.read(&field, |reading| reading.vectors())
    }

    fn vector_bytes(&mut self, field: String) -> Result<Vec<u8>> {
        self.read(&field, |reading| reading.vector_bytes())
    }

    fn sparse_indices(&mut self, field: String) -> Result<Vec<u32>> {
        self.read(&field, |reading| reading.sparse().0)
    }

    fn sparse_values(&mut self, field: String) -> Result<Vec<f32>> {
        self.read(&field, |reading| reading.sparse().1)
    }

    fn operations(&mut self) -> Result<Vec<Operation>> {
        let batch = &self.current()?.batch;
        let operations = (0..batch.rows()).map(|row| batch.operations().get(row));
        Ok(operations.map(Into::into).collect())
    }

    fn set_operations(&mut self, values: Vec<Operation>) -> Result<()> {
        self.one_a_row(&values)?;
        let operations = Operations::Each(values.into_iter().map(Into::into).collect());
        self.current()?.batch.set_operations(operations);
        Ok(())
    }

    fn collections(&mut self) -> Result<Vec<String>> {
        let batch = &self.current()?.batch;
        Ok((0..batch.rows()).map(|row| batch.collections().get(row).unwrap_or_default().to_owned()).collect())
    }

    fn set_collections(&mut self, values: Vec<Option<String>>) -> Result<()> {
        self.one_a_row(&values)?;
        let batch = &mut self.current()?.batch;
        let mut names = Vec::with_capacity(values.len());
        for (row, value) in values.iter().enumerate() {
            let name = value.as_deref().or_else(|| batch.collections().get(row));
            checked_name(name.unwrap_or_default())?;
            names.push(name);
        }
        let names = Names::Each(names.into_iter().collect());
        batch.set_collections(names);
        Ok(())
    }

    fn partitions(&mut self) -> Result<Vec<Option<String>>> {
        let batch = &self.current()?.batch;
        Ok((0..batch.rows()).map(|row| batch.partitions().get(row).map(str::to_owned)).collect())
    }

    fn set_partitions(&mut self, values: Vec<Option<String>>) -> Result<()> {
        self.one_a_row(&values)?;
        values.iter().flatten().try_for_each(|name| checked_name(name))?;
        self.current()?.batch.set_partitions(Names::Each(values.into_iter().collect()));
        Ok(())
    }

    fn set_packed_partitions(&mut self, data: Vec<u8>, lengths: Vec<i32>) -> Result<()> {
        let batch = &mut self.current()?.batch;
        let names: StringArray = unpack(data, &lengths, batch.rows())?;
        names.iter().flatten().try_for_each(checked_name)?;
        batch.set_partitions(Names::Each(names));
        Ok(())
    }

    fn reject(&mut self, row: u32, reason: String) -> Result<()> {
        self.current()?.mark(row, Verdict::Reject(cut(reason, fixed::MESSAGE).into()))
    }

    fn discard(&mut self, row: u32) -> Result<()> {
        self.current()?.mark(row, Verdict::Discard)
    }

    fn repeat(&mut self, counts: Vec<u32>) -> Result<()> {
        self.one_a_row(&counts)?;
        let answer = self.limits.answer;
        let current = self.current()?;
        let rows: usize = counts.iter().map(|count| *count as usize).sum();
        ensure!(rows <= fixed::ROWS, "{rows} rows; at most {} are allowed", fixed::ROWS);
        // A guess from the mean, so that the memory is not taken before it is refused.
        let guess = current.batch.memory() / counts.len().max(1) * rows;
        ensure!(guess <= answer, "{rows} rows would take about {guess} bytes; the plugin's `answer` is {answer}");
        for (row, _) in counts.iter().enumerate().filter(|(_, count)| **count == 0) {
            if let Some(Verdict::Reject(reason)) = current.verdicts.get(row) {
                current.rejected.push((current.batch.record_of()[row], reason.clone()));
            }
        }
        let repeated = counts.iter().enumerate().flat_map(|(row, count)| (0..*count).map(move |_| row as u32));
        let repeated: UInt32Array = repeated.collect();
        current.batch = current.batch.take(&repeated);
        if !current.verdicts.is_empty() {
            let verdicts = repeated.values().iter().map(|row| current.verdicts[*row as usize].clone());
            current.verdicts = verdicts.collect();
        }
        Ok(())
    }

    // Writing fields: see `write`.

    fn set_texts(&mut self, field: String, values: Vec<Option<String>>) -> Result<()> {
        self.write_texts(&field, &values)
    }

    fn set_packed_texts(&mut self, field: String, data: Vec<u8>, lengths: Vec<i32>) -> Result<()> {
        self.write_packed_texts(&field, data, &lengths)
    }

    fn set_ints(&mut self, field: String, values: Vec<Option<i64>>) -> Result<()> {
        self.write_ints(&field, values)
    }

    fn set_floats(&mut self, field: String, values: Vec<Option<f64>>) -> Result<()> {
        self.write_floats(&field, values)
    }

    fn set_bools(&mut self, field: String, values: Vec<Option<bool>>) -> Result<()> {
        self.write_bools(&field, values)
    }

    fn set_bytes(&mut self, field: String, values: Vec<Option<Vec<u8>>>) -> Result<()> {
        self.write_bytes(&field, &values)
    }

    fn set_packed_bytes(&mut self, field: String, data: Vec<u8>, lengths: Vec<i32>) -> Result<()> {
        self.write_packed_bytes(&field, data, &lengths)
    }

    fn set_json_texts(&mut self, field: String, values: Vec<Option<String>>) -> Result<()> {
        self.write_json_texts(&field, &values)
    }

    fn set_text_arrays(&mut self, field: String, lengths: Vec<i32>, elements: Vec<String>) -> Result<()> {
        self.write_arrays(&field, Element::Text, &lengths, StringArray::from(elements))
    }

    fn set_int_arrays(&mut self, field: String, lengths: Vec<i32>, elements: Vec<i64>) -> Result<()> {
        self.write_arrays(&field, Element::Int, &lengths, arrow_array::Int64Array::from(elements))
    }

    fn set_float_arrays(&mut self, field: String, lengths: Vec<i32>, elements: Vec<f64>) -> Result<()> {
        self.write_arrays(&field, Element::Float64, &lengths, arrow_array::Float64Array::from(elements))
    }

    fn set_bool_arrays(&mut self, field: String, lengths: Vec<i32>, elements: Vec<bool>) -> Result<()> {
        self.write_arrays(&field, Element::Bool, &lengths, arrow_array::BooleanArray::from(elements))
    }

    fn set_vectors(&mut self, field: String, dims: Vec<i32>, values: Vec<f32>) -> Result<()> {
        self.write_vectors(&field, &dims, values)
    }

    fn set_vector_bytes(&mut self, field: String, ty: VectorType, dims: Vec<i32>, data: Vec<u8>) -> Result<()> {
        self.write_vector_bytes(&field, ty.into(), &dims, data)
    }

    fn set_sparse_vectors(&mut self, field: String, dims: Vec<i32>, indices: Vec<u32>, values: Vec<f32>) -> Result<()> {
        self.write_sparse_vectors(&field, &dims, indices, values)
    }

    fn rename(&mut self, old: String, new: String) -> Result<bool> {
        checked_name(&new)?;
        let current = self.current()?;
        match &mut current.lineage {
            Some(lineage) => Ok(lineage.rename(&old, &new)),
            None => Ok(current.batch.rename(&old, &new)),
        }
    }

    fn remove(&mut self, field: String) -> Result<bool> {
        let current = self.current()?;
        match &mut current.lineage {
            Some(lineage) => Ok(lineage.remove(&field)),
            None => Ok(current.batch.remove(&field)),
        }
    }

    fn keep(&mut self, fields: Vec<String>) -> Result<()> {
        let current = self.current()?;
        if let Some(lineage) = &mut current.lineage {
            lineage.keep(&fields);
        }
        current.batch.retain(|name| fields.iter().any(|field| field == name));
        Ok(())
    }
}

impl From<crate::batch::Operation> for Operation {
    fn from(operation: crate::batch::Operation) -> Self {
        match operation {
            crate::batch::Operation::Upsert => Self::Upsert,
            crate::batch::Operation::Insert => Self::Insert,
            crate::batch::Operation::Delete => Self::Delete,
        }
    }
}

impl From<Operation> for crate::batch::Operation {
    fn from(operation: Operation) -> Self {
        match operation {
            Operation::Upsert => Self::Upsert,
            Operation::Insert => Self::Insert,
            Operation::Delete => Self::Delete,
        }
    }
}

impl From<VectorType> for crate::batch::VectorType {
    fn from(ty: VectorType) -> Self {
        match ty {
            VectorType::FloatVector => Self::Float,
            VectorType::Float16Vector => Self::Float16,
            VectorType::Bfloat16Vector => Self::BFloat16,
            VectorType::Int8Vector => Self::Int8,
            VectorType::BinaryVector => Self::Binary,
            VectorType::SparseFloatVector => Self::SparseFloat,
        }
    }
}
