//! From a 64-bit float that is almost a number to the 32-bit one that is nearest to it.

/// Powers of ten that are exact as 64-bit floats.
pub(super) const POWERS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
    1e21, 1e22,
];

/// The bits of a 64-bit float that a 32-bit one has not.
pub(super) const MORE: u64 = (1 << (f64::MANTISSA_DIGITS - f32::MANTISSA_DIGITS)) - 1;
/// Those bits of a point halfway between two 32-bit floats.
pub(super) const HALFWAY: u64 = MORE / 2 + 1;

/// Whether a float that is off by less than so many units in the last place rounds to the same 32-bit float as what it
/// stands for.
///
/// All points halfway between 32-bit floats are 64-bit floats. Rounding is monotone, so it does unless there is such a
/// point between the two: within so many units, where bits 0 to 28 are about `1 << 28`. It is 0 or far from the ends of
/// the range of 32-bit floats.
#[inline(always)]
pub(super) fn is_clear<const OFF: u64>(number: f64) -> bool {
    number.to_bits().wrapping_sub(HALFWAY - OFF) & MORE > 2 * OFF
}
