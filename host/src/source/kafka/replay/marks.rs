//! Which records of a partition are done, where not all before them are. Kafka keeps one committed offset a partition;
//! the rest stands in the text that may be committed beside it.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Kafka keeps 4096 bytes beside an offset (`offset.metadata.max.bytes`).
const MOST: usize = 4000;
/// What the text begins with.
const NAME: &str = "kiteline-replayed:";

/// A set of offsets, as ranges in their order that don't touch each other.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Marks(Vec<(i64, i64)>);

impl Marks {
    pub(super) fn contains(&self, offset: i64) -> bool {
        let after = self.0.partition_point(|(start, _)| *start <= offset);
        after > 0 && offset < self.0[after - 1].1
    }

    /// Adds the offsets from `start` to before `end`.
    pub(super) fn add(&mut self, start: i64, end: i64) {
        if start >= end {
            return;
        }
        let first = self.0.partition_point(|(_, e)| *e < start);
        let last = self.0.partition_point(|(s, _)| *s <= end);
        let touched = &self.0[first..last];
        let start = touched.first().map_or(start, |(s, _)| start.min(*s));
        let end = touched.last().map_or(end, |(_, e)| end.max(*e));
        self.0.splice(first..last, [(start, end)]);
    }

    /// Those of `other` below `bound`, and of itself from there on.
    pub(super) fn replace_below(&mut self, bound: i64, other: &Self) {
        let mut marks = Self::default();
        other.0.iter().for_each(|(start, end)| marks.add(*start, (*end).min(bound)));
        self.0.iter().for_each(|(start, end)| marks.add((*start).max(bound), *end));
        *self = marks;
    }

    /// The first offset from `base` on that is not in the set; offsets before it are taken out.
    pub(super) fn advance(&mut self, base: i64) -> i64 {
        let mut next = base;
        let passed = self.0.iter().take_while(|(start, end)| {
            let passed = *start <= next;
            if passed {
                next = next.max(*end);
            }
            passed
        });
        let passed = passed.count();
        self.0.drain(..passed);
        next
    }

    /// The text for the set, all of which lies behind `base`.
    pub(super) fn to_text(&self, base: i64) -> String {
        if self.0.is_empty() {
            return String::new();
        }
        let mut bytes = Vec::with_capacity(self.0.len() * 2);
        let mut at = base;
        for (start, end) in &self.0 {
            number(&mut bytes, (start - at).unsigned_abs());
            number(&mut bytes, (end - start).unsigned_abs());
            at = *end;
        }
        format!("{NAME}{}", URL_SAFE_NO_PAD.encode(bytes))
    }

    /// Whether Kafka takes the text.
    pub(super) fn fits(&self, base: i64) -> bool {
        // Most sets are a few ranges; a range is at most two numbers of ten bytes.
        self.0.len() < 100 || self.to_text(base).len() <= MOST
    }

    /// Reads a text of [`Self::to_text`]; none where it is another.
    pub(super) fn of_text(text: &str, base: i64) -> Option<Self> {
        if text.is_empty() {
            return Some(Self::default());
        }
        let bytes = URL_SAFE_NO_PAD.decode(text.strip_prefix(NAME)?).ok()?;
        let (mut bytes, mut marks, mut at) = (&bytes[..], Self::default(), base);
        while !bytes.is_empty() {
            let start = at.checked_add(read_number(&mut bytes)?)?;
            at = start.checked_add(read_number(&mut bytes)?)?;
            marks.add(start, at);
        }
        Some(marks)
    }
}

/// Seven bits a byte, the lowest first; the highest bit says that more follow.
fn number(bytes: &mut Vec<u8>, mut number: u64) {
    while number > 0x7f {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

fn read_number(bytes: &mut &[u8]) -> Option<i64> {
    let mut number = 0u64;
    for shift in (0..63).step_by(7) {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return i64::try_from(number).ok();
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn marks(offsets: &BTreeSet<i64>) -> Marks {
        let mut marks = Marks::default();
        offsets.iter().for_each(|offset| marks.add(*offset, offset + 1));
        marks
    }

    #[test]
    fn ranges_that_touch_become_one() {
        let mut marks = Marks::default();
        for (start, end) in [(5, 7), (1, 2), (9, 9), (9, 10), (7, 9), (3, 4), (2, 3)] {
            marks.add(start, end);
        }
        assert_eq!(marks, Marks(vec![(1, 4), (5, 10)]));
        assert_eq!((marks.advance(0), marks.advance(1), marks.advance(20)), (0, 4, 20));
        assert_eq!(marks, Marks::default());
    }

    #[test]
    fn another_text_is_none_of_ours() {
        for text in ["x", "kiteline-replayed:*", "kiteline-replayed:gA", "kiteline-replayed:_____________w8B"] {
            assert_eq!(Marks::of_text(text, 0), None, "{text}");
        }
    }

    #[test]
    fn more_than_kafka_keeps_does_not_fit() {
        let every_other = |count: i64| marks(&(0..count).map(|number| number * 2 + 1).collect());
        assert!(every_other(1000).fits(0) && !every_other(2000).fits(0));
        assert!(every_other(1400).to_text(0).len() <= MOST);
    }

    proptest! {
        #[test]
        fn a_text_reads_as_the_set(offsets in prop::collection::btree_set(0..1_000_000i64, 0..200), base in 0..1000i64) {
            let set = marks(&offsets.iter().map(|offset| offset + base).collect());
            prop_assert_eq!(Marks::of_text(&set.to_text(base), base), Some(set));
        }

        /// Against a plain set of offsets.
        #[test]
        fn it_is_a_set(
            ranges in prop::collection::vec((0..60i64, 0..9i64), 0..20),
            others in prop::collection::btree_set(0..60i64, 0..30),
            bound in 0..70i64,
        ) {
            let (mut set, mut plain) = (Marks::default(), BTreeSet::new());
            for (start, length) in ranges {
                set.add(start, start + length);
                plain.extend(start..start + length);
            }
            set.replace_below(bound, &marks(&others));
            let plain: BTreeSet<i64> =
                plain.range(bound..).copied().chain(others.range(..bound).copied()).collect();
            prop_assert!((0..80).all(|offset| set.contains(offset) == plain.contains(&offset)));
            prop_assert_eq!(&set, &marks(&plain));
            let next = (bound..).find(|offset| !plain.contains(offset)).expect("it ends");
            prop_assert_eq!(set.advance(bound), next);
            prop_assert!((next..80).all(|offset| set.contains(offset) == plain.contains(&offset)));
        }
    }
}
