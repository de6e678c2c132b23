//! What the process is at, and whether its threads still come round.

use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

/// What the process is at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Phase {
    /// Servers are looked at and plugins compiled, for the first time, or once more as a collection changed.
    Starting,
    /// It has joined the group and waits for its partitions.
    Joining,
    /// Partitions were assigned, be it none.
    Running,
    /// It reads no more and writes what it read, to end, or to start over on another schema.
    Ending,
}

/// What the process is at, and when each of its threads came round last.
#[derive(Debug)]
pub struct Status {
    phase: AtomicU8,
    start: Instant,
    beats: Mutex<Vec<Weak<Round>>>,
}

/// A thread's sign of life; it is no longer waited for when this is dropped.
#[derive(Debug)]
pub struct Beat(Arc<Round>);

#[derive(Debug)]
struct Round {
    thread: String,
    start: Instant,
    /// Milliseconds from the start.
    last: AtomicU64,
}

impl Phase {
    const ALL: [Self; 4] = [Self::Starting, Self::Joining, Self::Running, Self::Ending];
}

impl Default for Status {
    fn default() -> Self {
        Self { phase: AtomicU8::new(Phase::Starting as u8), start: Instant::now(), beats: Mutex::default() }
    }
}

impl Status {
    /// What the process is at.
    pub fn phase(&self) -> Phase {
        Phase::ALL[usize::from(self.phase.load(Ordering::Acquire))]
    }

    /// The process is at this from now on.
    pub fn enter(&self, phase: Phase) {
        self.phase.store(phase as u8, Ordering::Release);
    }

    /// Partitions were assigned. At the end that changes nothing any more.
    pub(super) fn assigned(&self) {
        let (joining, running) = (Phase::Joining as u8, Phase::Running as u8);
        let _ = self.phase.compare_exchange(joining, running, Ordering::AcqRel, Ordering::Acquire);
    }

    /// A thread that comes round from now on.
    pub fn beat(&self, thread: String) -> Beat {
        let round = Arc::new(Round { thread, start: self.start, last: AtomicU64::new(0) });
        let beat = Beat(round);
        beat.round();
        let mut beats = self.beats.lock().unwrap_or_else(PoisonError::into_inner);
        beats.retain(|round| round.strong_count() > 0);
        beats.push(Arc::downgrade(&beat.0));
        beat
    }

    /// The threads that have not come round for longer than `limit`, and since when.
    pub fn stuck(&self, limit: Duration, now: Instant) -> Vec<(String, Duration)> {
        let beats = self.beats.lock().unwrap_or_else(PoisonError::into_inner);
        let since = |round: &Round| {
            let last = round.start + Duration::from_millis(round.last.load(Ordering::Relaxed));
            now.saturating_duration_since(last)
        };
        let rounds = beats.iter().filter_map(Weak::upgrade);
        rounds.map(|round| (round.thread.clone(), since(&round))).filter(|(_, since)| *since > limit).collect()
    }
}

impl Beat {
    /// The thread came round, or ended a step that may take long.
    pub fn round(&self) {
        let elapsed = u64::try_from(self.0.start.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.0.last.store(elapsed, Ordering::Relaxed);
    }

    /// The same thread's sign of life for a part of it.
    pub(super) fn share(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: Duration = Duration::from_secs(60);

    #[test]
    fn a_thread_that_does_not_come_round_is_named_and_one_that_ended_is_not() {
        let status = Status::default();
        let (lane, ended) = (status.beat("lane 0".into()), status.beat("lane 1".into()));
        let now = Instant::now();
        assert!(status.stuck(LIMIT, now).is_empty());
        drop(ended);
        let stuck = status.stuck(LIMIT, now + Duration::from_secs(61));
        assert_eq!(stuck.len(), 1);
        assert_eq!((stuck[0].0.as_str(), stuck[0].1.as_secs()), ("lane 0", 61));
        lane.share().round();
        assert!(status.stuck(LIMIT, now + LIMIT / 2).is_empty());
    }

    #[test]
    fn an_assignment_makes_it_run_only_where_it_waited_for_one() {
        let status = Status::default();
        for (before, after) in
            [(Phase::Joining, Phase::Running), (Phase::Running, Phase::Running), (Phase::Ending, Phase::Ending)]
        {
            status.enter(before);
            status.assigned();
            assert_eq!(status.phase(), after);
        }
    }
}
