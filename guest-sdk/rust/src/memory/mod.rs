//! A batch in memory, in the host's place: what the interface says, for tests with `cargo test`.
//!
//! The same cases run through this and through the real host (`tests/guests/conformance`). What it does not do: it has no
//! limit of `answer`, and it reads dense vectors of JSON as `float-vector` only.

pub mod batch;
mod column;
mod infer;
mod json;
pub mod log;
mod read;
mod rows;
pub mod target;

use std::cell::RefCell;

pub(crate) use infer::{column_of_json, members};
pub(crate) use rows::{Memory, RowOf, Verdict};

thread_local! {
    static CURRENT: RefCell<Option<Memory>> = const { RefCell::new(None) };
}

/// Makes these rows the current batch.
pub(crate) fn begin(memory: Memory) {
    CURRENT.with(|current| *current.borrow_mut() = Some(memory));
}

/// Takes the current batch back.
pub(crate) fn end() -> Option<Memory> {
    CURRENT.with(|current| current.borrow_mut().take())
}

/// Works on the current batch. A fault of the plugin ends the test as it would end the call.
fn with<T>(work: impl FnOnce(&mut Memory) -> T) -> T {
    CURRENT.with(|current| match &mut *current.borrow_mut() {
        Some(memory) => work(memory),
        None => panic!("batch functions may be called in `process` only"),
    })
}
