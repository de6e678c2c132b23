//! Avro, straight into columns: one value of a schema a record, without a container around it. The types of the schema
//! are walked along the bytes; nothing stands in between.

mod next;
mod numbers;
mod scalar;
mod schema;
#[cfg(test)]
mod tests;
mod text;
mod value;
mod vector;
mod wire;
mod write;

pub use schema::{Schema, SchemaError};

use std::sync::Arc;

use self::schema::Type;
use self::value::Value;
use self::wire::Wire;
use super::Plan;
use super::columns::{Fields, Mark, NextValue};
use super::refusal::Refusal;
use crate::batch::Column;
use crate::json::Mistake;

/// What making text of a batch's records may cost beside what their bytes may, and at most: Arrow's offsets into a
/// column have 31 bits.
const BATCH_WORK: usize = 16 * 1024 * 1024;
const BATCH_WORK_MAX: usize = 1024 * 1024 * 1024;

/// Columns that Avro values are read into, row after row. Each record may have a schema of its own.
#[derive(Debug)]
pub(super) struct AvroColumns {
    pub(super) fields: Fields,
    /// What the batch's records may cost, and what they did.
    work: usize,
    spent: usize,
}

impl AvroColumns {
    /// Columns for fields whose types the plan settles.
    pub(super) fn new(plan: Plan) -> Self {
        Self { fields: Fields::new(plan), work: BATCH_WORK, spent: 0 }
    }

    /// To be called before each record.
    pub(super) fn mark(&self) -> Mark {
        self.fields.mark()
    }

    /// Takes back everything that the record after the mark brought, so that there are `rows` rows again.
    pub(super) fn roll_back(&mut self, mark: Mark, rows: usize) {
        self.fields.roll_back(mark, rows);
    }

    /// The columns of so many rows, ready for the next batch.
    pub(super) fn finish(&mut self, rows: usize) -> Vec<(Arc<str>, Column)> {
        (self.work, self.spent) = (BATCH_WORK, 0);
        self.fields.finish(rows)
    }

    /// Reads a payload that must be a record into the row.
    pub(super) fn object(&mut self, schema: &Schema, payload: &[u8], row: usize) -> Result<(), Refusal> {
        self.read(schema, payload, |columns, value| {
            let ty = value.resolve().map_err(not_avro)?;
            if columns.members(value, ty, row)? {
                Ok(())
            } else {
                Err(Refusal::NotAnObject { at: value.wire.at(), found: ty.kind() })
            }
        })
    }

    /// Reads a payload into the row: a record as [`AvroColumns::object`] does, any other value into the field
    /// of that name.
    pub(super) fn object_or_value(
        &mut self,
        schema: &Schema,
        payload: &[u8],
        field: &str,
        row: usize,
    ) -> Result<(), Refusal> {
        self.read(schema, payload, |columns, value| {
            let ty = value.resolve().map_err(not_avro)?;
            if !columns.members(value, ty, row)? {
                let place = columns.fields.named(field, value.wire.at())?;
                columns.fields.read(place, value, row)?;
            }
            Ok(())
        })
    }

    /// Reads a whole payload.
    fn read(
        &mut self,
        schema: &Schema,
        payload: &[u8],
        read: impl FnOnce(&mut Self, &mut Value<'_>) -> Result<(), Refusal>,
    ) -> Result<(), Refusal> {
        self.work = (self.work + wire::work_of(payload)).min(BATCH_WORK_MAX);
        let mut value = Value::new(schema, Wire::new(payload, self.work - self.spent));
        let work = value.wire.work();
        let read = read(self, &mut value);
        self.spent += work - value.wire.work();
        read?;
        value.wire.end().map_err(not_avro)
    }

    /// Reads the fields of a record. False where the next value is none.
    fn members(&mut self, value: &mut Value<'_>, ty: &Type, row: usize) -> Result<bool, Refusal> {
        let Type::Record(fields) = ty else {
            return Ok(false);
        };
        let mut expected = 0;
        for field in fields {
            let place = self.fields.place(&*field.name, expected, value.wire.at())?;
            value.ty = field.ty;
            self.fields.read(place, value, row)?;
            expected = place + 1;
        }
        Ok(true)
    }
}

fn not_avro(mistake: Mistake) -> Refusal {
    Refusal::Malformed { format: Value::FORMAT, mistake, field: None }
}
