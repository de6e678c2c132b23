//! How large the scenarios are.

use std::time::Duration;

/// Sizes of the scenarios: small ones for every change, full ones for `cargo xtask soak`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Profile {
    Small,
    Full,
}

impl Profile {
    /// Full where KITELINE_FAULTS says so.
    pub(crate) fn of_run() -> Self {
        match std::env::var("KITELINE_FAULTS").as_deref() {
            Err(_) | Ok("small") => Self::Small,
            Ok("full") => Self::Full,
            Ok(other) => panic!("KITELINE_FAULTS is `small` or `full`, not `{other}`"),
        }
    }

    /// A number of the size that is run.
    pub(crate) fn size(self, small: u32, full: u32) -> u32 {
        match self {
            Self::Small => small,
            Self::Full => full,
        }
    }

    /// A time of the size that is run, in seconds.
    pub(crate) fn time(self, small: u64, full: u64) -> Duration {
        Duration::from_secs(match self {
            Self::Small => small,
            Self::Full => full,
        })
    }
}
