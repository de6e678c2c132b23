//! Vectors: repeated numbers, bytes as Milvus has them, or a text in any form that JSON's texts have.

use super::scalar::Scalar;
use super::schema::Shape;
use super::value::Value;
use super::write::{NOT_FINITE, write};
use crate::batch::{Type, VectorType};
use crate::decode::columns::NextValue;
use crate::json::{Kind, Scanner, Unread};
use crate::vector;

/// Appends a vector of 32-bit floats.
pub(super) fn floats(value: &mut Value<'_>, out: &mut Vec<f32>) -> Result<(), Unread> {
    if value.shape == Shape::Repeated {
        return value.read_float32s(out);
    }
    whole(value, vector::floats_of, vector::floats_in, out)
}

/// Appends a dense vector that is kept as bytes.
pub(super) fn packed(value: &mut Value<'_>, ty: VectorType, out: &mut Vec<u8>) -> Result<(), Unread> {
    if value.shape == Shape::Repeated {
        return value.each(|scalar, at| pack(scalar, at, ty, out));
    }
    whole(value, |bytes, out| vector::packed_of(bytes, ty, out), |text, out| vector::packed_in(text, ty, out), out)
}

/// Appends a sparse vector: a map from index to number, or any other form that JSON has for it.
pub(super) fn sparse(value: &mut Value<'_>, out: &mut Vec<(u32, f32)>) -> Result<(), Unread> {
    let at = value.at();
    if value.column_type()? == Some(Type::Text) {
        return vector::pairs_in(&value.scalar()?.text(at)?, out).map_err(|unfit| Unread::misfit(at, unfit));
    }
    let mut text = String::new();
    write(value, &mut text)?;
    vector::pairs(&mut Scanner::new(&text), out).map_err(|unread| match unread {
        Unread::Misfit(misfit) => Unread::misfit(at, misfit.found).within(Kind::Object),
        Unread::Mistake(_) => Unread::misfit(at, value.kind()),
    })
}

/// Appends a vector that is one value.
fn whole<O>(
    value: &Value<'_>,
    of_bytes: impl FnOnce(&[u8], &mut O) -> Result<(), &'static str>,
    in_text: impl FnOnce(&str, &mut O) -> Result<(), &'static str>,
    out: &mut O,
) -> Result<(), Unread> {
    let read = match value.scalar()? {
        Scalar::Bytes(bytes) => of_bytes(bytes, out),
        Scalar::Text(text) => in_text(&text, out),
        other => Err(other.kind()),
    };
    read.map_err(|unfit| Unread::misfit(value.at(), unfit))
}

/// Appends one number of a vector.
fn pack(scalar: Scalar<'_>, at: usize, ty: VectorType, out: &mut Vec<u8>) -> Result<(), Unread> {
    let unfit = |what| Unread::misfit(at, what);
    match ty {
        VectorType::Int8 => {
            let number = i8::try_from(scalar.int(at)?).map_err(|_| unfit("an integer beyond 8 bits"))?;
            out.push(number.cast_unsigned());
        }
        VectorType::Binary => {
            out.push(u8::try_from(scalar.int(at)?).map_err(|_| unfit("an integer that is no byte"))?);
        }
        _ => {
            let number = scalar.float64(false, at)?;
            if !number.is_finite() {
                return Err(unfit(NOT_FINITE));
            }
            out.extend(vector::narrowed(ty, number).ok_or_else(|| unfit(vector::beyond(ty)))?);
        }
    }
    Ok(())
}
