//! `[write]`: when and how fast write requests are sent.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::config::units::{Bytes, Time};

/// When a write request is sent: at the first of its limits, or where its rows and the records that they came from take a
/// tenth of what `limits.memory` leaves to the lane.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Write {
    /// Most rows in a request.
    #[schemars(range(min = 1, max = 1_000_000))]
    pub rows: usize,
    /// Most bytes of a request as encoded. Milvus takes 64 MiB.
    #[schemars(range(min = 1, max = 67_108_864))]
    pub bytes: Bytes,
    /// Longest time that a row waits for others.
    pub age: Time,
    /// Most rows a second, over all lanes of the process.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1), example = &50_000)]
    pub rows_per_second: Option<u64>,
    /// Most bytes a second as encoded, over all lanes of the process. Where Milvus says that it is too much, less is
    /// sent for a while by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1), example = &"100MiB")]
    pub bytes_per_second: Option<Bytes>,
}

impl Default for Write {
    fn default() -> Self {
        Self { rows: 2000, bytes: Bytes::mib(8), age: Time::millis(500), rows_per_second: None, bytes_per_second: None }
    }
}
