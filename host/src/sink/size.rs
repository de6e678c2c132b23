//! How many bytes rows take in a request, before it is made: exact for most fields and never less than the truth.

use arrow_array::cast::AsArray;
use arrow_array::types::Int64Type;
use arrow_array::{Array, ArrayRef, ListArray, StringArray};

use super::expression;
use super::schema::{DYNAMIC_FIELD, Schema, Writable};
use super::types::DefaultValue;
use crate::batch::{Operation, Operations, VectorType};
use crate::target::{Field, FieldType};

/// What Milvus takes in one request (`serverMaxRecvSize`).
pub(super) const REQUEST_MAX: usize = 64 << 20;
/// Most bytes that a name takes: Milvus' limit.
const NAME_MAX: usize = 255;
/// Tags and lengths of one field, its messages being nested four deep, with a length of at most 4 bytes each.
const FIELD: usize = 64;
/// Tags and lengths around the vectors of one row's elements, and their dimension.
const VECTORS: usize = 24;
/// What stands in the dynamic field of a row that has nothing for it.
pub(super) const NO_DYNAMIC: &str = "{}";

/// Bytes of a request besides its rows. In one that deletes, the key's name takes the room of the partition's.
pub(super) fn request(schema: &Schema) -> usize {
    let size = |field: &Field| field.name.len() + FIELD;
    let with_members =
        |field: &Field| size(field) + field.ty.members().unwrap_or_default().iter().map(size).sum::<usize>();
    let fields: usize = schema.writable().map(|w| with_members(w.field)).sum();
    let dynamic = if schema.collection.dynamic { DYNAMIC_FIELD.len() + FIELD } else { 0 };
    schema.collection.name.len() + NAME_MAX + FIELD + fields + dynamic
}

/// Bytes of each row that is written.
pub(super) fn rows(
    schema: &Schema,
    columns: &[Option<ArrayRef>],
    dynamic: Option<&StringArray>,
    rows: usize,
) -> Vec<usize> {
    let mut bytes = vec![0; rows];
    for (writable, column) in schema.writable().zip(columns) {
        add_field(&mut bytes, writable, column.as_ref());
    }
    if schema.collection.dynamic {
        match dynamic {
            None => add_all(&mut bytes, delimited(NO_DYNAMIC.len())),
            Some(objects) => {
                let size =
                    |row| if objects.is_null(row) { NO_DYNAMIC.len() } else { objects.value_length(row) as usize };
                add_each(&mut bytes, |row| delimited(size(row)));
            }
        }
    }
    bytes
}

/// Puts the bytes of the keys in place of those of rows to delete, as no more than their keys is sent.
pub(super) fn deletes(bytes: &mut [usize], keys: &ArrayRef, operations: &Operations) {
    for (row, bytes) in bytes.iter_mut().enumerate().filter(|(row, _)| operations.get(*row) == Operation::Delete) {
        *bytes = expression::size(keys, row);
    }
}

