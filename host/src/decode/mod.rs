//! Decode: records in, a batch of columns out, and a reason for each record that is not what `[decode]` says.

mod avro;
mod columns;
mod compression;
mod csv;
mod frame;
mod framing;
mod json;
mod key;
mod language;
mod plan;
mod protobuf;
mod reader;
mod refusal;
mod several;
#[cfg(test)]
mod tests;
mod text;
mod told;
mod varint;

pub use avro::{Schema as AvroSchema, SchemaError as AvroSchemaError};
pub use columns::{FIELD_NAME_BYTES_MAX, FIELDS_MAX, ROWS_MAX};
pub use compression::Compression;
pub use csv::CsvLayout;
pub use framing::Framing;
pub use key::KeyFormat;
pub use plan::{Plan, Settled};
pub use protobuf::{MessageType as ProtobufType, SchemaError as ProtobufSchemaError};
pub use told::{SchemaField, schema_fields};

use std::sync::Arc;

use arrow_array::UInt32Array;

use self::avro::AvroColumns;
use self::columns::Mark;
use self::compression::{Unpacker, Unpackers};
use self::csv::CsvColumns;
use self::framing::Part;
use self::json::JsonColumns;
use self::key::Keys;
use self::protobuf::ProtobufColumns;
use self::reader::{Columns, Reader};
use self::refusal::Refusal;
use self::several::Several;
use self::text::TextColumns;
use crate::batch::{Batch, Operation, Operations, Record, Records, Rejection};
use crate::registry::{Registry, Wake};

/// Makes batches of records. Each lane has its own, as it remembers what types the fields had.
#[derive(Debug)]
pub struct Decoder {
    /// Reads the values; none leaves them to a plugin.
    values: Option<Reader>,
    keys: Option<Keys>,
    unpackers: Unpackers,
    /// True where a tombstone becomes a row even if no field says which row it deletes.
    bare_tombstones: bool,
}

/// What decoding gives.
#[derive(Debug)]
pub struct Decoded {
    /// A row for each record that could be decoded, or as many as it has, in their order.
    pub batch: Batch,
    /// The other records, in their order.
    pub rejected: Vec<Rejection>,
}

impl Decoder {
    /// A decoder of JSON objects, one or several a record, whose fields have the types that the plan settles.
    pub fn json(plan: Plan) -> Self {
        Self::of(Columns::Json(JsonColumns::new(plan)))
    }

    /// A decoder of Avro records of that schema. Without one it is [`Decoder::framed`], with a registry.
    pub fn avro(schema: impl Into<Option<Arc<AvroSchema>>>, plan: Plan) -> Self {
        Self::of(Columns::Avro(AvroColumns::new(plan), schema.into()))
    }

    /// A decoder of Protobuf messages of that type. Without one it is [`Decoder::framed`], with a registry.
    pub fn protobuf(ty: impl Into<Option<Arc<ProtobufType>>>, plan: Plan) -> Self {
        Self::of(Columns::Protobuf(ProtobufColumns::new(plan), ty.into()))
    }

    /// A decoder of rows of CSV, one a record.
    pub fn csv(layout: Arc<CsvLayout>, plan: Plan) -> Self {
        Self::of(Columns::Csv(CsvColumns::new(layout, plan)))
    }

    /// A decoder of texts, each of which goes to that field as a whole.
    pub fn text(field: impl Into<Arc<str>>, plan: Plan) -> Self {
        Self::of(Columns::Text(TextColumns::new(field.into(), plan)))
    }

    /// A decoder that leaves the payloads to a plugin, and the keys as well.
    pub fn raw() -> Self {
        Self { values: None, keys: None, unpackers: Unpackers::default(), bare_tombstones: true }
    }

