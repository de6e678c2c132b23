//! Protobuf, straight into columns: a message a record, its wire form walked once. Each field is a value of its own,
//! whatever number of pieces it lies in.

mod compile;
mod file;
mod gather;
mod next;
mod scalar;
mod schema;
#[cfg(test)]
mod tests;
mod value;
mod vector;
mod wire;
mod write;

pub use compile::SchemaError;
pub use file::MessageType;
pub(super) use schema::Schema;

use std::cell::Cell;
use std::sync::Arc;

use self::gather::gather;
use self::value::Value;
use self::wire::{Data, Item};
use super::Plan;
use super::columns::{Fields, Mark, NextValue};
use super::framing::Framing;
use super::refusal::Refusal;
use crate::batch::Column;
use crate::json::Mistake;

/// Most bytes of text that a batch's messages may become beside their own: Arrow's offsets into a column have 31 bits.
/// Two bytes may stand for a name in JSON, or for a symbol.
const TEXT_MAX: usize = 1 << 30;

/// Columns that Protobuf messages are read into, row after row. Each record may have a schema of its own.
#[derive(Debug)]
pub(super) struct ProtobufColumns {
    pub(super) fields: Fields,
    /// What is left of the text that the batch's messages may become.
    text: Cell<usize>,
}

impl ProtobufColumns {
    /// Columns for fields whose types the plan settles.
    pub(super) fn new(plan: Plan) -> Self {
        Self { fields: Fields::new(plan), text: Cell::new(TEXT_MAX) }
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
        self.text.set(TEXT_MAX);
        self.fields.finish(rows)
    }

    /// Reads a payload in Confluent's form: in front of the message stands which one of the schema's file it is, or
    /// that is in `header`.
    pub(super) fn indexed(
        &mut self,
        schema: &Schema,
        header: Option<&[u8]>,
        payload: &[u8],
        row: usize,
    ) -> Result<(), Refusal> {
        let mut rest = header.unwrap_or(payload);
        let message = schema.indexed(&mut rest).map_err(not_protobuf)?;
        let start = if header.is_some() { 0 } else { payload.len() - rest.len() };
        self.object(schema, message, payload, start, row)
    }

    /// Reads a payload that is a message of that type, behind what a serializer with that framing writes in front of it.
    pub(super) fn named(
        &mut self,
        ty: &MessageType,
        framing: Option<Framing>,
        header: Option<&[u8]>,
        payload: &[u8],
        row: usize,
    ) -> Result<(), Refusal> {
        let start = ty.start(framing, header, payload).map_err(not_protobuf)?;
        self.object(&ty.schema, ty.message, payload, start, row)
    }

    /// Reads the message that starts there into the row.
    pub(super) fn object(
        &mut self,
        schema: &Schema,
        message: usize,
        payload: &[u8],
        start: usize,
        row: usize,
    ) -> Result<(), Refusal> {
        let whole = Item { at: start, data: Data::Bytes(&payload[start..]) };
        let fields = &schema.messages[message].fields;
        let items = gather(fields, [whole].iter()).map_err(not_protobuf)?;
        let mut expected = 0;
        for (field, items) in fields.iter().zip(items.by_field(fields.len())) {
            let mut value = Value::new(schema, field, items, payload.len(), 0, &self.text);
            let place = self.fields.place(&*field.name, expected, value.at())?;
            self.fields.read(place, &mut value, row)?;
            expected = place + 1;
        }
        Ok(())
    }
}

fn not_protobuf(mistake: Mistake) -> Refusal {
    Refusal::Malformed { format: Value::FORMAT, mistake, field: None }
}
