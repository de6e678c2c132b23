//! Any value as JSON text: dates and times as the numbers that they are, bytes in base64, decimals and what else has no
//! number as text.

use std::fmt::{Debug, Write};

use super::schema::Type;
use super::value::Value;
use crate::json::{self, Unread};

/// What a message calls a number that neither JSON nor a vector has.
pub(super) const NOT_FINITE: &str = "NaN or an infinity";

/// Appends the next value.
pub(super) fn write(value: &mut Value<'_>, out: &mut String) -> Result<(), Unread> {
    let ty = value.resolve()?;
    match ty {
        Type::Array(item) => {
            out.push('[');
            let mut separator = "";
            value.items(*item, |value| {
                out.push_str(separator);
                separator = ",";
                write(value, out)
            })?;
            out.push(']');
        }
        Type::Map(item) => {
            out.push('{');
            let mut separator = "";
            value.items(*item, |value| {
                out.push_str(separator);
                separator = ",";
                name(value.wire.text()?, value, out)
            })?;
            out.push('}');
        }
        Type::Record(fields) => {
            value.wire.without_bytes()?;
            out.push('{');
            value.within(|value| {
                let mut separator = "";
                fields.iter().try_for_each(|field| {
                    out.push_str(separator);
                    separator = ",";
                    value.ty = field.ty;
                    name(&field.name, value, out)
                })
            })?;
            out.push('}');
        }
        scalar => {
            let start = out.len();
            write_scalar(value, scalar, out)?;
            value.wire.spend(out.len() - start)?;
        }
    }
    Ok(())
}

/// Appends a member of an object.
fn name(name: &str, value: &mut Value<'_>, out: &mut String) -> Result<(), Unread> {
    value.wire.spend(name.len())?;
    json::quote(name, out);
    out.push(':');
    write(value, out)
}

fn write_scalar<'a>(value: &mut Value<'a>, ty: &'a Type, out: &mut String) -> Result<(), Unread> {
    let at = value.wire.at();
    match ty {
        Type::Null => {
            value.wire.without_bytes()?;
            out.push_str("null");
        }
        Type::Bool => out.push_str(if value.wire.bool()? { "true" } else { "false" }),
        Type::Float => write_float(f32::from_le_bytes(value.wire.array()?), f32::is_finite, at, out)?,
        Type::Double => write_float(f64::from_le_bytes(value.wire.array()?), f64::is_finite, at, out)?,
        Type::Bytes | Type::Fixed(_) => {
            let bytes = value.bytes(ty)?.unwrap_or_default();
            json::quote(&json::base64(bytes), out);
        }
        ty => match value.integer(ty)? {
            Some(number) => write!(out, "{number}").expect("writing to a String"),
            None => json::quote(&value.text(ty)?, out),
        },
    }
    Ok(())
}

/// The shortest text that reads back as the same number.
fn write_float<T: Copy + Debug>(number: T, finite: fn(T) -> bool, at: usize, out: &mut String) -> Result<(), Unread> {
    if !finite(number) {
        return Err(Unread::misfit(at, NOT_FINITE));
    }
    write!(out, "{number:?}").expect("writing to a String");
    Ok(())
}
