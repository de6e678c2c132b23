//! The formats of records. Another one is another constant here.

use crate::feed::Item;

/// A format, and how a pipeline reads it.
#[derive(Debug)]
pub(crate) struct Format {
    pub(crate) name: &'static str,
    pub(crate) encode: fn(&Item<'_>) -> Vec<u8>,
    /// `decode.format`.
    pub(crate) decode: &'static str,
    /// The plugin that decodes it where the host does not, and its configuration.
    pub(crate) plugin: Option<(&'static str, &'static str)>,
}

/// Without `bytes` the vector is an array of 32-bit numbers, with it the bytes of these.
pub(crate) const ALL: [&Format; 5] = [&JSON, &MSGPACK, &MSGPACK_BYTES, &CBOR, &CBOR_BYTES];

pub(crate) const JSON: Format = Format { name: "json", encode: |item| item.json(), decode: "json", plugin: None };

const MSGPACK: Format = Format {
    name: "msgpack",
    encode: |item| msgpack(item, |out| numbers(out, &[0xdc], 0xca, item.vector)),
    decode: "raw",
    plugin: BY_MSGPACK,
};

const MSGPACK_BYTES: Format = Format {
    name: "msgpack, bytes",
    encode: |item| msgpack(item, |out| bytes(out, 0xc5, item.vector)),
    decode: "raw",
    plugin: BY_MSGPACK,
};

const CBOR: Format = Format {
    name: "cbor",
    encode: |item| cbor(item, |out| numbers(out, &[0x99], 0xfa, item.vector)),
    decode: "raw",
    plugin: BY_CBOR,
};

const CBOR_BYTES: Format = Format {
    name: "cbor, bytes",
    encode: |item| cbor(item, |out| bytes(out, 0x59, item.vector)),
    decode: "raw",
    plugin: BY_CBOR,
};

const BY_MSGPACK: Option<(&str, &str)> = Some(("decode-msgpack", r#"{"vectors":["emb"]}"#));
const BY_CBOR: Option<(&str, &str)> = Some(("decode-cbor", r#"{"vectors":["emb"]}"#));

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
