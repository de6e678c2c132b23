//! What is watched of a plugin that has just come.

use std::sync::atomic::{AtomicU64, Ordering};

/// Counts, over all lanes, the records that a new plugin got and those on which it failed.
#[derive(Debug, Default)]
pub struct Trial {
    records: AtomicU64,
    faults: AtomicU64,
}

impl Trial {
    pub(super) fn count(&self, records: usize) {
        self.records.fetch_add(records as u64, Ordering::Relaxed);
    }

    pub(super) fn count_fault(&self) {
        self.faults.fetch_add(1, Ordering::Relaxed);
    }

    /// Records that the plugin failed on, and those that it got. Faults of a batch that is still being worked on count,
    /// so there may be more of them than of records.
    pub fn counts(&self) -> (u64, u64) {
        (self.faults.load(Ordering::Relaxed), self.records.load(Ordering::Relaxed))
    }

    /// Whether the plugin failed on at least so many records, and on more than so many percent of all.
    pub fn has_failed(&self, least: u64, percent: u8) -> bool {
        let (faults, records) = self.counts();
        percent < 100 && faults >= least && faults * 100 > records.max(faults) * u64::from(percent)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_faults_and_a_small_share_of_faults_are_no_reason() {
        let trial = Trial::default();
        (0..9).for_each(|_| trial.count_fault());
        trial.count(9);
        assert!(!trial.has_failed(10, 10), "nine are too few");
        trial.count_fault();
        trial.count(1);
        assert!(trial.has_failed(10, 10) && trial.has_failed(10, 0));
        assert!(!trial.has_failed(10, 100), "never");
        trial.count(90);
        assert!(!trial.has_failed(10, 10), "ten of a hundred are no more than ten percent");
        trial.count_fault();
        assert!(trial.has_failed(10, 10));
    }
}
