//! Numbers eight at a time, where the processor has AVX-512 with VBMI2: as with AVX2, in fewer steps.

use std::arch::x86_64::*;

use super::groups::{DIGITS, array, heads_and_digits};
use super::lanes;
use super::shape::{BLOCK, Bytes, Found, GROUP, MOST};
use super::words::SMALLEST_CUT;
use crate::json::rounding::{HALFWAY, MORE};

array!("avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi2,avx2,bmi1,fma,popcnt");

/// Which bytes of a block are what.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn look_at(block: &[u8; BLOCK]) -> Bytes {
    let bytes = lanes::whole(block);
    let equal = |byte: u8| _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8(byte as i8));
    Bytes {
        comma: equal(b','),
        close: equal(b']'),
        blank: equal(b' '),
        minus: equal(b'-'),
        point: equal(b'.'),
        digit: _mm512_cmple_epu8_mask(_mm512_xor_si512(bytes, _mm512_set1_epi8(0x30)), _mm512_set1_epi8(9)),
    }
}

/// Writes the places of the bits, counted from `at`; gives how many there are. More may be written.
#[inline]
#[target_feature(enable = "avx512f,avx512vbmi2,popcnt")]
fn put(to: &mut [u32; MOST], bits: u64, at: u32) -> usize {
    const STEP: usize = 16;
    let count = bits.count_ones() as usize;
    let mut places = _mm512_maskz_compress_epi8(bits, lanes::whole(&PLACES));
    for step in to.as_chunks_mut::<STEP>().0.iter_mut().take(count.div_ceil(STEP).max(1)) {
        let first = _mm512_cvtepu8_epi32(_mm512_castsi512_si128(places));
        lanes::store_integers(step, _mm512_add_epi32(first, _mm512_set1_epi32(at.cast_signed())));
        places = _mm512_alignr_epi32::<4>(_mm512_setzero_si512(), places);
    }
    count
}

/// The place of each byte in a block.
static PLACES: [u8; BLOCK] = {
    let mut places = [0; BLOCK];
    let mut place = 0;
    while place < BLOCK {
        places[place] = place as u8;
        place += 1;
    }
    places
};

/// Reads a group: see [`groups`](super::groups).
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx2")]
fn read(array: &[u8], found: &Found, group: usize, numbers: &mut [f32; GROUP]) -> bool {
    let points = found.points(group);
    let counts = _mm256_sub_epi32(lanes::load(found.ends(group)), lanes::load(points));
    let is_short = _mm256_cmpgt_epi32_mask(counts, _mm256_set1_epi32(DIGITS as i32 + 1)) == 0;
    let Some((heads, texts)) = heads_and_digits(array, points) else { return false };
    let heads = lanes::load(&heads);
    let negative =
        _mm256_cmpeq_epi32_mask(_mm256_and_si256(heads, _mm256_set1_epi32(0xff)), _mm256_set1_epi32(b'-'.into()));
    let integers = _mm256_xor_si256(_mm256_srli_epi32::<8>(heads), _mm256_set1_epi32(0x30));

    // Each number's count of digits, and one for the point, in the bytes that its digits are in.
    let counts = _mm256_min_epi32(counts, _mm256_set1_epi32(DIGITS as i32 + 1));
    let counts = _mm256_mullo_epi32(counts, _mm256_set1_epi32(0x0101_0101));
    let [first, second] = [_mm256_castsi256_si128(counts), _mm256_extracti128_si256::<1>(counts)];
    let [a, b, c, d, e, f, g, h] = texts;
    let fours = |texts, counts: __m128i| {
        let places = _mm512_broadcast_i32x4(_mm_setr_epi8(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16));
        let which = _mm512_setr_epi32(0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3);
        let counts = _mm512_permutexvar_epi32(which, _mm512_castsi128_si512(counts));
        let keep = _mm512_cmpgt_epi8_mask(counts, places);
        let values = _mm512_maskz_sub_epi8(keep, lanes::four(texts), _mm512_set1_epi8(0x30));
        let pairs = _mm512_maddubs_epi16(values, _mm512_set1_epi16(0x010a));
        _mm512_madd_epi16(pairs, _mm512_set1_epi32(0x0001_0064))
    };
    let eights = _mm512_packus_epi32(fours([a, b, c, d], first), fours([e, f, g, h], second));
    let eights = _mm512_madd_epi16(eights, _mm512_set1_epi32(0x0001_2710));
    let order = _mm512_setr_epi32(0, 4, 8, 12, 2, 6, 10, 14, 1, 5, 9, 13, 3, 7, 11, 15);
    let eights = _mm512_permutexvar_epi32(order, eights);
    let high = _mm512_cvtepi32_pd(_mm512_castsi512_si256(eights));
    let low = _mm512_cvtepi32_pd(_mm512_extracti32x8_epi32::<1>(eights));
    let digits = _mm512_fmadd_pd(high, _mm512_set1_pd(1e8), low);
    let number = _mm512_fmadd_pd(digits, _mm512_set1_pd(1e-16), _mm512_cvtepi32_pd(integers));
    let float = _mm256_castps_si256(_mm512_cvtpd_ps(number));
    let float = _mm256_mask_or_epi32(float, negative, float, _mm256_set1_epi32(i32::MIN));
    lanes::store(numbers, _mm256_castsi256_ps(float));
    if is_short {
        unclear::<4>(number) == 0
    } else {
        unclear::<{ 1 << 16 }>(number) | _mm512_cmp_pd_mask::<_CMP_LT_OQ>(number, _mm512_set1_pd(SMALLEST_CUT)) == 0
    }
}

/// Those for which [`is_clear`](crate::json::rounding::is_clear) is false.
#[inline]
#[target_feature(enable = "avx512f,avx512dq")]
fn unclear<const OFF: u64>(numbers: __m512d) -> u8 {
    let less = _mm512_set1_epi64((HALFWAY - OFF).cast_signed());
    let off = _mm512_sub_epi64(_mm512_castpd_si512(numbers), less);
    let off = _mm512_and_si512(off, _mm512_set1_epi64(MORE.cast_signed()));
    _mm512_cmple_epu64_mask(off, _mm512_set1_epi64((2 * OFF).cast_signed()))
}
