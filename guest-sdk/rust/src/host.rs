//! The functions that a plugin imports: the host's own in a component, and those of a batch in memory in tests.

#[cfg(target_family = "wasm")]
pub use crate::bindings::kiteline::plugin::{batch, log, target};
#[cfg(not(target_family = "wasm"))]
pub use crate::memory::{batch, log, target};
