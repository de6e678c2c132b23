//! The libraries, each with its quickest way from a record to columns.

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use simd_json::{Node, StaticNode};
use std::fmt;

/// Columns as a program would have them that knows the types.
#[derive(Default)]
pub(crate) struct Columns {
    ids: Vec<i64>,
    titles: Texts,
    tenants: Texts,
    /// The numbers of all vectors behind each other.
    pub(crate) vectors: Vec<f32>,
}

#[derive(Default)]
struct Texts {
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl Texts {
    fn push(&mut self, text: &str) {
        self.bytes.extend_from_slice(text.as_bytes());
        self.ends.push(self.bytes.len());
    }

    fn clear(&mut self) {
        self.bytes.clear();
        self.ends.clear();
    }
}

impl Columns {
    pub(crate) fn clear(&mut self) {
        self.ids.clear();
        self.titles.clear();
        self.tenants.clear();
        self.vectors.clear();
    }

    /// Records that have all their scalars.
    pub(crate) fn len(&self) -> usize {
        self.ids.len().min(self.titles.ends.len()).min(self.tenants.ends.len())
    }
}

/// Makes what appends a record to columns, with whatever memory it keeps between two records.
pub(crate) type Library = fn() -> Box<dyn FnMut(&[u8], &mut Columns)>;

pub(crate) const ALL: [(&str, Library); 4] = [
    ("simdjson (C++, DOM) by simdjson-rust", || {
        let mut parser = simdjson_rust::dom::Parser::default();
        Box::new(move |json, columns| {
            let document = parser.parse_bytes(json).expect("it is JSON");
            simdjson_rust::serde::from_tape::<Typed<'_>>(document).expect("a record").append(columns);
        })
    }),
    ("simd-json, tape", || {
        // It writes into its input.
        let (mut copy, mut buffers) = (Vec::new(), simd_json::Buffers::default());
        Box::new(move |json, columns| {
            copy.clear();
            copy.extend_from_slice(json);
            of_tape(&simd_json::to_tape_with_buffers(&mut copy, &mut buffers).expect("it is JSON"), columns);
        })
    }),
    ("serde_json, straight into the columns", || {
        Box::new(|json, columns| {
            Row(columns).deserialize(&mut serde_json::Deserializer::from_slice(json)).expect("a record");
        })
    }),
    ("sonic-rs, straight into the columns", || {
        Box::new(|json, columns| {
            Row(columns).deserialize(&mut sonic_rs::Deserializer::from_slice(json)).expect("a record");
        })
    }),
];

#[derive(Deserialize)]
struct Typed<'a> {
    id: i64,
    title: &'a str,
    tenant: &'a str,
    emb: Vec<f32>,
}

impl Typed<'_> {
    fn append(&self, columns: &mut Columns) {
        columns.ids.push(self.id);
        columns.titles.push(self.title);
        columns.tenants.push(self.tenant);
        columns.vectors.extend_from_slice(&self.emb);
    }
}

/// Reads a record without a vector of its own.
struct Row<'c>(&'c mut Columns);

impl<'de> DeserializeSeed<'de> for Row<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Row<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a record")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(name) = map.next_key::<&str>()? {
            match name {
                "id" => self.0.ids.push(map.next_value()?),
                "title" => self.0.titles.push(map.next_value()?),
                "tenant" => self.0.tenants.push(map.next_value()?),
                "emb" => map.next_value_seed(Floats(&mut self.0.vectors))?,
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(())
    }
}

struct Floats<'c>(&'c mut Vec<f32>);

impl<'de> DeserializeSeed<'de> for Floats<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Floats<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("numbers")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut numbers: A) -> Result<(), A::Error> {
        while let Some(number) = numbers.next_element()? {
            self.0.push(number);
        }
        Ok(())
    }
}

/// Goes through the nodes of a document; an object's stand behind it, name and value in turn.
fn of_tape(tape: &simd_json::Tape<'_>, columns: &mut Columns) {
    let mut nodes = tape.0[1..].iter();
    while let Some(Node::String(name)) = nodes.next() {
        match (*name, nodes.next().expect("a value")) {
            ("id", Node::Static(StaticNode::I64(id))) => columns.ids.push(*id),
            ("id", Node::Static(StaticNode::U64(id))) => columns.ids.push(*id as i64),
            ("title", Node::String(text)) => columns.titles.push(text),
            ("tenant", Node::String(text)) => columns.tenants.push(text),
            ("emb", Node::Array { len, .. }) => columns.vectors.extend(nodes.by_ref().take(*len).map(number)),
            _ => panic!("a record has no such field"),
        }
    }
}

fn number(node: &Node<'_>) -> f32 {
    match node {
        Node::Static(StaticNode::F64(number)) => *number as f32,
        Node::Static(StaticNode::I64(number)) => *number as f32,
        Node::Static(StaticNode::U64(number)) => *number as f32,
        _ => panic!("a vector has numbers only"),
    }
}
