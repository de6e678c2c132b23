//! Arrays of numbers. A vector is mostly one block of floats as they lie in memory, which is copied at once.

use super::schema::Type;
use super::value::Value;
use super::wire::Wire;
use crate::json::{Kind, Mistake, Unread};

/// What a message calls a number that is beyond 32-bit floats, as JSON's has it.
const BEYOND_32: &str = "a number beyond 32-bit floats";

/// Appends the numbers of an array as 32-bit floats.
pub(super) fn float32s(value: &mut Value<'_>, ty: &Type, out: &mut Vec<f32>) -> Result<(), Unread> {
    match ty {
        Type::Array(item) => match value.schema.get(*item) {
            Type::Float => blocks::<4>(value, |_, numbers| {
                out.extend(numbers.iter().map(|bytes| f32::from_le_bytes(*bytes)));
                Ok(())
            }),
            Type::Double => blocks::<8>(value, |at, numbers| {
                let start = out.len();
                out.extend(numbers.iter().map(|bytes| f64::from_le_bytes(*bytes) as f32));
                // Looked at behind the loop, so that it is one of vector instructions.
                let beyond =
                    |(bytes, number): (&[u8; 8], &f32)| number.is_infinite() && f64::from_le_bytes(*bytes).is_finite();
                match numbers.iter().zip(&out[start..]).position(beyond) {
                    Some(index) => Err(Unread::misfit(at + index * 8, BEYOND_32).within(Kind::Array)),
                    None => Ok(()),
                }
            }),
            _ => each(value, ty, |value| {
                out.push(float32(value)?);
                Ok(())
            }),
        },
        _ => Err(Unread::misfit(value.wire.at(), ty.kind())),
    }
}

/// Appends the numbers of an array as 64-bit floats.
pub(super) fn float64s(value: &mut Value<'_>, ty: &Type, exact: bool, out: &mut Vec<f64>) -> Result<(), Unread> {
    match ty {
        Type::Array(item) if *value.schema.get(*item) == Type::Double => blocks::<8>(value, |_, numbers| {
            out.extend(numbers.iter().map(|bytes| f64::from_le_bytes(*bytes)));
            Ok(())
        }),
        _ => each(value, ty, |value| {
            out.push(float64(value, exact)?);
            Ok(())
        }),
    }
}

/// The next value, a number, as a 32-bit float.
pub(super) fn float32(value: &mut Value<'_>) -> Result<f32, Unread> {
    let ty = value.resolve()?;
    let at = value.wire.at();
    match ty {
        Type::Float => Ok(f32::from_le_bytes(value.wire.array()?)),
        Type::Double => {
            let number = f64::from_le_bytes(value.wire.array()?);
            let rounded = number as f32;
            if rounded.is_infinite() && number.is_finite() { Err(Unread::misfit(at, BEYOND_32)) } else { Ok(rounded) }
        }
        Type::Int | Type::Long => Ok(value.integer(ty)?.expect("these are integers") as f32),
        _ => value.number(ty, |number| number.f32()),
    }
}

/// The next value, a number, as a 64-bit float. With `exact` an integer must be one.
pub(super) fn float64(value: &mut Value<'_>, exact: bool) -> Result<f64, Unread> {
    let ty = value.resolve()?;
    let at = value.wire.at();
    match ty {
        Type::Float => Ok(f32::from_le_bytes(value.wire.array()?).into()),
        Type::Double => Ok(f64::from_le_bytes(value.wire.array()?)),
        Type::Int | Type::Long => {
            let integer = value.integer(ty)?.expect("these are integers");
            let float = integer as f64;
            if exact && float as i128 != i128::from(integer) {
                return Err(Unread::misfit(at, "an integer that no 64-bit float equals"));
            }
            Ok(float)
        }
        _ if exact => value.number(ty, |number| number.exact_f64()),
        _ => value.number(ty, |number| number.f64()),
    }
}

/// Reads each item of an array, whatever it is.
pub(super) fn each<'a>(
    value: &mut Value<'a>,
    ty: &Type,
    mut read: impl FnMut(&mut Value<'a>) -> Result<(), Unread>,
) -> Result<(), Unread> {
    let Type::Array(item) = ty else {
        return Err(Unread::misfit(value.wire.at(), ty.kind()));
    };
    value.items(*item, |value| read(value).map_err(|unread| unread.within(Kind::Array)))
}

/// Hands on the blocks of an array whose items are of so many bytes each, and where each block starts.
fn blocks<const N: usize>(
    value: &mut Value<'_>,
    mut take: impl FnMut(usize, &[[u8; N]]) -> Result<(), Unread>,
) -> Result<(), Unread> {
    value.within(|value| {
        while let Some(block) = value.wire.block()? {
            let at = value.wire.at();
            let (items, _) = items::<N>(&mut value.wire, block.count)?.as_chunks::<N>();
            take(at, items)?;
            value.wire.end_block(&block)?;
        }
        Ok(())
    })
}

fn items<'a, const N: usize>(wire: &mut Wire<'a>, count: u64) -> Result<&'a [u8], Mistake> {
    let bytes = usize::try_from(count).ok().and_then(|count| count.checked_mul(N)).unwrap_or(usize::MAX);
    wire.take(bytes)
}
