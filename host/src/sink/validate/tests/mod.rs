//! Each rule with the reason that it gives, as a user reads it.

mod deletes;
mod json;
mod lists;
mod rows;
mod scalars;
mod structs;
mod vectors;

use arrow_array::cast::AsArray;
use arrow_array::types::Float32Type;
use arrow_array::{BinaryArray, BooleanArray, Float32Array, Float64Array, Int64Array, StringArray, UInt32Array};
use arrow_buffer::OffsetBuffer;

use super::*;
use crate::batch::{Element, Others};
use crate::sink::server::JsonValues;
use crate::sink::testing::{array, batch, collection, field, float_vector, key, schema, varchar};
use crate::target::Collection;

/// What is said of each row of a column that goes to a field of that type; empty where the row is accepted.
fn reasons(ty: FieldType, column: Column) -> Vec<String> {
    let schema = schema([key("id"), field("f", ty)]);
    let ids = Column::ints((0..column.len() as i64).collect());
    of_batch(&batch([("id", ids), ("f", column)]), &schema, UnknownFields::Dynamic)
}

fn of_batch(batch: &Batch, schema: &Arc<Schema>, rules: impl Into<Rules>) -> Vec<String> {
    let (prepared, rejections) = validate(batch, schema, rules);
    let mut reasons = vec![String::new(); batch.rows()];
    for rejection in &rejections {
        assert_eq!(rejection.stage, Stage::Validate);
        reasons[rejection.record as usize].clone_from(&rejection.reason);
    }
    let accepted: Vec<usize> = prepared.rows().map(|row| row.index as usize).collect();
    let clean: Vec<usize> = (0..reasons.len()).filter(|row| reasons[*row].is_empty()).collect();
    assert_eq!(accepted, clean, "a row is accepted or has a reason");
    reasons
}

/// The column that validation makes of another one, for a field of that type.
fn made(ty: FieldType, column: Column) -> ArrayRef {
    let schema = schema([field("f", ty)]);
    let (prepared, rejections) = validate(&batch([("f", column)]), &schema, UnknownFields::Dynamic);
    assert_eq!(rejections, []);
    prepared.columns[0].clone().expect("the batch has the field")
}

fn texts<'a>(values: impl IntoIterator<Item = &'a str>) -> Column {
    Column::texts(StringArray::from_iter_values(values))
}

fn json_values<'a>(values: impl IntoIterator<Item = &'a str>) -> Column {
    Column::json(StringArray::from_iter_values(values))
}

fn ints(values: impl IntoIterator<Item = i64>) -> Column {
    Column::ints(values.into_iter().collect())
}

fn vectors(rows: &[&[f32]]) -> Column {
    let offsets = OffsetBuffer::from_lengths(rows.iter().map(|row| row.len()));
    Column::vectors(offsets, None, rows.concat().into())
}

fn arrays(element: Element, lengths: &[usize], elements: ArrayRef) -> Column {
    Column::arrays(element, OffsetBuffer::from_lengths(lengths.iter().copied()), None, elements)
}
