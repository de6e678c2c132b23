//! Schemas in files: a `.proto` file with its imports beside it, or a set of descriptors.

use std::cell::Cell;
use std::fs;
use std::io::{ErrorKind, Read};
use std::path::{Component, Path, PathBuf};

use protox::file::{DescriptorSetFileResolver, File, FileResolver};
use protox::prost_reflect::prost::Message as _;
use protox::prost_reflect::prost_types::{DescriptorProto, FileDescriptorProto, FileDescriptorSet};

use super::compile::{DEPTH_MAX, SCHEMA_BYTES_MAX, SchemaError, TOO_DEEP, compiled, depth, is_entry, of_set};
use super::schema::Schema;
use super::wire::Wire;
use crate::decode::SchemaField;
use crate::decode::framing::Framing;
use crate::json::Mistake;

/// Most files that a schema imports, one from the other.
const FILES_MAX: usize = 256;
/// Most messages that are named where the right one is missing.
const NAMED: usize = 8;

/// What each record is: a message of a schema that a file has.
#[derive(Debug)]
pub struct MessageType {
    pub(super) schema: Schema,
    pub(super) message: usize,
}

impl MessageType {
    /// The message of that whole name in a file: a `.proto` file, or under any other name a descriptor set.
    ///
    /// # Errors
    /// Where the file is neither, imports what is not there, has no such message, or goes beyond the limits.
    pub fn read(file: &Path, message: &str) -> Result<Self, SchemaError> {
        let is_text = file.extension().is_some_and(|end| end == "proto");
        let set = if is_text { text(file)? } else { descriptors(file, message)? };
        let Some(main) = set.file.iter().find(|file| declares(file, message)) else {
            let known = set.file.iter().flat_map(names).take(NAMED).collect();
            return Err(SchemaError::NoMessage { name: message.to_owned(), known });
        };
        let (schema, places) = of_set(&set, main.name())?;
        Ok(Self { message: places[&format!(".{message}")], schema })
    }

    /// Its fields, in words.
    pub fn fields(&self) -> Vec<SchemaField> {
        self.schema.fields_of(self.message)
    }

    /// Where the message starts: behind what the serializers of a registry write of it. By Confluent that is which one
    /// of its file it is, which must be this one; by AWS Glue a number that says the same in its own way.
    pub(super) fn start(
        &self,
        framing: Option<Framing>,
        header: Option<&[u8]>,
        payload: &[u8],
    ) -> Result<usize, Mistake> {
        match framing {
            None => Ok(0),
            Some(Framing::Glue) => {
                let mut wire = Wire::new(payload, 0);
                wire.varint()?;
                Ok(wire.at())
            }
            Some(Framing::Confluent) => {
                let mut rest = header.unwrap_or(payload);
                if self.schema.indexed(&mut rest)? != self.message {
                    return Err(Mistake {
                        at: 0,
                        what: "indexes of another message than the one of the pipeline file",
                    });
                }
                Ok(if header.is_some() { 0 } else { payload.len() - rest.len() })
            }
        }
    }
}

/// A `.proto` file and its imports.
fn text(file: &Path) -> Result<FileDescriptorSet, SchemaError> {
    // Of the compiler's errors none tells why.
    fs::File::open(file)?;
    let name = file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let folder = file.parent().unwrap_or(Path::new("")).to_owned();
    let wrong = |error: protox::Error| {
        // Only this form has the place.
        let text = error.file().map_or_else(|| error.to_string(), |_| format!("{error:?}"));
        SchemaError::WrongText(text)
    };
    compiled(Beside { folder, files: Cell::new(0), bytes: Cell::new(0) }, name).map_err(wrong)
}

/// A set of descriptors, of which the file with the message is taken, and what that imports.
fn descriptors(file: &Path, message: &str) -> Result<FileDescriptorSet, SchemaError> {
    let set = FileDescriptorSet::decode(&*read(file, SCHEMA_BYTES_MAX)?)
        .map_err(|error| SchemaError::WrongSet(error.to_string()))?;
    let Some(main) = set.file.iter().find(|file| declares(file, message)) else { return Ok(set) };
    let main = main.name().to_owned();
    compiled(DescriptorSetFileResolver::new(set), &main).map_err(|error| SchemaError::WrongSet(error.to_string()))
}

/// A file of so many bytes at most.
fn read(file: &Path, most: usize) -> Result<Vec<u8>, SchemaError> {
    let mut bytes = Vec::new();
    fs::File::open(file)?.take(most as u64 + 1).read_to_end(&mut bytes)?;
    if bytes.len() > most { Err(SchemaError::TooLong) } else { Ok(bytes) }
}

/// The files of a folder, and of those in it.
struct Beside {
    folder: PathBuf,
    files: Cell<usize>,
    bytes: Cell<usize>,
}

impl FileResolver for Beside {
    fn open_file(&self, name: &str) -> Result<File, protox::Error> {
        let path = Path::new(name);
        // What lies elsewhere is nobody's import.
        if !path.components().all(|component| matches!(component, Component::Normal(_))) {
            return Err(protox::Error::file_not_found(name));
        }
        if self.files.replace(self.files.get() + 1) == FILES_MAX {
            return Err(protox::Error::new("more than 256 files import each other"));
        }
        let text = read(&self.folder.join(path), SCHEMA_BYTES_MAX - self.bytes.get()).map_err(|error| match error {
            SchemaError::Unreadable(error) if error.kind() == ErrorKind::NotFound => {
                protox::Error::file_not_found(name)
            }
            error => protox::Error::new(format!("{name}: {error}")),
        })?;
        self.bytes.set(self.bytes.get() + text.len());
        let text = String::from_utf8(text).map_err(|_| protox::Error::new(format!("{name} is not UTF-8")))?;
        if depth(&text) > DEPTH_MAX {
            return Err(protox::Error::new(format!("{name} has {TOO_DEEP}")));
        }
        File::from_source(name, &text)
    }
}

/// True where the message of that whole name stands in the file.
fn declares(file: &FileDescriptorProto, name: &str) -> bool {
    let rest = match file.package.as_deref().filter(|package| !package.is_empty()) {
        Some(package) => name.strip_prefix(package).and_then(|rest| rest.strip_prefix('.')),
        None => Some(name),
    };
    rest.is_some_and(|rest| has(&file.message_type, rest))
}

fn has(messages: &[DescriptorProto], name: &str) -> bool {
    let (first, rest) = name.split_once('.').map_or((name, None), |(first, rest)| (first, Some(rest)));
    let found = messages.iter().find(|message| message.name() == first && !is_entry(message));
    found.is_some_and(|message| rest.is_none_or(|rest| has(&message.nested_type, rest)))
}

/// The whole names of a file's outermost messages, but of Protobuf's own files.
fn names(file: &FileDescriptorProto) -> impl Iterator<Item = String> {
    let package = file.package.as_deref().filter(|package| !package.is_empty());
    let messages = file.message_type.iter().filter(|_| !file.name().starts_with("google/protobuf/"));
    messages.map(move |message| match package {
        Some(package) => format!("{package}.{}", message.name()),
        None => message.name().to_owned(),
    })
}
