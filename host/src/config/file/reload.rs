//! `[reload]`: how a running pipeline takes new plugins.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::config::units::Time;

/// How a running pipeline takes changed plugins, without a restart. SIGHUP and `POST /reload` ask for it at any time.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Reload {
    /// How often this file and the files of plugins are looked at.
    pub watch: Time,
    /// When a new plugin goes back to the one before it.
    pub rollback: Rollback,
}

/// When a new plugin goes back to the one before it: it fails on at least `records` records, and on more than `percent`
/// of those that it gets, within a time after it came.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Rollback {
    /// Failing on fewer records is never a reason: it may be those records. What a plugin rejects does not count, only
    /// traps, errors and records that take too long.
    #[schemars(range(min = 1))]
    pub records: u64,
    /// The share of its records, in percent. 100 means never.
    #[schemars(range(max = 100))]
    pub percent: u8,
    /// The time after the change.
    pub within: Time,
}

impl Default for Reload {
    fn default() -> Self {
        Self { watch: Time::secs(1), rollback: Rollback::default() }
    }
}

impl Default for Rollback {
    fn default() -> Self {
        Self { records: 10, percent: 10, within: Time::secs(60) }
    }
}
