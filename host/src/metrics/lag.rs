//! How far behind one partition is. No input or output here.

use std::collections::VecDeque;

use crate::source::kafka::Fetched;

/// Runs of records that are remembered until their position is stored; there is about one for each batch in flight.
/// Beyond that two become one, which says only later how far the partition is.
const RUNS: usize = 1024;

/// Records of one partition that were read together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) first: i64,
    pub(super) last: i64,
    /// Timestamps of the first and the last record, in milliseconds since 1970.
    pub(super) from: Option<i64>,
    pub(super) to: Option<i64>,
}

/// How far behind one partition is. Times are milliseconds since 1970.
#[derive(Debug, Default)]
pub(super) struct Lag {
    /// What was read and is not stored.
    open: VecDeque<Run>,
    /// What is stored; until then where reading began.
    position: Option<i64>,
    /// Time of the newest record that is stored; until then of the first that was read.
    done_to: Option<i64>,
    fetched: Option<Fetched>,
    /// When there was no lag for the last time.
    caught_up: Option<i64>,
}

impl Lag {
    pub(super) fn read(&mut self, run: Run) {
        if self.position.is_some_and(|position| run.first < position)
            || self.open.back().is_some_and(|last| run.first <= last.last)
        {
            // The log was cut or made anew, or is read again from where it was stored.
            self.open.clear();
            self.position = None;
        }
        self.position.get_or_insert(run.first);
        self.done_to = self.done_to.or(run.from);
        let full = self.open.len() >= RUNS;
        match self.open.back_mut() {
            Some(last) if full => (last.last, last.to) = (run.last, run.to),
            _ => self.open.push_back(run),
        }
    }

    /// All before the position is done.
    pub(super) fn stored(&mut self, position: i64) {
        self.position = Some(position);
        while let Some(run) = self.open.pop_front_if(|run| run.last < position) {
            self.done_to = run.to.or(self.done_to);
        }
    }

    pub(super) fn fetched(&mut self, mut fetched: Fetched, now: i64) {
        if fetched.queued > 0
            && let Some(before) = self.fetched
        {
            // Nothing is fetched while the queue is full, so the consumer may know less of the end than we do.
            fetched.end = fetched.end.max(before.end);
        }
        self.fetched = Some(fetched);
        if self.records() == Some(0) {
            self.caught_up = Some(now);
        }
    }

    /// True where the consumer may not know the end, as it fetches nothing while its queue is full.
    pub(super) fn is_queued(&self) -> bool {
        self.fetched.is_some_and(|fetched| fetched.queued > 0)
    }

    /// The brokers say where the partition ends.
    pub(super) fn ends(&mut self, end: i64) {
        if let Some(fetched) = &mut self.fetched {
            fetched.end = fetched.end.max(end);
        }
    }

    /// Offsets that are not done; none while nothing is known.
    pub(super) fn records(&self) -> Option<u64> {
        let fetched = self.fetched?;
        if self.open.is_empty() && fetched.queued == 0 && fetched.next >= fetched.end {
            // A transaction's marker has an offset and is no record, so the position may stay below the end.
            return Some(0);
        }
        let end = self.open.back().map_or(fetched.end, |run| fetched.end.max(run.last + 1));
        let position = self.position.or(fetched.committed)?;
        Some(u64::try_from(end - position).unwrap_or(0))
    }

