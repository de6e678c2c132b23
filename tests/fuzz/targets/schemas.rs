//! Schemas: what a registry gives may be anything.

use std::sync::Arc;

use kiteline::decode::{AvroSchema, Decoder, Plan};
use serde_json::json;

use super::avro::RIGHT;
use super::protobuf::{RIGHT as MESSAGE, decoder};
use super::{Run, value};
use crate::decoding::{Decoding, Outcome};
use crate::registry::shared;

/// The input is the text of an Avro schema; a record is read by it.
pub(super) fn avro() -> Run {
    Box::new(|input| match AvroSchema::parse(&String::from_utf8_lossy(input), &[]) {
        Ok(schema) => {
            let mut decoder = Decoding::new(Decoder::avro(Arc::new(schema), Plan::default()));
            for payload in [RIGHT, &[0; 64], &[2; 64], b""] {
                decoder.alone(value(payload));
            }
            Outcome::Rows(vec![json!("a schema")])
        }
        Err(error) => Outcome::Rejected(error.to_string()),
    })
}

/// The input is the text of a Protobuf schema, which the registry gives; a message is read by it.
pub(super) fn protobuf() -> Run {
    let mut decoding = Decoding::new(decoder());
    Box::new(move |input| {
        let id = shared().add("PROTOBUF", &String::from_utf8_lossy(input));
        let framed = |payload: &[u8]| [&[0][..], &id.to_be_bytes(), payload].concat();
        let outcome = decoding.between(value(MESSAGE), value(&framed(b"\0\x08\x01")));
        decoding.between(value(MESSAGE), value(&framed(b"\x04\0\x02\x0a\x01a")));
        shared().forget(id);
        match outcome {
            // The id is another one each time.
            Outcome::Rejected(reason) => Outcome::Rejected(reason.replace(&id.to_string(), "N")),
            read => read,
        }
    })
}