    fn of(columns: Columns) -> Self {
        Self { values: Some(Reader::new(columns)), bare_tombstones: false, ..Self::raw() }
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

    /// The same for values that are framed. With a registry their schemas must be known there, see
    /// [`Decoder::is_ready`].
    #[must_use]
    pub fn framed(mut self, framing: Framing, registry: Option<Registry>) -> Self {
        self.values = self.values.map(|values| values.framed(framing, Part::Value, registry));
        self
    }

    /// The same for keys.
    #[must_use]
    pub fn with_framed_keys(mut self, framing: Framing, registry: Option<Registry>) -> Self {
        self.keys = self.keys.map(|keys| keys.framed(framing, registry));
        self
    }

    /// The same for values and keys that are packed as a whole, see [`Decoder::unpack`].
    #[must_use]
    pub fn packed(mut self, values: Option<Compression>, keys: Option<Compression>) -> Self {
        self.unpackers = Unpackers { values: values.map(Unpacker::new), keys: keys.map(Unpacker::new) };
        self
    }

    /// Unpacks records that were just read, where they are packed. Nothing else may be done with them before.
    pub fn unpack(&mut self, records: &mut Records) {
        self.unpackers.unpack(records);
    }

    /// Whether all schemas are known that these records were written by. Where not, the others are asked for, and
    /// `wake` is called when more may be known.
    pub fn is_ready(&mut self, records: &Records, wake: &Wake) -> bool {
        let mut is_ready = true;
        // Not `all`: what is missing is asked for at once.
        for record in records.iter().filter(|record| record.flaw().is_none()) {
            is_ready &= self.values.as_mut().is_none_or(|values| values.is_ready(record, wake));
            is_ready &= self.keys.as_mut().is_none_or(|keys| keys.is_ready(record, wake));
        }
        is_ready
    }

    /// Decodes records. All get that operation, but those without a value, which are deletes.
    ///
    /// # Panics
    /// Where the records hold 2 GiB or more; batches are cut long before.
    pub fn decode(&mut self, records: Arc<Records>, operation: Operation) -> Decoded {
        assert!(i32::try_from(records.bytes()).is_ok(), "Arrow's offsets into a batch have 31 bits");
        // Of each row, its record.
        let mut decoded = Vec::with_capacity(records.len());
        let mut is_one_each = true;
        let mut rejected = Vec::new();
        for (index, record) in (0..).zip(records.iter()) {
            let marks = (self.values.as_ref().map(Reader::mark), self.keys.as_ref().map(Keys::mark));
            match self.record(record, decoded.len()) {
                Ok(1) => decoded.push(index),
                Ok(rows) => {
                    is_one_each = false;
                    if rows == 0 {
                        self.roll_back(marks, decoded.len());
                    }
                    decoded.extend(std::iter::repeat_n(index, rows));
                }
                Err(refusal) => {
                    self.roll_back(marks, decoded.len());
                    rejected.push(refusal.of(index));
                }
            }
        }
        let mut batch = Batch::new(records, operation);
        if !(is_one_each && rejected.is_empty()) {
            batch = batch.take(&UInt32Array::from(decoded));
        }
        mark_deletes(&mut batch, operation);
        let rows = batch.rows();
        for (name, column) in self.values.iter_mut().flat_map(|values| values.finish(rows)) {
            batch.set(name, column);
        }
        let mut several = (!is_one_each).then(|| Several::of(batch.record_of()));
        if let Some(keys) = &mut self.keys {
            for (name, mut column) in keys.finish(rows) {
                let values = batch.column(&name);
                if let Some(several) = &mut several {
                    column = several.repeated(&column);
                    if keys.is_primary(&name) {
                        several.must_differ(&name, values, &column);
                    }
                }
                let filled = values.map_or_else(|| column.clone(), |values| values.or(&column));
                batch.set(name, filled);
            }
        }
        if let Some(several) = several {
            let (right, wrong) = several.take_wrong(batch);
            batch = right;
            rejected.extend(wrong);
            rejected.sort_by_key(|rejection| rejection.record);
        }
        Decoded { batch, rejected }
    }

    /// Reads a record into the rows from that one on, and gives how many they are.
    fn record(&mut self, record: Record<'_>, row: usize) -> Result<usize, Refusal> {
        if let Some(flaw) = record.flaw() {
            return Err(Refusal::Unpacked(Arc::clone(flaw)));
        }
        match (&mut self.keys, record.key()) {
            (Some(keys), Some(key)) => keys.read(record, key, row)?,
            _ if self.bare_tombstones || record.payload().is_some() => {}
            (None, _) => return Err(Refusal::Tombstone),
            (Some(_), None) => return Err(Refusal::TombstoneWithoutKey),
        }
        let (Some(values), Some(payload)) = (&mut self.values, record.payload()) else { return Ok(1) };
        let rows = values.read(record, payload, None, row)?;
        if rows > 1
            && let (Some(keys), Some(_)) = (&mut self.keys, record.key())
        {
            keys.repeat(rows - 1, row, payload.len())?;
        }
        Ok(rows)
    }

    fn roll_back(&mut self, (values, keys): (Option<Mark>, Option<Mark>), rows: usize) {
        if let (Some(columns), Some(mark)) = (&mut self.values, values) {
            columns.roll_back(mark, rows);
        }
        if let (Some(columns), Some(mark)) = (&mut self.keys, keys) {
            columns.roll_back(mark, rows);
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
