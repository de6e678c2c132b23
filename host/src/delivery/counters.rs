//! What a run did so far. Shared by the lanes; read for progress and for the report.

use std::sync::atomic::{AtomicU64, Ordering};

/// Counts of a run.
#[derive(Debug, Default)]
pub struct Counters {
    read: AtomicU64,
    written: AtomicU64,
    requests: AtomicU64,
    dead_lettered: AtomicU64,
    discarded: AtomicU64,
    retries: AtomicU64,
}

/// The counts at one moment.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Totals {
    /// Records read from Kafka.
    pub read: u64,
    /// Rows that Milvus acknowledged.
    pub written: u64,
    /// Write requests that Milvus acknowledged.
    pub requests: u64,
    /// Records on the dead letter's topic.
    pub dead_lettered: u64,
    /// Records that a plugin discarded.
    pub discarded: u64,
    /// Write requests that were sent again.
    pub retries: u64,
}

impl Counters {
    /// The counts now.
    pub fn totals(&self) -> Totals {
        let of = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Totals {
            read: of(&self.read),
            written: of(&self.written),
            requests: of(&self.requests),
            dead_lettered: of(&self.dead_lettered),
            discarded: of(&self.discarded),
            retries: of(&self.retries),
        }
    }

    pub(super) fn read(&self, records: usize) {
        self.read.fetch_add(records as u64, Ordering::Relaxed);
    }

    pub(super) fn written(&self, rows: usize) {
        self.written.fetch_add(rows as u64, Ordering::Relaxed);
        self.requests.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn dead_lettered(&self) {
        self.dead_lettered.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn discarded(&self, records: usize) {
        self.discarded.fetch_add(records as u64, Ordering::Relaxed);
    }

    pub(super) fn retried(&self) {
        self.retries.fetch_add(1, Ordering::Relaxed);
    }
}
