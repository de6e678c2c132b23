//! Vectors that are kept as bytes or as pairs: `[0.5, 1]` in 16 bits a number, `[-3, 127]` in 8, `[129, 7]` as the
//! bytes of bits, `{"17": 0.5}` as index and value.

use half::{bf16, f16};

use crate::batch::VectorType;
use crate::json::{Kind, Number, Scanner, Unread, numbers};

/// Appends the next value, a dense vector of that type.
pub(super) fn packed(scanner: &mut Scanner<'_>, ty: VectorType, out: &mut Vec<u8>) -> Result<(), Unread> {
    match ty {
        VectorType::Float16 => float16s(scanner, out),
        VectorType::BFloat16 => bfloat16s(scanner, out),
        VectorType::Int8 => int8s(scanner, out),
        VectorType::Binary => bits(scanner, out),
        VectorType::Float | VectorType::SparseFloat => unreachable!("these have columns of their own"),
    }
}

/// Appends the next array's numbers as IEEE 754 half floats.
fn float16s(scanner: &mut Scanner<'_>, out: &mut Vec<u8>) -> Result<(), Unread> {
    let read = |number: Number<'_>| match f16::from_f32(number.f32()?) {
        rounded if rounded.is_finite() => Ok(rounded),
        _ => Err("a number beyond 16-bit floats"),
    };
    numbers(scanner, read, |number| out.extend_from_slice(&number.to_le_bytes()))
}

/// Appends the next array's numbers as brain floats.
fn bfloat16s(scanner: &mut Scanner<'_>, out: &mut Vec<u8>) -> Result<(), Unread> {
    let read = |number: Number<'_>| match bf16::from_f32(number.f32()?) {
        rounded if rounded.is_finite() => Ok(rounded),
        _ => Err("a number beyond brain floats"),
    };
    numbers(scanner, read, |number| out.extend_from_slice(&number.to_le_bytes()))
}

/// Appends the next array's integers as signed bytes.
fn int8s(scanner: &mut Scanner<'_>, out: &mut Vec<u8>) -> Result<(), Unread> {
    let read = |number: Number<'_>| i8::try_from(number.i64()?).map_err(|_| "an integer beyond 8 bits");
    numbers(scanner, read, |number| out.push(number.cast_unsigned()))
}

/// Appends the next array's integers, 0 to 255, as bytes of 8 bits each.
fn bits(scanner: &mut Scanner<'_>, out: &mut Vec<u8>) -> Result<(), Unread> {
    let read = |number: Number<'_>| u8::try_from(number.i64()?).map_err(|_| "an integer that is no byte");
    numbers(scanner, read, |number| out.push(number))
}

/// Appends the next object's pairs of index and value in the order of their indices, which JSON does not promise.
pub(super) fn pairs(scanner: &mut Scanner<'_>, out: &mut Vec<(u32, f32)>) -> Result<(), Unread> {
    scanner.expect(Kind::Object)?;
    scanner.open()?;
    let mut pairs = Vec::new();
    while let Some(name) = scanner.next_name()? {
        scanner.expect(Kind::Number).map_err(|unread| unread.within(Kind::Object))?;
        let misfit = |unfit, at| Unread::misfit(at, unfit).within(Kind::Object);
        let at = scanner.at();
        let index = index(&name.value()).ok_or_else(|| misfit("a name that is no index", at))?;
        let value = scanner.number()?.f32().map_err(|unfit| misfit(unfit, at))?;
        pairs.push((index, value));
    }
    pairs.sort_by_key(|(index, _)| *index);
    pairs.dedup_by(|later, first| {
        let twice = later.0 == first.0;
        if twice {
            first.1 = later.1;
        }
        twice
    });
    out.append(&mut pairs);
    Ok(())
}

/// An index has digits only, and no leading zero.
fn index(name: &str) -> Option<u32> {
    let canonical = name == "0" || !name.starts_with(['0', '+']);
    if canonical { name.parse().ok() } else { None }
}
