//! Kiteline streams records from Kafka into Milvus through sandboxed WebAssembly plugins.
//!
//! The modules stand in the order of the data: `source`, `decode`, `plugin`, `sink`, and `delivery`, which drives them.
//! `batch` is what they hand on, `target` is what they aim at, `pipeline` is what a file resolves to. `metrics` is what
//! they tell, and `admin` shows it.

pub mod admin;
pub mod batch;
pub mod cli;
pub mod config;
pub mod decode;
pub mod delivery;
pub mod json;
pub mod metrics;
mod pauses;
pub mod pipeline;
pub mod plugin;
mod quick;
pub mod registry;
pub mod reload;
mod sample;
pub mod sink;
pub mod source;
mod standstill;
pub mod target;
mod vector;
