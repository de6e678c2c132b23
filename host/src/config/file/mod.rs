//! The pipeline file: every key, its meaning and its default. The JSON Schema, the reference and the commented file
//! that `kiteline demo` writes are made from what stands here.

mod admin;
mod batch;
mod create;
mod dead_letter;
mod decode;
mod kafka;
mod limits;
mod milvus;
mod plugin;
mod registry;
mod reload;
mod write;

pub use admin::Admin;
pub use batch::Batch;
pub use create::{Consistency, Create, CreateField, CreateIndex};
pub use dead_letter::{DeadLetter, StopAfter};
pub use decode::{Compression, Csv, Decode, Format, Framing, Key, KeyFormat, Protobuf};
pub use kafka::{End, Kafka, Start, StartAt};
pub use limits::Limits;
pub use milvus::{Collection, Deletes, Milvus, Mode, PrimaryKey, Tls, UnknownFields};
pub use plugin::{Grants, Plugin};
pub use registry::{OAuth, Registry, RegistryTls};
pub use reload::{Reload, Rollback};
pub use write::Write;

use std::path::{Path, PathBuf};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize, Serializer};

/// One TOML file is a pipeline: where records come from, how they are decoded, the plugins they pass, and the
/// collection they end in.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PipelineFile {
    /// Name of the pipeline, as in logs and dead letters.
    #[schemars(length(min = 1), example = &"packages")]
    pub name: String,
    /// Threads that work at the same time, each with its share of the topics' partitions. 0 takes one for each core.
    #[serde(default)]
    #[schemars(range(max = 1024))]
    pub lanes: usize,
    /// Where the records come from.
    pub kafka: Kafka,
    /// How a record's value becomes fields.
    #[serde(default)]
    pub decode: Decode,
    /// How records are cut into the batches that plugins see. A batch closes at the first of its limits.
    #[serde(default)]
    pub batch: Batch,
    /// The plugins, in the order in which every record passes them.
    #[serde(default, rename = "plugin")]
    pub plugins: Vec<Plugin>,
    /// Where the rows go.
    pub milvus: Milvus,
    /// When a write request is sent: at the first of its limits.
    #[serde(default)]
    pub write: Write,
    /// Where rejected records go. Without this table the first rejected record stops the pipeline.
    #[serde(default)]
    pub dead_letter: Option<DeadLetter>,
    /// What the process may take.
    #[serde(default)]
    pub limits: Limits,
    /// How a running pipeline takes changed plugins.
    #[serde(default)]
    pub reload: Reload,
    /// Where metrics and health are asked for over HTTP. Without this table nothing listens.
    #[serde(default)]
    pub admin: Option<Admin>,
}

/// A folder's name need not be Unicode, and a serializer takes nothing else.
pub(super) fn path_as_text<S: Serializer>(path: &Option<PathBuf>, serializer: S) -> Result<S::Ok, S::Error> {
    path.as_ref().map(|path| path.to_string_lossy()).serialize(serializer)
}

/// The same for one that must be there.
pub(super) fn whole_path_as_text<S: Serializer>(path: &Path, serializer: S) -> Result<S::Ok, S::Error> {
    path.to_string_lossy().serialize(serializer)
}
