//! Decode: records in, a batch of columns out, and a reason for each record that is not what `[decode]` says.

mod json;
mod plan;
mod refusal;
#[cfg(test)]
mod tests;

pub use json::{FIELD_NAME_BYTES_MAX, FIELDS_MAX, JsonDecoder};
pub use plan::{Plan, Settled};

use std::sync::Arc;

use crate::batch::{Batch, Operation, Records, Rejection};

/// Makes batches of records. Each lane has its own, as it remembers what types the fields had.
#[derive(Debug)]
pub enum Decoder {
    /// One JSON object a record.
    Json(JsonDecoder),
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
        Self::Json(JsonDecoder::new(plan))
    }

    /// Decodes records, all of which get that operation.
    ///
    /// # Panics
    /// Where the records hold 2 GiB or more; batches are cut long before.
    pub fn decode(&mut self, records: Arc<Records>, operation: Operation) -> Decoded {
        match self {
            Self::Json(decoder) => decoder.decode(records, operation),
            Self::Raw => Decoded { batch: Batch::new(records, operation), rejected: Vec::new() },
        }
    }
}
