//! Protobuf of one schema. What is read, and what is not, is what prost-reflect reads.

use kiteline::decode::{Decoder, Framing, Plan};
use prost_reflect::{DescriptorPool, DynamicMessage, MessageDescriptor, SerializeOptions};
use serde_json::Value;

use super::{Run, value};
use crate::decoding::{Decoding, Outcome, same};
use crate::registry::shared;

/// Every type, packed and not, and a message within itself.
pub(super) const SCHEMA: &str = "syntax = \"proto3\"; package fuzz;
    enum Kind { NONE = 0; SOME = 3; }
    message Item {
        int64 id = 1; sint32 n = 2; uint64 big = 3; fixed32 f = 4; sfixed64 sf = 5; bool ok = 6; double d = 7;
        string text = 8; bytes bytes = 9; Kind kind = 10; repeated float vector = 11;
        repeated int32 apart = 12 [packed = false]; repeated string tags = 13; map<string, int32> map = 14;
        Item next = 15; repeated Item more = 16; oneof one { string left = 17; int64 right = 18; }
        optional int32 maybe = 19; repeated double doubles = 20; repeated sfixed32 fixed = 21; repeated sint64 signed = 22;
    }";

const ID: u32 = 1;

/// A frame of that schema's first message.
pub(super) const FRAME: &[u8] = b"\0\0\0\0\x01\0";
/// A message with the id 7.
pub(super) const RIGHT: &[u8] = b"\0\0\0\0\x01\0\x08\x07";

pub(super) fn decoder() -> Decoder {
    shared().keep(ID, "PROTOBUF", SCHEMA);
    Decoder::protobuf(None, Plan::default()).framed(Framing::Confluent, Some(shared().registry.clone()))
}

pub(super) fn messages() -> Run {
    let mut decoding = Decoding::new(decoder());
    let theirs = descriptor();
    Box::new(move |input| {
        let outcome = decoding.between(value(RIGHT), value(&[FRAME, input].concat()));
        compare(input, &outcome, &theirs);
        outcome
    })
}

fn compare(input: &[u8], ours: &Outcome, descriptor: &MessageDescriptor) {
    let theirs = DynamicMessage::decode(descriptor.clone(), input).map(|message| {
        let options = SerializeOptions::new().stringify_64_bit_integers(false).use_proto_field_name(true);
        message.serialize_with_options(serde_json::value::Serializer, &options).expect("it has a JSON form")
    });
    // What is not a number has no JSON.
    let has = |theirs: &Value, part: &str| theirs.to_string().contains(part);
    let is_number = |theirs: &Value| !has(theirs, "\"NaN\"") && !has(theirs, "Infinity\"");
    match (ours, theirs) {
        (Outcome::Rows(rows), Ok(theirs)) if is_number(&theirs) => {
            let (ours, theirs) = (written(rows[0].clone()), written(theirs));
            assert!(same(&ours, &theirs), "{ours} where it is {theirs}");
        }
        // A text that a later one takes the place of is not looked at here.
        (Outcome::Rows(_), Err(error)) => assert!(error.to_string().contains("UTF-8"), "it is none: {error}"),
        // There are limits, and that library reads a map whatever its wire type is.
        (Outcome::Rejected(reason), Ok(theirs)) if is_number(&theirs) => {
            assert!(reason.contains("more than") || has(&theirs, "\"map\":{"), "{reason}");
        }
        (_, _) => {}
    }
}

/// Without what is a type's zero: whether that is shown depends on where it stands.
fn written(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let members = members.into_iter().map(|(name, value)| (name, written(value)));
            Value::Object(members.filter(|(_, value)| !is_zero(value)).collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(written).collect()),
        other => other,
    }
}

fn is_zero(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Bool(value) => !value,
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::String(text) => text.is_empty() || text == "NONE",
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
    }
}

fn descriptor() -> MessageDescriptor {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("fuzz.proto"), SCHEMA).expect("written");
    let set = protox::compile(["fuzz.proto"], [folder.path()]).expect("it compiles");
    let pool = DescriptorPool::from_file_descriptor_set(set).expect("a pool");
    pool.get_message_by_name("fuzz.Item").expect("it is there")
}
