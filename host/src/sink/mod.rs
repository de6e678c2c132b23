//! Milvus: where rows end.
//!
//! [`Client`] is the one connection to it. [`Client::describe`] reads the live [`Schema`] of a collection,
//! [`validate()`] holds the rows of a batch against it, a [`Request`] gathers the rows that may be written, and
//! [`Client::write`] sends it; [`Partitions`] creates the partitions that rows name. When a request is sent, and what
//! is done where that fails, is for `delivery` to decide: a [`WriteError`] has the [`Class`] of what happened.
//! [`Client::create`] makes a collection as `[milvus.create]` says.
//! The rest is there for `kiteline demo` and the tests: making, loading and reading collections.
//!
//! No type of Milvus' protocol or of gRPC leaves this module.

mod address;
mod admin;
mod class;
mod connect;
mod create;
mod encode;
mod error;
mod expression;
mod fault;
mod gathered;
mod guard;
mod keys;
#[cfg(test)]
mod live;
mod origin;
mod partitions;
mod parts;
mod prepared;
mod present;
mod request;
mod rules;
mod schema;
mod server;
mod size;
#[cfg(test)]
mod testing;
mod tls;
mod types;
mod validate;
mod wire;
mod write;

pub use admin::{Hit, Index, Query, Search};
pub use class::Class;
pub use connect::{Client, Options};
pub use create::{Outlook, Wanted};
pub use encode::encoded;
pub use error::SinkError;
pub use fault::Code;
pub use keys::Keys;
pub use origin::{TOPIC_MAX, longest as longest_origin};
pub use partitions::{PartitionError, Partitions};
pub use prepared::{Prepared, Row};
pub use present::{PARTIAL_FIELDS_MAX, Present};
pub use request::{Doubt, Group, Place, Request, RowToken, Version};
pub use rules::Rules;
pub use schema::{Described, Schema, check_supported};
pub use tls::Tls;
pub use types::DefaultValue;
pub use validate::validate;
pub use write::WriteError;
