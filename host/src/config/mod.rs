//! The pipeline file: from its text to a typed pipeline that keeps the rules, or to a list of everything wrong in it.
//!
//! [`PipelineFile`] has the keys, their meaning and their defaults, and everything else is made from there: [`json_schema`]
//! from the structs and their comments; reading ([`load`]) compares the file with that schema, so that each mistake has
//! its place; [`commented`] and [`resolved`] print along it.

mod client;
mod example;
mod fields;
mod file;
mod load;
mod milvus_type;
mod mistakes;
mod nearest;
mod place;
mod resolved;
mod rules;
mod schema;
mod secret;
mod shape;
mod text;
mod timestamp;
mod units;
mod walk;

#[cfg(test)]
mod tests;

pub use client::ClientSetting;
pub use example::commented;
pub use fields::{FieldType, FieldTypes};
pub use file::{
    Admin, Batch, Collection, Compression, Consistency, Create, CreateField, CreateIndex, Csv, DeadLetter, Decode,
    Deletes, End, Format, Framing, Grants, Kafka, Key, KeyFormat, Limits, Milvus, Mode, OAuth, PipelineFile, Plugin,
    PrimaryKey, Protobuf, Registry, RegistryTls, Reload, Rollback, Start, StartAt, StopAfter, Tls, UnknownFields,
    Write,
};
pub use load::{load, parse};
pub use milvus_type::MilvusType;
pub use mistakes::{Mistake, Mistakes};
pub(crate) use nearest::advice;
pub use resolved::resolved;
pub use schema::json_schema;
pub use secret::Secret;
pub(crate) use secret::Secrets;
pub(crate) use text::{key as toml_key, quoted, wrapped};
pub use timestamp::Timestamp;
pub(crate) use timestamp::date as calendar_date;
pub use units::{Bytes, Time, UnitError};
