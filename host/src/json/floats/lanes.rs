//! Moving bytes and numbers between memory and registers. All `unsafe` of the kernels but for their call is here: a
//! reference says that its bytes may be read or written, and no instruction used here wants them aligned.

use std::arch::x86_64::*;

/// So many bytes from each of these places. None where one of them would be beyond the text.
#[inline(always)]
pub(super) fn windows<const BYTES: usize>(text: &[u8], starts: [u32; 8]) -> Option<[&[u8; BYTES]; 8]> {
    let last = text.len().checked_sub(BYTES)?;
    if starts.iter().fold(0, |most, start| most.max(*start)) as usize > last {
        return None;
    }
    // SAFETY: from each place up to the last one the text has so many bytes. One look at all eight places at once is
    // why they are not sliced, which would be a fifth of the kernel's instructions.
    Some(starts.map(|start| unsafe { &*text.as_ptr().add(start as usize).cast() }))
}

/// The two halves of a block.
#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn halves(block: &[u8; 64]) -> [__m256i; 2] {
    // SAFETY: both halves are within the 64 bytes.
    unsafe { [_mm256_loadu_si256(block.as_ptr().cast()), _mm256_loadu_si256(block.as_ptr().add(32).cast())] }
}

/// Two texts side by side.
#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn pair(low: &[u8; 16], high: &[u8; 16]) -> __m256i {
    // SAFETY: each is 16 bytes.
    unsafe { _mm256_loadu2_m128i(high.as_ptr().cast(), low.as_ptr().cast()) }
}

/// Eight integers.
#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn load(integers: &[u32; 8]) -> __m256i {
    // SAFETY: they are 32 bytes.
    unsafe { _mm256_loadu_si256(integers.as_ptr().cast()) }
}

/// Stores eight numbers.
#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn store(numbers: &mut [f32; 8], from: __m256) {
    // SAFETY: they are 32 bytes.
    unsafe { _mm256_storeu_ps(numbers.as_mut_ptr(), from) }
}

/// A block.
#[inline]
#[target_feature(enable = "avx512f")]
pub(super) fn whole(block: &[u8; 64]) -> __m512i {
    // SAFETY: it is 64 bytes.
    unsafe { _mm512_loadu_si512(block.as_ptr().cast()) }
}

/// Stores sixteen integers.
#[inline]
#[target_feature(enable = "avx512f")]
pub(super) fn store_integers(integers: &mut [u32; 16], from: __m512i) {
    // SAFETY: they are 64 bytes.
    unsafe { _mm512_storeu_si512(integers.as_mut_ptr().cast(), from) }
}

/// Four texts side by side.
#[inline]
#[target_feature(enable = "avx512f,avx2")]
pub(super) fn four(texts: [&[u8; 16]; 4]) -> __m512i {
    let [first, second, third, fourth] = texts;
    _mm512_inserti64x4::<1>(_mm512_castsi256_si512(pair(first, second)), pair(third, fourth))
}
