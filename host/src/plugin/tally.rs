//! What is counted of a plugin, to judge it by while it is new.

use std::sync::atomic::{AtomicU64, Ordering};

/// Counts, over all lanes, the records that a plugin got since it was loaded, and those on which it failed.
#[derive(Debug, Default)]
pub struct Tally {
    records: AtomicU64,
    faults: AtomicU64,
}

impl Tally {
    pub(crate) fn count(&self, records: usize) {
        self.records.fetch_add(records as u64, Ordering::Relaxed);
    }

    pub(crate) fn count_fault(&self) {
        self.faults.fetch_add(1, Ordering::Relaxed);
    }

    /// Records that the plugin failed on, and those that it got: also those of a batch that is still being worked on,
    /// where it failed on them.
    pub fn counts(&self) -> (u64, u64) {
        let faults = self.faults.load(Ordering::Relaxed);
        (faults, self.records.load(Ordering::Relaxed).max(faults))
    }

    /// Whether the plugin failed on at least so many records, and on more than so many percent of all.
    pub fn has_failed(&self, least: u64, percent: u8) -> bool {
        let (faults, records) = self.counts();
        percent < 100 && faults >= least && faults * 100 > records * u64::from(percent)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_faults_and_a_small_share_of_faults_are_no_reason() {
        let tally = Tally::default();
        (0..9).for_each(|_| tally.count_fault());
        tally.count(9);
        assert!(!tally.has_failed(10, 10), "nine are too few");
        tally.count_fault();
        tally.count(1);
        assert!(tally.has_failed(10, 10) && tally.has_failed(10, 0));
        assert!(!tally.has_failed(10, 100), "never");
        tally.count(90);
        assert!(!tally.has_failed(10, 10), "ten of a hundred are no more than ten percent");
        tally.count_fault();
        assert!(tally.has_failed(10, 10));
    }
}
