//! The keys of the configuration.

use std::collections::BTreeMap;

use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Config {
    /// What the rows are sent to.
    #[serde(default)]
    pub(crate) to: To,
    /// The field that decides.
    pub(crate) field: String,
    /// How it decides.
    #[serde(default)]
    pub(crate) by: By,
    /// Names by values.
    pub(crate) map: Option<BTreeMap<String, String>>,
    /// Number of partitions that values are spread over.
    pub(crate) partitions: Option<u32>,
    /// The name for rows that nothing else sends anywhere.
    pub(crate) default: Option<String>,
    /// What partition names begin with.
    pub(crate) prefix: Option<String>,
    /// Whether a value that is no name is made one.
    #[serde(default)]
    pub(crate) sanitize: bool,
    /// Most partitions that values may name.
    pub(crate) max: Option<usize>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum To {
    #[default]
    Partition,
    Collection,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum By {
    #[default]
    Value,
    Map,
    Hash,
}

impl Config {
    /// Refuses keys that would have no effect together, and a key that is missing for another.
    pub(crate) fn check(&self) -> Result<(), String> {
        let wants = |given: bool, key: &str, by: By, wanted: &str| match (given, self.by == by) {
            (true, false) => Err(format!("{key} is for by = \"{wanted}\"")),
            (false, true) => Err(format!("by = \"{wanted}\" needs {key}")),
            _ => Ok(()),
        };
        wants(self.map.is_some(), "map", By::Map, "map")?;
        wants(self.partitions.is_some(), "partitions", By::Hash, "hash")?;
        if self.field.is_empty() {
            return Err("field: name a field".into());
        }
        if self.partitions.is_some_and(|count| count == 0 || count > 4096) {
            return Err("partitions: 1 to 4096".into());
        }
        if self.to == To::Collection && self.by == By::Hash {
            return Err("by = \"hash\" is for partitions: give to = \"collection\" a map, or the value itself".into());
        }
        if self.max.is_some() && (self.to != To::Partition || self.by != By::Value) {
            return Err("max is for partitions by value: elsewhere the configuration names them all".into());
        }
        if self.max == Some(0) {
            return Err("max: 1 or more".into());
        }
        if self.by == By::Map && (self.sanitize || self.prefix.is_some()) {
            return Err("prefix and sanitize are for by = \"value\" and \"hash\": a map gives whole names".into());
        }
        Ok(())
    }
}
