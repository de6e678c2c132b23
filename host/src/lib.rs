//! Kiteline streams records from Kafka into Milvus through sandboxed WebAssembly plugins.
//!
//! The modules stand in the order of the data: `source`, `decode`, `plugin`, `sink`, and `delivery`, which drives them.
//! `batch` is what they hand on.

pub mod batch;
pub mod json;
pub mod plugin;
pub mod sink;
pub mod target;
