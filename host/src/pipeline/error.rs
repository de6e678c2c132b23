//! Why a pipeline can't start.

use super::SchemaFileError;
use crate::config::Mistakes;
use crate::plugin::LoadError;
use crate::registry::RegistryError;
use crate::sink::SinkError;
use crate::source::kafka::SourceError;

/// Why a pipeline can't start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The file has mistakes.
    #[error("{0}")]
    File(#[from] Mistakes),
    /// A plugin can't be used.
    #[error("plugin {0}")]
    Plugin(#[from] LoadError),
    /// A schema can't be used.
    #[error(transparent)]
    Schema(#[from] SchemaFileError),
    /// Kafka can't be used.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// Milvus can't be used.
    #[error(transparent)]
    Sink(#[from] SinkError),
    /// The schema registry can't be used.
    #[error(transparent)]
    Registry(#[from] RegistryError),
    /// There are no dead letters to replay.
    #[error("the pipeline has no dead letter, so there is nothing to replay; give it a [dead_letter] topic")]
    NoDeadLetter,
    /// The file and the live schema don't fit each other.
    #[error("{}", .0.join("\n"))]
    Target(Vec<String>),
}

impl StartError {
    /// True where a server could not be reached; else the command or the file has a mistake.
    pub fn is_unreachable(&self) -> bool {
        matches!(
            self,
            Self::Source(SourceError::Unreachable { .. })
                | Self::Sink(SinkError::Unreachable { .. })
                | Self::Registry(RegistryError::Unreachable(_))
        )
    }
}
