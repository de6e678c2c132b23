//! Notices that the whole process stood still: stopped by a signal, or in a paused container. A machine that sleeps is
//! not noticed, as its clock stands still too.
//!
//! After longer than its session the group has given this member's partitions to others, who went on with them. The
//! consumer hears of that a moment after it wakes up; a lane that is quicker would write old rows over newer ones. So
//! what was half sent is never completed, and nothing is sent until that moment is over.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::task::JoinHandle;

/// How often it is noted that the process runs.
const TICK: Duration = Duration::from_millis(100);
/// How long librdkafka may take to find that its session is over; its threads look at least once a second.
const LEAST_HOLD: Duration = Duration::from_millis(1500);

/// A task of the runtime, ended when this is dropped.
#[derive(Debug)]
pub(crate) struct Standstill {
    clock: Arc<Mutex<Clock>>,
    task: JoinHandle<()>,
}

#[derive(Debug)]
struct Clock {
    /// What is longer counts.
    longest: Duration,
    hold: Duration,
    last: Instant,
    /// When it was noticed last.
    noticed: Option<Instant>,
}

impl Standstill {
    /// For a member whose session is over after that time. Called in a runtime.
    pub(crate) fn watch(session: Duration) -> Arc<Self> {
        let clock = Arc::new(Mutex::new(Clock::new(session, Instant::now())));
        let ticks = Arc::clone(&clock);
        let task = tokio::spawn(async move {
            loop {
                ticks.lock().unwrap_or_else(PoisonError::into_inner).tick(Instant::now());
                tokio::time::sleep(TICK).await;
            }
        });
        Arc::new(Self { clock, task })
    }

    /// Until when nothing may be sent, where that is so.
    pub(crate) fn held_until(&self, now: Instant) -> Option<Instant> {
        self.clock().held_until(now)
    }

    /// True where the process stood still after `then`.
    pub(crate) fn was_since(&self, then: Instant, now: Instant) -> bool {
        self.clock().was_since(then, now)
    }

    fn clock(&self) -> MutexGuard<'_, Clock> {
        self.clock.lock().unwrap_or_else(PoisonError::into_inner)
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
        Self { longest: session / 2, hold: LEAST_HOLD.max(session / 8), last: now, noticed: None }
    }

    /// The process runs. Whoever asks may be the first that runs again.
    fn tick(&mut self, now: Instant) {
        if now.saturating_duration_since(self.last) > self.longest {
            tracing::warn!(seconds = (now - self.last).as_secs_f32(), "the process stood still");
            self.noticed = Some(now);
        }
        self.last = now.max(self.last);
    }

    fn held_until(&mut self, now: Instant) -> Option<Instant> {
        self.tick(now);
        self.noticed.map(|noticed| noticed + self.hold).filter(|until| now < *until)
    }

    fn was_since(&mut self, then: Instant, now: Instant) -> bool {
        self.tick(now);
        self.noticed.is_some_and(|noticed| noticed > then)
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
            assert_eq!((clock.held_until(now), clock.was_since(start, now)), (None, false));
        }
        let awake = now + SESSION;
        clock.tick(awake);
        assert_eq!(clock.held_until(awake), Some(awake + SESSION / 8));
        assert!(clock.was_since(now, awake) && !clock.was_since(awake, awake + TICK));
        let over = awake + SESSION / 8;
        clock.tick(over);
        assert_eq!(clock.held_until(over), None);
    }

    #[test]
    fn whoever_wakes_before_the_clock_notices_too() {
        let start = Instant::now();
        assert!(Clock::new(SESSION, start).held_until(start + SESSION).is_some());
        assert!(Clock::new(SESSION, start).was_since(start, start + SESSION));
        let busy = start + SESSION / 4;
        assert_eq!(Clock::new(SESSION, start).held_until(busy), None, "a busy machine is no standstill");
    }
}
