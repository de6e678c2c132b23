//! Messages, kept for the test.

use std::cell::RefCell;

use crate::bindings::kiteline::plugin::log::Level;

thread_local! {
    static MESSAGES: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

pub fn log(level: Level, message: &str) {
    let level = match level {
        Level::Debug => "debug",
        Level::Info => "info",
        Level::Warn => "warn",
        Level::Error => "error",
    };
    MESSAGES.with(|messages| messages.borrow_mut().push(format!("{level}: {message}")));
}

/// Takes what was logged since the last call.
pub(crate) fn take() -> Vec<String> {
    MESSAGES.with(RefCell::take)
}
