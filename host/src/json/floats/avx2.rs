//! Numbers 16 digits at a time, where the processor has AVX2.
//!
//! What a number's place depends on, the end of the one before it, is found by few instructions; its value hangs on
//! nothing else, so that the processor works on several numbers at once.

use std::arch::x86_64::*;

use super::words;
use crate::json::rounding::is_clear;

/// What is looked at to find a number's end: its sign, a digit, a point, 16 digits, and what a writer of 64-bit floats
/// puts behind them.
const AHEAD: usize = 32;
/// Digits behind the point that are read. Others are only looked at for being digits.
const DIGITS: usize = 16;
/// The smallest number of which no more digits need to be read: see [`usual`].
const SMALLEST_CUT: f64 = 2e-5;

/// As [`words::array`].
#[target_feature(enable = "avx2")]
pub(super) fn array(text: &str, mut at: usize, out: &mut Vec<f32>) -> Option<usize> {
    let bytes = text.as_bytes();
    loop {
        // What most writers put behind a comma.
        at += usize::from(bytes.get(at) == Some(&b' '));
        let Some(ahead) = bytes.get(at..)?.first_chunk() else { return words::array(text, at, out) };
        let (number, end) = match usual(ahead) {
            Some((number, length)) => (number, at + length),
            None => words::any(text, at)?,
        };
        out.push(number);
        match bytes.get(end)? {
            b',' => at = end + 1,
            b']' => return Some(end + 1),
            _ => return None,
        }
    }
}

/// A number of one digit, a point and more digits, and its length.
///
/// The digits behind the point are an integer of 16 digits, zeros behind them. As a 64-bit float it is within half a
/// unit in the last place, as are 1e-16, the product and the sum, so all is off by less than four units. Where there
/// are more digits, what is cut off is less than 1e-16, which of a number above [`SMALLEST_CUT`] is less than 2^15.5
/// units.
#[inline]
#[target_feature(enable = "avx2")]
fn usual(ahead: &[u8; AHEAD]) -> Option<(f32, usize)> {
    let sign = usize::from(ahead[0] == b'-');
    let others = others(ahead) >> sign;
    let end = sign + (others & !3).trailing_zeros() as usize;
    let start = sign + 2;
    // One digit and then none, which is a point; where all is digits the end is behind what is looked at.
    if others & 3 != 2 || ahead[sign + 1] != b'.' || end == start || !matches!(ahead.get(end)?, b',' | b']') {
        return None;
    }
    let digits = digits(ahead[start..].first_chunk()?, end - start);
    let number = digits as f64 * 1e-16 + f64::from(ahead[sign] - b'0');
    let clear = if end - start <= DIGITS {
        is_clear::<4>(number)
    } else {
        is_clear::<{ 1 << 16 }>(number) && number >= SMALLEST_CUT
    };
    // No closure: what is called with one has no AVX2, so it would stay a call for each number.
    if clear { Some((f32::from_bits((number as f32).to_bits() | (sign as u32) << 31), end)) } else { None }
}

/// The bytes that are no digits, a bit for each.
#[inline]
#[target_feature(enable = "avx2")]
fn others(ahead: &[u8; AHEAD]) -> u32 {
    let word = |number: usize| i64::from_le_bytes(std::array::from_fn(|byte| ahead[8 * number + byte]));
    let text = _mm256_set_epi64x(word(3), word(2), word(1), word(0));
    let values = _mm256_xor_si256(text, _mm256_set1_epi8(0x30));
    let nine = _mm256_set1_epi8(9);
    !_mm256_movemask_epi8(_mm256_cmpeq_epi8(_mm256_max_epu8(values, nine), nine)).cast_unsigned()
}

/// The integer of the first `count` digits, with zeros behind them up to 16.
#[inline]
#[target_feature(enable = "avx2")]
fn digits(text: &[u8; DIGITS], count: usize) -> i64 {
    static KEEP: [u8; 2 * DIGITS] = {
        let mut keep = [0; 2 * DIGITS];
        let mut at = 0;
        while at < DIGITS {
            keep[at] = 0xff;
            at += 1;
        }
        keep
    };
    let load = |bytes: &[u8; DIGITS]| {
        let bytes = u128::from_le_bytes(*bytes).cast_signed();
        _mm_set_epi64x((bytes >> 64) as i64, bytes as i64)
    };
    let keep = KEEP[DIGITS - count.min(DIGITS)..].first_chunk().expect("there are 16 behind each of the first 16");
    let values = _mm_and_si128(_mm_sub_epi8(load(text), _mm_set1_epi8(0x30)), load(keep));
    let pairs = _mm_maddubs_epi16(values, _mm_set1_epi16(0x010a));
    let fours = _mm_madd_epi16(pairs, _mm_set1_epi32(0x0001_0064));
    let eights = _mm_madd_epi16(_mm_packus_epi32(fours, fours), _mm_set1_epi32(0x0001_2710));
    let eights = _mm_cvtsi128_si64(eights);
    (eights & 0xffff_ffff) * 100_000_000 + (eights >> 32)
}
