//! Milvus.

mod address;
mod admin;
mod class;
mod connect;
mod encode;
mod error;
mod fault;
mod partitions;
mod prepared;
mod request;
mod schema;
mod size;
#[cfg(test)]
mod testing;
mod types;
mod validate;
mod write;

pub use admin::{Hit, Index, Query, Search};
pub use class::Class;
pub use connect::{Client, Options};
pub use error::SinkError;
pub use fault::Code;
pub use partitions::{PartitionError, Partitions};
pub use prepared::{Prepared, Row};
pub use request::{Added, Request, RequestLimits, RowToken};
pub use schema::{Described, Schema, check_supported};
pub use types::DefaultValue;
pub use validate::validate;
pub use write::WriteError;
