//! What a lane's instance of a plugin tells.

use std::time::Duration;

use prometheus::{Histogram, IntCounter};

use super::families::Families;
use super::status::Beat;

/// The handle of one plugin in one lane.
#[derive(Debug)]
pub struct Plugin {
    beat: Beat,
    duration: Histogram,
    rows: IntCounter,
    /// In the order of [`PluginFault`].
    faults: [IntCounter; 3],
}

/// How a call failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PluginFault {
    /// It returned an error.
    Error,
    /// It trapped.
    Trap,
    /// It took too long.
    Timeout,
}

impl Plugin {
    pub(super) fn new(families: &Families, beat: Beat, name: &str, digest: &str) -> Self {
        let digest = short(digest);
        let fault = |kind| families.plugin_faults.with_label_values(&[name, digest, kind]);
        Self {
            beat,
            duration: families.plugin_duration.with_label_values(&[name, digest]),
            rows: families.plugin_rows.with_label_values(&[name, digest]),
            faults: [fault("error"), fault("trap"), fault("timeout")],
        }
    }

    /// The plugin was given so many rows. Those that it is given once more, after a fault, don't count again.
    pub fn given(&self, rows: usize) {
        self.rows.inc_by(rows as u64);
    }

    /// The plugin was called, and failed or not.
    pub fn called(&self, took: Duration, fault: Option<PluginFault>) {
        // A call ends within a second, but a batch that is given again row by row may take long.
        self.beat.round();
        self.duration.observe(took.as_secs_f64());
        if let Some(fault) = fault {
            self.faults[fault as usize].inc();
        }
    }
}

/// The start of a digest, as labels have it.
pub(super) fn short(digest: &str) -> &str {
    &digest[..digest.floor_char_boundary(12)]
}
