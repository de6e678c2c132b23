//! The formats of records. Another one is another constant here.

use std::path::Path;
use std::sync::Arc;

use kiteline::decode::{AvroSchema, CsvLayout, Decoder, Plan, ProtobufType};

use crate::feed::{Item, plan};

/// A format, and how a pipeline reads it.
#[derive(Debug)]
pub(crate) struct Format {
    pub(crate) name: &'static str,
    pub(crate) encode: fn(&Item<'_>) -> Vec<u8>,
    /// What stands in the table `decode`.
    pub(crate) decode: &'static str,
    pub(crate) by: By,
}

/// Who decodes it.
#[derive(Debug)]
pub(crate) enum By {
    Host(fn(Plan) -> Decoder),
    /// The plugin of that name, with that configuration.
    Plugin((&'static str, &'static str)),
}

impl Format {
    pub(crate) fn plugin(&self) -> Option<&(&'static str, &'static str)> {
        if let By::Plugin(plugin) = &self.by { Some(plugin) } else { None }
    }

    /// The decoder of the host, for one that knows the types.
    pub(crate) fn decoder(&self) -> Decoder {
        match self.by {
            By::Host(decoder) => decoder(plan()),
            By::Plugin(_) => Decoder::raw(),
        }
    }
}

/// `bytes` has the bytes of the vector's numbers, `base64` a text of them; the others have an array of 32-bit numbers.
pub(crate) const ALL: [&Format; 9] =
    [&JSON, &JSON_BASE64, &AVRO, &PROTOBUF, &CSV, &MSGPACK, &MSGPACK_BYTES, &CBOR, &CBOR_BYTES];

pub(crate) const JSON: Format =
    Format { name: "json", encode: |item| item.json(), decode: "format = \"json\"\n", by: By::Host(Decoder::json) };

const JSON_BASE64: Format = Format { name: "json, base64", encode: json_base64, ..JSON };

pub(crate) const AVRO: Format = Format {
    name: "avro",
    encode: avro,
    decode: concat!("format = \"avro\"\nschema_file = \"", env!("CARGO_MANIFEST_DIR"), "/benches/item.avsc\"\n"),
    by: By::Host(|plan| {
        let schema = AvroSchema::parse(AVRO_SCHEMA, &[]).expect("a schema");
        Decoder::avro(Arc::new(schema), plan)
    }),
};

/// The schema of its records.
pub(crate) const AVRO_SCHEMA: &str = include_str!("item.avsc");

pub(crate) const PROTOBUF: Format = Format {
    name: "protobuf",
    encode: protobuf,
    decode: concat!(
        "format = \"protobuf\"\n[decode.protobuf]\nmessage = \"Item\"\nfile = \"",
        env!("CARGO_MANIFEST_DIR"),
        "/benches/item.proto\"\n"
    ),
    by: By::Host(|plan| {
        let file = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/benches/item.proto"));
        Decoder::protobuf(Arc::new(ProtobufType::read(file, "Item").expect("a message")), plan)
    }),
};

const CSV: Format = Format {
    name: "csv",
    encode: |item| format!("{},\"{}\",{},\"{}\"", item.id, item.title, item.tenant, item.text).into_bytes(),
    decode: "format = \"csv\"\n[decode.csv]\ncolumns = [\"id\", \"title\", \"tenant\", \"emb\"]\n",
    by: By::Host(|plan| {
        let columns = ["id", "title", "tenant", "emb"].map(Arc::from).to_vec();
        Decoder::csv(Arc::new(CsvLayout { columns, delimiter: b',', quote: b'"' }), plan)
    }),
};

const MSGPACK: Format = Format {
    name: "msgpack",
    encode: |item| msgpack(item, |out| numbers(out, &[0xdc], 0xca, item.vector)),
    decode: RAW,
    by: BY_MSGPACK,
};

const MSGPACK_BYTES: Format = Format {
    name: "msgpack, bytes",
    encode: |item| msgpack(item, |out| bytes(out, 0xc5, item.vector)),
    decode: RAW,
    by: BY_MSGPACK,
};

const CBOR: Format = Format {
    name: "cbor",
    encode: |item| cbor(item, |out| numbers(out, &[0x99], 0xfa, item.vector)),
    decode: RAW,
    by: BY_CBOR,
};

const CBOR_BYTES: Format = Format {
    name: "cbor, bytes",
    encode: |item| cbor(item, |out| bytes(out, 0x59, item.vector)),
    decode: RAW,
    by: BY_CBOR,
};

const RAW: &str = "format = \"raw\"\n";
const BY_MSGPACK: By = By::Plugin(("decode-msgpack", r#"{"vectors":["emb"]}"#));
const BY_CBOR: By = By::Plugin(("decode-cbor", r#"{"vectors":["emb"]}"#));

fn json_base64(item: &Item<'_>) -> Vec<u8> {
    let bytes: Vec<u8> = item.vector.iter().flat_map(|number| number.to_le_bytes()).collect();
    let text = kiteline::json::base64(&bytes);
    let Item { id, title, tenant, .. } = item;
    format!(r#"{{"id": {id}, "title": "{title}", "tenant": "{tenant}", "emb": "{text}"}}"#).into_bytes()
}

/// A datum of `item.avsc`.
fn avro(item: &Item<'_>) -> Vec<u8> {
    let mut out = Vec::new();
    let long = |out: &mut Vec<u8>, number: u64| varint(out, number << 1);
    long(&mut out, item.id);
    for text in [&item.title, &item.tenant] {
        long(&mut out, text.len() as u64);
        out.extend(text.as_bytes());
    }
    long(&mut out, item.vector.len() as u64);
    out.extend(item.vector.iter().flat_map(|number| number.to_le_bytes()));
    long(&mut out, 0);
    out
}

/// A message of `item.proto`.
fn protobuf(item: &Item<'_>) -> Vec<u8> {
    let mut out = vec![1 << 3];
    varint(&mut out, item.id);
    let vector: Vec<u8> = item.vector.iter().flat_map(|number| number.to_le_bytes()).collect();
    for (field, bytes) in [(2, item.title.as_bytes()), (3, item.tenant.as_bytes()), (4, &vector)] {
        out.push(field << 3 | 2);
        varint(&mut out, bytes.len() as u64);
        out.extend(bytes);
    }
    out
}

fn varint(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// A map of four; `vector` writes the last one's value.
fn msgpack(item: &Item<'_>, vector: impl Fn(&mut Vec<u8>)) -> Vec<u8> {
    let mut out = vec![0x84];
    let text = |out: &mut Vec<u8>, text: &str| {
        out.extend([0xd9, text.len() as u8]);
        out.extend(text.as_bytes());
    };
    text(&mut out, "id");
    out.push(0xcf);
    out.extend(item.id.to_be_bytes());
    rest(&mut out, item, text);
    vector(&mut out);
    out
}

/// The same as CBOR.
fn cbor(item: &Item<'_>, vector: impl Fn(&mut Vec<u8>)) -> Vec<u8> {
    let mut out = vec![0xa4];
    let text = |out: &mut Vec<u8>, text: &str| {
        out.extend([0x78, text.len() as u8]);
        out.extend(text.as_bytes());
    };
    text(&mut out, "id");
    out.push(0x1b);
    out.extend(item.id.to_be_bytes());
    rest(&mut out, item, text);
    vector(&mut out);
    out
}

fn rest(out: &mut Vec<u8>, item: &Item<'_>, text: impl Fn(&mut Vec<u8>, &str)) {
    for part in ["title", &item.title, "tenant", &item.tenant, "emb"] {
        text(out, part);
    }
}

/// An array whose length has 16 bits, with a byte before each number.
fn numbers(out: &mut Vec<u8>, head: &[u8], mark: u8, numbers: &[f32]) {
    out.extend(head);
    out.extend((numbers.len() as u16).to_be_bytes());
    for number in numbers {
        out.push(mark);
        out.extend(number.to_be_bytes());
    }
}

/// Bytes whose length has 16 bits: the numbers as they stand in memory.
fn bytes(out: &mut Vec<u8>, head: u8, numbers: &[f32]) {
    out.push(head);
    out.extend((4 * numbers.len() as u16).to_be_bytes());
    out.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
}
