//! The pipeline file: every key, its meaning and its default. The JSON Schema, the reference and the commented file
//! that `kiteline demo` writes are made from what stands here.

use std::collections::BTreeMap;
use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize, Serializer};

use super::client::ClientSetting;
use super::fields::FieldTypes;
use super::secret::Secret;
use super::timestamp::Timestamp;
use super::units::{Bytes, Time};

/// One TOML file is a pipeline: where records come from, how they are decoded, the plugins they pass, and the
/// collection they end in.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PipelineFile {
    /// Name of the pipeline, as in logs and dead letters.
    #[schemars(length(min = 1), example = &"packages")]
    pub name: String,
    /// Threads that work at the same time, each with its share of the topics' partitions. 0 takes one for each core.
    #[serde(default)]
    #[schemars(range(max = 1024))]
    pub lanes: usize,
    /// Where the records come from.
    pub kafka: Kafka,
    /// How a record's value becomes fields.
    #[serde(default)]
    pub decode: Decode,
    /// How records are cut into the batches that plugins see. A batch closes at the first of its limits.
    #[serde(default)]
    pub batch: Batch,
    /// The plugins, in the order in which every record passes them.
    #[serde(default, rename = "plugin")]
    pub plugins: Vec<Plugin>,
    /// Where the rows go.
    pub milvus: Milvus,
    /// When a write request is sent: at the first of its limits.
    #[serde(default)]
    pub write: Write,
    /// Where rejected records go. Without this table the first rejected record stops the pipeline.
    #[serde(default)]
    pub dead_letter: Option<DeadLetter>,
    /// What the process may take.
    #[serde(default)]
    pub limits: Limits,
    /// Where metrics and health are asked for over HTTP. Without this table nothing listens.
    #[serde(default)]
    pub admin: Option<Admin>,
}

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

/// How a record's value becomes fields.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Decode {
    /// Format of the records' values.
    #[serde(default)]
    pub format: Format,
    /// Types of fields by name, as the record has them before any plugin. A value of another type rejects its record.
    /// A field that is not named here takes the type of the Milvus field that it ends in, and without one what its
    /// values are. Types: bool, int, float32, float64, text, bytes (base64), json, vector, and text[], int[], bool[],
    /// float32[], float64[].
    #[serde(default)]
    pub fields: FieldTypes,
    /// How a record's key becomes fields. A field that the value has as well keeps the value's.
    #[serde(default)]
    pub key: Key,
}

/// Format of the records' values.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// One JSON object a record.
    #[default]
    Json,
    /// Nothing is decoded; a plugin reads the payload and writes the fields.
    Raw,
}

/// How a record's key becomes fields. A field that the value has as well keeps the value's.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Key {
    /// Format of the records' keys. A record without a value (a tombstone) deletes the row that its key names, and is
    /// rejected where the keys have no format.
    pub format: KeyFormat,
    /// The field that a key goes to which is a text or another single value.
    #[schemars(length(min = 1))]
    pub field: String,
}

/// Format of the records' keys.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum KeyFormat {
    /// Keys are not looked at.
    #[default]
    None,
    /// JSON: an object's members are fields, any other value goes to `field`.
    Json,
    /// The key's text (UTF-8) goes to `field`, as an integer where the field is one.
    Text,
}

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

/// A plugin. Exactly one of `use` and `path` is given.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("oneOf" = [{ "required": ["use"] }, { "required": ["path"] }]))]
pub struct Plugin {
    /// A plugin that comes with Kiteline: decode-msgpack, rename, dimension or route.
    #[serde(default, rename = "use")]
    #[schemars(example = &"rename")]
    pub shipped: Option<String>,
    /// File of a WebAssembly component, looked for from the folder of the pipeline file.
    #[serde(default, serialize_with = "path_as_text")]
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
}

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
    /// The collection, or a table of topic = "collection". The collections must exist.
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
    #[schemars(regex(pattern = super::rules::PARTITION_NAME), example = &"recent")]
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
}

/// How a connection by https:// is secured. Files are looked for from the folder of the pipeline file.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Tls {
    /// Certificates (PEM) of the authorities by which the server is known, in place of the system's.
    #[serde(default, serialize_with = "path_as_text")]
    #[schemars(length(min = 1), example = &"tls/ca.pem")]
    pub ca: Option<PathBuf>,
    /// Certificate (PEM) that Kiteline shows to a server that wants one.
    #[serde(default, serialize_with = "path_as_text")]
    #[schemars(length(min = 1), example = &"tls/kiteline.pem")]
    pub cert: Option<PathBuf>,
    /// The private key (PEM) of `cert`.
    #[serde(default, serialize_with = "path_as_text")]
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
    /// It is `topic/partition/offset` of the record, with `/0`, `/1` … where the record became several rows. For feeds
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

/// When a write request is sent: at the first of its limits.
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

/// What the process may take.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Most memory for records, from Kafka to Milvus' acknowledgement: `kafka.fetch_memory`, the batches on their way,
    /// and the requests that are sent. Where it is used up, nothing more is read until something is done. Plugins'
    /// own memory comes on top.
    #[schemars(range(min = 1))]
    pub memory: Bytes,
    /// Longest time for finishing what was read when the run is told to stop. What is not written by then is read again
    /// at the next start.
    pub shutdown_timeout: Time,
}

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

/// Where metrics and health are asked for over HTTP.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Admin {
    /// Address and port to listen at, for `/metrics`, `/healthz` and `/readyz`. Whoever reaches it may read: with
    /// `0.0.0.0:9464` or `[::]:9464` that is every network of this machine.
    #[schemars(length(min = 1))]
    pub listen: String,
}

impl Default for Admin {
    fn default() -> Self {
        Self { listen: "127.0.0.1:9464".into() }
    }
}

impl Kafka {
    fn default_start() -> Start {
        Start::End(End::Earliest)
    }
    fn default_fetch_memory() -> Bytes {
        Bytes::mib(64)
    }
}

impl Default for Key {
    fn default() -> Self {
        Self { format: KeyFormat::None, field: "id".into() }
    }
}

impl DeadLetter {
    fn default_partitions() -> u16 {
        1
    }
}

impl Default for Batch {
    fn default() -> Self {
        Self { rows: 1000, bytes: Bytes::mib(1) }
    }
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

impl Default for Limits {
    fn default() -> Self {
        Self { memory: Bytes::mib(512), shutdown_timeout: Time::secs(30) }
    }
}

impl Default for Write {
    fn default() -> Self {
        Self { rows: 2000, bytes: Bytes::mib(8), age: Time::millis(500), rows_per_second: None, bytes_per_second: None }
    }
}

/// A folder's name need not be Unicode, and a serializer takes nothing else.
fn path_as_text<S: Serializer>(path: &Option<PathBuf>, serializer: S) -> Result<S::Ok, S::Error> {
    path.as_ref().map(|path| path.to_string_lossy()).serialize(serializer)
}
