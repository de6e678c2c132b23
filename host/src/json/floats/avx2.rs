//! Numbers eight at a time, where the processor has AVX2.

use std::arch::x86_64::*;

use super::groups::{DIGITS, array, heads_and_digits};
use super::lanes;
use super::shape::{BLOCK, Bytes, Found, GROUP, MOST, STEP};
use super::words::SMALLEST_CUT;
use crate::json::rounding::{HALFWAY, MORE};

array!("avx2,bmi1,fma,popcnt");

/// Which bytes of a block are what.
#[inline]
#[target_feature(enable = "avx2")]
fn look_at(block: &[u8; BLOCK]) -> Bytes {
    let [low, high] = lanes::halves(block);
    let equal = |byte: u8| {
        let byte = _mm256_set1_epi8(byte as i8);
        mask(_mm256_cmpeq_epi8(low, byte), _mm256_cmpeq_epi8(high, byte))
    };
    let is_digit = |bytes: __m256i| {
        let nine = _mm256_set1_epi8(9);
        _mm256_cmpeq_epi8(_mm256_max_epu8(_mm256_xor_si256(bytes, _mm256_set1_epi8(0x30)), nine), nine)
    };
    Bytes {
        comma: equal(b','),
        close: equal(b']'),
        blank: equal(b' '),
        minus: equal(b'-'),
        point: equal(b'.'),
        digit: mask(is_digit(low), is_digit(high)),
    }
}

/// Writes the places of the bits, counted from `at`; gives how many there are. More may be written.
#[inline]
#[target_feature(enable = "bmi1,popcnt")]
fn put(to: &mut [u32; MOST], mut bits: u64, at: u32) -> usize {
    let count = bits.count_ones() as usize;
    let mut steps = to.as_chunks_mut::<STEP>().0.iter_mut();
    loop {
        for place in steps.next().expect("there is room for a block's and one more step") {
            *place = at + bits.trailing_zeros();
            bits &= bits.wrapping_sub(1);
        }
        if bits == 0 {
            return count;
        }
    }
}

#[inline]
#[target_feature(enable = "avx2")]
fn mask(low: __m256i, high: __m256i) -> u64 {
    u64::from(_mm256_movemask_epi8(low).cast_unsigned()) | u64::from(_mm256_movemask_epi8(high).cast_unsigned()) << 32
}

/// Reads a group: see [`groups`](super::groups).
#[inline]
#[target_feature(enable = "avx2,fma")]
fn read(text: &[u8], found: &Found, group: usize, numbers: &mut [f32; GROUP]) -> bool {
    let points = found.points(group);
    let counts = _mm256_sub_epi32(lanes::load(found.ends(group)), lanes::load(points));
    let is_short = _mm256_cmpgt_epi32(_mm256_set1_epi32(DIGITS as i32 + 2), counts);
    let is_short = _mm256_movemask_ps(_mm256_castsi256_ps(is_short)) == 0xff;
    let Some((heads, texts)) = heads_and_digits(text, points) else { return false };
    let heads = lanes::load(&heads);
    let negative = _mm256_cmpeq_epi32(_mm256_and_si256(heads, _mm256_set1_epi32(0xff)), _mm256_set1_epi32(b'-'.into()));
    let integers = _mm256_xor_si256(_mm256_srli_epi32::<8>(heads), _mm256_set1_epi32(0x30));

    // Each number's count of digits in each byte of its half.
    let counts = _mm256_packs_epi32(counts, counts);
    let counts = _mm256_packs_epi16(counts, counts);
    let counts = _mm256_permutevar8x32_epi32(counts, _mm256_setr_epi32(0, 4, 0, 4, 0, 4, 0, 4));
    let pair = |first: usize| {
        let text = lanes::pair(texts[first], texts[first + 1]);
        let first = first as i8;
        let which = _mm256_set_m128i(_mm_set1_epi8(first + 1), _mm_set1_epi8(first));
        // The point is one more than the digits.
        let places = _mm256_setr_epi8(
            1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
            16,
        );
        let keep = _mm256_cmpgt_epi8(_mm256_shuffle_epi8(counts, which), places);
        let values = _mm256_and_si256(_mm256_xor_si256(text, _mm256_set1_epi8(0x30)), keep);
        let pairs = _mm256_maddubs_epi16(values, _mm256_set1_epi16(0x010a));
        _mm256_madd_epi16(pairs, _mm256_set1_epi32(0x0001_0064))
    };
    let mut is_clear = true;
    let mut four = |first: usize, integers: __m128i| {
        let eights = _mm256_packus_epi32(pair(first), pair(first + 2));
        let eights = _mm256_madd_epi16(eights, _mm256_set1_epi32(0x0001_2710));
        let eights = _mm256_permutevar8x32_epi32(eights, _mm256_setr_epi32(0, 4, 2, 6, 1, 5, 3, 7));
        let high = _mm256_cvtepi32_pd(_mm256_castsi256_si128(eights));
        let low = _mm256_cvtepi32_pd(_mm256_extracti128_si256::<1>(eights));
        let digits = _mm256_fmadd_pd(high, _mm256_set1_pd(1e8), low);
        let number = _mm256_fmadd_pd(digits, _mm256_set1_pd(1e-16), _mm256_cvtepi32_pd(integers));
        is_clear &= if is_short {
            are_clear::<4>(number)
        } else {
            let large = _mm256_cmp_pd::<_CMP_GE_OQ>(number, _mm256_set1_pd(SMALLEST_CUT));
            are_clear::<{ 1 << 16 }>(number) && _mm256_movemask_pd(large) == 0xf
        };
        _mm256_cvtpd_ps(number)
    };
    let low = four(0, _mm256_castsi256_si128(integers));
    let high = four(4, _mm256_extracti128_si256::<1>(integers));
    let sign = _mm256_slli_epi32::<31>(negative);
    lanes::store(numbers, _mm256_or_ps(_mm256_set_m128(high, low), _mm256_castsi256_ps(sign)));
    is_clear
}

/// As [`is_clear`](crate::json::rounding::is_clear), of all four.
#[inline]
#[target_feature(enable = "avx2")]
fn are_clear<const OFF: u64>(numbers: __m256d) -> bool {
    let less = _mm256_set1_epi64x((HALFWAY - OFF).cast_signed());
    let off =
        _mm256_and_si256(_mm256_sub_epi64(_mm256_castpd_si256(numbers), less), _mm256_set1_epi64x(MORE.cast_signed()));
    let clear = _mm256_cmpgt_epi64(off, _mm256_set1_epi64x((2 * OFF).cast_signed()));
    _mm256_movemask_pd(_mm256_castsi256_pd(clear)) == 0xf
}
