//! What can be asked of a running process over HTTP: its metrics, whether it is alive and ready, and its plugins, which
//! can be told to reload.
//!
//! Each connection is one question, has little time for it, and their number is bounded, so nobody can hang it by open
//! sockets. To add a page, add a line to `ROUTES`.

mod routes;
mod server;
#[cfg(test)]
mod tests;

pub use server::{ListenError, Server};

use std::sync::Arc;
use std::time::Duration;

use crate::metrics::Metrics;
use crate::reload::Reload;

/// What the pages are made of.
#[derive(Debug)]
pub struct Facts {
    /// The pipeline's name.
    pub pipeline: String,
    /// What the process counts.
    pub metrics: Arc<Metrics>,
    /// Its plugins, and who reloads them.
    pub reload: Arc<Reload>,
    /// How long a thread may need to come round before it counts as stuck.
    pub patience: Duration,
}
