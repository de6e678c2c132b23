//! The ways into the decoders. A target is a name, which is the name of its folder in the corpus, and what starts it.

mod avro;
mod csv;
mod frames;
mod json;
mod keys;
mod packed;
mod protobuf;
mod schemas;
mod text;
mod vectors;

use crate::decoding::{Given, Outcome};

/// What is done with an input. It panics where something is wrong.
pub(crate) type Run = Box<dyn FnMut(&[u8]) -> Outcome>;

pub(crate) struct Target {
    pub(crate) name: &'static str,
    pub(crate) start: fn() -> Run,
}

pub(crate) const TARGETS: &[Target] = &[
    Target { name: "json", start: json::objects },
    Target { name: "json-types", start: json::types },
    Target { name: "vectors", start: vectors::vectors },
    Target { name: "base64", start: vectors::base64 },
    Target { name: "avro", start: avro::records },
    Target { name: "avro-logical", start: avro::logical },
    Target { name: "protobuf", start: protobuf::messages },
    Target { name: "csv", start: csv::rows },
    Target { name: "text", start: text::texts },
    Target { name: "packed-gzip", start: packed::gzip },
    Target { name: "packed-zstd", start: packed::zstd },
    Target { name: "packed-lz4", start: packed::lz4 },
    Target { name: "packed-snappy", start: packed::snappy },
    Target { name: "frame-avro", start: frames::avro },
    Target { name: "frame-protobuf", start: frames::protobuf },
    Target { name: "frame-json", start: frames::json },
    Target { name: "frame-header", start: frames::header },
    Target { name: "frame-glue", start: frames::glue },
    Target { name: "key-json", start: keys::json },
    Target { name: "key-text", start: keys::text },
    Target { name: "key-avro", start: keys::avro },
    Target { name: "schema-avro", start: schemas::avro },
    Target { name: "schema-protobuf", start: schemas::protobuf },
];

/// A record that is nothing but its value.
fn value(payload: &[u8]) -> Given<'_> {
    Given { payload: Some(payload), ..Given::default() }
}
