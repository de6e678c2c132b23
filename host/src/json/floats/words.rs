//! Numbers eight digits at a time, on any processor.

use crate::json::Number;
use crate::json::rounding::{POWERS, is_clear};

/// Powers of ten as integers, for as many digits as a word has.
const TENS: [u64; 9] = [1, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000];

/// Reads the array of which the first number starts at `at`, and gives the place behind it. None where it is not an
/// array of numbers that 32-bit floats can hold, or not written as one usually is; some may have been appended then.
pub(super) fn array(text: &str, mut at: usize, out: &mut Vec<f32>) -> Option<usize> {
    let bytes = text.as_bytes();
    loop {
        // What most writers put behind a comma.
        at += usize::from(bytes.get(at) == Some(&b' '));
        let (number, end) = match usual(bytes, at) {
            Some(read) => read,
            None => any(text, at)?,
        };
        out.push(number);
        match bytes.get(end)? {
            b',' => at = end + 1,
            b']' => return Some(end + 1),
            _ => return None,
        }
    }
}

/// A number by the general way, and the place behind it.
#[cold]
#[inline(never)]
pub(super) fn any(text: &str, at: usize) -> Option<(f32, usize)> {
    matches!(text.as_bytes().get(at)?, b'-' | b'0'..=b'9').then_some(())?;
    let number = Number::at_start_of(text, at).ok()?;
    Some((number.f32().ok()?, at + number.text().len()))
}

/// A number of one digit, a point and up to about 18 more digits, and the place behind it, where the array goes on or
/// ends.
///
/// Its digits are an integer, and its value is their quotient by a power of ten. Both are 64-bit floats within half a
/// unit in the last place, the power exactly; so is the quotient, which is therefore off by less than two units. See
/// [`is_clear`] for what that means.
#[inline(always)]
fn usual(bytes: &[u8], start: usize) -> Option<(f32, usize)> {
    let first = word(bytes, start)?;
    let negative = first as u8 == b'-';
    let head = first >> (8 * u32::from(negative));
    let integer = u64::from((head as u8).wrapping_sub(b'0'));
    let at = start + usize::from(negative) + 2;
    let (high, highs) = digits(word(bytes, at)?);
    // No digit where the first word ended before its end.
    let (low, lows) = digits(word(bytes, at + highs)?);
    let (mut value, mut places) = ((integer * TENS[highs] + high) * TENS[lows] + low, highs + lows);
    if lows == TENS.len() - 1 {
        let (rest, rests) = digits(word(bytes, at + places)?);
        if rests > 6 || value >= i64::MAX as u64 / TENS[rests + 1] {
            return None;
        }
        (value, places) = (value * TENS[rests] + rest, places + rests);
    }
    let end = at + places;
    let is_usual = (head >> 8) as u8 == b'.' && integer < 10 && highs > 0 && matches!(bytes.get(end)?, b',' | b']');
    let quotient = value.cast_signed() as f64 / POWERS[places];
    (is_usual && is_clear::<4>(quotient))
        .then(|| (f32::from_bits((quotient as f32).to_bits() | u32::from(negative) << 31), end))
}

/// The eight bytes at `at`, the first one lowest.
#[inline(always)]
fn word(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..)?.first_chunk().map(|chunk| u64::from_le_bytes(*chunk))
}

/// The value of the digits that a word starts with, and their number.
#[inline(always)]
fn digits(word: u64) -> (u64, usize) {
    let values = word ^ 0x3030_3030_3030_3030;
    let others = (values.wrapping_add(0x7676_7676_7676_7676) | values) & 0x8080_8080_8080_8080;
    let count = others.trailing_zeros() / 8;
    // The digits at the end of the word, zeros before them. Shifted twice, as a shift by a whole word is none.
    let values = values << (4 * (8 - count)) << (4 * (8 - count));
    let pairs = values.wrapping_mul(10).wrapping_add(values >> 8);
    let even = (pairs & 0x0000_00ff_0000_00ff).wrapping_mul(0x000f_4240_0000_0064);
    let odd = (pairs >> 16 & 0x0000_00ff_0000_00ff).wrapping_mul(0x0000_2710_0000_0001);
    (even.wrapping_add(odd) >> 32, count as usize)
}
