//! Messages for whoever runs the plugin. They may hold payload, so they go to the dead letters of the records being
//! processed, and to the pipeline's own log only where the pipeline says so. A message is cut at 1,024 bytes; at most
//! 16 are kept of each call.

use crate::bindings::kiteline::plugin::log::Level;
use crate::host::log::log;

/// For the plugin's author.
pub fn debug(message: &str) {
    log(Level::Debug, message);
}

/// Worth knowing.
pub fn info(message: &str) {
    log(Level::Info, message);
}

/// Something is odd; the plugin goes on.
pub fn warn(message: &str) {
    log(Level::Warn, message);
}

/// Something failed.
pub fn error(message: &str) {
    log(Level::Error, message);
}
