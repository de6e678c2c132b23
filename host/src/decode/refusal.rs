//! Why a record is not decoded. No variant holds a value of the record.

use std::sync::Arc;

use super::compression::Flaw as Unpackable;
use super::framing::Flaw;
use super::{FIELD_NAME_BYTES_MAX, FIELDS_MAX, ROWS_MAX};
use crate::batch::{Rejection, Stage, Type};
use crate::json::{Misfit, Mistake, grouped};
use crate::registry::SchemaId;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Refusal {
    #[error(
        "a tombstone: the record has no value, which deletes a row; say in [decode.key] how its key tells which, or set `milvus.deletes`"
    )]
    Tombstone,
    #[error("a tombstone without a key: nothing says which row is to be deleted")]
    TombstoneWithoutKey,
    #[error("the key: {0}")]
    Key(Box<Refusal>),
    #[error("{0}")]
    Frame(Flaw),
    #[error("the schema with {id} {why}")]
    Schema { id: SchemaId, why: Arc<str> },
    #[error("nothing says by which schema it was written: its frame has no id that the registry could know")]
    NoSchema,
    #[error("the packed payloads of its batch have more than {} bytes when they are unpacked", grouped(*most))]
    UnpackedFrames { most: usize },
    #[error("not {format}: {flaw}")]
    Packed { format: &'static str, flaw: Unpackable },
    #[error("unpacked from {format} it has more than {} bytes", grouped(*most))]
    UnpackedRecord { format: &'static str, most: usize },
    #[error(
        "the records of its batch have more than {} bytes when they are unpacked; lower `batch.bytes` where they are in \
         order", grouped(*most)
    )]
    UnpackedBatch { most: usize },
    #[error("{0}")]
    Unpacked(Arc<str>),
    #[error("a text that is no integer as written in JSON, where field {field} is one")]
    NotAnInteger { field: Arc<str> },
    #[error("not UTF-8 at byte {}", grouped(*at))]
    NotUtf8 { at: usize },
    #[error("not {format}: {mistake}")]
    Malformed { format: &'static str, mistake: Mistake, field: Option<Arc<str>> },
    #[error("{found} where an object is expected, at byte {}", grouped(*at))]
    NotAnObject { at: usize, found: &'static str },
    #[error("field {field}: {misfit} where {} is declared, at byte {}", ty.name(), grouped(misfit.at))]
    OtherType { field: Arc<str>, ty: Type, misfit: Misfit },
    #[error("field {field}: {misfit}, which neither its column nor JSON can hold, at byte {}", grouped(misfit.at))]
    NoJson { field: Arc<str>, misfit: Misfit },
    #[error("a field name of more than {} bytes, before byte {}", grouped(FIELD_NAME_BYTES_MAX), grouped(*before))]
    LongName { before: usize },
    #[error("more than {} different fields in a batch, before byte {}", grouped(FIELDS_MAX), grouped(*before))]
    ManyFields { before: usize },
    #[error("more than {} rows in a record, before byte {}", grouped(ROWS_MAX), grouped(*before))]
    ManyRows { before: usize },
    #[error("so many rows of so few bytes that a batch has no room for their fields, before byte {}", grouped(*before))]
    ManyBlanks { before: usize },
    #[error(
        "field {field}: a row without a primary key of its own would get that of the record's key, which another row gets or has"
    )]
    OneKey { field: Arc<str> },
}

impl Refusal {
    /// The rejection of the record at that index.
    pub(super) fn of(self, record: u32) -> Rejection {
        Rejection { record, stage: Stage::Decode, reason: self.to_string(), field: self.field(), said: None }
    }

    fn field(self) -> Option<Arc<str>> {
        match self {
            Self::Key(refusal) => refusal.field(),
            Self::Malformed { field, .. } => field,
            Self::OtherType { field, .. }
            | Self::NoJson { field, .. }
            | Self::NotAnInteger { field }
            | Self::OneKey { field } => Some(field),
            _ => None,
        }
    }
}
