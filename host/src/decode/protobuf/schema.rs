//! Messages and their fields, as the walk over the wire wants them.

use super::wire::Wire;
use crate::decode::SchemaField;
use crate::decode::varint::unzigzag;
use crate::json::Mistake;

/// The messages of a file, and all that they refer to.
#[derive(Debug)]
pub(in crate::decode) struct Schema {
    pub(super) messages: Vec<Message>,
    pub(super) enums: Vec<Symbols>,
    /// The messages of the file itself, in their order.
    pub(super) roots: Vec<usize>,
}

/// A message.
#[derive(Debug)]
pub(super) struct Message {
    /// By their numbers.
    pub(super) fields: Vec<Field>,
    /// The messages within, in their order.
    pub(super) nested: Vec<usize>,
    pub(super) meaning: Meaning,
}

/// What a message stands for, by Protobuf's own types.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    Itself,
    /// An entry of a map.
    Entry,
    Timestamp,
    Duration,
    /// The value that it has.
    Wrapper,
    /// JSON's objects, arrays and values: what the only field, or the one of several, is.
    Only,
}

/// A field of a message.
#[derive(Debug)]
pub(super) struct Field {
    pub(super) name: Box<str>,
    pub(super) number: u32,
    pub(super) ty: Ty,
    pub(super) shape: Shape,
    pub(super) oneof: Option<u32>,
}

/// How many values a field has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// One; where none is written, it is the type's zero.
    Implicit,
    /// One or none.
    Explicit,
    Repeated,
    Map,
}

/// The type of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ty {
    Bool,
    Int32,
    Int64,
    Uint32,
    Uint64,
    Sint32,
    Sint64,
    Fixed32,
    Fixed64,
    Sfixed32,
    Sfixed64,
    Float,
    Double,
    Text,
    Bytes,
    Enum(usize),
    Message(usize),
    Group(usize),
}

/// The names of an enum's numbers, by the number.
#[derive(Debug)]
pub(super) struct Symbols(pub(super) Vec<(i32, Box<str>)>);

impl Field {
    pub(super) fn is_repeated(&self) -> bool {
        matches!(self.shape, Shape::Repeated | Shape::Map)
    }
}

impl Symbols {
    pub(super) fn name(&self, number: i32) -> Option<&str> {
        let place = self.0.binary_search_by_key(&number, |(number, _)| *number).ok()?;
        Some(&self.0[place].1)
    }
}

impl Field {
    /// What a message calls its values.
    fn kind(&self) -> String {
        let kind = match self.ty {
            Ty::Bool => "a boolean",
            Ty::Float | Ty::Double => "a float",
            Ty::Text => "a text",
            Ty::Bytes => "bytes",
            Ty::Enum(_) => "a symbol",
            Ty::Message(_) | Ty::Group(_) => "a message",
            _ => "an integer",
        };
        match self.shape {
            Shape::Map => "a map".to_owned(),
            Shape::Repeated => format!("several of {kind}"),
            Shape::Implicit | Shape::Explicit => kind.to_owned(),
        }
    }
}

impl Schema {
    /// The fields of its first message.
    pub(in crate::decode) fn fields(&self) -> Vec<SchemaField> {
        self.roots.first().map_or_else(Vec::new, |root| self.fields_of(*root))
    }

    /// The fields of a message.
    pub(super) fn fields_of(&self, message: usize) -> Vec<SchemaField> {
        let fields = self.messages[message].fields.iter();
        fields.map(|field| SchemaField::new(&field.name, field.kind())).collect()
    }

    /// Takes off which message of the file is written: how many indexes, and from the outermost on the place of each
    /// message within the last; a single 0 is the first message of the file.
    pub(super) fn indexed(&self, bytes: &mut &[u8]) -> Result<usize, Mistake> {
        let mut wire = Wire::new(bytes, 0);
        let count = index(&mut wire)?;
        let (mut message, mut among) = (self.roots.first().copied(), &self.roots);
        for _ in 0..count {
            let at = wire.at();
            let found = *among.get(index(&mut wire)?).ok_or(Mistake { at, what: UNKNOWN })?;
            message = Some(found);
            among = &self.messages[found].nested;
        }
        *bytes = &bytes[wire.at()..];
        message.ok_or(Mistake { at: 0, what: UNKNOWN })
    }
}

const UNKNOWN: &str = "indexes of a message that the schema does not have";

fn index(wire: &mut Wire<'_>) -> Result<usize, Mistake> {
    let at = wire.at();
    usize::try_from(unzigzag(wire.varint()?)).map_err(|_| Mistake { at, what: UNKNOWN })
}
