//! Any value as JSON text: names as the schema has them, numbers as numbers, bytes in base64, enums by their names, and
//! Protobuf's own types by their meaning. Fields without a value are left out.

use std::collections::BTreeMap;
use std::fmt::{Debug, Write};

use super::scalar::Scalar;
use super::schema::{Meaning, Shape};
use super::value::Value;
use super::wire::Item;
use crate::json::{self, Unread};

/// What a message calls a number that neither JSON nor a vector has.
pub(super) const NOT_FINITE: &str = "NaN or an infinity";

/// Appends a field's value.
pub(super) fn write(value: &Value<'_>, out: &mut String) -> Result<(), Unread> {
    match value.shape {
        Shape::Repeated => {
            out.push('[');
            let mut separator = "";
            value.values(|value| {
                out.push_str(separator);
                separator = ",";
                write(&value, out)
            })?;
            out.push(']');
            Ok(())
        }
        Shape::Map => write_map(value, out),
        Shape::Implicit | Shape::Explicit => match value.meaning() {
            Meaning::Only => write_only(value, out),
            Meaning::Itself if !value.fields().is_empty() || is_message(value) => write_message(value, out),
            _ => write_scalar(value, out),
        },
    }
}

fn is_message(value: &Value<'_>) -> bool {
    use super::schema::Ty;
    matches!(value.ty, Ty::Message(_) | Ty::Group(_))
}

fn write_message(value: &Value<'_>, out: &mut String) -> Result<(), Unread> {
    out.push('{');
    let mut separator = "";
    value.members(|field, member| {
        if member.pieces.is_empty() {
            return Ok(());
        }
        value.spend(field.name.len() + 4)?;
        out.push_str(separator);
        separator = ",";
        json::quote(&field.name, out);
        out.push(':');
        write(&member, out)
    })?;
    out.push('}');
    Ok(())
}

/// What the only field is, or the one that is written of several.
fn write_only(value: &Value<'_>, out: &mut String) -> Result<(), Unread> {
    let start = out.len();
    let is_one = value.fields().len() == 1;
    value.members(|field, member| {
        let is_written = !member.pieces.is_empty();
        match &*field.name {
            "null_value" if is_written => out.push_str("null"),
            "number_value" if is_written => write_number(&member, out)?,
            _ if is_written || is_one => write(&member, out)?,
            _ => {}
        }
        Ok::<_, Unread>(())
    })?;
    if out.len() == start {
        out.push_str("null");
    }
    Ok(())
}

/// A number of JSON's, which Protobuf keeps as a float whatever it was: without a fraction it is an integer, as far as
/// floats have all of them, so that it can be an index or a count again.
fn write_number(value: &Value<'_>, out: &mut String) -> Result<(), Unread> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    let start = out.len();
    match value.scalar()? {
        Scalar::Double(number) if number.fract() == 0.0 && number.abs() <= EXACT && !is_negative_zero(number) => {
            write!(out, "{}", number as i64).expect("writing to a String");
            Ok(value.spend(out.len() - start)?)
        }
        _ => write(value, out),
    }
}

fn is_negative_zero(number: f64) -> bool {
    number == 0.0 && number.is_sign_negative()
}

/// Of several entries with the same key the last one holds.
fn write_map(value: &Value<'_>, out: &mut String) -> Result<(), Unread> {
    let mut entries: BTreeMap<String, (u32, Item<'_>)> = BTreeMap::new();
    for piece in value.pieces {
        let entry = Value { shape: Shape::Explicit, pieces: std::slice::from_ref(piece), ..*value };
        entry.members(|field, member| {
            if field.number == 1 {
                entries.insert(key_text(&Value { shape: Shape::Implicit, ..member })?, *piece);
            }
            Ok::<_, Unread>(())
        })?;
    }
    out.push('{');
    let mut separator = "";
    for (key, piece) in &entries {
        let entry = Value { shape: Shape::Explicit, pieces: std::slice::from_ref(piece), ..*value };
        value.spend(key.len() + 4)?;
        out.push_str(separator);
        separator = ",";
        json::quote(key, out);
        out.push(':');
        entry.members(|field, member| {
            // A value that is not written is the type's zero.
            if field.number == 2 { write(&Value { shape: Shape::Implicit, ..member }, out) } else { Ok(()) }
        })?;
    }
    out.push('}');
    Ok(())
}

fn key_text(key: &Value<'_>) -> Result<String, Unread> {
    Ok(match key.scalar()? {
        Scalar::Text(text) => text.into_owned(),
        Scalar::Int(number) => number.to_string(),
        Scalar::Uint(number) => number.to_string(),
        Scalar::Bool(value) => value.to_string(),
        other => return Err(Unread::misfit(key.at(), other.kind())),
    })
}

fn write_scalar(value: &Value<'_>, out: &mut String) -> Result<(), Unread> {
    let (at, start) = (value.at(), out.len());
    match value.scalar()? {
        Scalar::Bool(value) => out.push_str(if value { "true" } else { "false" }),
        Scalar::Int(number) => write!(out, "{number}").expect("writing to a String"),
        Scalar::Uint(number) => write!(out, "{number}").expect("writing to a String"),
        Scalar::Symbol(number, None) => write!(out, "{number}").expect("writing to a String"),
        Scalar::Float(number) => write_float(number, f32::is_finite, at, out)?,
        Scalar::Double(number) => write_float(number, f64::is_finite, at, out)?,
        Scalar::Text(text) => json::quote(&text, out),
        Scalar::Symbol(_, Some(name)) => json::quote(name, out),
        Scalar::Bytes(bytes) => json::quote(&json::base64(bytes), out),
    }
    Ok(value.spend(out.len() - start)?)
}

/// The shortest text that reads back as the same number.
fn write_float<T: Copy + Debug>(number: T, finite: fn(T) -> bool, at: usize, out: &mut String) -> Result<(), Unread> {
    if !finite(number) {
        return Err(Unread::misfit(at, NOT_FINITE));
    }
    write!(out, "{number:?}").expect("writing to a String");
    Ok(())
}
