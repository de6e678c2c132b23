//! How far the replay of one partition is.

use super::marks::Marks;

/// How far the replay of one partition is.
#[derive(Debug, Default)]
pub(super) struct Progress {
    /// All before it is done; none until the first record shows where the partition begins.
    base: Option<i64>,
    /// What is done from there on.
    done: Marks,
    /// The same, and what is on its way.
    taken: Marks,
    /// The offset behind the last record that was looked at.
    next: Option<i64>,
    /// Something became done that is not committed.
    moved: bool,
}

impl Progress {
    /// From what is committed.
    pub(super) fn of(offset: i64, metadata: &str) -> Option<Self> {
        let done = Marks::of_text(metadata, offset)?;
        Some(Self { base: Some(offset), taken: done.clone(), done, next: Some(offset), moved: false })
    }

    /// Looks at a record; true where it was replayed before. Offsets that no record has are done.
    pub(super) fn meet(&mut self, offset: i64) -> bool {
        self.base.get_or_insert(offset);
        self.taken.add(self.next.unwrap_or(offset), offset);
        self.next = Some(offset + 1);
        self.done.contains(offset)
    }

    /// Takes the record that it met; false where Kafka can't keep that only some records before it are done.
    pub(super) fn take(&mut self, offset: i64) -> bool {
        let mut taken = self.taken.clone();
        taken.add(offset, offset + 1);
        let fits = taken.fits(self.base.unwrap_or(offset));
        if fits {
            self.taken = taken;
        }
        fits
    }

    /// All that was taken before this offset is done.
    pub(super) fn done_before(&mut self, position: i64) {
        self.done.replace_below(position, &self.taken);
        self.base = self.base.map(|base| self.done.advance(base));
        self.moved = true;
    }

    /// The offset and text to commit.
    pub(super) fn to_commit(&self) -> Option<(i64, String)> {
        self.base.map(|base| (base, self.done.to_text(base)))
    }

    /// True once after something became done.
    pub(super) fn take_moved(&mut self) -> bool {
        std::mem::take(&mut self.moved)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Meets the offsets and takes those for which `choose` is true and that were not replayed before; all are done.
    fn replay(progress: &mut Progress, offsets: &[i64], choose: impl Fn(i64) -> bool) -> Vec<i64> {
        let mut taken = Vec::new();
        for offset in offsets {
            if !progress.meet(*offset) && choose(*offset) && progress.take(*offset) {
                taken.push(*offset);
            }
        }
        if let Some(last) = taken.last() {
            progress.done_before(last + 1);
        }
        taken
    }

    fn again(progress: &Progress) -> Progress {
        let (offset, metadata) = progress.to_commit().expect("it met a record");
        Progress::of(offset, &metadata).expect("it is ours")
    }

    #[test]
    fn what_one_replay_passes_over_the_next_finds_and_nothing_is_taken_twice() {
        let offsets: Vec<i64> = (10..30).filter(|offset| offset % 7 != 0).collect();
        let mut progress = Progress::default();
        let even = replay(&mut progress, &offsets, |offset| offset % 2 == 0);
        assert_eq!(progress.to_commit().map(|(offset, _)| offset), Some(11), "11 is passed over");
        let mut progress = again(&progress);
        let thirds = replay(&mut progress, &offsets[1..], |offset| offset % 3 == 0);
        let mut progress = again(&progress);
        let rest = replay(&mut progress, &offsets[1..], |_| true);
        let mut all = [even, thirds, rest].concat();
        all.sort_unstable();
        assert_eq!(all, offsets);
        assert_eq!(progress.to_commit(), Some((30, String::new())));
        assert_eq!(replay(&mut again(&progress), &[30, 31], |_| true), [30, 31]);
    }

    #[test]
    fn what_is_on_its_way_is_not_done() {
        let mut progress = Progress::default();
        for offset in 0..4 {
            assert!(!progress.meet(offset) && progress.take(offset));
        }
        progress.done_before(2);
        assert!(progress.take_moved() && !progress.take_moved());
        assert_eq!(progress.to_commit(), Some((2, String::new())));
    }

    #[test]
    fn it_takes_no_more_than_kafka_can_keep() {
        let mut progress = Progress::default();
        let offsets: Vec<i64> = (0..10_000).collect();
        let odd = replay(&mut progress, &offsets, |offset| offset % 2 == 1);
        assert!((1000..3000).contains(&odd.len()), "{}", odd.len());
        assert_eq!(odd.last().map(|last| last + 2), Some(odd.len() as i64 * 2 + 1), "the first ones");
        let rest = replay(&mut again(&progress), &offsets, |_| true);
        assert_eq!(rest.len() + odd.len(), offsets.len(), "all of them need nothing to be kept");
    }
}
