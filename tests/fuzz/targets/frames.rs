//! What stands in front of a value: ids that the registry knows, ids that it does not, and schemas of other languages.

use kiteline::decode::{Decoder, Framing, Plan};

use super::avro::{RIGHT as AVRO, SCHEMA};
use super::protobuf::RIGHT as MESSAGE;
use super::{Run, value};
use crate::decoding::{Decoding, Given};
use crate::registry::shared;

/// Ids: 1 is that of Protobuf, 2 and 3 are Avro, 4 is no schema, 5 is JSON Schema, 6 contains itself without an end.
fn keep_schemas() {
    let registry = shared();
    super::protobuf::decoder();
    registry.keep(2, "AVRO", SCHEMA);
    registry.keep(3, "AVRO", r#"{"type": "record", "name": "One", "fields": [{"name": "id", "type": "long"}]}"#);
    registry.keep(4, "AVRO", "{\"type\": ");
    registry.keep(5, "JSON", r#"{"type": "object"}"#);
    registry.keep(6, "AVRO", r#"{"type": "record", "name": "A", "fields": [{"name": "a", "type": "A"}]}"#);
}

fn registry(decoder: Decoder) -> Decoding {
    keep_schemas();
    Decoding::new(decoder.framed(Framing::Confluent, Some(shared().registry.clone())))
}

pub(super) fn avro() -> Run {
    let mut decoding = registry(Decoder::avro(None, Plan::default()));
    let right = [b"\0\0\0\0\x02", AVRO].concat();
    Box::new(move |input| decoding.between(value(&right), value(input)))
}

pub(super) fn protobuf() -> Run {
    let mut decoding = registry(Decoder::protobuf(None, Plan::default()));
    Box::new(move |input| decoding.between(value(MESSAGE), value(input)))
}

pub(super) fn json() -> Run {
    let mut decoding = registry(Decoder::json(Plan::default()));
    Box::new(move |input| decoding.between(value(b"\0\0\0\0\x05{\"id\":7}"), value(input)))
}

/// The first byte says how many of the next ones are the header; the others are the value.
pub(super) fn header() -> Run {
    let mut decoding = registry(Decoder::avro(None, Plan::default()));
    let right = [b"\0\0\0\0\x02", AVRO].concat();
    Box::new(move |input| {
        let (length, rest) = input.split_first().map_or((0, input), |(length, rest)| (usize::from(*length), rest));
        let (header, payload) = rest.split_at(length.min(rest.len()));
        let given = Given { header: Some(("__value_schema_id", header)), ..value(payload) };
        decoding.between(value(&right), given)
    })
}

pub(super) fn glue() -> Run {
    let mut decoding = Decoding::new(Decoder::json(Plan::default()).framed(Framing::Glue, None));
    let right = [&b"\x03\0"[..], &[7; 16], b"{\"id\":7}"].concat();
    Box::new(move |input| decoding.between(value(&right), value(input)))
}
