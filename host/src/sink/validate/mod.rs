//! Rows held against the live schema of their collection, before they are sent: Milvus refuses a request as a whole
//! for one bad row. Columns that have the type of their field are looked over and shared; others are converted row by
//! row, where that loses nothing.

mod flaw;
mod json;
mod lists;
mod moment;
mod scalars;
mod shape;
mod structs;
mod value;
mod vectors;

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::Arc;

use arrow_array::{Array, ArrayRef};

use self::flaw::{Flaw, Flaws, Report};
use self::value::Value;
use super::origin;
use super::prepared::{Columns, Prepared};
use super::rules::Rules;
use super::schema::{DYNAMIC_FIELD, Schema, Writable, is_supported};
use super::size;
use crate::batch::{Batch, Column, Names, Operation, Operations, Rejection, Stage};
use crate::config::{Deletes, PrimaryKey, UnknownFields};
use crate::target::{Field, FieldType};

/// Holds the rows of a batch, all of which go to that collection, against its schema. Gives the rows that may be
/// written, and a rejection for each record that has a row that may not; its other rows go on.
pub fn validate(batch: &Batch, schema: &Arc<Schema>, rules: impl Into<Rules>) -> (Arc<Prepared>, Vec<Rejection>) {
    let Rules { unknown_fields, deletes, primary_key, partial } = rules.into();
    let mut batch = passed_over(batch, deletes);
    if let (PrimaryKey::Origin, Some(key)) = (primary_key, schema.collection.primary_key()) {
        batch = Cow::Owned(origin::with_keys(&batch, &key.name));
    }
    let batch = &*batch;
    let mut flaws = Flaws::of_rows(batch.operations());
    check_operations(batch, schema, deletes, &mut flaws);
    check_partitions(batch, schema, &mut flaws);
    let columns = schema.writable().map(|Writable { field, default }| {
        let is_optional = field.nullable || default.is_some();
        column(batch, schema, field, is_optional, &mut |row, flaw| {
            let stays = partial && !field.primary && batch.operations().get(row) == Operation::Upsert;
            if flaw != Flaw::Missing || !stays {
                flaws.add(row, field, &flaw);
            }
        })
    });
    let columns: Vec<_> = columns.collect();
    let keys = keys(batch, schema, &columns, &mut flaws);
    let dynamic = json::dynamic(&unknown(batch, schema, unknown_fields, &mut flaws), batch.rows(), &mut flaws);
    let mut bytes = size::rows(schema, &columns, dynamic.as_ref(), batch.rows());
    if let Some(keys) = keys.as_ref().filter(|_| has_deletes(batch)) {
        size::deletes(&mut bytes, keys, batch.operations());
    }
    let most = size::REQUEST_MAX - size::request(schema);
    for (row, bytes) in bytes.iter().enumerate().filter(|(_, bytes)| **bytes > most) {
        flaws.add_row(row, || format!("a row of {bytes} bytes where Milvus takes {most} in a request"));
    }
    let accepted = (0..batch.rows()).filter(|row| !flaws.has(*row)).map(|row| row as u32).collect();
    let rejections = rejections(batch, flaws);
    let columns = Columns { columns, keys, dynamic };
    (Arc::new(Prepared::new(batch, schema, columns, bytes, accepted, partial)), rejections)
}

/// The rows without those to delete, where the pipeline file says that these are to be ignored.
fn passed_over(batch: &Batch, deletes: Deletes) -> Cow<'_, Batch> {
    if deletes != Deletes::Ignore || !has_deletes(batch) {
        return Cow::Borrowed(batch);
    }
    let kept = (0..batch.rows()).map(|row| Some(batch.operations().get(row) != Operation::Delete));
    Cow::Owned(batch.filter(&kept.collect()))
}

/// A column of the field's own type; none where the batch does not have the field.
fn column(batch: &Batch, schema: &Schema, field: &Field, is_optional: bool, report: Report<'_>) -> Option<ArrayRef> {
    let column = batch.column(&field.name);
    if !is_supported(&field.ty) {
        (0..batch.rows()).for_each(|row| report(row, Flaw::Unsupported));
        return None;
    }
    let ready = column.map(|column| match &field.ty {
        FieldType::Json => json::ready(column, schema.json_values, report),
        FieldType::Array { element, max_capacity } => match &**element {
            FieldType::Struct(members) => structs::ready(column, members, *max_capacity, report),
            element => lists::array(column, element, *max_capacity, report),
        },
        FieldType::Vector { ty, dim } => vectors::ready(column, *ty, *dim, report),
        ty => scalars::ready(column, ty, report),
    });
    if is_optional {
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

/// The primary keys. Where Milvus makes them, only a row that is to be deleted brings its own.
fn keys(batch: &Batch, schema: &Schema, columns: &[Option<ArrayRef>], flaws: &mut Flaws<'_>) -> Option<ArrayRef> {
    if let Some(place) = schema.writable().position(|writable| writable.field.primary) {
        return columns[place].clone();
    }
    let key = schema.collection.primary_key().filter(|_| has_deletes(batch))?;
    column(batch, schema, key, false, &mut |row, flaw| {
        if batch.operations().get(row) == Operation::Delete {
            flaws.add(row, key, &flaw);
        }
    })
}

fn has_deletes(batch: &Batch) -> bool {
    match batch.operations() {
        Operations::All(operation) => *operation == Operation::Delete,
        Operations::Each(each) => each.contains(&Operation::Delete),
    }
}

fn check_operations(batch: &Batch, schema: &Schema, deletes: Deletes, flaws: &mut Flaws<'_>) {
    let auto_id = schema.collection.primary_key().is_some_and(|key| key.auto_id);
    let reason = |operation| match operation {
        Operation::Delete if deletes == Deletes::Reject => Some("a delete, and `milvus.deletes` rejects them"),
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
            flaws.add_operation(row, reason);
        }
    }
}

/// The partition key decides the partition, so Milvus refuses a request that names one.
fn check_partitions(batch: &Batch, schema: &Schema, flaws: &mut Flaws<'_>) {
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
    flaws: &mut Flaws<'_>,
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
