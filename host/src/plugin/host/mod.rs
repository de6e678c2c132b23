//! The functions that plugins call: the interfaces `batch`, `target` and `log`.

mod batch;
mod log;
mod packed;
mod target;
mod write;
