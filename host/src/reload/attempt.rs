//! An attempt at a reload: who asks for it, and what becomes of it.

use std::time::SystemTime;

use crate::config::Mistakes;
use crate::pipeline::StartError;

/// Who or what asks for a reload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// A file has changed.
    File,
    /// SIGHUP.
    Signal,
    /// `POST /reload`.
    Http,
    /// The pipeline has started over, after plugins were refused.
    StartOver,
    /// New plugins fail too often.
    Faults,
}

/// Why a reload is attempted.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cause {
    pub(crate) by: By,
    /// Since when there is something new.
    pub(crate) at: SystemTime,
    /// How often a reload had been asked for when the attempt began: all of these are answered by it.
    pub(super) asked: u64,
}

/// What became of an attempt.
#[derive(Debug, Clone)]
pub(crate) struct Outcome {
    pub(crate) at: SystemTime,
    pub(crate) by: By,
    pub(crate) result: Ended,
    /// Why it was refused or rolled back.
    pub(crate) why: Option<String>,
}

/// How an attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// The lanes have new plugins.
    Swapped,
    /// What is new can't be used; the lanes go on with what they have.
    Refused,
    /// The new plugins failed; the lanes have the ones before them again.
    RolledBack,
    /// There was nothing new.
    Unchanged,
}

/// Why new plugins are not used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    /// The pipeline file can't be read.
    #[error("{0}")]
    File(#[from] Mistakes),
    /// The plugins can't be used, or don't fit the target.
    #[error("{0}")]
    Start(#[from] StartError),
    /// They failed before.
    #[error(
        "plugin {0} was rolled back for its faults; change it, or ask for it with SIGHUP or POST /reload to try it again"
    )]
    Failed(String),
}

impl By {
    /// As logs and pages have it.
    pub fn name(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Signal => "SIGHUP",
            Self::Http => "POST /reload",
            Self::StartOver => "start over",
            Self::Faults => "faults",
        }
    }
}

impl Cause {
    /// Whether somebody wants it, rather than that something has changed.
    pub(crate) fn is_wish(&self) -> bool {
        matches!(self.by, By::Signal | By::Http)
    }

    /// New plugins fail too often.
    pub(crate) fn of_faults() -> Self {
        Self { by: By::Faults, at: SystemTime::now(), asked: 0 }
    }
}

impl Ended {
    /// As metrics and pages have it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Swapped => "swapped",
            Self::Refused => "refused",
            Self::RolledBack => "rolled-back",
            Self::Unchanged => "unchanged",
        }
    }
}
