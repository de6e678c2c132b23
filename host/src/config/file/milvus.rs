//! `[milvus]`: where the rows go.

use std::collections::BTreeMap;
use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Create;
use crate::config::secret::Secret;
use crate::config::units::Time;

/// Where the rows go. Who asks is given as `token`, or as `user` and `password`, or not at all.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("oneOf" = [
    { "required": ["token"] },
    { "required": ["user", "password"] },
    { "not": { "anyOf": [{ "required": ["token"] }, { "required": ["user"] }, { "required": ["password"] }] } },
]))]
pub struct Milvus {
    /// Address, `http://host:19530` or `https://host:19530`.
    #[schemars(example = &"http://localhost:19530")]
    pub uri: String,
    /// API key, or `user:password`. `${NAME}` is the environment variable NAME, and `file:PATH` what a file holds.
    #[serde(default)]
    #[schemars(example = &"${MILVUS_TOKEN}")]
    pub token: Option<Secret>,
    /// User, in place of `token`.
    #[serde(default)]
    #[schemars(length(min = 1), example = &"root")]
    pub user: Option<String>,
    /// Password of `user`. `${NAME}` is the environment variable NAME, and `file:PATH` what a file holds.
    #[serde(default)]
    #[schemars(example = &"file:/run/secrets/milvus")]
    pub password: Option<Secret>,
    /// How a connection by https:// is secured. Without this table the server is known by the system's authorities.
    #[serde(default)]
    pub tls: Option<Tls>,
    /// Database; Milvus' default one where it is left out.
    #[serde(default)]
    #[schemars(length(min = 1), example = &"default")]
    pub database: Option<String>,
    /// The collection, or a table of topic = "collection". They must exist, or stand in `[milvus.create]`.
    #[schemars(example = &"packages")]
    pub collection: Collection,
    /// How rows are written. Left out: upsert, or insert where Milvus makes the primary keys (auto id).
    #[serde(default)]
    #[schemars(example = &"upsert")]
    pub mode: Option<Mode>,
    /// Where rows have their primary key from.
    #[serde(default)]
    pub primary_key: PrimaryKey,
    /// The partition for rows that no plugin routes elsewhere; Milvus' default one where it is left out.
    #[serde(default)]
    #[schemars(regex(pattern = crate::config::rules::PARTITION_NAME), example = &"recent")]
    pub partition: Option<String>,
    /// Whether a partition that a row names and the collection does not have is created.
    #[serde(default)]
    pub create_partitions: bool,
    /// Most partitions that a collection may have for one to be created.
    #[serde(default = "Milvus::default_max_partitions")]
    #[schemars(range(min = 1, max = 4096))]
    pub max_partitions: usize,
    /// What becomes of a field that the collection does not have.
    #[serde(default)]
    pub unknown_fields: UnknownFields,
    /// What becomes of deletes: of records without a value (tombstones), and of rows that a plugin turned into deletes.
    #[serde(default)]
    pub deletes: Deletes,
    /// Longest time for one call to Milvus.
    #[serde(default = "Milvus::default_timeout")]
    pub timeout: Time,
    /// How often the schema is looked at while running. Where it changed (a field more, an alias that points to another
    /// collection) the pipeline starts over with it, from what is committed.
    #[serde(default = "Milvus::default_watch")]
    pub watch: Time,
    /// How long a collection that is gone while running is waited for before the pipeline stops.
    #[serde(default = "Milvus::default_missing_timeout")]
    pub missing_timeout: Time,
    /// Whether a primary key may come to another partition than before. If so, a row that names a partition is first
    /// deleted wherever else it is, which costs a call more for each request; for a moment it can't be found. Set it to
    /// false where the partition of a key never changes.
    #[serde(default = "Milvus::default_keys_move")]
    pub keys_move: bool,
    /// The collection as it is created where it is missing, by `kiteline run`; `kiteline check` only says so. One that
    /// is there must be as it stands here. Where `collection` is a table, all of its collections are. Without this
    /// table nothing is created.
    #[serde(default)]
    pub create: Option<Create>,
}

/// How a connection by https:// is secured. Files are looked for from the folder of the pipeline file.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Tls {
    /// Certificates (PEM) of the authorities by which the server is known, in place of the system's.
    #[serde(default, serialize_with = "super::path_as_text")]
    #[schemars(length(min = 1), example = &"tls/ca.pem")]
    pub ca: Option<PathBuf>,
    /// Certificate (PEM) that Kiteline shows to a server that wants one.
    #[serde(default, serialize_with = "super::path_as_text")]
    #[schemars(length(min = 1), example = &"tls/kiteline.pem")]
    pub cert: Option<PathBuf>,
    /// The private key (PEM) of `cert`.
    #[serde(default, serialize_with = "super::path_as_text")]
    #[schemars(length(min = 1), example = &"tls/kiteline.key")]
    pub key: Option<PathBuf>,
    /// The name that the server's certificate must have; that of `uri` where it is left out.
    #[serde(default)]
    #[schemars(length(min = 1), example = &"milvus.example.com")]
    pub server_name: Option<String>,
}

/// The collections that rows go to.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Collection {
    /// All topics go to this collection.
    One(#[schemars(length(min = 1))] String),
    /// Each topic goes to its own collection.
    ByTopic(BTreeMap<String, String>),
}

/// How rows are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// A row replaces the one with its primary key: what arrives twice is there once.
    Upsert,
    /// A row replaces only those fields that it has of the row with its primary key, and the others stay: so no field
    /// becomes null. A new row must have all fields that it needs. For Milvus 2.6 and later.
    PartialUpdate,
    /// Rows are added; Milvus removes no duplicates, so a record that arrives twice is there twice.
    Insert,
}

/// Where rows have their primary key from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PrimaryKey {
    /// From their own field; or Milvus makes it (auto id).
    #[default]
    Field,
    /// It is `topic/partition/offset` of the record, with `/0`, `/1` … where the record is or became several rows. For feeds
    /// without a key: what arrives twice is there once. The collection's primary key is a VarChar that rows don't bring.
    Origin,
}

/// What becomes of a field that the collection does not have.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum UnknownFields {
    /// It goes to the dynamic field where the collection has one; else the record is rejected.
    #[default]
    Dynamic,
    /// It is left out.
    Drop,
    /// The record is rejected.
    Reject,
}

/// What becomes of deletes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Deletes {
    /// The row with the primary key is deleted, in whatever partition it is.
    #[default]
    Apply,
    /// They are passed over, as if they had been discarded.
    Ignore,
    /// The record is rejected.
    Reject,
}

impl Milvus {
    fn default_max_partitions() -> usize {
        256
    }
    fn default_timeout() -> Time {
        Time::secs(30)
    }
    fn default_watch() -> Time {
        Time::secs(10)
    }
    fn default_missing_timeout() -> Time {
        Time::secs(60)
    }
    fn default_keys_move() -> bool {
        true
    }
}
