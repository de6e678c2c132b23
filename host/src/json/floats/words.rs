//! Numbers eight digits at a time, on any processor.

use crate::json::Number;
use crate::json::rounding::is_clear;

/// Digits of a word.
const DIGITS: usize = 8;
/// The smallest number of which no more than 16 digits behind the point need to be read: what is cut off is less than
/// 1e-16, which of a larger one is less than 2^15.5 units in the last place of a 64-bit float.
pub(super) const SMALLEST_CUT: f64 = 2e-5;

/// Reads the array of which the first number starts at `at`, and gives the place behind it. None where it is not an
/// array of numbers that 32-bit floats can hold, or not written as one usually is; some may have been appended then.
pub(super) fn array(bytes: &[u8], mut at: usize, out: &mut Vec<f32>) -> Option<usize> {
    loop {
        let (number, end) = number(bytes, at)?;
        out.push(number);
        match bytes.get(end)? {
            b',' => at = end + 1,
            b']' => return Some(end + 1),
            _ => return None,
        }
    }
}

/// A number and the place behind it.
#[inline(always)]
pub(super) fn number(bytes: &[u8], at: usize) -> Option<(f32, usize)> {
    // What most writers put behind a comma.
    let at = at + usize::from(bytes.get(at) == Some(&b' '));
    match usual(bytes, at) {
        Some(read) => Some(read),
        None => any(bytes, at),
    }
}

/// A number by the general way, and the place behind it.
#[cold]
#[inline(never)]
fn any(text: &[u8], at: usize) -> Option<(f32, usize)> {
    matches!(text.get(at)?, b'-' | b'0'..=b'9').then_some(())?;
    let number = Number::at_start_of(text, at).ok()?;
    Some((number.f32().ok()?, at + number.len()))
}

/// A number of one digit, a point and up to 23 more digits, and the place behind it, where the array goes on or ends.
///
/// The first 16 digits behind the point are an integer, with zeros behind them where there are less; the others are only
/// looked at for being digits. As a 64-bit float it is within half a unit in the last place, as are 1e-16, the product
/// and the sum, so all is off by less than four units; by what is cut off, see [`SMALLEST_CUT`].
#[inline(always)]
fn usual(bytes: &[u8], start: usize) -> Option<(f32, usize)> {
    let first = word(bytes, start)?;
    let negative = first as u8 == b'-';
    let head = first >> (8 * u32::from(negative));
    let integer = (head as u8).wrapping_sub(b'0');
    let at = start + usize::from(negative) + 2;
    let (high, highs) = digits(word(bytes, at)?);
    // Where the digits end before, it is of no use, and that is known without a branch.
    let (low, lows) = digits(word(bytes, at + DIGITS)?);
    let (low, lows) = if highs == DIGITS { (low, lows) } else { (0, 0) };
    let (mut places, mut is_cut) = (highs + lows, false);
    if lows == DIGITS {
        let rests = digits(word(bytes, at + places)?).1;
        // There may be more.
        if rests == DIGITS {
            return None;
        }
        (places, is_cut) = (places + rests, rests > 0);
    }
    let number = (high * 100_000_000 + low).cast_signed() as f64 * 1e-16 + f64::from(integer);
    let end = at + places;
    let is_usual = (head >> 8) as u8 == b'.' && integer < 10 && highs > 0 && matches!(bytes.get(end)?, b',' | b']');
    let is_clear =
        if is_cut { is_clear::<{ 1 << 16 }>(number) && number >= SMALLEST_CUT } else { is_clear::<4>(number) };
    (is_usual && is_clear).then(|| (f32::from_bits((number as f32).to_bits() | u32::from(negative) << 31), end))
}

/// The eight bytes at `at`, the first one lowest.
#[inline(always)]
fn word(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..)?.first_chunk().map(|chunk| u64::from_le_bytes(*chunk))
}

/// The value of the digits that a word starts with, as if zeros followed, and their number.
#[inline(always)]
fn digits(word: u64) -> (u64, usize) {
    let values = word ^ 0x3030_3030_3030_3030;
    let others = (values.wrapping_add(0x7676_7676_7676_7676) | values) & 0x8080_8080_8080_8080;
    // What is before the first byte that is no digit.
    let values = if others == 0 { values } else { values & (others ^ (others - 1)) >> 8 };
    let pairs = values.wrapping_mul(10).wrapping_add(values >> 8);
    let even = (pairs & 0x0000_00ff_0000_00ff).wrapping_mul(0x000f_4240_0000_0064);
    let odd = (pairs >> 16 & 0x0000_00ff_0000_00ff).wrapping_mul(0x0000_2710_0000_0001);
    (even.wrapping_add(odd) >> 32, others.trailing_zeros() as usize / 8)
}
