//! Schemas from their text or their descriptors. Protox reads both, and says what is wrong in them.

use std::collections::HashMap;
use std::path::Path;

use protox::Compiler;
use protox::file::{ChainFileResolver, File, FileResolver, GoogleFileResolver};
use protox::prost_reflect::prost::Message as _;
use protox::prost_reflect::prost_types::field_descriptor_proto::{Label, Type};
use protox::prost_reflect::prost_types::{
    DescriptorProto, EnumDescriptorProto, FieldDescriptorProto, FileDescriptorProto, FileDescriptorSet,
};

use super::schema::{Field, Meaning, Message, Schema, Shape, Symbols, Ty};
use crate::json::from_base64;

/// Most bytes of a schema with what it imports.
pub(super) const SCHEMA_BYTES_MAX: usize = 4 << 20;
/// Most messages in a schema and what it refers to.
const MESSAGES_MAX: usize = 10_000;
/// Most fields of a message: each record goes through them all.
const FIELDS_MAX: usize = 1024;
/// Longest name of a field or symbol: two bytes of a record may stand for it.
const NAME_MAX: usize = 255;

/// Most levels of braces in a text, which is read by a parser that calls itself.
pub(super) const DEPTH_MAX: usize = 100;
pub(super) const TOO_DEEP: &str = "more than 100 levels of braces";

