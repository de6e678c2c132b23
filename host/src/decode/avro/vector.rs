//! Vectors: arrays of numbers, bytes as Milvus has them, or a text as JSON has them.

use half::{bf16, f16};

use super::numbers::{each, float32, float32s};
use super::schema::Type;
use super::value::Value;
use super::write::{NOT_FINITE, write};
use crate::batch::VectorType;
use crate::decode::columns::NextValue;
use crate::json::{Kind, Scanner, Unread};

/// Appends a vector of 32-bit floats.
pub(super) fn floats(value: &mut Value<'_>, out: &mut Vec<f32>) -> Result<(), Unread> {
    let ty = value.resolve()?;
    let at = value.wire.at();
    match ty {
        Type::Bytes | Type::Fixed(_) => {
            let (numbers, rest) = value.bytes(ty)?.unwrap_or_default().as_chunks::<4>();
            if !rest.is_empty() {
                return Err(Unread::misfit(at, "bytes that are no whole number of 32-bit floats"));
            }
            out.extend(numbers.iter().map(|bytes| f32::from_le_bytes(*bytes)));
            Ok(())
        }
        Type::Text => in_text(value.wire.text()?, at, |scanner| scanner.read_vector(out)),
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
            if let VectorType::Float16 | VectorType::BFloat16 = kept
                && bytes.len() % 2 != 0
            {
                return Err(Unread::misfit(at, "bytes that are no whole number of 16-bit floats"));
            }
            out.extend_from_slice(bytes);
            Ok(())
        }
        Type::Text => in_text(value.wire.text()?, at, |scanner| scanner.read_packed_vector(kept, out)),
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
        VectorType::BFloat16 => {
            let number = bf16::from_f32(finite(float32(value)?, f32::is_finite, at, NOT_FINITE)?);
            out.extend_from_slice(&finite(number, bf16::is_finite, at, "a number beyond brain floats")?.to_le_bytes());
        }
        _ => {
            let number = f16::from_f32(finite(float32(value)?, f32::is_finite, at, NOT_FINITE)?);
            out.extend_from_slice(&finite(number, f16::is_finite, at, "a number beyond 16-bit floats")?.to_le_bytes());
        }
    }
    Ok(())
}

fn finite<T: Copy>(number: T, is_finite: fn(T) -> bool, at: usize, unfit: &'static str) -> Result<T, Unread> {
    if is_finite(number) { Ok(number) } else { Err(Unread::misfit(at, unfit)) }
}

/// Appends a sparse vector: a map from index to number, or any other form that JSON has for it.
pub(super) fn sparse(value: &mut Value<'_>, out: &mut Vec<(u32, f32)>) -> Result<(), Unread> {
    let ty = value.resolve()?;
    let at = value.wire.at();
    match ty {
        Type::Text => in_text(value.wire.text()?, at, |scanner| scanner.read_sparse_vector(out)),
        Type::Array(_) | Type::Map(_) | Type::Record(_) => {
            let mut text = String::new();
            write(value, &mut text)?;
            let read = Scanner::new(&text).read_sparse_vector(out);
            read.map_err(|unread| match unread {
                Unread::Misfit(misfit) => Unread::misfit(at, misfit.found).within(Kind::Object),
                Unread::Mistake(_) => Unread::misfit(at, ty.kind()),
            })
        }
        _ => Err(Unread::misfit(at, ty.kind())),
    }
}

/// Reads a vector that a text holds, from its first to its last character.
fn in_text(text: &str, at: usize, read: impl FnOnce(&mut Scanner<'_>) -> Result<(), Unread>) -> Result<(), Unread> {
    let mut scanner = Scanner::new(text);
    let read = read(&mut scanner).and_then(|()| Ok(scanner.end()?));
    read.map_err(|_| Unread::misfit(at, "a text that is no vector"))
}
