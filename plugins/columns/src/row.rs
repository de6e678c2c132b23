//! A record's payload as its fields.

use std::collections::BTreeSet;

use kiteline_guest::{Batch, Bytes};

use crate::column::Columns;
use crate::nested;
use crate::text;
use crate::tokens::{Fault, Token, Tokens, key};
use crate::value::{Row, Value, exact};

/// Most fields of a record: as many as a batch may have.
const FIELDS: usize = 1024;

/// Reads the payload of each row, and writes what is in it as fields. A row whose payload is not what the format says is
/// rejected; one without payload is left as it is.
pub fn write_payloads<'a, R: Tokens<'a>>(
    batch: &mut Batch,
    payloads: &'a Bytes,
    format: &str,
    vectors: &BTreeSet<String>,
    reader: impl Fn(&'a [u8]) -> R,
) {
    let mut columns = Columns::default();
    for (number, payload) in payloads.iter().enumerate() {
        let Some(payload) = payload else { continue };
        match decode(reader(payload), vectors) {
            Ok(row) => columns.add(number, row),
            Err(fault) => batch.reject(number, &format!("{format}, {fault}")),
        }
    }
    columns.write(batch);
}

/// Reads a payload: one map with text keys, and nothing behind it.
pub fn decode<'a>(mut reader: impl Tokens<'a>, vectors: &BTreeSet<String>) -> Result<Row<'a>, Fault> {
    let Token::Map(length) = reader.token()? else { return Err(Fault::new(0, "the payload is not a map")) };
    if length > FIELDS {
        return Err(Fault::new(0, format!("more than {FIELDS} fields")));
    }
    let mut row = Row::with_capacity(length);
    for _ in 0..length {
        let at = reader.at();
        let name = key(&mut reader)?.ok_or_else(|| Fault::new(at, "a key is not a text"))?;
        if row.iter().any(|(earlier, _)| *earlier == name) {
            return Err(Fault::new(at, format!("{name} comes twice")));
        }
        let value = if vectors.contains(name) { vector(&mut reader, name)? } else { value(&mut reader)? };
        row.push((name.into(), value));
    }
    if !reader.is_at_end() {
        return Err(Fault::new(reader.at(), "something follows the map"));
    }
    Ok(row)
}

fn value<'a>(reader: &mut impl Tokens<'a>) -> Result<Option<Value<'a>>, Fault> {
    let at = reader.at();
    let token = reader.token()?;
    Ok(Some(match token {
        Token::Nil => return Ok(None),
        Token::Bool(value) => Value::Bool(value),
        Token::Int(value) => Value::Int(value),
        Token::Float(value) if value.is_finite() => Value::Float(value),
        Token::Text(value) => Value::Text(value),
        Token::Bytes(value) => Value::Bytes(value),
        Token::Array(0) => Value::EmptyArray,
        Token::Array(length) => {
            let first = reader.at();
            match array(reader, length)? {
                Some(array) => array,
                None => {
                    reader.back_to(first);
                    nested(reader, at, token)?
                }
            }
        }
        Token::Large(_) | Token::Float(_) | Token::Map(_) => nested(reader, at, token)?,
    }))
}

fn nested<'a>(reader: &mut impl Tokens<'a>, at: usize, token: Token<'a>) -> Result<Value<'a>, Fault> {
    let mut out = Vec::new();
    nested::write(reader, at, token, 0, &mut out)?;
    Ok(Value::Json(text::finish(out).into()))
}

/// An array whose elements are scalars of one type; none for any other.
fn array<'a>(reader: &mut impl Tokens<'a>, length: usize) -> Result<Option<Value<'a>>, Fault> {
    let mut array = Value::EmptyArray;
    for _ in 0..length {
        let token = reader.token()?;
        if !push(&mut array, token, length) {
            return Ok(None);
        }
    }
    Ok(Some(array))
}

/// False where the element does not fit. Integers among floats are floats, where that is exact: some encoders write
/// 1.0 as 1.
fn push<'a>(array: &mut Value<'a>, element: Token<'a>, length: usize) -> bool {
    match (&mut *array, element) {
        (Value::Bools(values), Token::Bool(value)) => values.push(value),
        (Value::Ints(values), Token::Int(value)) => values.push(value),
        (Value::Floats(values), Token::Float(value)) if value.is_finite() => values.push(value),
        (Value::Texts(values), Token::Text(value)) => values.push(value),
        (Value::Floats(values), Token::Int(value)) => match exact(value) {
            Some(value) => values.push(value),
            None => return false,
        },
        (Value::Ints(values), Token::Float(value)) if value.is_finite() => {
            let ints: Option<Vec<f64>> = values.iter().map(|value| exact(*value)).collect();
            let Some(mut floats) = ints else { return false };
            floats.push(value);
            *array = Value::Floats(floats);
        }
        (Value::EmptyArray, Token::Bool(value)) => *array = Value::Bools(first(value, length)),
        (Value::EmptyArray, Token::Int(value)) => *array = Value::Ints(first(value, length)),
        (Value::EmptyArray, Token::Float(value)) if value.is_finite() => *array = Value::Floats(first(value, length)),
        (Value::EmptyArray, Token::Text(value)) => *array = Value::Texts(first(value, length)),
        _ => return false,
    }
    true
}

fn first<T>(value: T, length: usize) -> Vec<T> {
    let mut values = Vec::with_capacity(length);
    values.push(value);
    values
}

/// A vector of 32-bit floats: an array of numbers, each rounded, or their bytes (little-endian).
fn vector<'a>(reader: &mut impl Tokens<'a>, field: &str) -> Result<Option<Value<'a>>, Fault> {
    let at = reader.at();
    match reader.token()? {
        Token::Nil => Ok(None),
        Token::Array(length) => {
            let mut numbers = Vec::with_capacity(length);
            loop {
                reader.floats(length - numbers.len(), &mut numbers);
                if numbers.len() == length {
                    return Ok(Some(Value::Vector(numbers)));
                }
                numbers.push(number(reader, field)?);
            }
        }
        Token::Bytes(bytes) => match bytes.as_chunks() {
            (numbers, []) => Ok(Some(Value::Vector(numbers.iter().copied().map(f32::from_le_bytes).collect()))),
            _ => Err(Fault::new(at, format!("{field} has {} bytes, but 32-bit floats take 4 each", bytes.len()))),
        },
        _ => Err(Fault::new(at, format!("{field} is no vector: neither an array of numbers nor bytes"))),
    }
}

fn number<'a>(reader: &mut impl Tokens<'a>, field: &str) -> Result<f32, Fault> {
    let at = reader.at();
    match reader.token()? {
        Token::Float(float) => Ok(float as f32),
        Token::Int(int) => Ok(int as f32),
        Token::Large(int) => Ok(int as f32),
        _ => Err(Fault::new(at, format!("{field} is no vector: an element is not a number"))),
    }
}
