//! From queue to acknowledgement: lanes drive the records through decode, plugins and sink, and decide which offsets
//! may be committed. Nothing else does.
//!
//! An offset is committed only after every record before it is written, on the dead letter's topic, or discarded by a
//! plugin. What is rejected goes to the dead letter, or stops the pipeline.

mod bounded;
mod core;
mod dead_letter;
mod ends;
mod error;
mod lane;
mod mailbox;
mod reader;
mod reloader;
mod restart;
mod rows;
mod run;
mod sender;
mod swap;
mod waiting;
mod watch;

pub use core::{BatchId, Ledger};
pub use dead_letter::{Cause, Passed};
pub use error::RunError;
pub use restart::{LineError, Options, run};
pub(crate) use rows::prepare;
pub use run::Report;
