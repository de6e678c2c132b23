//! Values as JSON text: what no column can hold, and columns whose rows differ in type.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;

use crate::reader::{Fault, Reader, Token};
use crate::value::Value;

/// How deep maps and arrays may lie in each other.
const DEPTH: usize = 64;

/// Writes the value that begins with a token, which was read at `at`, and lies so deep.
pub(crate) fn write(
    reader: &mut Reader<'_>,
    at: usize,
    token: Token<'_>,
    depth: usize,
    out: &mut Vec<u8>,
) -> Result<(), Fault> {
    match token {
        Token::Nil => push(out, ()),
        Token::Bool(value) => push(out, value),
        Token::Int(value) => push(out, value),
        Token::Large(value) => push(out, value),
        Token::Float(value) if value.is_finite() => push(out, value),
        Token::Float(_) => return Err(Fault::new(at, "JSON has no such number: not finite")),
        Token::Text(value) => push(out, value),
        Token::Bytes(value) => push(out, STANDARD.encode(value)),
        Token::Array(_) | Token::Map(_) if depth == DEPTH => {
            return Err(Fault::new(at, format!("nested deeper than {DEPTH}")));
        }
        Token::Array(length) => {
            out.push(b'[');
            for place in 0..length {
                separate(out, place);
                next(reader, depth + 1, out)?;
            }
            out.push(b']');
        }
        Token::Map(length) => {
            out.push(b'{');
            for place in 0..length {
                separate(out, place);
                let at = reader.at();
                let key = reader.key()?.ok_or_else(|| Fault::new(at, "a key is not a text"))?;
                push(out, key);
                out.push(b':');
                next(reader, depth + 1, out)?;
            }
            out.push(b'}');
        }
    }
    Ok(())
}

fn next(reader: &mut Reader<'_>, depth: usize, out: &mut Vec<u8>) -> Result<(), Fault> {
    let at = reader.at();
    let token = reader.token()?;
    write(reader, at, token, depth, out)
}

fn separate(out: &mut Vec<u8>, place: usize) {
    if place > 0 {
        out.push(b',');
    }
}

/// A value of a column whose rows differ in type.
pub(crate) fn text(value: &Value<'_>) -> String {
    let mut out = Vec::new();
    match value {
        Value::Json(text) => return text.clone(),
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
    finish(out)
}

/// What was written, as a text.
pub(crate) fn finish(out: Vec<u8>) -> String {
    String::from_utf8(out).expect("only texts were written")
}

/// In the words of serde_json: floats at the shortest that reads back the same.
fn push(out: &mut Vec<u8>, value: impl Serialize) {
    serde_json::to_writer(out, &value).expect("memory takes every byte, and every value is one of JSON's");
}