fn add_field(bytes: &mut [usize], Writable { field, default }: Writable<'_>, column: Option<&ArrayRef>) {
    if field.nullable || default.is_some() {
        // Whether the row has a value is said twice, for newer and for older servers.
        add_all(bytes, 2);
    }
    let none = default.map_or(0, default_size);
    let Some(column) = column else { return add_all(bytes, none) };
    let is_null = |row: usize| column.is_null(row);
    let or_none = |row: usize, size: usize| if is_null(row) { none } else { size };
    match &field.ty {
        FieldType::Bool | FieldType::Float | FieldType::Double => {
            let size = fixed(&field.ty);
            add_each(bytes, |row| or_none(row, size));
        }
        FieldType::VarChar { .. }
        | FieldType::Text
        | FieldType::Timestamptz
        | FieldType::Geometry
        | FieldType::Json => {
            let texts = column.as_string::<i32>();
            add_each(bytes, |row| or_none(row, delimited(texts.value_length(row) as usize)));
        }
        ty if ty.members().is_some() => {
            let members = ty.members().unwrap_or_default();
            let structs = column.as_struct();
            for (member, lists) in members.iter().zip(structs.columns()) {
                let lists = lists.as_list::<i32>();
                add_each(bytes, |row| or_none(row, member_size(lists, &member.ty, row)));
            }
        }
        FieldType::Array { element, .. } => {
            let lists = column.as_list::<i32>();
            add_each(bytes, |row| or_none(row, array_size(lists, element, row)));
        }
        FieldType::Vector { ty: VectorType::SparseFloat, .. } => {
            let lists = column.as_list::<i32>();
            let pair = size_of::<u32>() + size_of::<f32>();
            add_each(bytes, |row| or_none(row, delimited(lists.value_length(row) as usize * pair)));
        }
        FieldType::Vector { ty, .. } if *ty != VectorType::Float => {
            let vectors = column.as_binary::<i32>();
            add_each(bytes, |row| or_none(row, vectors.value_length(row) as usize));
        }
        FieldType::Vector { .. } => {
            let lists = column.as_list::<i32>();
            add_each(bytes, |row| or_none(row, lists.value_length(row) as usize * size_of::<f32>()));
        }
        _ => {
            let ints = column.as_primitive::<Int64Type>().values();
            add_each(bytes, |row| or_none(row, varint(ints[row].cast_unsigned())));
        }
    }
}

fn add_all(bytes: &mut [usize], size: usize) {
    bytes.iter_mut().for_each(|bytes| *bytes += size);
}

fn add_each(bytes: &mut [usize], size: impl Fn(usize) -> usize) {
    bytes.iter_mut().enumerate().for_each(|(row, bytes)| *bytes += size(row));
}

/// An array stands in a message of a message, each with its length before it.
fn array_size(lists: &ListArray, element: &FieldType, row: usize) -> usize {
    let range = lists.value_offsets()[row] as usize..lists.value_offsets()[row + 1] as usize;
    let elements = match element {
        FieldType::Bool | FieldType::Float | FieldType::Double => delimited(range.len() * fixed(element)),
        FieldType::VarChar { .. } => {
            let texts = lists.values().as_string::<i32>();
            range.map(|index| delimited(texts.value_length(index) as usize)).sum()
        }
        _ => {
            let ints = &lists.values().as_primitive::<Int64Type>().values()[range];
            delimited(ints.iter().map(|int| varint(int.cast_unsigned())).sum())
        }
    };
    delimited(delimited(elements))
}

/// What the elements of a row have for a member: an array, or vectors of one dimension, each in a message of a message.
fn member_size(lists: &ListArray, ty: &FieldType, row: usize) -> usize {
    match ty {
        FieldType::Vector { ty, dim } => {
            let vector = ty.bytes(*dim as usize).unwrap_or_default();
            VECTORS + lists.value_length(row) as usize * vector
        }
        ty => array_size(lists, ty, row),
    }
}

fn fixed(ty: &FieldType) -> usize {
    match ty {
        FieldType::Bool => 1,
        FieldType::Float => size_of::<f32>(),
        _ => size_of::<f64>(),
    }
}

fn default_size(default: &DefaultValue) -> usize {
    match default {
        DefaultValue::Bool(_) => 1,
        DefaultValue::Float(_) => size_of::<f32>(),
        DefaultValue::Double(_) => size_of::<f64>(),
        DefaultValue::Int(value) => varint(value.cast_unsigned()),
        DefaultValue::Text(text) => delimited(text.len()),
    }
}

/// A field with a length: tag, length, and so many bytes.
fn delimited(bytes: usize) -> usize {
    1 + varint(bytes as u64) + bytes
}

/// Bytes of a number in Protobuf: 7 bits each.
fn varint(value: u64) -> usize {
    (value.max(1).ilog2() / 7 + 1) as usize
}

#[cfg(test)]
mod tests {
    use super::varint;

    #[test]
    fn a_varint_has_a_byte_for_each_seven_bits() {
        for value in [0, 1, 127, 128, 16_383, 16_384, u64::MAX / 2, u64::MAX] {
            assert_eq!(varint(value), prost::length_delimiter_len(value as usize), "{value}");
        }
    }
}
