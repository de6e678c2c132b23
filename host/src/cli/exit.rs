//! Exit codes.

use std::fmt;
use std::process::ExitCode;

use crate::admin::ListenError;
use crate::config::Mistakes;
use crate::delivery::{LineError, RunError};
use crate::pipeline::StartError;
use crate::source::kafka::SourceError;

/// What the help says about exit codes.
pub(super) const HELP: &str = "Exit codes: 0 done, 1 failed while running, 2 mistake in the command or the file, 3 a \
                               server could not be reached at the start.";

/// Why a command ended before it was done.
#[derive(Debug)]
pub(super) enum Exit {
    /// It failed while running.
    Failed(String),
    /// The command or the file has a mistake.
    Mistake(String),
    /// A server could not be reached at the start.
    Unreachable(String),
}

impl Exit {
    pub(super) fn code(&self) -> ExitCode {
        ExitCode::from(match self {
            Self::Failed(_) => 1,
            Self::Mistake(_) => 2,
            Self::Unreachable(_) => 3,
        })
    }
}

impl fmt::Display for Exit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self::Failed(text) | Self::Mistake(text) | Self::Unreachable(text)) = self;
        f.write_str(text)
    }
}

impl From<Mistakes> for Exit {
    fn from(mistakes: Mistakes) -> Self {
        Self::Mistake(mistakes.to_string())
    }
}

impl From<StartError> for Exit {
    fn from(error: StartError) -> Self {
        if error.is_unreachable() { Self::Unreachable(error.to_string()) } else { Self::Mistake(error.to_string()) }
    }
}

impl From<SourceError> for Exit {
    fn from(error: SourceError) -> Self {
        StartError::from(error).into()
    }
}

impl From<ListenError> for Exit {
    fn from(error: ListenError) -> Self {
        Self::Mistake(error.to_string())
    }
}

impl From<RunError> for Exit {
    fn from(error: RunError) -> Self {
        Self::Failed(error.to_string())
    }
}

impl From<LineError> for Exit {
    fn from(error: LineError) -> Self {
        match error {
            LineError::Start(error) => error.into(),
            LineError::Run(error) => error.into(),
        }
    }
}
