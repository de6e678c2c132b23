//! Decode: records in, a batch of columns out, and a reason for each record that is not what `[decode]` says.

mod avro;
mod columns;
mod json;
mod key;
mod plan;
mod refusal;
#[cfg(test)]
mod tests;

pub use avro::{Schema as AvroSchema, SchemaError as AvroSchemaError};
pub use columns::{FIELD_NAME_BYTES_MAX, FIELDS_MAX};
pub use key::KeyFormat;
pub use plan::{Plan, Settled};

use std::sync::Arc;

use arrow_array::UInt32Array;

use self::avro::AvroColumns;
use self::columns::Mark;
use self::json::JsonColumns;
use self::key::Keys;
use self::refusal::Refusal;
use crate::batch::{Batch, Column, Operation, Operations, Record, Records, Rejection};

/// Makes batches of records. Each lane has its own, as it remembers what types the fields had.
#[derive(Debug)]
pub struct Decoder {
    values: Values,
    keys: Option<Keys>,
    /// True where a tombstone becomes a row even if no field says which row it deletes.
    bare_tombstones: bool,
}

/// How the records' values are written.
#[derive(Debug)]
enum Values {
    /// One JSON object a record.
    Json(JsonColumns),
    /// One Avro record of that schema a record.
    Avro(AvroColumns, Arc<AvroSchema>),
    /// Nothing is decoded: a plugin reads the payload and writes the fields.
    Raw,
}

/// What decoding gives.
#[derive(Debug)]
pub struct Decoded {
    /// A row for each record that could be decoded, in their order.
    pub batch: Batch,
    /// The other records, in their order.
    pub rejected: Vec<Rejection>,
}

impl Decoder {
    /// A decoder of JSON objects whose fields have the types that the plan settles.
    pub fn json(plan: Plan) -> Self {
        Self { values: Values::Json(JsonColumns::new(plan)), keys: None, bare_tombstones: false }
    }

    /// A decoder of Avro records of that schema.
    pub fn avro(schema: Arc<AvroSchema>, plan: Plan) -> Self {
        Self { values: Values::Avro(AvroColumns::new(plan), schema), keys: None, bare_tombstones: false }
    }

    /// A decoder that leaves the payloads to a plugin, and the keys as well.
    pub fn raw() -> Self {
        Self { values: Values::Raw, keys: None, bare_tombstones: true }
    }

    /// The same, with fields from the keys where the value has none of their name. `field` is for keys that are a
    /// single value.
    #[must_use]
    pub fn with_keys(mut self, format: KeyFormat, field: impl Into<Arc<str>>, plan: Plan) -> Self {
        self.keys = Some(Keys::new(format, field.into(), plan));
        self.bare_tombstones = false;
        self
    }

    /// The same, making a row of each tombstone: for a pipeline that deletes no row by it.
    #[must_use]
    pub fn with_bare_tombstones(mut self) -> Self {
        self.bare_tombstones = true;
        self
    }

    /// Decodes records. All get that operation, but those without a value, which are deletes.
    ///
    /// # Panics
    /// Where the records hold 2 GiB or more; batches are cut long before.
    pub fn decode(&mut self, records: Arc<Records>, operation: Operation) -> Decoded {
        assert!(i32::try_from(records.bytes()).is_ok(), "Arrow's offsets into a batch have 31 bits");
        let mut decoded = Vec::with_capacity(records.len());
        let mut rejected = Vec::new();
        for (index, record) in (0..).zip(records.iter()) {
            let marks = (self.values.mark(), self.keys.as_ref().map(Keys::mark));
            match self.record(record, decoded.len()) {
                Ok(()) => decoded.push(index),
                Err(refusal) => {
                    self.roll_back(marks, decoded.len());
                    rejected.push(refusal.of(index));
                }
            }
        }
        let mut batch = Batch::new(records, operation);
        if !rejected.is_empty() {
            batch = batch.take(&UInt32Array::from(decoded));
        }
        mark_deletes(&mut batch, operation);
        for (name, column) in self.values.finish(batch.rows()) {
            batch.set(name, column);
        }
        let rows = batch.rows();
        for (name, column) in self.keys.iter_mut().flat_map(|keys| keys.finish(rows)) {
            let filled = batch.column(&name).map_or_else(|| column.clone(), |values| values.or(&column));
            batch.set(name, filled);
        }
        Decoded { batch, rejected }
    }

    fn record(&mut self, record: Record<'_>, row: usize) -> Result<(), Refusal> {
        match (&mut self.keys, record.key()) {
            (Some(keys), Some(key)) => keys.read(key, row)?,
            _ if self.bare_tombstones || record.payload().is_some() => {}
            (None, _) => return Err(Refusal::Tombstone),
            (Some(_), None) => return Err(Refusal::TombstoneWithoutKey),
        }
        match (&mut self.values, record.payload()) {
            (Values::Json(columns), Some(payload)) => columns.object(payload, row),
            (Values::Avro(columns, schema), Some(payload)) => columns.object(schema, payload, row),
            _ => Ok(()),
        }
    }

    fn roll_back(&mut self, (values, keys): (Option<Mark>, Option<Mark>), rows: usize) {
        match (&mut self.values, values) {
            (Values::Json(columns), Some(mark)) => columns.roll_back(mark, rows),
            (Values::Avro(columns, _), Some(mark)) => columns.roll_back(mark, rows),
            _ => {}
        }
        if let (Some(columns), Some(mark)) = (&mut self.keys, keys) {
            columns.roll_back(mark, rows);
        }
    }
}

impl Values {
    fn mark(&self) -> Option<Mark> {
        match self {
            Self::Json(columns) => Some(columns.mark()),
            Self::Avro(columns, _) => Some(columns.mark()),
            Self::Raw => None,
        }
    }

    fn finish(&mut self, rows: usize) -> Vec<(Arc<str>, Column)> {
        match self {
            Self::Json(columns) => columns.finish(rows),
            Self::Avro(columns, _) => columns.finish(rows),
            Self::Raw => Vec::new(),
        }
    }
}

/// A record without a value is a tombstone: its row is to be deleted.
fn mark_deletes(batch: &mut Batch, operation: Operation) {
    let is_tombstone = |row| batch.record(row).payload().is_none();
    if (0..batch.rows()).any(is_tombstone) {
        let of = |row| if is_tombstone(row) { Operation::Delete } else { operation };
        let operations = (0..batch.rows()).map(of).collect();
        batch.set_operations(Operations::Each(operations));
    }
}
