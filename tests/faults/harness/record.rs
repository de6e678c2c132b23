//! The records that are sent: what a number and a key make, and the kinds of bad ones.

use serde_json::{Map, Value, json};

/// Greatest length of the field `note`.
pub(crate) const NOTE: u32 = 32;

/// What all records of a scenario have in common.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Shape {
    /// Dimension of the vectors.
    pub(crate) dim: u32,
    /// Whether records bring the field `more`, which not every collection has.
    pub(crate) more: bool,
}

/// What a record asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum What {
    Upsert,
    /// A tombstone: the key alone.
    Delete,
    Bad(Bad),
}

/// What is wrong with a bad record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bad {
    NotUtf8,
    Cut,
    NotAnObject,
    NotANumber,
    Dimension,
    NoField,
    NullKey,
    OtherType,
    LongText,
    Beyond,
    OutOfRange,
    UnknownField,
    KeylessTombstone,
    Trap,
}

impl Bad {
    /// Those that a pipeline without plugins rejects.
    pub(crate) const PLAIN: [Self; 13] = [
        Self::NotUtf8,
        Self::Cut,
        Self::NotAnObject,
        Self::NotANumber,
        Self::Dimension,
        Self::NoField,
        Self::NullKey,
        Self::OtherType,
        Self::LongText,
        Self::Beyond,
        Self::OutOfRange,
        Self::UnknownField,
        Self::KeylessTombstone,
    ];

    /// The stage and a part of the reason that the dead letter must give.
    pub(crate) fn reason(self) -> (&'static str, &'static str) {
        match self {
            Self::NotUtf8 => ("decode", "not UTF-8"),
            Self::Cut | Self::NotANumber => ("decode", "not JSON"),
            Self::NotAnObject => ("decode", "where an object is expected"),
            Self::Dimension => ("validate", "field `v`: "),
            Self::NoField => ("validate", "field `note`: no value"),
            Self::NullKey => ("validate", "field `id`: no value"),
            Self::OtherType => ("validate", "field `seq`: "),
            Self::LongText => ("validate", "field `note`: a text of"),
            Self::Beyond => ("validate", "field `v`: "),
            Self::OutOfRange => ("validate", "field `level`: an integer outside the range"),
            Self::UnknownField => ("validate", "`surprise`"),
            Self::KeylessTombstone => ("decode", "a tombstone without a key"),
            Self::Trap => ("plugin", ""),
        }
    }

    /// Whether the record comes without a key: one with a key has its field `id` from there.
    pub(crate) fn is_keyless(self) -> bool {
        matches!(self, Self::NullKey | Self::KeylessTombstone)
    }
}

/// The primary key of a number: of one length, so that keys in order are numbers in order.
pub(crate) fn key(number: u32) -> String {
    format!("k{number:07}")
}

/// The value of a record; none for a tombstone.
pub(crate) fn value(what: What, id: &str, seq: u32, shape: Shape) -> Option<Vec<u8>> {
    let mut row = Map::from_iter(row(id, seq, shape));
    let mut set = |field: &str, value: Value| {
        row.insert(field.to_owned(), value);
    };
    match what {
        What::Upsert => {}
        What::Delete => return None,
        What::Bad(bad) => match bad {
            Bad::KeylessTombstone => return None,
            Bad::NotUtf8 => return Some(b"{\"id\": \"\xff\"}".to_vec()),
            Bad::Cut => return Some(format!("{{\"id\": \"{id}\", \"seq\": ").into_bytes()),
            Bad::NotAnObject => return Some(b"[1, 2]".to_vec()),
            Bad::NotANumber => return Some(format!("{{\"id\": \"{id}\", \"seq\": {seq}, \"v\": [NaN]}}").into_bytes()),
            Bad::Dimension => set("v", json!([1.0, 2.0, 3.0])),
            Bad::NoField => drop(row.shift_remove("note")),
            Bad::NullKey => set("id", Value::Null),
            Bad::OtherType => set("seq", json!("not a number")),
            Bad::LongText => set("note", json!("x".repeat(NOTE as usize + 1))),
            Bad::Beyond => set("v", json!(vec![1e39; shape.dim as usize])),
            Bad::OutOfRange => set("level", json!(300)),
            Bad::UnknownField => set("surprise", json!(1)),
            Bad::Trap => set("note", json!("trap")),
        },
    }
    Some(Value::Object(row).to_string().into_bytes())
}

/// The row that a good record makes. All numbers of the vector are exact in 32 bits.
pub(crate) fn row(id: &str, seq: u32, shape: Shape) -> Vec<(String, Value)> {
    let vector: Vec<f64> = (0..shape.dim).map(|index| f64::from((seq.wrapping_mul(31) + index) % 1024) / 8.0).collect();
    let mut row = vec![
        ("id".to_owned(), json!(id)),
        ("seq".to_owned(), json!(seq)),
        ("level".to_owned(), json!(seq % 100)),
        ("note".to_owned(), json!(format!("note {seq}"))),
        ("v".to_owned(), json!(vector)),
    ];
    if shape.more {
        row.push(("more".to_owned(), json!(format!("more {seq}"))));
    }
    row
}
