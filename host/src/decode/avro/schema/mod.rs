//! A schema, read and checked once, as the decoder walks it: types in one list, which name each other by place.

mod logical;
mod parse;
#[cfg(test)]
mod tests;

use crate::decode::SchemaField;
use crate::json::grouped;

/// Longest schema, with everything that it refers to. A schema registry keeps one as a record, which is 1 MB at most.
const SCHEMA_BYTES_MAX: usize = 1024 * 1024;

/// An Avro schema. Records are read by the one that they were written with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schema {
    types: Vec<Type>,
    root: Place,
}

/// Why a text is no schema.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SchemaError {
    /// It is too long.
    #[error("an Avro schema of more than {} bytes", grouped(SCHEMA_BYTES_MAX))]
    TooLong,
    /// It is not JSON.
    #[error("not an Avro schema, as it is not JSON: {0}")]
    NotJson(String),
    /// A type in it is none.
    #[error("not an Avro schema: {what}{}", if at.is_empty() { String::new() } else { format!(", at {at}") })]
    Wrong {
        /// The place, as a JSON Pointer.
        at: String,
        /// What is wrong there.
        what: String,
    },
}

/// The place of a type in its schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::decode::avro) struct Place(u32);

/// A type. A logical type that Avro does not define, or not for this type, is left out, as Avro has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::decode::avro) enum Type {
    Null,
    Bool,
    Int,
    Long,
    Float,
    Double,
    Bytes,
    Text,
    /// So many bytes.
    Fixed(usize),
    /// The symbols.
    Enum(Box<[Box<str>]>),
    Array(Place),
    Map(Place),
    Union(Box<[Place]>),
    Record(Box<[Field]>),
    /// Days since 1970, an int.
    Date,
    /// Since midnight, an int of milliseconds, else a long.
    Time(Unit),
    /// Since 1970, a long. A local one is that of a calendar and a clock somewhere, which nobody names.
    Timestamp {
        unit: Unit,
        local: bool,
    },
    /// An integer as bytes, or as so many of them, whose last so many digits come behind the point.
    Decimal {
        size: Option<usize>,
        scale: usize,
    },
    /// 16 bytes.
    Uuid,
    /// Months, days and milliseconds, each four bytes.
    Duration,
}

/// A field of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::decode::avro) struct Field {
    pub(in crate::decode::avro) name: Box<str>,
    pub(in crate::decode::avro) ty: Place,
}

/// The parts of a second in which time is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::decode::avro) enum Unit {
    Millis,
    Micros,
    Nanos,
}

impl Schema {
    /// The schema that a text says. `references` are the texts of schemas whose names it uses, each behind those that
    /// it uses itself.
    ///
    /// # Errors
    /// Where a text is no schema, or more of one than any record needs.
    pub fn parse(text: &str, references: &[&str]) -> Result<Self, SchemaError> {
        parse::parse(text, references)
    }

    /// The fields of its records; none where it is no record.
    pub fn fields(&self) -> Vec<SchemaField> {
        match self.get(self.root) {
            Type::Record(fields) => {
                fields.iter().map(|field| SchemaField::new(&field.name, self.kind(field.ty))).collect()
            }
            _ => Vec::new(),
        }
    }

    /// What a message calls a value of a type, with what is in it one level deep.
    fn kind(&self, place: Place) -> String {
        match self.get(place) {
            Type::Union(branches) => {
                let kinds: Vec<&str> = branches.iter().map(|branch| self.get(*branch).kind()).collect();
                kinds.join(" or ")
            }
            Type::Array(item) => format!("an array of {}", self.get(*item).kind()),
            ty => ty.kind().to_owned(),
        }
    }

    pub(in crate::decode::avro) fn root(&self) -> Place {
        self.root
    }

    pub(in crate::decode::avro) fn get(&self, place: Place) -> &Type {
        &self.types[place.0 as usize]
    }
}

impl Type {
    /// What a message calls a value of the type.
    pub(in crate::decode::avro) fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool => "a boolean",
            Self::Int | Self::Long => "an integer",
            Self::Float | Self::Double => "a float",
            Self::Bytes | Self::Fixed(_) => "bytes",
            Self::Text => "a text",
            Self::Enum(_) => "a symbol",
            Self::Array(_) => "an array",
            Self::Map(_) => "a map",
            Self::Record(_) => "a record",
            Self::Union(_) => "a union",
            Self::Date => "a date",
            Self::Time(_) => "a time of day",
            Self::Timestamp { .. } => "a timestamp",
            Self::Decimal { .. } => "a decimal",
            Self::Uuid => "a UUID",
            Self::Duration => "a duration",
        }
    }
}

impl Unit {
    /// How many there are in a second.
    pub(in crate::decode::avro) fn per_second(self) -> i64 {
        match self {
            Self::Millis => 1_000,
            Self::Micros => 1_000_000,
            Self::Nanos => 1_000_000_000,
        }
    }
}
