//! JSON, straight into columns: each record is gone through once, and what stands in it is appended to the column of
//! its field as it is met. A record that turns out to be wrong is cut off again from every column.

mod builder;
mod fields;
mod infer;
mod lists;
mod scalar;
mod values;
mod vector;

pub use fields::{FIELD_NAME_BYTES_MAX, FIELDS_MAX};

use std::sync::Arc;

use arrow_array::UInt32Array;

use self::fields::Fields;
use super::refusal::Refusal;
use super::{Decoded, Plan};
use crate::batch::{Batch, Operation, Record, Records};
use crate::json::{Kind, Scanner};

/// Decodes records that are one JSON object each. Where an object has a name twice, its last value holds.
#[derive(Debug)]
pub struct JsonDecoder {
    fields: Fields,
}

impl JsonDecoder {
    /// A decoder for fields whose types the plan settles.
    pub fn new(plan: Plan) -> Self {
        Self { fields: Fields::new(plan) }
    }

    pub(super) fn decode(&mut self, records: Arc<Records>, operation: Operation) -> Decoded {
        assert!(i32::try_from(records.bytes()).is_ok(), "Arrow's offsets into a batch have 31 bits");
        let mut decoded = Vec::with_capacity(records.len());
        let mut rejected = Vec::new();
        for (index, record) in (0..).zip(records.iter()) {
            let mark = self.fields.mark();
            match self.record(record, decoded.len()) {
                Ok(()) => decoded.push(index),
                Err(refusal) => {
                    self.fields.roll_back(mark, decoded.len());
                    rejected.push(refusal.of(index));
                }
            }
        }
        let mut batch = Batch::new(records, operation);
        if !rejected.is_empty() {
            batch = batch.take(&UInt32Array::from(decoded));
        }
        for (name, column) in self.fields.finish(batch.rows()) {
            batch.set(name, column);
        }
        Decoded { batch, rejected }
    }

    fn record(&mut self, record: Record<'_>, row: usize) -> Result<(), Refusal> {
        let payload = record.payload().ok_or(Refusal::Tombstone)?;
        let text = std::str::from_utf8(payload).map_err(|error| Refusal::NotUtf8 { at: error.valid_up_to() })?;
        let not_json = |mistake| Refusal::NotJson { mistake, field: None };

        let mut scanner = Scanner::new(text);
        let kind = scanner.kind().map_err(not_json)?;
        if kind != Kind::Object {
            let at = scanner.at();
            scanner.value().map_err(not_json)?;
            return Err(Refusal::NotAnObject { at, found: kind.name() });
        }
        scanner.open().map_err(not_json)?;
        let mut expected = 0;
        while let Some(name) = scanner.next_name().map_err(not_json)? {
            let place = self.fields.place(&name, expected, scanner.at())?;
            self.fields.read(place, &mut scanner, row)?;
            expected = place + 1;
        }
        scanner.end().map_err(not_json)
    }
}
