//! Vectors: arrays of numbers, bytes as Milvus has them, or a text in any form that JSON's texts have.

use super::numbers::{each, float32s, float64};
use super::schema::Type;
use super::value::Value;
use super::write::{NOT_FINITE, write};
use crate::batch::VectorType;
use crate::decode::columns::NextValue;
use crate::json::{Kind, Scanner, Unread};
use crate::vector;

/// Appends a vector of 32-bit floats.
pub(super) fn floats(value: &mut Value<'_>, out: &mut Vec<f32>) -> Result<(), Unread> {
    let ty = value.resolve()?;
    let at = value.wire.at();
    match ty {
        Type::Bytes | Type::Fixed(_) => {
            let bytes = value.bytes(ty)?.unwrap_or_default();
            vector::floats_of(bytes, out).map_err(|unfit| Unread::misfit(at, unfit))
        }
        Type::Text => in_text(value, at, |text| vector::floats_in(text, out)),
        _ => float32s(value, ty, out),
    }
}

/// Appends a dense vector that is kept as bytes.
pub(super) fn packed(value: &mut Value<'_>, kept: VectorType, out: &mut Vec<u8>) -> Result<(), Unread> {
    let ty = value.resolve()?;
    let at = value.wire.at();
    match ty {
        Type::Bytes | Type::Fixed(_) => {
            let bytes = value.bytes(ty)?.unwrap_or_default();
            vector::packed_of(bytes, kept, out).map_err(|unfit| Unread::misfit(at, unfit))
        }
        Type::Text => in_text(value, at, |text| vector::packed_in(text, kept, out)),
        _ => each(value, ty, |value| pack(value, kept, out)),
    }
}

/// Appends the next value, one number of a vector.
fn pack(value: &mut Value<'_>, kept: VectorType, out: &mut Vec<u8>) -> Result<(), Unread> {
    let at = value.wire.at();
    let unfit = |what| Unread::misfit(at, what);
    match kept {
        VectorType::Int8 => {
            let number = i8::try_from(value.read_int()?).map_err(|_| unfit("an integer beyond 8 bits"))?;
            out.push(number.cast_unsigned());
        }
        VectorType::Binary => {
            out.push(u8::try_from(value.read_int()?).map_err(|_| unfit("an integer that is no byte"))?);
        }
        _ => {
            let number = float64(value, false)?;
            if !number.is_finite() {
                return Err(unfit(NOT_FINITE));
            }
            out.extend(vector::narrowed(kept, number).ok_or_else(|| unfit(vector::beyond(kept)))?);
        }
    }
    Ok(())
}

/// Appends a sparse vector: a map from index to number, or any other form that JSON has for it.
pub(super) fn sparse(value: &mut Value<'_>, out: &mut Vec<(u32, f32)>) -> Result<(), Unread> {
    let ty = value.resolve()?;
    let at = value.wire.at();
    match ty {
        Type::Text => in_text(value, at, |text| vector::pairs_in(text, out)),
        Type::Array(_) | Type::Map(_) | Type::Record(_) => {
            let mut text = String::new();
            write(value, &mut text)?;
            let read = vector::pairs(&mut Scanner::new(&text), out);
            read.map_err(|unread| match unread {
                Unread::Misfit(misfit) => Unread::misfit(at, misfit.found).within(Kind::Object),
                Unread::Mistake(_) => Unread::misfit(at, ty.kind()),
            })
        }
        _ => Err(Unread::misfit(at, ty.kind())),
    }
}

/// Reads the next value, a text that stands for a vector.
fn in_text(
    value: &mut Value<'_>,
    at: usize,
    read: impl FnOnce(&str) -> Result<(), &'static str>,
) -> Result<(), Unread> {
    read(value.wire.text()?).map_err(|unfit| Unread::misfit(at, unfit))
}
