//! A file of `cases/`, as the tests here and in the host read it.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Case {
    #[serde(default)]
    pub(crate) types: BTreeMap<String, String>,
    pub(crate) records: Vec<Given>,
    pub(crate) steps: Box<RawValue>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Given {
    /// An object whose members become fields. Where a record has none, it is a tombstone, and nothing of the case is
    /// decoded.
    pub(crate) value: Option<Box<RawValue>>,
    pub(crate) key: Option<String>,
    #[serde(default)]
    pub(crate) headers: Vec<(String, Option<String>)>,
    pub(crate) timestamp: Option<i64>,
}
