//! `[limits]`: what the process may take.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::config::units::{Bytes, Time};

/// What the process may take.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Most memory for records, from Kafka to Milvus' acknowledgement: `kafka.fetch_memory`, the batches on their way,
    /// and the requests that are sent. Where it is used up, nothing more is read until something is done. Plugins'
    /// own memory comes on top. Of each partition at least one batch of its producer is held, however large; that these
    /// alone take all of it is said in the log. Without it, it is `kafka.fetch_memory` and 24 MiB for each lane. Where
    /// Milvus is far away, or records are large, more of it makes larger requests.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1), example = &"512MiB")]
    pub memory: Option<Bytes>,
    /// Longest time for finishing what was read when the run is told to stop. What is not written by then is read again
    /// at the next start.
    pub shutdown_timeout: Time,
}

impl Default for Limits {
    fn default() -> Self {
        Self { memory: None, shutdown_timeout: Time::secs(30) }
    }
}
