//! `[batch]`: how records are cut into batches.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::config::units::Bytes;

/// How records are cut into the batches that plugins see. A batch closes at the first of its limits.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Batch {
    /// Most records in a batch.
    #[schemars(range(min = 1, max = 100_000))]
    pub rows: usize,
    /// Most bytes of payload in a batch. Batches that leave the processor's cache cost several times as much a row.
    #[schemars(range(min = 1, max = 268_435_456))]
    pub bytes: Bytes,
}

impl Default for Batch {
    fn default() -> Self {
        Self { rows: 1000, bytes: Bytes::mib(1) }
    }
}
