//! `[decode]`: how keys and values become fields.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::config::fields::FieldTypes;

/// How a record's value becomes fields.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Decode {
    /// Format of the records' values.
    #[serde(default)]
    pub format: Format,
    /// The schema of the values, for a format that has one: of `avro` its JSON. Looked for from the folder of the
    /// pipeline file.
    #[serde(default, skip_serializing_if = "Option::is_none", serialize_with = "super::path_as_text")]
    #[schemars(length(min = 1), example = &"schemas/package.avsc")]
    pub schema_file: Option<PathBuf>,
    /// Types of fields by name, as the record has them before any plugin. A value of another type rejects its record.
    /// A field that is not named here takes the type of the Milvus field that it ends in, and without one what its
    /// values are. Types: bool, int, float32, float64, text, bytes (base64), json, text[], int[], bool[], float32[],
    /// float64[], and vector (of 32-bit floats), float16-vector, bfloat16-vector, int8-vector, binary-vector,
    /// sparse-float-vector.
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
    /// One Avro record of the schema in `schema_file`, without a container around it.
    Avro,
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
    /// The schema of the keys, for a format that has one: of `avro` its JSON. Looked for from the folder of the
    /// pipeline file.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "super::path_as_text")]
    #[schemars(length(min = 1), example = &"schemas/package-key.avsc")]
    pub schema_file: Option<PathBuf>,
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
    /// One Avro value of the schema in `schema_file`: a record's fields are fields, any other value goes to `field`.
    Avro,
}

impl Default for Key {
    fn default() -> Self {
        Self { format: KeyFormat::None, schema_file: None, field: "id".into() }
    }
}
