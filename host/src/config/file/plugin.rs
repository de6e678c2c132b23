//! `[[plugin]]`: a plugin, its configuration and its limits.

use std::collections::BTreeMap;
use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::config::units::{Bytes, Time};

/// A plugin. Exactly one of `use` and `path` is given.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("oneOf" = [{ "required": ["use"] }, { "required": ["path"] }]))]
pub struct Plugin {
    /// A plugin that comes with Kiteline: decode-msgpack, rename, dimension or route.
    #[serde(default, rename = "use")]
    #[schemars(example = &"rename")]
    pub shipped: Option<String>,
    /// File of a WebAssembly component, looked for from the folder of the pipeline file.
    #[serde(default, serialize_with = "super::path_as_text")]
    #[schemars(length(min = 1), example = &"plugins/clean.wasm")]
    pub path: Option<PathBuf>,
    /// The plugin's own configuration; `kiteline check` shows what it takes.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, serde_json::Value>")]
    pub config: toml::Table,
    /// Most memory that an instance of the plugin may have. There is an instance for each lane.
    #[serde(default = "Plugin::default_memory")]
    #[schemars(range(min = 1))]
    pub memory: Bytes,
    /// Longest time for one record. A batch has this times its records, but never more than a second; one that takes
    /// longer is done record by record, and a record that takes longer than this is rejected.
    #[serde(default = "Plugin::default_record_timeout")]
    pub record_timeout: Time,
    /// Most bytes that the fields of a batch may hold after this plugin.
    #[serde(default = "Plugin::default_answer")]
    #[schemars(range(min = 1))]
    pub answer: Bytes,
    /// Sends what the plugin says to the log of Kiteline: what it logs, and what it prints, at most 100 lines a second. It
    /// may quote records, so leave it off where the log must not hold what they hold.
    #[serde(default)]
    pub log: bool,
    /// What of this machine the plugin may have beside its records. Nothing is granted by itself; files and network
    /// never are.
    #[serde(default)]
    pub grants: Grants,
}

/// What of this machine a plugin may have beside its records. What it asks for and does not get is logged once, and
/// shown at `/plugins`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Grants {
    /// The time. Else its clocks stand still, in 1970, and what it makes depends on the record alone.
    pub clock: bool,
    /// Random numbers. Else it gets the same numbers each time that it starts.
    pub random: bool,
    /// Names of environment variables that it sees, as they are where it is loaded. One that is not set is left out.
    #[schemars(example = ["REGION"])]
    pub env: Vec<String>,
}

impl Plugin {
    fn default_memory() -> Bytes {
        Bytes::mib(64)
    }
    fn default_record_timeout() -> Time {
        Time::millis(100)
    }
    fn default_answer() -> Bytes {
        Bytes::mib(64)
    }
}
