//! The schemas that the pipeline file names, read once.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::config::{self, Format, KeyFormat};
use crate::decode::{AvroSchema, AvroSchemaError};

/// The schemas of values and keys.
#[derive(Debug, Clone, Default)]
pub(crate) struct Schemas {
    values: Option<Arc<AvroSchema>>,
    keys: Option<Arc<AvroSchema>>,
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
}

impl Schemas {
    /// Reads the files.
    pub(crate) fn load(decode: &config::Decode) -> Result<Self, SchemaFileError> {
        let values = decode.schema_file.as_deref().filter(|_| decode.format == Format::Avro).map(read);
        let keys = decode.key.schema_file.as_deref().filter(|_| decode.key.format == KeyFormat::Avro).map(read);
        Ok(Self { values: values.transpose()?, keys: keys.transpose()? })
    }

    /// That of the values, where they are Avro and a file has it.
    pub(super) fn values(&self) -> Option<Arc<AvroSchema>> {
        self.values.clone()
    }

    /// That of the keys, where they are Avro and a file has it.
    pub(super) fn keys(&self) -> Option<Arc<AvroSchema>> {
        self.keys.clone()
    }
}

fn read(path: &Path) -> Result<Arc<AvroSchema>, SchemaFileError> {
    let text =
        std::fs::read_to_string(path).map_err(|error| SchemaFileError::Unreadable { path: path.to_owned(), error })?;
    match AvroSchema::parse(&text, &[]) {
        Ok(schema) => Ok(Arc::new(schema)),
        Err(error) => Err(SchemaFileError::Wrong { path: path.to_owned(), error }),
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
        assert!(load(Some(path)).is_ok_and(|schemas| schemas.values.is_some() && schemas.keys.is_none()));
        assert!(load(None).is_ok_and(|schemas| schemas.values.is_none()));
    }
}
