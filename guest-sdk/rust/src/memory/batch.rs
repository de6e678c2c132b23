//! The interface `batch`, on the batch in memory: the same functions as the bindings have.

use super::column::{Array, Cell, Column, checked_json};
use super::read::Reading;
use super::rows::{Verdict, check_name};
use super::{json, with};
pub use crate::bindings::kiteline::plugin::batch::{Operation, Packed, VectorType};
use crate::testing::Record;

fn read<T>(field: &str, read: impl FnOnce(Reading<'_>) -> T) -> T {
    with(|memory| read(Reading::of(memory, field)))
}

fn records<T>(each: impl Fn(&Record) -> T) -> Vec<T> {
    with(|memory| (0..memory.rows.len()).map(|row| each(memory.record(row))).collect())
}

fn pack<T: AsRef<[u8]>>(values: Vec<Option<T>>) -> Packed {
    let mut packed = Packed { data: Vec::new(), lengths: Vec::new() };
    for value in &values {
        let bytes = value.as_ref().map(AsRef::as_ref);
        packed.data.extend_from_slice(bytes.unwrap_or_default());
        packed.lengths.push(bytes.map_or(-1, |bytes| i32::try_from(bytes.len()).expect("a test has few")));
    }
    packed
}

/// One entry a row of what lies one after the other. What is at fault is said first, as ``field `name`: ``.
fn unpack<T: Clone>(at: &str, elements: &[T], lengths: &[i32]) -> Vec<Option<Vec<T>>> {
    let rows = with(|memory| memory.rows.len());
    assert!(lengths.len() == rows, "{at}{} lengths for {rows} rows", lengths.len());
    if let Some(length) = lengths.iter().find(|length| **length < -1) {
        panic!("{at}a length of {length}; -1 is none");
    }
    let end: i64 = lengths.iter().map(|length| i64::from((*length).max(0))).sum();
    let total = elements.len();
    assert!(usize::try_from(end) == Ok(total), "{at}the lengths add up to {end}, and there are {total}");
    let mut rest = elements;
    let rows = lengths.iter().map(|length| {
        let (own, others) = rest.split_at(usize::try_from(*length).ok()?);
        rest = others;
        Some(own.to_vec())
    });
    rows.collect()
}

fn unpack_field<T: Clone>(field: &str, elements: &[T], lengths: &[i32]) -> Vec<Option<Vec<T>>> {
    unpack(&format!("field `{field}`: "), elements, lengths)
}

fn write<T>(field: &str, ty: &'static str, values: impl IntoIterator<Item = Option<T>>, cell: impl Fn(T) -> Cell) {
    let cells = values.into_iter().map(|value| value.map(&cell)).collect();
    with(|memory| memory.set(field, Column { ty, cells }));
}

fn utf_8(at: &str, bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_else(|_| panic!("{at}a text is not UTF-8"))
}

pub fn rows() -> u32 {
    with(|memory| u32::try_from(memory.rows.len()).expect("a test has few"))
}

pub fn fields() -> Vec<String> {
    with(|memory| memory.fields.iter().map(|(name, _)| name.clone()).collect())
}

pub fn field_type(field: &str) -> Option<String> {
    read(field, |reading| reading.column().map(|column| column.ty.to_owned()))
}

pub fn payloads() -> Vec<Option<Vec<u8>>> {
    records(|record| record.payload.clone())
}

pub fn packed_payloads() -> Packed {
    pack(payloads())
}

pub fn keys() -> Vec<Option<Vec<u8>>> {
    records(|record| record.key.clone())
}

pub fn packed_keys() -> Packed {
    pack(keys())
}

pub fn headers(name: &str) -> Vec<Option<Vec<u8>>> {
    records(|record| record.headers.iter().rfind(|(own, _)| own == name).and_then(|(_, value)| value.clone()))
}

pub fn topics() -> Vec<String> {
    records(|record| record.topic.clone())
}

pub fn kafka_partitions() -> Vec<i32> {
    records(|record| record.partition)
}

pub fn offsets() -> Vec<i64> {
    records(|record| record.offset)
}

pub fn timestamps() -> Vec<Option<i64>> {
    records(|record| record.timestamp)
}

pub fn texts(field: &str) -> Vec<Option<String>> {
    let own = |cell: &Cell| if let Cell::Text(text) = cell { Some(text.clone()) } else { None };
    read(field, |reading| reading.scalars(own, json::text))
}

pub fn packed_texts(field: &str) -> Packed {
    pack(texts(field))
}

pub fn ints(field: &str) -> Vec<Option<i64>> {
    let own = |cell: &Cell| if let Cell::Int(int) = cell { Some(*int) } else { None };
    read(field, |reading| reading.scalars(own, json::int))
}

pub fn floats(field: &str) -> Vec<Option<f64>> {
    let own = |cell: &Cell| match cell {
        Cell::Float(float) => Some(*float),
        Cell::Int(int) => json::float(&int.to_string()),
        _ => None,
    };
    read(field, |reading| reading.scalars(own, json::float))
}

pub fn bools(field: &str) -> Vec<Option<bool>> {
    let own = |cell: &Cell| if let Cell::Bool(bool) = cell { Some(*bool) } else { None };
    read(field, |reading| reading.scalars(own, json::bool))
}

pub fn bytes(field: &str) -> Vec<Option<Vec<u8>>> {
    let own = |cell: &Cell| if let Cell::Bytes(bytes) = cell { Some(bytes.clone()) } else { None };
    read(field, |reading| reading.scalars(own, |_| None))
}

pub fn packed_bytes(field: &str) -> Packed {
    pack(bytes(field))
}

pub fn json_texts(field: &str) -> Vec<Option<String>> {
    read(field, |reading| reading.json_texts())
}

pub fn lengths(field: &str) -> Vec<i32> {
    read(field, |reading| reading.lengths())
}

fn elements<T>(field: &str, of: impl Fn(&Array) -> Option<Vec<T>>) -> Vec<T> {
    read(field, |reading| {
        let cells = reading.column().into_iter().flat_map(|column| column.cells.iter().flatten());
        let arrays = cells.filter_map(|cell| if let Cell::Array(array) = cell { of(array) } else { None });
        arrays.flatten().collect()
    })
}

pub fn text_elements(field: &str) -> Vec<String> {
    elements(field, |array| if let Array::Texts(texts) = array { Some(texts.clone()) } else { None })
}

pub fn int_elements(field: &str) -> Vec<i64> {
    elements(field, |array| if let Array::Ints(ints) = array { Some(ints.clone()) } else { None })
}

pub fn float_elements(field: &str) -> Vec<f64> {
    elements(field, |array| if let Array::Floats(floats) = array { Some(floats.clone()) } else { None })
}

pub fn bool_elements(field: &str) -> Vec<bool> {
    elements(field, |array| if let Array::Bools(bools) = array { Some(bools.clone()) } else { None })
}

pub fn dims(field: &str) -> Vec<i32> {
    read(field, |reading| reading.dims())
}

pub fn vectors(field: &str) -> Vec<f32> {
    read(field, |reading| reading.vectors())
}

pub fn vector_bytes(field: &str) -> Vec<u8> {
    read(field, |reading| {
        let cells = reading.column().into_iter().flat_map(|column| column.cells.iter().flatten());
        cells.flat_map(|cell| if let Cell::Dense(bytes, _) = cell { bytes.clone() } else { Vec::new() }).collect()
    })
}

fn pairs(field: &str) -> Vec<(u32, f32)> {
    read(field, |reading| {
        let cells = reading.column().into_iter().flat_map(|column| column.cells.iter().flatten());
        cells.flat_map(|cell| if let Cell::Sparse(pairs) = cell { pairs.clone() } else { Vec::new() }).collect()
    })
}

pub fn sparse_indices(field: &str) -> Vec<u32> {
    pairs(field).into_iter().map(|(index, _)| index).collect()
}

pub fn sparse_values(field: &str) -> Vec<f32> {
    pairs(field).into_iter().map(|(_, value)| value).collect()
}

pub fn set_texts(field: &str, values: &[Option<&str>]) {
    write(field, "text", values.iter().copied(), |text| Cell::Text(text.to_owned()));
}

pub fn set_packed_texts(field: &str, data: &[u8], lengths: &[i32]) {
    let at = format!("field `{field}`: ");
    write(field, "text", unpack(&at, data, lengths), |bytes| Cell::Text(utf_8(&at, bytes)));
}

pub fn set_ints(field: &str, values: &[Option<i64>]) {
    write(field, "int", values.iter().copied(), Cell::Int);
}

pub fn set_floats(field: &str, values: &[Option<f64>]) {
    write(field, "float64", values.iter().copied(), Cell::Float);
}

pub fn set_bools(field: &str, values: &[Option<bool>]) {
    write(field, "bool", values.iter().copied(), Cell::Bool);
}

pub fn set_bytes(field: &str, values: &[Option<&[u8]>]) {
    write(field, "bytes", values.iter().copied(), |bytes| Cell::Bytes(bytes.to_vec()));
}

pub fn set_packed_bytes(field: &str, data: &[u8], lengths: &[i32]) {
    write(field, "bytes", unpack_field(field, data, lengths), Cell::Bytes);
}

pub fn set_json_texts(field: &str, values: &[Option<&str>]) {
    let cells = values.iter().enumerate().map(|(row, text)| checked_json(field, row, (*text)?)).collect();
    with(|memory| memory.set(field, Column { ty: "json", cells }));
}

pub fn set_text_arrays(field: &str, lengths: &[i32], elements: &[&str]) {
    let owned: Vec<String> = elements.iter().map(|text| (*text).to_owned()).collect();
    write(field, "text[]", unpack_field(field, &owned, lengths), |texts| Cell::Array(Array::Texts(texts)));
}

pub fn set_int_arrays(field: &str, lengths: &[i32], elements: &[i64]) {
    write(field, "int[]", unpack_field(field, elements, lengths), |ints| Cell::Array(Array::Ints(ints)));
}

pub fn set_float_arrays(field: &str, lengths: &[i32], elements: &[f64]) {
    write(field, "float64[]", unpack_field(field, elements, lengths), |floats| Cell::Array(Array::Floats(floats)));
}

pub fn set_bool_arrays(field: &str, lengths: &[i32], elements: &[bool]) {
    write(field, "bool[]", unpack_field(field, elements, lengths), |bools| Cell::Array(Array::Bools(bools)));
}

pub fn set_vectors(field: &str, dims: &[i32], values: &[f32]) {
    write(field, "float-vector", unpack_field(field, values, dims), |numbers| {
        Cell::Dense(numbers.iter().flat_map(|number| number.to_le_bytes()).collect(), numbers.len())
    });
}

pub fn set_vector_bytes(field: &str, type_: VectorType, dims: &[i32], data: &[u8]) {
    let (ty, bits) = match type_ {
        VectorType::FloatVector => ("float-vector", 32),
        VectorType::Float16Vector => ("float16-vector", 16),
        VectorType::Bfloat16Vector => ("bfloat16-vector", 16),
        VectorType::Int8Vector => ("int8-vector", 8),
        VectorType::BinaryVector => ("binary-vector", 1),
        VectorType::SparseFloatVector => panic!("field `{field}`: sparse vectors are written by `set-sparse-vectors`"),
    };
    if bits == 32 {
        let (numbers, rest) = data.as_chunks::<4>();
        assert!(rest.is_empty(), "field `{field}`: {} bytes are no 32-bit floats", data.len());
        let numbers: Vec<f32> = numbers.iter().map(|four| f32::from_le_bytes(*four)).collect();
        return set_vectors(field, dims, &numbers);
    }
    let bytes = dims.iter().map(|dim| {
        let fills = dim % 8 == 0 || *dim < 0 || bits > 1;
        assert!(fills, "field `{field}`: a binary vector of {dim} dimensions; they must fill bytes");
        if *dim < 0 { -1 } else { dim * bits / 8 }
    });
    let vectors = unpack_field(field, data, &bytes.collect::<Vec<_>>());
    write(field, ty, vectors, |bytes| {
        let dim = bytes.len() * 8 / bits as usize;
        Cell::Dense(bytes, dim)
    });
}

pub fn set_sparse_vectors(field: &str, dims: &[i32], indices: &[u32], values: &[f32]) {
    assert!(indices.len() == values.len(), "field `{field}`: {} indices and {} values", indices.len(), values.len());
    let pairs: Vec<(u32, f32)> = indices.iter().copied().zip(values.iter().copied()).collect();
    let vectors = unpack_field(field, &pairs, dims);
    for (row, pairs) in vectors.iter().enumerate() {
        let ascend = pairs.iter().all(|pairs| pairs.is_sorted_by(|a, b| a.0 < b.0));
        assert!(ascend, "field `{field}`, row {row}: the indices of a sparse vector must ascend");
    }
    write(field, "sparse-float-vector", vectors, Cell::Sparse);
}

pub fn rename(old: &str, new: &str) -> bool {
    check_name(new);
    with(|memory| {
        if old == new {
            return memory.column(old).is_some();
        }
        if memory.column(old).is_none() {
            return false;
        }
        memory.remove(new);
        for (name, _) in memory.fields.iter_mut().filter(|(name, _)| name == old) {
            new.clone_into(name);
        }
        true
    })
}

pub fn remove(field: &str) -> bool {
    with(|memory| memory.remove(field).is_some())
}

pub fn keep(fields: &[&str]) {
    with(|memory| memory.fields.retain(|(name, _)| fields.contains(&name.as_str())));
}

pub fn operations() -> Vec<Operation> {
    with(|memory| memory.rows.iter().map(|row| row.operation).collect())
}

/// Sets something of each row.
fn set_each<T>(values: impl ExactSizeIterator<Item = T>, set: impl Fn(&mut super::RowOf, T)) {
    with(|memory| {
        assert!(values.len() == memory.rows.len(), "{} values for {} rows", values.len(), memory.rows.len());
        memory.rows.iter_mut().zip(values).for_each(|(row, value)| set(row, value));
    });
}

pub fn set_operations(values: &[Operation]) {
    set_each(values.iter(), |row, operation| row.operation = *operation);
}

pub fn collections() -> Vec<String> {
    with(|memory| memory.rows.iter().map(|row| row.collection.clone()).collect())
}

pub fn set_collections(values: &[Option<&str>]) {
    values.iter().flatten().for_each(|name| check_name(name));
    set_each(values.iter(), |row, name| {
        if let Some(name) = name {
            (*name).clone_into(&mut row.collection);
        }
    });
}

pub fn partitions() -> Vec<Option<String>> {
    with(|memory| memory.rows.iter().map(|row| row.partition.clone()).collect())
}

pub fn set_partitions(values: &[Option<&str>]) {
    values.iter().flatten().for_each(|name| check_name(name));
    set_each(values.iter(), |row, name| row.partition = name.map(str::to_owned));
}

pub fn set_packed_partitions(data: &[u8], lengths: &[i32]) {
    let names: Vec<Option<String>> =
        unpack("", data, lengths).into_iter().map(|name| name.map(|bytes| utf_8("", bytes))).collect();
    set_partitions(&names.iter().map(Option::as_deref).collect::<Vec<_>>());
}

pub fn reject(row: u32, reason: &str) {
    let reason = &reason[..reason.floor_char_boundary(1024)];
    with(|memory| memory.mark(row, Verdict::Reject(reason.to_owned())));
}

pub fn discard(row: u32) {
    with(|memory| memory.mark(row, Verdict::Discard));
}

pub fn repeat(counts: &[u32]) {
    with(|memory| memory.repeat(counts));
}
