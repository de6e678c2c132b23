//! Reading an array in groups of numbers.
//!
//! First the places of many numbers are found, 64 bytes at a time ([`shape`](super::shape)), then those of a group are
//! read at once: none hangs on where the one before it ended. Where a block of text is not written as vectors usually
//! are, its numbers are read one by one.
//!
//! A group has numbers as [`words`] reads them, by the same arithmetic. Where one is too near to a halfway point or to the
//! end of the text, its group is read one by one.

use super::shape::GROUP;
use super::{lanes, words};

/// Digits behind the point that are read. Others are only looked at for being digits.
pub(super) const DIGITS: usize = 16;
/// What is before a point: a digit, and before it a sign or what separates numbers.
const HEAD: usize = 2;

/// A function `array` as [`words::array`], for a processor with these features, by the functions `look_at`, `put` and
/// `read` of the module that asks for it. It is a macro because what has a processor's features can be inlined only
/// where they are said to be there.
macro_rules! array {
    ($features:literal) => {
        /// As [`words::array`](super::words::array).
        #[target_feature(enable = $features)]
        pub(super) fn array(text: &[u8], at: usize, out: &mut Vec<f32>) -> Option<usize> {
            // The bracket is there for the sake of what is before the first number.
            let array = text.get(at.checked_sub(1)?..)?;
            let (mut found, mut shape) = (super::shape::Found::new(), super::shape::Shape::new());
            loop {
                while !found.is_full() {
                    let places = shape.next(&look_at(found.next_block(array)?));
                    let (start, ends, points) = found.room()?;
                    let (ended, pointed) = (put(ends, places.ends, start), put(points, places.points, start));
                    found.block(&places, ended, pointed);
                }
                let groups = found.groups()?;
                let length = out.len();
                out.resize(length + groups * super::shape::GROUP, 0.0);
                for (group, numbers) in out[length..].as_chunks_mut().0.iter_mut().enumerate() {
                    if found.is_doubtful(group) || !read(array, &found, group, numbers) {
                        super::groups::one_by_one(text, at, found.numbers(group), numbers)?;
                    }
                }
                if let Some((end, count)) = found.end() {
                    out.truncate(length + count);
                    return Some(at + end);
                }
                found.go_on(groups);
            }
        }
    };
}

pub(super) use array;

/// Reads numbers in whatever way they are written.
#[cold]
#[inline(never)]
pub(super) fn one_by_one(
    text: &[u8],
    at: usize,
    places: impl Iterator<Item = (usize, usize)>,
    numbers: &mut [f32; GROUP],
) -> Option<()> {
    for (number, (start, end)) in numbers.iter_mut().zip(places) {
        let (value, read) = words::number(text, at + start)?;
        *number = value;
        (read == at + end).then_some(())?;
    }
    Some(())
}

/// What is before each of these points, as little-endian integers, and behind them. None at the end of the text.
#[inline(always)]
pub(super) fn heads_and_digits<'a>(
    array: &'a [u8],
    points: &[u32; GROUP],
) -> Option<([u32; GROUP], [&'a [u8; DIGITS]; GROUP])> {
    // A point is counted from the array's first number, which is behind its first byte.
    let windows: [&[u8; HEAD + 1 + DIGITS]; GROUP] =
        lanes::windows(array, points.map(|point| point + 1 - HEAD as u32))?;
    let heads = windows.map(|window| u32::from(u16::from_le_bytes([window[0], window[1]])));
    Some((heads, windows.map(|window| window[HEAD + 1..].first_chunk().expect("it is as long"))))
}
