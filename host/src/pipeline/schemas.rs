//! The schemas that the pipeline file names, read once.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::config::{self, Format, KeyFormat, Protobuf};
use crate::decode::{AvroSchema, AvroSchemaError, ProtobufSchemaError, ProtobufType};

/// The schemas of values and keys.
#[derive(Debug, Clone, Default)]
pub(crate) struct Schemas {
    pub(super) values: Schema,
    pub(super) keys: Schema,
}

/// The schema of a file, where the format has one there.
#[derive(Debug, Clone, Default)]
pub(super) enum Schema {
    #[default]
    None,
    Avro(Arc<AvroSchema>),
    Protobuf(Arc<ProtobufType>),
}

/// Why a schema can't be used.
#[derive(Debug, thiserror::Error)]
pub enum SchemaFileError {
    /// The file can't be read.
    #[error("schema {}: cannot be read: {error}; check `schema_file`", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why it can't.
        #[source]
        error: std::io::Error,
    },
    /// It holds no schema.
    #[error("schema {}: {error}; give it the JSON of one Avro schema", path.display())]
    Wrong {
        /// The file.
        path: PathBuf,
        /// What is wrong in it.
        #[source]
        error: AvroSchemaError,
    },
    /// It holds no schema of Protobuf, or one without the message.
    #[error("schema {}: {error}; {}", path.display(), advice(error))]
    Protobuf {
        /// The file.
        path: PathBuf,
        /// What is wrong in it.
        #[source]
        error: ProtobufSchemaError,
    },
}

/// What to do.
fn advice(error: &ProtobufSchemaError) -> &'static str {
    match error {
        ProtobufSchemaError::Unreadable(_) => "check `protobuf.file`",
        ProtobufSchemaError::NoMessage { .. } => "name one as `protobuf.message`",
        ProtobufSchemaError::WrongSet(_) => {
            "write it with `protoc --include_imports --descriptor_set_out`, or name a .proto file"
        }
        _ => "mend it; imports are looked for from its folder",
    }
}

impl Schemas {
    /// Reads the files.
    pub(crate) fn load(decode: &config::Decode) -> Result<Self, SchemaFileError> {
        let key = &decode.key;
        let values = match decode.format {
            Format::Avro => avro(decode.schema_file.as_deref())?,
            Format::Protobuf => protobuf(decode.protobuf.as_ref())?,
            _ => Schema::None,
        };
        let keys = match key.format {
            KeyFormat::Avro => avro(key.schema_file.as_deref())?,
            KeyFormat::Protobuf => protobuf(key.protobuf.as_ref())?,
            _ => Schema::None,
        };
        Ok(Self { values, keys })
    }
}

impl Schema {
    pub(super) fn is_none(&self) -> bool {
        matches!(self, Self::None)
    }

    pub(super) fn avro(&self) -> Option<Arc<AvroSchema>> {
        if let Self::Avro(schema) = self { Some(Arc::clone(schema)) } else { None }
    }

    pub(super) fn protobuf(&self) -> Option<Arc<ProtobufType>> {
        if let Self::Protobuf(ty) = self { Some(Arc::clone(ty)) } else { None }
    }
}

fn avro(path: Option<&Path>) -> Result<Schema, SchemaFileError> {
    let Some(path) = path else { return Ok(Schema::None) };
    let text =
        std::fs::read_to_string(path).map_err(|error| SchemaFileError::Unreadable { path: path.to_owned(), error })?;
    match AvroSchema::parse(&text, &[]) {
        Ok(schema) => Ok(Schema::Avro(Arc::new(schema))),
        Err(error) => Err(SchemaFileError::Wrong { path: path.to_owned(), error }),
    }
}

fn protobuf(given: Option<&Protobuf>) -> Result<Schema, SchemaFileError> {
    let Some(Protobuf { file, message }) = given else { return Ok(Schema::None) };
    match ProtobufType::read(file, message) {
        Ok(ty) => Ok(Schema::Protobuf(Arc::new(ty))),
        Err(error) => Err(SchemaFileError::Protobuf { path: file.clone(), error }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(schema_file: Option<PathBuf>) -> Result<Schemas, String> {
        let decode = config::Decode { format: Format::Avro, schema_file, ..config::Decode::default() };
        Schemas::load(&decode).map_err(|error| error.to_string())
    }

    #[test]
    fn a_file_that_is_missing_or_no_schema_is_named_with_what_to_do() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.avsc");
        let refused = load(Some(path.clone())).expect_err("there is no file");
        assert!(refused.starts_with(&format!("schema {}: cannot be read: ", path.display())), "{refused}");
        assert!(refused.ends_with("; check `schema_file`"), "{refused}");

        std::fs::write(&path, "[\"int\", \"nope\"]").expect("written");
        let refused = load(Some(path.clone())).expect_err("it is no schema");
        let right =
            "not an Avro schema: no type before this one is named \"nope\", at /1; give it the JSON of one Avro schema";
        assert_eq!(refused, format!("schema {}: {right}", path.display()));

        std::fs::write(&path, "\"int\"").expect("written");
        assert!(load(Some(path)).is_ok_and(|schemas| schemas.values.avro().is_some() && schemas.keys.is_none()));
        assert!(load(None).is_ok_and(|schemas| schemas.values.is_none()));
    }
}
