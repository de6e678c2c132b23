//! Integers of as many bytes as they need, as Avro and Protobuf write them.

use crate::json::Mistake;

/// Reads one that starts at that place: seven bits a byte, the lowest first.
#[inline]
pub(super) fn read(start: usize, mut next: impl FnMut() -> Result<u8, Mistake>) -> Result<u64, Mistake> {
    let mut bits = 0;
    for shift in (0..64).step_by(7) {
        let byte = next()?;
        // The tenth byte has one bit left to give.
        if shift == 63 && byte > 1 {
            break;
        }
        bits |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Ok(bits);
        }
    }
    Err(Mistake { at: start, what: "a number beyond 64 bits" })
}

/// The signed integer whose sign is the lowest bit.
pub(super) fn unzigzag(bits: u64) -> i64 {
    (bits >> 1) as i64 ^ -((bits & 1) as i64)
}
