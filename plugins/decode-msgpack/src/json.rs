//! Values as JSON text: what no column can hold, and columns whose rows differ in type.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value as Json;

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
    out: &mut String,
) -> Result<(), Fault> {
    match token {
        Token::Nil => out.push_str("null"),
        Token::Bool(value) => push(out, value),
        Token::Int(value) => push(out, value),
        Token::Large(value) => push(out, value),
        Token::Float(value) if value.is_finite() => push(out, value),
        Token::Float(_) => return Err(Fault::new(at, "JSON has no such number: not finite")),
        Token::Text(value) => push(out, value.as_ref()),
        Token::Bytes(value) => push(out, STANDARD.encode(value)),
        Token::Array(_) | Token::Map(_) if depth == DEPTH => {
            return Err(Fault::new(at, format!("nested deeper than {DEPTH}")));
        }
        Token::Array(length) => {
            out.push('[');
            for place in 0..length {
                separate(out, place);
                next(reader, depth + 1, out)?;
            }
            out.push(']');
        }
        Token::Map(length) => {
            out.push('{');
            for place in 0..length {
                separate(out, place);
                let at = reader.at();
                let key = reader.key()?.ok_or_else(|| Fault::new(at, "a key is not a text"))?;
                push(out, key);
                out.push(':');
                next(reader, depth + 1, out)?;
            }
            out.push('}');
        }
    }
    Ok(())
}

fn next(reader: &mut Reader<'_>, depth: usize, out: &mut String) -> Result<(), Fault> {
    let at = reader.at();
    let token = reader.token()?;
    write(reader, at, token, depth, out)
}

fn separate(out: &mut String, place: usize) {
    if place > 0 {
        out.push(',');
    }
}

/// A scalar in the words of serde_json: floats at the shortest that reads back the same.
fn push(out: &mut String, value: impl Into<Json>) {
    out.push_str(&value.into().to_string());
}

/// A value of a column whose rows differ in type.
pub(crate) fn text(value: &Value<'_>) -> String {
    match value {
        Value::Json(text) => text.clone(),
        Value::Bool(value) => Json::from(*value).to_string(),
        Value::Int(value) => Json::from(*value).to_string(),
        Value::Float(value) => Json::from(*value).to_string(),
        Value::Text(value) => Json::from(value.as_ref()).to_string(),
        Value::Bytes(value) => Json::from(STANDARD.encode(value)).to_string(),
        Value::EmptyArray => "[]".to_owned(),
        Value::Bools(values) => array(values),
        Value::Ints(values) => array(values),
        Value::Floats(values) => array(values),
        Value::Texts(values) => array(values),
        Value::Vector(values) => array(values),
    }
}

fn array<'a, T: Clone + Into<Json> + 'a>(values: &'a [T]) -> String {
    Json::Array(values.iter().cloned().map(Into::into).collect()).to_string()
}
