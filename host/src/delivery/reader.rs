//! Reading a lane's queues in turn.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::batch::{Kept, Records};
use crate::source::TopicPartition;
use crate::source::kafka::{Polled, Queue, SourceError};

/// Records that a replay passes over before the lane looks after everything else.
const PASSED_OVER: usize = 10_000;

/// A lane's queues.
pub(super) struct Reader {
    queues: Vec<Bounded>,
    /// The queue whose turn it is.
    turn: usize,
    /// Queues of all lanes that have not reached the end of a bounded run; not counted in an unbounded one.
    short_of_end: Arc<AtomicUsize>,
    /// It passed over so many records that it stopped before a queue was empty.
    was_cut_short: bool,
    /// Records and copied bytes of the last batch: the next one is mostly as large.
    last: (usize, usize),
    /// What is kept of records once they are processed.
    kept: Kept,
}

struct Bounded {
    queue: Queue,
    /// The offset that bounds the run.
    end: Option<i64>,
    ended: bool,
}

impl Reader {
    pub(super) fn new(short_of_end: Arc<AtomicUsize>, kept: Kept) -> Self {
        Self { kept, queues: Vec::new(), turn: 0, short_of_end, was_cut_short: false, last: (0, 0) }
    }

    pub(super) fn add(&mut self, queue: Queue, end: Option<i64>) {
        let mut bounded = Bounded { queue, end, ended: false };
        if end == Some(0) {
            bounded.reached_end(&self.short_of_end);
        }
        self.queues.push(bounded);
    }

    /// Gives a partition's queue up.
    pub(super) fn remove(&mut self, partition: &TopicPartition) {
        if let Some(index) = self.queues.iter().position(|bounded| bounded.queue.partition() == partition) {
            let mut bounded = self.queues.remove(index);
            bounded.reached_end(&self.short_of_end);
            self.turn = 0;
        }
    }

    /// The partitions whose queues it has.
    pub(super) fn partitions(&self) -> impl Iterator<Item = &TopicPartition> {
        self.queues.iter().map(|bounded| bounded.queue.partition())
    }

    /// True where all queues are at the end of the bounded run.
    pub(super) fn is_at_end(&self) -> bool {
        self.queues.iter().all(|bounded| bounded.ended)
    }

    /// True where the last call of [`Self::read`] left off in the middle, so that nothing tells when there is more.
    pub(super) fn was_cut_short(&self) -> bool {
        self.was_cut_short
    }

    /// Takes what the queues have, up to the first limit that is reached.
    pub(super) fn read(&mut self, rows: usize, bytes: usize) -> Result<Records, SourceError> {
        let mut records = Records::expecting(self.last.0, self.last.1, self.kept);
        self.fill(&mut records, rows, bytes)?;
        self.last = (records.len(), records.own_bytes());
        Ok(records)
    }

    fn fill(&mut self, records: &mut Records, rows: usize, bytes: usize) -> Result<(), SourceError> {
        let (mut empty, mut passed_over) = (0, 0);
        self.was_cut_short = false;
        while empty < self.queues.len() && records.len() < rows && records.bytes() < bytes {
            let turn = self.turn % self.queues.len();
            let bounded = &mut self.queues[turn];
            loop {
                match bounded.queue.poll(records, bounded.end)? {
                    Polled::Record(offset) => {
                        empty = 0;
                        if bounded.end.is_some_and(|end| offset + 1 >= end) {
                            bounded.reached_end(&self.short_of_end);
                        }
                        if records.len() >= rows || records.bytes() >= bytes {
                            break;
                        }
                    }
                    Polled::PassedOver(offset) => {
                        empty = 0;
                        if bounded.end.is_some_and(|end| offset + 1 >= end) {
                            bounded.reached_end(&self.short_of_end);
                        }
                        passed_over += 1;
                    }
                    // What comes behind the end of a bounded run is left to the next run.
                    Polled::Beyond => {
                        bounded.reached_end(&self.short_of_end);
                        passed_over += 1;
                    }
                    Polled::End => bounded.reached_end(&self.short_of_end),
                    Polled::Mended => {}
                    Polled::Empty => {
                        empty += 1;
                        break;
                    }
                }
                if passed_over >= PASSED_OVER {
                    self.was_cut_short = true;
                    return Ok(());
                }
            }
            self.turn = turn + 1;
        }
        Ok(())
    }
}

impl Bounded {
    fn reached_end(&mut self, short_of_end: &AtomicUsize) {
        if !self.ended {
            self.ended = true;
            short_of_end.fetch_sub(1, Ordering::AcqRel);
        }
    }
}
