//! Plugins: WebAssembly components that read and write the columns of a batch.
//!
//! A [`Plugin`] is a component that was compiled, described and configured once; a [`Chain`] is a lane's instances of
//! all plugins of a pipeline. What a plugin does wrong costs the records that cause it, never the host: its memory,
//! its time and all that it hands over have limits, and what it wrote is dropped when it fails. No type of wasmtime
//! leaves this module.

mod aot;
mod bindings;
mod chain;
mod engine;
mod error;
mod host;
pub mod inspect;
mod instance;
mod limits;
mod loaded;
mod output;
mod probe;
mod sandbox;
mod shipped;
mod state;
mod tally;
#[cfg(test)]
mod tests;
mod voice;

pub use chain::{Chain, Processed, ends, sources};
pub use engine::Engine;
pub use error::LoadError;
pub use limits::Limits;
pub use loaded::{Code, Info, MANIFEST, Plugin, Setup};
pub use probe::Source;
pub use sandbox::Grants;
pub use shipped::{SHIPPED, shipped};
pub use tally::Tally;
pub(crate) use voice::escaped;
