//! What stands in front of a key or value: the id of the schema that it was written by.
//!
//! Confluent: a byte 0 and 4 bytes of id, or a byte 1 and a GUID of 16 bytes, or the latter in a header of the record.
//! AWS Glue: a byte 3, a byte for the compression, and a UUID of 16 bytes.

mod confluent;
mod flaw;
mod glue;

pub(super) use confluent::Part;
pub(super) use flaw::Flaw;

use std::borrow::Cow;

use crate::batch::Record;
use crate::registry::SchemaId;

/// How keys or values are framed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Framing {
    /// As Confluent's serializers do.
    Confluent,
    /// As those of AWS Glue do.
    Glue,
}

/// A key or value without its frame.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Framed<'a> {
    /// Its schema, where that is one of a registry with Confluent's API.
    pub(super) schema: Option<SchemaId>,
    /// What stands behind the id, where a header has it.
    pub(super) in_header: Option<&'a [u8]>,
    pub(super) payload: Cow<'a, [u8]>,
}

impl Framing {
    /// Takes the frame off.
    pub(super) fn strip<'a>(self, part: Part, record: Record<'a>, bytes: &'a [u8]) -> Result<Framed<'a>, Flaw> {
        match self {
            Self::Confluent => {
                let (schema, in_header, payload) = confluent::strip(part, record.header(part.header()), bytes)?;
                Ok(Framed { schema: Some(schema), in_header, payload: Cow::Borrowed(payload) })
            }
            Self::Glue => Ok(Framed { schema: None, in_header: None, payload: glue::strip(bytes)? }),
        }
    }

    /// Only the id of the schema, where the frame is right and has one.
    pub(super) fn schema(self, part: Part, record: Record<'_>, bytes: &[u8]) -> Option<SchemaId> {
        match self {
            Self::Confluent => {
                confluent::strip(part, record.header(part.header()), bytes).ok().map(|(schema, ..)| schema)
            }
            Self::Glue => None,
        }
    }
}
