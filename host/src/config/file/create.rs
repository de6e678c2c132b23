//! `[milvus.create]`: the collection that is created where it is missing.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::config::milvus_type::MilvusType;

/// The collection as it is created where it is missing, by `kiteline run`; `kiteline check` only says so. One that is
/// there must be as it stands here. Where `collection` is a table, all of its collections are. Without this table
/// nothing is created.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Create {
    /// Its fields: one of them the primary key, and at least one a vector. Written below `[[milvus.create.fields]]`, or as
    /// a list of tables, `fields = [{ name = "id", type = "Int64", primary_key = true }, …]`.
    #[schemars(length(min = 1))]
    pub fields: Vec<CreateField>,
    /// Whether fields of a record that the collection does not have are kept in its dynamic field.
    #[serde(default)]
    pub dynamic_field: bool,
    /// Number of shards, over which its writes are spread.
    #[serde(default = "Create::one")]
    #[schemars(range(min = 1, max = 64))]
    pub shards: u32,
    /// Names of partitions beside Milvus' default one.
    #[serde(default)]
    #[schemars(inner(regex(pattern = crate::config::rules::PARTITION_NAME)), example = ["recent", "old"])]
    pub partitions: Vec<String>,
    /// Number of partitions over which Milvus spreads rows by a partition key; Milvus' own number where it is left out.
    #[serde(default)]
    #[schemars(range(min = 1, max = 1024), example = 16)]
    pub partition_count: Option<u32>,
    /// How new the rows are that a search sees, where it does not say so itself.
    #[serde(default)]
    pub consistency: Consistency,
    /// Whether it is loaded, so that it can be searched.
    #[serde(default = "Create::yes")]
    pub load: bool,
    /// In how many copies it is loaded.
    #[serde(default = "Create::one")]
    #[schemars(range(min = 1, max = 64))]
    pub replicas: u32,
}

/// A field of the collection.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateField {
    /// Its name.
    #[schemars(length(min = 1), example = &"title")]
    pub name: String,
    /// Its type: Bool, Int8, Int16, Int32, Int64, Float, Double, VarChar(256) by its length in bytes, Text, JSON,
    /// Timestamptz, Geometry, Array(VarChar(64), 100) by its elements and how many there may be, FloatVector(768) by its
    /// dimension, Float16Vector, BFloat16Vector, Int8Vector and BinaryVector likewise, SparseFloatVector.
    #[serde(rename = "type")]
    #[schemars(example = &"VarChar(256)")]
    pub ty: MilvusType,
    /// Whether it is the primary key: an Int64 or a VarChar.
    #[serde(default)]
    pub primary_key: bool,
    /// Whether Milvus makes the values; only of the primary key.
    #[serde(default)]
    pub auto_id: bool,
    /// Whether it decides the partition of a row: an Int64 or a VarChar.
    #[serde(default)]
    pub partition_key: bool,
    /// Whether rows that are near by its values are kept together.
    #[serde(default)]
    pub clustering_key: bool,
    /// Whether a row may go without it.
    #[serde(default)]
    pub nullable: bool,
    /// The value of a row that goes without it.
    #[serde(default)]
    #[schemars(example = &"none")]
    pub default: Option<Value>,
    /// How the words of a VarChar are found for a search by words, as `{ type = "english" }`; `{}` is Milvus' standard.
    #[serde(default)]
    #[schemars(with = "Option<BTreeMap<String, Value>>", example = BTreeMap::from([("type", "english")]))]
    pub analyzer: Option<toml::Table>,
    /// Of a SparseFloatVector: the field of whose words Milvus makes it (function BM25), so that rows don't bring it. That
    /// field has an `analyzer`.
    #[serde(default)]
    #[schemars(length(min = 1), example = &"body")]
    pub bm25_of: Option<String>,
    /// Its index. A vector without this table has one all the same, of the kind that Milvus chooses.
    #[serde(default)]
    pub index: Option<CreateIndex>,
}

/// An index.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateIndex {
    /// Milvus' name of its kind, as HNSW, IVF_FLAT, DISKANN; of scalars INVERTED, BITMAP, TRIE. Left out: AUTOINDEX, by
    /// which Milvus chooses, or SPARSE_INVERTED_INDEX of a SparseFloatVector.
    #[serde(rename = "type", default)]
    #[schemars(length(min = 1), example = &"HNSW")]
    pub kind: Option<String>,
    /// How near two vectors are: COSINE, L2 or IP; of bits HAMMING or JACCARD; of words BM25. Left out: COSINE, of a
    /// BinaryVector HAMMING, of a SparseFloatVector IP, or BM25 where it is made of words.
    #[serde(default)]
    #[schemars(length(min = 1), example = &"COSINE")]
    pub metric: Option<String>,
    /// Parameters of its kind, as `{ M = 16, efConstruction = 200 }`.
    #[serde(default)]
    pub params: BTreeMap<String, Value>,
}

/// How new the rows are that a search sees.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Consistency {
    /// All that were written before it.
    Strong,
    /// All that its own client wrote.
    Session,
    /// All but those of the last seconds.
    #[default]
    Bounded,
    /// Those that are there.
    Eventually,
}

impl Create {
    fn one() -> u32 {
        1
    }
    fn yes() -> bool {
        true
    }
}