    /// How long ago all was done that there was; none while that is unknown. A record that comes after a pause does not
    /// count from the record before the pause: there was no lag since.
    pub(super) fn seconds(&self, now: i64) -> Option<f64> {
        if self.records()? == 0 {
            return Some(0.0);
        }
        let since = self.done_to.max(self.caught_up)?;
        Some((now - since).max(0) as f64 / 1000.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(first: i64, last: i64) -> Run {
        Run { first, last, from: Some(first * 1000), to: Some(last * 1000) }
    }

    fn fetched(end: i64, queued: u64) -> Fetched {
        Fetched { end, next: end, queued, held: 0, committed: None }
    }

    #[test]
    fn is_the_distance_from_the_stored_position_to_the_end() {
        let mut lag = Lag::default();
        assert_eq!((lag.records(), lag.seconds(0)), (None, None));
        lag.read(run(10, 19));
        lag.read(run(20, 29));
        lag.fetched(fetched(100, 70), 0);
        assert_eq!((lag.records(), lag.seconds(50_000)), (Some(90), Some(40.0)));
        // In the middle of a run the newest record that is stored is the last one before it.
        lag.stored(25);
        assert_eq!((lag.records(), lag.seconds(50_000)), (Some(75), Some(31.0)));
        lag.stored(30);
        assert_eq!((lag.records(), lag.seconds(50_000)), (Some(70), Some(21.0)));
    }

    #[test]
    fn is_none_where_all_was_read_and_stored() {
        let mut lag = Lag::default();
        lag.read(run(0, 9));
        lag.fetched(fetched(10, 0), 0);
        assert_eq!(lag.records(), Some(10));
        lag.stored(10);
        assert_eq!((lag.records(), lag.seconds(99_000)), (Some(0), Some(0.0)));
    }

    #[test]
    fn is_none_where_only_a_transactions_marker_is_left() {
        let mut lag = Lag::default();
        lag.read(run(0, 9));
        lag.stored(10);
        lag.fetched(fetched(11, 0), 0);
        assert_eq!(lag.records(), Some(0));
    }

    #[test]
    fn is_none_where_a_partition_is_empty_and_counts_from_the_commit_where_it_is_not() {
        let mut lag = Lag::default();
        lag.fetched(fetched(0, 0), 0);
        assert_eq!(lag.records(), Some(0));
        let mut lag = Lag::default();
        lag.fetched(Fetched { end: 50, next: 20, queued: 0, held: 0, committed: Some(20) }, 0);
        assert_eq!((lag.records(), lag.seconds(9000)), (Some(30), None));
    }

    #[test]
    fn what_is_read_counts_before_the_consumer_says_where_it_ends() {
        let mut lag = Lag::default();
        lag.fetched(fetched(0, 0), 0);
        lag.read(run(0, 4));
        assert_eq!(lag.records(), Some(5));
    }

    #[test]
    fn counts_no_pause_as_lag() {
        let mut lag = Lag::default();
        lag.read(run(0, 0));
        lag.stored(1);
        lag.fetched(fetched(1, 0), 3_600_000);
        lag.fetched(Fetched { next: 1, ..fetched(2, 0) }, 3_605_000);
        assert_eq!((lag.records(), lag.seconds(3_606_000)), (Some(1), Some(6.0)));
    }

    #[test]
    fn a_full_queue_does_not_hide_what_came_meanwhile() {
        let mut lag = Lag::default();
        lag.read(run(0, 9));
        lag.fetched(fetched(100, 90), 0);
        assert!(lag.is_queued());
        lag.ends(5000);
        lag.fetched(fetched(100, 90), 5000);
        assert_eq!(lag.records(), Some(5000));
        // With room in the queue the consumer knows it best, even where the topic was made anew.
        lag.fetched(fetched(40, 0), 9000);
        assert_eq!(lag.records(), Some(40));
    }

    #[test]
    fn a_log_that_was_made_anew_starts_anew() {
        let mut lag = Lag::default();
        lag.read(run(500, 509));
        lag.stored(510);
        lag.read(run(0, 9));
        lag.fetched(fetched(20, 10), 0);
        assert_eq!(lag.records(), Some(20));
    }

    #[test]
    fn runs_are_remembered_up_to_a_limit() {
        let mut lag = Lag::default();
        for first in 0..5000 {
            lag.read(run(first, first));
        }
        assert_eq!(lag.open.len(), RUNS);
        lag.fetched(fetched(5000, 0), 0);
        assert_eq!(lag.records(), Some(5000));
        lag.stored(5000);
        assert_eq!((lag.records(), lag.open.len()), (Some(0), 0));
    }
}
