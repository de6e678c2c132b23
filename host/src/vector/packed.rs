//! Vectors that are kept as bytes: `[0.5, 1]` in 16 bits a number, `[-3, 127]` in 8, `[129, 7]` as the bytes of bits.

use half::{bf16, f16};

use super::text;
use crate::batch::VectorType;
use crate::json::{Kind, Number, Scanner, Unread, numbers};

/// Appends the next value, a vector of that type, which is kept as bytes.
pub(crate) fn packed(scanner: &mut Scanner<'_>, ty: VectorType, out: &mut Vec<u8>) -> Result<(), Unread> {
    if scanner.kind()? == Kind::Text {
        return text::next(scanner, |text| packed_in(text, ty, out));
    }
    array(scanner, ty, out)
}

/// Appends the vector that a text stands for.
pub(crate) fn packed_in(text: &str, ty: VectorType, out: &mut Vec<u8>) -> Result<(), &'static str> {
    if text::has_json(text) {
        return text::json(text, |scanner| array(scanner, ty, out));
    }
    let width = match ty {
        VectorType::Float16 | VectorType::BFloat16 => 2,
        _ => 1,
    };
    out.append(&mut text::bytes(text, width)?);
    Ok(())
}

/// Appends the vector that bytes are, as Milvus takes them.
pub(crate) fn packed_of(bytes: &[u8], ty: VectorType, out: &mut Vec<u8>) -> Result<(), &'static str> {
    if let VectorType::Float16 | VectorType::BFloat16 = ty
        && !bytes.len().is_multiple_of(2)
    {
        return Err("bytes that are no whole number of 16-bit floats");
    }
    out.extend_from_slice(bytes);
    Ok(())
}

/// A number in 16 bits, rounded; none for one that is too great for them.
pub(crate) fn narrowed(ty: VectorType, number: f64) -> Option<[u8; 2]> {
    let number = to_odd(number);
    match ty {
        VectorType::BFloat16 => Some(bf16::from_f32(number)).filter(|n| n.is_finite()).map(bf16::to_le_bytes),
        _ => Some(f16::from_f32(number)).filter(|n| n.is_finite()).map(f16::to_le_bytes),
    }
}

/// The number in 32 bits, of which the last is set where anything was cut off. Rounded to fewer bits it is as if rounded
/// once, which `from_f64` of neither type is on all processors.
fn to_odd(number: f64) -> f32 {
    let nearest = number as f32;
    let (bits, back) = (nearest.to_bits(), f64::from(nearest));
    if back == number || !nearest.is_finite() || bits % 2 == 1 {
        return nearest;
    }
    f32::from_bits(if back.abs() < number.abs() { bits + 1 } else { bits - 1 })
}

/// What a message calls a number that is too great for 16 bits.
pub(crate) fn beyond(ty: VectorType) -> &'static str {
    match ty {
        VectorType::BFloat16 => "a number beyond brain floats",
        _ => "a number beyond 16-bit floats",
    }
}

/// True where no number of the vector is NaN or infinite, which only those of 16 bits can be.
pub(crate) fn is_finite(ty: VectorType, bytes: &[u8]) -> bool {
    let numbers = bytes.as_chunks::<2>().0;
    match ty {
        VectorType::Float16 => numbers.iter().all(|bytes| f16::from_le_bytes(*bytes).is_finite()),
        VectorType::BFloat16 => numbers.iter().all(|bytes| bf16::from_le_bytes(*bytes).is_finite()),
        _ => true,
    }
}

fn array(scanner: &mut Scanner<'_>, ty: VectorType, out: &mut Vec<u8>) -> Result<(), Unread> {
    match ty {
        VectorType::Int8 => {
            let read = |number: Number<'_>| i8::try_from(number.i64()?).map_err(|_| "an integer beyond 8 bits");
            numbers(scanner, read, |number| out.push(number.cast_unsigned()))
        }
        // Bytes of 8 bits each, 0 to 255.
        VectorType::Binary => {
            let read = |number: Number<'_>| u8::try_from(number.i64()?).map_err(|_| "an integer that is no byte");
            numbers(scanner, read, |number| out.push(number))
        }
        _ => {
            let read = |number: Number<'_>| narrowed(ty, number.f64()?).ok_or(beyond(ty));
            numbers(scanner, read, |bytes| out.extend(bytes))
        }
    }
}
