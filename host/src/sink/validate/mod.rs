//! Rows held against the live schema of their collection, before they are sent: Milvus refuses a request as a whole
//! for one bad row. Columns that have the type of their field are looked over and shared; others are converted row by
//! row, where that loses nothing.

mod flaw;
mod json;
mod lists;
mod scalars;
mod value;

use std::collections::HashSet;
use std::sync::Arc;

use arrow_array::{Array, ArrayRef};

use self::flaw::{Flaw, Flaws};
use self::value::Value;
use super::prepared::Prepared;
use super::schema::{DYNAMIC_FIELD, Schema, Writable, is_supported};
use super::size;
use crate::batch::{Batch, Column, Names, Operation, Operations, Rejection, Stage};
use crate::config::UnknownFields;
use crate::target::FieldType;

/// Holds the rows of a batch, all of which go to that collection, against its schema. Gives the rows that may be
/// written, and a rejection for each record that has a row that may not; its other rows go on.
pub fn validate(batch: &Batch, schema: &Arc<Schema>, unknown_fields: UnknownFields) -> (Arc<Prepared>, Vec<Rejection>) {
    let mut flaws = Flaws::default();
    check_operations(batch, schema, &mut flaws);
    check_partitions(batch, schema, &mut flaws);
    let columns: Vec<_> = schema.writable().map(|field| column(batch, schema, field, &mut flaws)).collect();
    let dynamic = json::dynamic(&unknown(batch, schema, unknown_fields, &mut flaws), batch.rows(), &mut flaws);
    let bytes = size::rows(schema, &columns, dynamic.as_ref(), batch.rows());
    let most = size::REQUEST_MAX - size::request(schema);
    for (row, bytes) in bytes.iter().enumerate().filter(|(_, bytes)| **bytes > most) {
        flaws.add_row(row, || format!("a row of {bytes} bytes where Milvus takes {most} in a request"));
    }
    let accepted = (0..batch.rows()).filter(|row| !flaws.has(*row)).map(|row| row as u32).collect();
    let rejections = rejections(batch, flaws);
    (Arc::new(Prepared::new(batch, schema, columns, dynamic, bytes, accepted)), rejections)
}

/// A column of the field's own type; none where the batch does not have the field.
fn column(
    batch: &Batch,
    schema: &Schema,
    Writable { field, default }: Writable<'_>,
    flaws: &mut Flaws,
) -> Option<ArrayRef> {
    let column = batch.column(&field.name);
    let mut report = |row, flaw| flaws.add(row, field, &flaw);
    if !is_supported(&field.ty) {
        (0..batch.rows()).for_each(|row| report(row, Flaw::Unsupported));
        return None;
    }
    let ready = column.map(|column| match &field.ty {
        FieldType::Json => json::ready(column, schema.json_values, &mut report),
        FieldType::Array { element, max_capacity } => lists::array(column, element, *max_capacity, &mut report),
        FieldType::Vector { dim, .. } => lists::vector(column, *dim, &mut report),
        ty => scalars::ready(column, ty, &mut report),
    });
    if field.nullable || default.is_some() {
        return ready;
    }
    // A row without a value is null in what was made of it, and so is one with a flaw, whose first flaw stays.
    match &ready {
        None => (0..batch.rows()).for_each(|row| report(row, Flaw::Missing)),
        Some(array) if array.null_count() > 0 => {
            (0..batch.rows()).filter(|row| array.is_null(*row)).for_each(|row| report(row, Flaw::Missing));
        }
        Some(_) => {}
    }
    ready
}

fn check_operations(batch: &Batch, schema: &Schema, flaws: &mut Flaws) {
    let auto_id = schema.collection.primary_key().is_some_and(|key| key.auto_id);
    let reason = |operation| match operation {
        Operation::Delete => Some("deletes are not written yet"),
        Operation::Upsert if auto_id => {
            Some("an upsert where Milvus makes the primary keys (auto id): rows can only be inserted")
        }
        _ => None,
    };
    if let Operations::All(operation) = batch.operations()
        && reason(*operation).is_none()
    {
        return;
    }
    for row in 0..batch.rows() {
        if let Some(reason) = reason(batch.operations().get(row)) {
            flaws.add_row(row, || reason.into());
        }
    }
}

/// The partition key decides the partition, so Milvus refuses a request that names one.
fn check_partitions(batch: &Batch, schema: &Schema, flaws: &mut Flaws) {
    let Some(key) = schema.collection.partition_key() else { return };
    if matches!(batch.partitions(), Names::All(None)) {
        return;
    }
    for row in (0..batch.rows()).filter(|row| batch.partitions().get(*row).is_some()) {
        flaws.add_row(row, || format!("it names a partition, which the partition key `{}` decides", key.name));
    }
}

/// The fields for the dynamic field. What may not go there is reported.
fn unknown<'a>(
    batch: &'a Batch,
    schema: &Schema,
    policy: UnknownFields,
    flaws: &mut Flaws,
) -> Vec<(&'a Arc<str>, &'a Column)> {
    let dynamic = policy == UnknownFields::Dynamic && schema.collection.dynamic;
    let mut kept = Vec::new();
    for (name, column) in batch.fields() {
        let reason = match schema.collection.field(name) {
            _ if policy == UnknownFields::Drop => continue,
            Some(field) if field.auto_id => "Milvus makes it (auto id), so a row must not bring it",
            Some(field) if field.function_output => "a function of the collection makes it, so a row must not bring it",
            Some(_) => continue,
            None if dynamic && **name == *DYNAMIC_FIELD => "the name is that of the dynamic field itself",
            None if dynamic => {
                kept.push((name, column));
                continue;
            }
            None if policy == UnknownFields::Dynamic => "the collection has no such field and no dynamic field",
            None => "the collection has no such field",
        };
        for row in (0..batch.rows()).filter(|row| Value::of(column, *row).is_some()) {
            flaws.add_field(row, name, || reason.into());
        }
    }
    kept
}

/// One for each record, of its first row with a flaw.
fn rejections(batch: &Batch, flaws: Flaws) -> Vec<Rejection> {
    let mut rejections: Vec<Rejection> = Vec::new();
    let mut seen = HashSet::new();
    for (row, field, reason) in flaws.into_rows() {
        let record = batch.record_of()[row];
        if seen.insert(record) {
            rejections.push(Rejection { field, ..Rejection::new(record, Stage::Validate, reason) });
        }
    }
    rejections
}

#[cfg(test)]
mod tests;
