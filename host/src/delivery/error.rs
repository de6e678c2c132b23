//! Why a run ended before it was told to.

use super::dead_letter::Passed;
use crate::batch::{Origin, Rejection, Stage};
use crate::plugin::LoadError;
use crate::sink::WriteError;
use crate::source::kafka::SourceError;

/// Why a run ended before it was told to. All that was acknowledged until then is committed.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// A record was rejected and there is no dead letter.
    #[error(
        "record {origin} was rejected by {by}: {reason}\nGive the pipeline a [dead_letter] topic to go on without such records, or correct what rejects it."
    )]
    Rejected {
        /// The record.
        origin: Origin,
        /// Stage, with the plugin's name.
        by: String,
        /// Why.
        reason: String,
    },
    /// A dead letter could not be delivered.
    #[error("a dead letter could not be delivered, so its record can't be passed over: {0}")]
    DeadLetter(String),
    /// More records were rejected than the pipeline may reject.
    #[error(
        "{} records were rejected within {:?}, more than `dead_letter.stop_after` allows; {} of them by {}\nThe reasons are on topic `{topic}`. Correct what sends or rejects such records and start again, then put them back with `kiteline replay`; or set `dead_letter.stop_after` higher.",
        .passed.rejected, .passed.within, .passed.of_cause, .passed.cause
    )]
    TooManyRejected {
        /// How many, in which time, and for what.
        passed: Passed,
        /// The dead letter's topic.
        topic: String,
    },
    /// Milvus does not take the rows.
    #[error("collection `{collection}`: {error}\nNothing of this request is committed; its first record is {first}.")]
    Write {
        /// The collection.
        collection: String,
        /// What Milvus said.
        error: Box<WriteError>,
        /// The first record of the request.
        first: Origin,
    },
    /// A partition that rows name can't be looked for.
    #[error("the partitions can't be looked at: {0}")]
    Partition(Box<WriteError>),
    /// A collection is gone, or another than it was at the start.
    #[error("collection `{collection}`: {why}")]
    Changed {
        /// The collection.
        collection: String,
        /// What Milvus says about it.
        why: String,
    },
    /// Kafka failed.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// A plugin that loaded does not start in a lane.
    #[error("a lane's plugins: {0}")]
    Plugin(#[from] LoadError),
    /// A lane ended by a panic.
    #[error("lane {0} ended by a panic, which is a mistake in Kiteline; please report it")]
    Panicked(usize),
    /// The lanes did not end in time.
    #[error("after {seconds} s the lanes had not written all they had read; what is not committed will be read again")]
    Shutdown {
        /// How long they had.
        seconds: u64,
    },
}

impl RunError {
    pub(super) fn rejected(origin: &Origin, rejection: &Rejection) -> Self {
        let by = match &rejection.stage {
            Stage::Plugin { name, .. } => format!("plugin `{name}`"),
            stage => stage.name().to_owned(),
        };
        Self::Rejected { origin: origin.clone(), by, reason: rejection.reason.clone() }
    }
}