/// Why there is no schema.
#[derive(Debug, thiserror::Error)]
pub enum SchemaError {
    /// Its file can't be read.
    #[error("cannot be read: {0}")]
    Unreadable(#[from] std::io::Error),
    /// It is too long.
    #[error("a Protobuf schema of more than 4 MiB")]
    TooLong,
    /// It is neither.
    #[error("neither a .proto file nor a descriptor: {0}")]
    Wrong(String),
    /// The file can't be compiled, or one that it imports.
    #[error("not a .proto file: {0}")]
    WrongText(String),
    /// The file is no set, or one that lacks something.
    #[error("not a descriptor set with all imports: {0}")]
    WrongSet(String),
    /// It goes beyond what is read.
    #[error("a Protobuf schema with {0}")]
    Beyond(&'static str),
    /// It has no message of the name that is given.
    #[error("it has no message {name}; {}", there_are(known))]
    NoMessage {
        /// The name.
        name: String,
        /// Those of some that it has.
        known: Vec<String>,
    },
}

fn there_are(known: &[String]) -> String {
    if known.is_empty() { "it has none".to_owned() } else { format!("it has {}", known.join(", ")) }
}

/// Files by the names under which they are imported.
struct Given(HashMap<String, File>);

impl FileResolver for Given {
    fn open_file(&self, name: &str) -> Result<File, protox::Error> {
        let found = self.0.get(name);
        let found = found.ok_or_else(|| protox::Error::file_not_found(name))?;
        // A file can't be cloned, what is in it can.
        match found.source() {
            Some(source) => File::from_source(name, source),
            None => Ok(File::from_file_descriptor_proto(found.file_descriptor_proto().clone())),
        }
    }
}

/// The name of a schema's own file, which nothing imports.
const MAIN: &str = "schema.proto";

impl Schema {
    /// The schema of a `.proto` file's text, or of its descriptor in base64, as some clients register it. `imports` are
    /// files in the same two forms, by the names under which they are imported.
    ///
    /// # Errors
    /// Where it is neither, or goes beyond the limits.
    pub(in crate::decode) fn parse(text: &str, imports: &[(&str, &str)]) -> Result<Self, SchemaError> {
        let bytes = text.len() + imports.iter().map(|(_, text)| text.len()).sum::<usize>();
        if bytes > SCHEMA_BYTES_MAX {
            return Err(SchemaError::TooLong);
        }
        let files = imports.iter().copied().chain([(MAIN, text)]);
        let files = files.map(|(name, text)| Ok((name.to_owned(), file(name, text)?)));
        let set = compiled(Given(files.collect::<Result<_, SchemaError>>()?), MAIN).map_err(wrong)?;
        Ok(of_set(&set, MAIN)?.0)
    }
}

/// A file and its imports, which that resolver finds; those of Protobuf itself need not be there.
pub(super) fn compiled(files: impl FileResolver + 'static, main: &str) -> Result<FileDescriptorSet, protox::Error> {
    let mut resolver = ChainFileResolver::new();
    resolver.add(files);
    resolver.add(GoogleFileResolver::new());
    let mut compiler = Compiler::with_file_resolver(resolver);
    compiler.include_imports(true).include_source_info(false).open_file(Path::new(main))?;
    Ok(compiler.file_descriptor_set())
}

fn file(name: &str, text: &str) -> Result<File, SchemaError> {
    let mut bytes = Vec::new();
    let is_base64 = from_base64(text.trim(), &mut bytes);
    let descriptor = is_base64.then(|| FileDescriptorProto::decode(&*bytes).ok()).flatten();
    match descriptor {
        Some(mut descriptor) => {
            descriptor.name = Some(name.to_owned());
            Ok(File::from_file_descriptor_proto(descriptor))
        }
        None if depth(text) > DEPTH_MAX => Err(SchemaError::Beyond(TOO_DEEP)),
        None => File::from_source(name, text).map_err(wrong),
    }
}

pub(super) fn depth(text: &str) -> usize {
    let levels = text.bytes().scan(0usize, |level, byte| {
        match byte {
            b'{' | b'[' | b'<' | b'(' => *level += 1,
            b'}' | b']' | b'>' | b')' => *level = level.saturating_sub(1),
            _ => {}
        }
        Some(*level)
    });
    levels.max().unwrap_or(0)
}

fn wrong(error: protox::Error) -> SchemaError {
    SchemaError::Wrong(error.to_string())
}

/// The messages of a set whose types are written with their whole names, and the place of each by its name.
pub(super) fn of_set(set: &FileDescriptorSet, main: &str) -> Result<(Schema, HashMap<String, usize>), SchemaError> {
    let mut names = Names::default();
    for file in &set.file {
        let package = file.package.as_deref().map_or_else(String::new, |package| format!(".{package}"));
        names.enums(&package, &file.enum_type);
        let own = names.messages(&package, &file.message_type, file.syntax() == "proto3")?;
        if file.name() == main {
            names.roots = own;
        }
    }
    let Names { messages, nested, enums, symbols, places, roots } = names;
    let types = Types { messages: &places, enums: &enums };
    let messages = messages.iter().zip(nested).map(|((name, message, is_proto3), nested)| {
        Ok(Message { fields: types.fields(message, *is_proto3, &messages)?, nested, meaning: meaning(name, message) })
    });
    let messages = messages.collect::<Result<_, SchemaError>>()?;
    Ok((Schema { messages, enums: symbols, roots }, places))
}

/// What there is, by whole name.
#[derive(Default)]
struct Names<'a> {
    messages: Vec<(String, &'a DescriptorProto, bool)>,
    nested: Vec<Vec<usize>>,
    places: HashMap<String, usize>,
    enums: HashMap<String, usize>,
    symbols: Vec<Symbols>,
    roots: Vec<usize>,
}

impl<'a> Names<'a> {
    fn messages(
        &mut self,
        scope: &str,
        messages: &'a [DescriptorProto],
        is_proto3: bool,
    ) -> Result<Vec<usize>, SchemaError> {
        let mut places = Vec::with_capacity(messages.len());
        for message in messages {
            let (name, place) = (format!("{scope}.{}", message.name()), self.messages.len());
            if place == MESSAGES_MAX {
                return Err(SchemaError::Beyond("more than 10,000 messages"));
            }
            self.places.insert(name.clone(), place);
            self.messages.push((name.clone(), message, is_proto3));
            self.nested.push(Vec::new());
            self.enums(&name, &message.enum_type);
            self.nested[place] = self.messages(&name, &message.nested_type, is_proto3)?;
            places.push(place);
        }
        Ok(places)
    }

    fn enums(&mut self, scope: &str, enums: &[EnumDescriptorProto]) {
        for one in enums {
            self.enums.insert(format!("{scope}.{}", one.name()), self.symbols.len());
            let mut symbols: Vec<_> = one.value.iter().map(|value| (value.number(), value.name().into())).collect();
            // Of several names the first one.
            symbols.sort_by_key(|(number, _)| *number);
            symbols.dedup_by_key(|(number, _)| *number);
            self.symbols.push(Symbols(symbols));
        }
    }
}

struct Types<'a> {
    messages: &'a HashMap<String, usize>,
    enums: &'a HashMap<String, usize>,
}

impl Types<'_> {
    fn fields(
        &self,
        message: &DescriptorProto,
        is_proto3: bool,
        all: &[(String, &DescriptorProto, bool)],
    ) -> Result<Vec<Field>, SchemaError> {
        if message.field.len() > FIELDS_MAX {
            return Err(SchemaError::Beyond("more than 1,024 fields in a message"));
        }
        let mut fields = Vec::with_capacity(message.field.len());
        for field in &message.field {
            if field.name().len() > NAME_MAX {
                return Err(SchemaError::Beyond("a field's name of more than 255 bytes"));
            }
            let ty = self.ty(field).ok_or_else(|| SchemaError::Wrong(format!("the type of {}", field.name())))?;
            let is_map = matches!(ty, Ty::Message(place) if is_entry(all[place].1));
            let is_message = matches!(ty, Ty::Message(_) | Ty::Group(_));
            let alone = field.oneof_index.is_none();
            let shape = match field.label() {
                Label::Repeated if is_map => Shape::Map,
                Label::Repeated => Shape::Repeated,
                _ if is_proto3 && alone && !is_message => Shape::Implicit,
                _ => Shape::Explicit,
            };
            let number = u32::try_from(field.number()).map_err(|_| SchemaError::Beyond("a field's number below 0"))?;
            let oneof = field.oneof_index.filter(|_| !field.proto3_optional()).map(i32::cast_unsigned);
            fields.push(Field { name: field.name().into(), number, ty, shape, oneof });
        }
        fields.sort_by_key(|field| field.number);
        Ok(fields)
    }

