//! Values as JSON text: columns whose rows differ in type.

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;

use crate::value::Value;

/// A value as JSON text: bytes as base64.
pub fn of(value: Value<'_>) -> Cow<'_, str> {
    let mut out = Vec::new();
    match value {
        Value::Json(text) => return text,
        Value::Bool(value) => push(&mut out, value),
        Value::Int(value) => push(&mut out, value),
        Value::Float(value) => push(&mut out, value),
        Value::Text(value) => push(&mut out, value),
        Value::Bytes(value) => push(&mut out, STANDARD.encode(value)),
        Value::EmptyArray => push(&mut out, [(); 0]),
        Value::Bools(values) => push(&mut out, values),
        Value::Ints(values) => push(&mut out, values),
        Value::Floats(values) => push(&mut out, values),
        Value::Texts(values) => push(&mut out, values),
        Value::Vector(values) => push(&mut out, values),
    }
    Cow::Owned(finish(out))
}

/// What was written, as a text.
pub(crate) fn finish(out: Vec<u8>) -> String {
    String::from_utf8(out).expect("only texts were written")
}

/// In the words of serde_json: floats at the shortest that reads back the same.
pub(crate) fn push(out: &mut Vec<u8>, value: impl Serialize) {
    serde_json::to_writer(out, &value).expect("memory takes every byte, and every value is one of JSON's");
}
