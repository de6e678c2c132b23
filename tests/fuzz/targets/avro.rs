//! Avro of one schema. What is read is what Avro's own library reads.

use std::sync::Arc;

use apache_avro::reader::datum::GenericDatumReader;
use apache_avro::types::Value as Avro;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use kiteline::decode::{AvroSchema, Decoder, Plan};
use serde_json::Value;

use super::{Run, value};
use crate::decoding::{Decoding, Outcome, same};

/// Every type without a meaning beside it, unions, and a record within itself.
pub(super) const SCHEMA: &str = r#"{"type": "record", "name": "Item", "fields": [
    {"name": "id", "type": "long"},
    {"name": "n", "type": "int"},
    {"name": "ok", "type": "boolean"},
    {"name": "text", "type": "string"},
    {"name": "bytes", "type": "bytes"},
    {"name": "fixed", "type": {"type": "fixed", "name": "Four", "size": 4}},
    {"name": "kind", "type": {"type": "enum", "name": "Kind", "symbols": ["a", "b"]}},
    {"name": "vector", "type": {"type": "array", "items": "float"}},
    {"name": "tags", "type": {"type": "array", "items": "string"}},
    {"name": "map", "type": {"type": "map", "values": "double"}},
    {"name": "any", "type": ["null", "int", "string", "boolean"]},
    {"name": "next", "type": ["null", "Item"]}
]}"#;

/// A record of that schema: nothing but zeros, with the id 7.
pub(super) const RIGHT: &[u8] = b"\x0e\0\0\0\0abcd\0\0\0\0\0\0";

const LOGICAL: &str = r#"{"type": "record", "name": "Logical", "fields": [
    {"name": "decimal", "type": {"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2}},
    {"name": "fixed", "type": {"type": "fixed", "name": "D", "size": 3, "logicalType": "decimal", "precision": 5, "scale": 1}},
    {"name": "uuid", "type": {"type": "string", "logicalType": "uuid"}},
    {"name": "day", "type": {"type": "int", "logicalType": "date"}},
    {"name": "at", "type": {"type": "long", "logicalType": "timestamp-micros"}},
    {"name": "took", "type": {"type": "fixed", "name": "Took", "size": 12, "logicalType": "duration"}}
]}"#;

pub(super) fn schema(text: &str) -> Arc<AvroSchema> {
    Arc::new(AvroSchema::parse(text, &[]).expect("it is one"))
}

pub(super) fn records() -> Run {
    let mut decoding = Decoding::new(Decoder::avro(schema(SCHEMA), Plan::default()));
    let theirs = apache_avro::Schema::parse_str(SCHEMA).expect("it is one");
    Box::new(move |input| {
        let outcome = decoding.between(value(RIGHT), value(input));
        if let Outcome::Rows(ours) = &outcome
            && let Some(Value::Object(mut theirs)) = with_a_deep_stack(|| read(&theirs, input))
        {
            theirs.retain(|_, value| !value.is_null());
            assert!(same(&ours[0], &Value::Object(theirs.clone())), "{} where it is {theirs:?}", ours[0]);
        }
        outcome
    })
}

/// What Avro's own library reads, as JSON where that has all of it.
fn read(schema: &apache_avro::Schema, mut input: &[u8]) -> Option<Value> {
    let reader = GenericDatumReader::builder(schema).build().expect("it is whole");
    let value = reader.read_value(&mut input).expect("what is read is Avro");
    assert!(input.is_empty(), "it has an end");
    json(&value)
}

/// Each level of records takes that library 100 KiB of stack where it is compiled without optimisation. Ours has the
/// stack that threads usually have.
fn with_a_deep_stack<T: Send>(of: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(64 << 20).spawn_scoped(scope, of);
        thread.expect("a thread").join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

/// Types with a meaning.
pub(super) fn logical() -> Run {
    let mut decoding = Decoding::new(Decoder::avro(schema(LOGICAL), Plan::default()));
    let right = [&b"\x02\x01\0\0\x01\x02a\0\0"[..], &[0; 12]].concat();
    Box::new(move |input| decoding.between(value(&right), value(input)))
}

/// The same in JSON, where JSON has all of it.
fn json(value: &Avro) -> Option<Value> {
    Some(match value {
        Avro::Null => Value::Null,
        Avro::Boolean(value) => (*value).into(),
        Avro::Int(number) => (*number).into(),
        Avro::Long(number) => (*number).into(),
        Avro::Float(number) if number.is_finite() => format!("{number:?}").parse::<f64>().ok()?.into(),
        Avro::Double(number) if number.is_finite() => (*number).into(),
        Avro::String(text) | Avro::Enum(_, text) => text.as_str().into(),
        Avro::Bytes(bytes) | Avro::Fixed(_, bytes) => BASE64_STANDARD.encode(bytes).into(),
        Avro::Array(items) => Value::Array(items.iter().map(json).collect::<Option<_>>()?),
        Avro::Map(items) => {
            Value::Object(items.iter().map(|(name, item)| Some((name.clone(), json(item)?))).collect::<Option<_>>()?)
        }
        Avro::Record(fields) => {
            Value::Object(fields.iter().map(|(name, item)| Some((name.clone(), json(item)?))).collect::<Option<_>>()?)
        }
        Avro::Union(_, value) => json(value)?,
        _ => return None,
    })
}
