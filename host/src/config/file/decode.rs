//! `[decode]`: how keys and values become fields.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Registry;
use crate::config::fields::FieldTypes;

/// How a record's value becomes fields.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Decode {
    /// Format of the records' values.
    #[serde(default)]
    pub format: Format,
    /// How each value is packed as a whole by whoever wrote it, whatever its format is. Kafka's own compression of
    /// batches is no business of this key. A value that is not packed so is rejected. Left out: not at all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"gzip")]
    pub compression: Option<Compression>,
    /// The schema of the values, for a format that has one and no registry: of `avro` its JSON. Looked for from the
    /// folder of the pipeline file.
    #[serde(default, skip_serializing_if = "Option::is_none", serialize_with = "super::path_as_text")]
    #[schemars(length(min = 1), example = &"schemas/package.avsc")]
    pub schema_file: Option<PathBuf>,
    /// How rows of `csv` values are written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub csv: Option<Csv>,
    /// The field that each `text` value goes to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1), example = &"text")]
    pub field: Option<String>,
    /// The schema of `protobuf` values, where no registry has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub protobuf: Option<Protobuf>,
    /// What stands in front of each value: the id of the schema that it was written by. Left out: `confluent`
    /// where the schema is in a registry and for json-schema, else `none`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"confluent")]
    pub framing: Option<Framing>,
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
    /// Where the schemas of framed keys and values are looked up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registry: Option<Registry>,
}

/// Format of the records' values.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// JSON: an object is a row; an array of objects, or objects each in a line of its own, are a row each.
    #[default]
    Json,
    /// One Avro record, without a container around it: of the schema in `schema_file`, or else of the one that its
    /// frame names in the registry.
    Avro,
    /// JSON as above, framed as serializers of JSON Schema do. Where there is a registry, it must know the
    /// schema; JSON is read without it.
    JsonSchema,
    /// One Protobuf message: the one that the table `protobuf` names, or else of the schema that its frame names in the
    /// registry.
    Protobuf,
    /// One row of CSV a record, without a header: RFC 4180 with the columns of the table `csv`.
    Csv,
    /// The whole value is a text (UTF-8) and goes to `field`.
    Text,
    /// Nothing is decoded; a plugin reads the payload and writes the fields.
    Raw,
}

/// How a key or value is packed as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Compression {
    /// gzip, of one member or several.
    Gzip,
    /// zstd, of one frame or several, without a dictionary.
    Zstd,
    /// One frame of LZ4, as the tool `lz4` writes them.
    Lz4,
    /// A block of Snappy, its framing format, or what `SnappyOutputStream` of Java writes: each says which it is.
    Snappy,
}

/// What stands in front of a key or value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Framing {
    /// Nothing.
    None,
    /// As the serializers of Confluent write it: a byte 0 and the schema's id, or a byte 1 and its GUID, or the GUID in
    /// the header `__value_schema_id` or `__key_schema_id`.
    Confluent,
    /// As those of AWS Glue write it; the payload may be packed by zlib. Its registry is not asked.
    Glue,
}

/// How a row of CSV is written.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Csv {
    /// The fields that the values of a row go to, in their order; a row has exactly as many. A value that is empty and not
    /// in quotes is none.
    #[schemars(length(min = 1), inner(length(min = 1)), example = ["id", "title", "embedding"])]
    pub columns: Vec<String>,
    /// What stands between values: an ASCII character, as `"\t"` for tabs.
    #[serde(default = "Csv::default_delimiter")]
    pub delimiter: char,
    /// What stands around a value in which there are delimiters, quotes or ends of lines. In quotes, two of them stand for
    /// one.
    #[serde(default = "Csv::default_quote")]
    pub quote: char,
}

/// A Protobuf schema that no registry has.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Protobuf {
    /// Its file, looked for from the folder of the pipeline file: a `.proto` file, whose imports are looked for from its
    /// own folder; or, under any other name, a descriptor set with all imports, as
    /// `protoc --include_imports --descriptor_set_out` writes it.
    #[serde(serialize_with = "super::whole_path_as_text")]
    #[schemars(length(min = 1), example = &"schemas/package.proto")]
    pub file: PathBuf,
    /// The message that each record is, by its whole name.
    #[schemars(length(min = 1), example = &"shop.Package")]
    pub message: String,
}

/// How a record's key becomes fields. A field that the value has as well keeps the value's.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Key {
    /// Format of the records' keys. A record without a value (a tombstone) deletes the row that its key names, and is
    /// rejected where the keys have no format.
    pub format: KeyFormat,
    /// How each key is packed as a whole by whoever wrote it. Left out: not at all.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"gzip")]
    pub compression: Option<Compression>,
    /// The schema of the keys, for a format that has one and no registry: of `avro` its JSON. Looked for from the
    /// folder of the pipeline file.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "super::path_as_text")]
    #[schemars(length(min = 1), example = &"schemas/package-key.avsc")]
    pub schema_file: Option<PathBuf>,
    /// How rows of `csv` keys are written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub csv: Option<Csv>,
    /// The schema of `protobuf` keys, where no registry has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub protobuf: Option<Protobuf>,
    /// What stands in front of each key: the id of the schema that it was written by. Left out: `confluent`
    /// where the schema is in a registry and for json-schema, else `none`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"confluent")]
    pub framing: Option<Framing>,
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
    /// The same, framed as serializers of JSON Schema do.
    JsonSchema,
    /// The key's text (UTF-8) goes to `field`, as an integer where the field is one.
    Text,
    /// One Avro value, of the schema in `schema_file` or else of the one that its frame names in the registry: a
    /// record's fields are fields, any other value goes to `field`.
    Avro,
    /// One Protobuf message, the one that the table `protobuf` names, or else of the schema that its frame names in the
    /// registry: its fields are fields.
    Protobuf,
    /// One row of CSV with the columns of the table `csv`: its values are fields.
    Csv,
}

impl Default for Key {
    fn default() -> Self {
        Self {
            format: KeyFormat::None,
            compression: None,
            schema_file: None,
            csv: None,
            protobuf: None,
            framing: None,
            field: "id".into(),
        }
    }
}

impl Csv {
    fn default_delimiter() -> char {
        ','
    }

    fn default_quote() -> char {
        '"'
    }
}

impl Default for Csv {
    fn default() -> Self {
        Self { columns: Vec::new(), delimiter: Self::default_delimiter(), quote: Self::default_quote() }
    }
}
