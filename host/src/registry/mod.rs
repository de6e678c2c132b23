//! The schema registry: schemas by the ids that stand in front of keys and values.
//!
//! Any registry with Confluent's API will do. Nobody waits inside here: who wants a schema that is not known yet is
//! woken when it is, and whatever is wrong with the registry is tried again for as long as somebody wants the schema.

mod answer;
mod auth;
mod client;
mod http;
mod resolve;
mod schema;
mod shared;
#[cfg(test)]
mod tests;

pub use auth::{Auth, OAuth};
pub use client::{Options, Tls};
pub use schema::{Answer, Kind, Reference, Schema, SchemaId};
pub use shared::{Registry, Wake};

/// Why a registry can't be used.
#[derive(Debug, thiserror::Error)]
pub enum RegistryError {
    /// The pipeline file says something that can't be done.
    #[error("[decode.registry] {0}")]
    Misconfigured(String),
    /// It does not answer, or not as a registry.
    #[error("the schema registry: {0}; look at [decode.registry]")]
    Unreachable(String),
}