    fn ty(&self, field: &FieldDescriptorProto) -> Option<Ty> {
        let message = || self.messages.get(field.type_name()).copied();
        Some(match field.r#type() {
            Type::Double => Ty::Double,
            Type::Float => Ty::Float,
            Type::Int64 => Ty::Int64,
            Type::Uint64 => Ty::Uint64,
            Type::Int32 => Ty::Int32,
            Type::Fixed64 => Ty::Fixed64,
            Type::Fixed32 => Ty::Fixed32,
            Type::Bool => Ty::Bool,
            Type::String => Ty::Text,
            Type::Group => Ty::Group(message()?),
            Type::Message => Ty::Message(message()?),
            Type::Bytes => Ty::Bytes,
            Type::Uint32 => Ty::Uint32,
            Type::Enum => Ty::Enum(*self.enums.get(field.type_name())?),
            Type::Sfixed32 => Ty::Sfixed32,
            Type::Sfixed64 => Ty::Sfixed64,
            Type::Sint32 => Ty::Sint32,
            Type::Sint64 => Ty::Sint64,
        })
    }
}

pub(super) fn is_entry(message: &DescriptorProto) -> bool {
    message.options.as_ref().is_some_and(|options| options.map_entry())
}

fn meaning(name: &str, message: &DescriptorProto) -> Meaning {
    match name.strip_prefix(".google.protobuf.") {
        _ if is_entry(message) => Meaning::Entry,
        Some("Timestamp") => Meaning::Timestamp,
        Some("Duration") => Meaning::Duration,
        Some("Struct" | "ListValue" | "Value") => Meaning::Only,
        Some(
            "DoubleValue" | "FloatValue" | "Int64Value" | "UInt64Value" | "Int32Value" | "UInt32Value" | "BoolValue"
            | "StringValue" | "BytesValue",
        ) => Meaning::Wrapper,
        _ => Meaning::Itself,
    }
}
