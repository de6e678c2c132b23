//! `[dead_letter]`: where rejected records go.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::config::units::Time;

/// Where rejected records go.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DeadLetter {
    /// Topic on the same brokers. Records keep their time there, so let it keep records whatever their age
    /// (`retention.ms=-1`) where old ones are read.
    #[schemars(length(min = 1), example = &"packages.dead")]
    pub topic: String,
    /// Whether the topic is created at the start where it is missing. Else it must exist, or the brokers must create
    /// topics by themselves.
    #[serde(default)]
    pub create: bool,
    /// Partitions of the topic where it is created.
    #[serde(default = "DeadLetter::default_partitions")]
    #[schemars(range(min = 1, max = 10_000))]
    pub partitions: u16,
    /// Copies of each partition where the topic is created. 0 takes what the brokers have for new topics.
    #[serde(default)]
    #[schemars(range(max = 100))]
    pub replication: u16,
    /// When so many rejected records stop the pipeline, so that a wrong schema does not empty a topic into the dead
    /// letter. Left out: never.
    #[serde(default)]
    pub stop_after: Option<StopAfter>,
}

/// When rejected records stop the pipeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StopAfter {
    /// Most records that this process may reject within the time. The next one stops it.
    #[schemars(range(min = 1, max = 100_000), example = 1000)]
    pub records: usize,
    /// The time.
    #[schemars(example = &"1m")]
    pub within: Time,
}

impl DeadLetter {
    fn default_partitions() -> u16 {
        1
    }
}
