//! A schema, and what it is known by.

use std::fmt;
use std::sync::Arc;
use std::time::Instant;

/// What a schema is known by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SchemaId {
    /// The registry's number for it.
    Number(u32),
    /// An id that is the same in every registry.
    Guid([u8; 16]),
}

impl fmt::Display for SchemaId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => write!(f, "id {number}"),
            Self::Guid(bytes) => write!(f, "GUID {}", uuid(bytes)),
        }
    }
}

/// 16 bytes as a UUID is written.
pub(super) fn uuid(bytes: &[u8; 16]) -> String {
    let mut text = String::with_capacity(36);
    for (index, byte) in bytes.iter().enumerate() {
        if matches!(index, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        text.push_str(&format!("{byte:02x}"));
    }
    text
}

/// The language of a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Avro.
    Avro,
    /// JSON Schema.
    Json,
    /// Protobuf.
    Protobuf,
    /// One that is not known here.
    Other,
}

impl Kind {
    /// As the registry names it; a schema without a type is Avro.
    pub(super) fn named(name: Option<&str>) -> Self {
        match name {
            None | Some("AVRO") => Self::Avro,
            Some("JSON") => Self::Json,
            Some("PROTOBUF") => Self::Protobuf,
            Some(_) => Self::Other,
        }
    }

    /// For messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Avro => "Avro",
            Self::Json => "JSON Schema",
            Self::Protobuf => "Protobuf",
            Self::Other => "another language",
        }
    }
}

/// A schema with all that it refers to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schema {
    /// Its language.
    pub kind: Kind,
    /// Its text.
    pub text: String,
    /// The schemas that it refers to, and those that these refer to: each once, and behind what it refers to itself.
    pub references: Vec<Reference>,
}

/// A schema that another one refers to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// The name by which it is referred to: a file to import, a named type.
    pub name: String,
    /// Its text.
    pub text: String,
}

/// What is known of a schema.
#[derive(Debug, Clone)]
pub enum Answer {
    /// It is this one, for good.
    Schema(Arc<Schema>),
    /// There is none, or it can't be used: the reason. It is asked for again after that time.
    Refused {
        /// The reason, behind the schema's id: "is not known to …".
        why: Arc<str>,
        /// Until when it is not asked for again.
        until: Instant,
    },
}

impl Answer {
    pub(crate) fn is_current(&self, now: Instant) -> bool {
        match self {
            Self::Schema(_) => true,
            Self::Refused { until, .. } => now < *until,
        }
    }
}
