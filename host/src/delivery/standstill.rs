//! Notices that the whole process stood still: stopped by a signal, a paused container, a machine that slept.
//!
//! After longer than its session the group has given this member's partitions to others, who went on with them. The
//! consumer hears of that a moment after it wakes up; a lane that is quicker would write old rows over newer ones. So
//! nothing is sent until that moment is over.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::runtime::Handle;
use tokio::task::JoinHandle;

/// How often it is noted that the process runs.
const TICK: Duration = Duration::from_millis(100);
/// How long librdkafka may take to find that its session is over; its threads look at least once a second.
const LEAST_HOLD: Duration = Duration::from_millis(1500);

/// A task of the runtime, ended when this is dropped.
#[derive(Debug)]
pub(super) struct Standstill {
    clock: Arc<Mutex<Clock>>,
    task: JoinHandle<()>,
}

#[derive(Debug)]
struct Clock {
    /// What is longer counts.
    longest: Duration,
    hold: Duration,
    last: Instant,
    held_until: Instant,
}

impl Standstill {
    /// For a member whose session is over after that time.
    pub(super) fn watch(session: Duration, runtime: &Handle) -> Self {
        let clock = Arc::new(Mutex::new(Clock::new(session, Instant::now())));
        let ticks = Arc::clone(&clock);
        let task = runtime.spawn(async move {
            loop {
                ticks.lock().unwrap_or_else(PoisonError::into_inner).tick(Instant::now());
                tokio::time::sleep(TICK).await;
            }
        });
        Self { clock, task }
    }

    /// Until when nothing may be sent, where that is so.
    pub(super) fn held_until(&self, now: Instant) -> Option<Instant> {
        self.clock.lock().unwrap_or_else(PoisonError::into_inner).held_until(now)
    }
}

impl Drop for Standstill {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Clock {
    fn new(session: Duration, now: Instant) -> Self {
        // The session began at the last heartbeat that was answered, some time before the standstill. Where the group
        // ended it and the client's clock did not, the next heartbeat tells, an eighth of a session later or so.
        Self { longest: session / 2, hold: LEAST_HOLD.max(session / 8), last: now, held_until: now }
    }

    /// The process runs.
    fn tick(&mut self, now: Instant) {
        if now.saturating_duration_since(self.last) > self.longest {
            self.held_until = now + self.hold;
        }
        self.last = now;
    }

    fn held_until(&self, now: Instant) -> Option<Instant> {
        // Whoever asks may be the first that runs again.
        let stands = now.saturating_duration_since(self.last) > self.longest;
        let until = if stands { now + self.hold } else { self.held_until };
        (now < until).then_some(until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SESSION: Duration = Duration::from_secs(40);

    #[test]
    fn nothing_is_sent_for_a_while_after_a_standstill_and_everything_before() {
        let start = Instant::now();
        let mut clock = Clock::new(SESSION, start);
        let mut now = start;
        for _ in 0..1000 {
            now += TICK;
            clock.tick(now);
            assert_eq!(clock.held_until(now), None);
        }
        let awake = now + SESSION;
        clock.tick(awake);
        assert_eq!(clock.held_until(awake), Some(awake + SESSION / 8));
        let over = awake + SESSION / 8;
        clock.tick(over);
        assert_eq!(clock.held_until(over), None);
    }

    #[test]
    fn a_lane_that_wakes_before_the_clock_is_held_too() {
        let start = Instant::now();
        let clock = Clock::new(SESSION, start);
        assert!(clock.held_until(start + SESSION).is_some());
        assert_eq!(clock.held_until(start + SESSION / 4), None, "a busy machine is no standstill");
    }
}
