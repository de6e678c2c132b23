//! `[kafka]`: where the records come from.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::config::client::ClientSetting;
use crate::config::timestamp::Timestamp;
use crate::config::units::Bytes;

/// Where the records come from.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Kafka {
    /// Bootstrap servers, `host:port`, several with commas between them.
    #[schemars(length(min = 1), example = &"localhost:9092")]
    pub brokers: String,
    /// Topics to read. One that starts with `^` is a regular expression over all topics. New topics of a pattern and new
    /// partitions are noticed within half a minute.
    #[schemars(length(min = 1), inner(length(min = 1)), example = ["packages"])]
    pub topics: Vec<String>,
    /// Consumer group. Processes with the same group share the topics' partitions.
    #[schemars(length(min = 1), example = &"kiteline-packages")]
    pub group: String,
    /// Where a partition is read from when the group has no committed offset for it. Instead of a word it may be a
    /// moment, as `{ timestamp = "2026-01-01T00:00:00Z" }`, for the first record of that moment or a later one; or
    /// offsets, as `{ offsets = { "packages/0" = 17 } }`, where a partition that is not named is read from its first
    /// record. What comes into a topic or partition that is made later is always read from its first record, but for
    /// what is older than such a moment.
    #[serde(default = "Kafka::default_start")]
    pub start: Start,
    /// Memory for records that are fetched and not yet read, over all partitions of the process.
    #[serde(default = "Kafka::default_fetch_memory")]
    #[schemars(range(min = 1))]
    pub fetch_memory: Bytes,
    /// Any setting of librdkafka, as `"security.protocol" = "SASL_SSL"` below `[kafka.client]`; in a text `${NAME}` is
    /// the environment variable NAME, and a text `file:PATH` is what a file holds. It goes before Kiteline's own choice, but for the settings that delivery rests on.
    #[serde(default)]
    pub client: BTreeMap<String, ClientSetting>,
}

/// Where a partition is read from when the group has no committed offset for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Start {
    /// At one of its ends.
    End(End),
    /// At a moment or an offset.
    At(StartAt),
}

/// The ends of a partition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum End {
    /// From its first record.
    Earliest,
    /// From the records that come after the start.
    Latest,
}

/// A place in a partition. Exactly one of the keys is given.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StartAt {
    /// From the first record of this moment or a later one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"2026-01-01T00:00:00Z")]
    pub timestamp: Option<Timestamp>,
    /// From these offsets, as `"packages/0" = 17`. A partition that is not named is read from its first record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offsets: Option<BTreeMap<String, u64>>,
}

impl Kafka {
    fn default_start() -> Start {
        Start::End(End::Earliest)
    }
    fn default_fetch_memory() -> Bytes {
        Bytes::mib(32)
    }
}
