//! Notices that the whole process stood still: stopped by a signal, in a paused container, or with a machine that slept.
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
    /// When it was known to run last, by [`since_boot`].
    last: Duration,
    /// When it was noticed last.
    noticed: Option<Instant>,
}

impl Standstill {
    /// For a member whose session is over after that time. Called in a runtime.
    pub(crate) fn watch(session: Duration) -> Arc<Self> {
        let clock = Arc::new(Mutex::new(Clock::new(session, since_boot())));
        let ticks = Arc::clone(&clock);
        let task = tokio::spawn(async move {
            loop {
                ticks.lock().unwrap_or_else(PoisonError::into_inner).tick(Instant::now(), since_boot());
                tokio::time::sleep(TICK).await;
            }
        });
        Arc::new(Self { clock, task })
    }

    /// Until when nothing may be sent, where that is so.
    pub(crate) fn held_until(&self, now: Instant) -> Option<Instant> {
        self.clock().held_until(now, since_boot())
    }

    /// True where the process stood still after `then`.
    pub(crate) fn was_since(&self, then: Instant, now: Instant) -> bool {
        self.clock().was_since(then, now, since_boot())
    }

    fn clock(&self) -> MutexGuard<'_, Clock> {
        self.clock.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The time since the machine started. Unlike an [`Instant`]'s clock this one goes on while the machine sleeps.
fn since_boot() -> Duration {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `time` is there to be written, and nothing keeps it.
    let result = unsafe { libc::clock_gettime(libc::CLOCK_BOOTTIME, &raw mut time) };
    assert_eq!(result, 0, "Linux has this clock");
    Duration::new(time.tv_sec.unsigned_abs(), u32::try_from(time.tv_nsec).unwrap_or(0))
}

impl Drop for Standstill {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Clock {
    fn new(session: Duration, boot: Duration) -> Self {
        // The session began at the last heartbeat that was answered, some time before the standstill. Where the group
        // ended it and the client's clock did not, the next heartbeat tells, an eighth of a session later or so.
        Self { longest: session / 2, hold: LEAST_HOLD.max(session / 8), last: boot, noticed: None }
    }

    /// The process runs. Whoever asks may be the first that runs again.
    fn tick(&mut self, now: Instant, boot: Duration) {
        let stood = boot.saturating_sub(self.last);
        if stood > self.longest {
            tracing::warn!(seconds = stood.as_secs_f32(), "the process stood still");
            self.noticed = Some(now);
        }
        self.last = boot.max(self.last);
    }

    fn held_until(&mut self, now: Instant, boot: Duration) -> Option<Instant> {
        self.tick(now, boot);
        self.noticed.map(|noticed| noticed + self.hold).filter(|until| now < *until)
    }

    fn was_since(&mut self, then: Instant, now: Instant, boot: Duration) -> bool {
        self.tick(now, boot);
        self.noticed.is_some_and(|noticed| noticed > then)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SESSION: Duration = Duration::from_secs(40);

    /// Of a machine that was awake all the time, and started with the test.
    struct Awake(Clock, Instant);

    impl Awake {
        fn new(start: Instant) -> Self {
            Self(Clock::new(SESSION, Duration::ZERO), start)
        }

        fn tick(&mut self, now: Instant) {
            self.0.tick(now, now - self.1);
        }

        fn held_until(&mut self, now: Instant) -> Option<Instant> {
            self.0.held_until(now, now - self.1)
        }

        fn was_since(&mut self, then: Instant, now: Instant) -> bool {
            self.0.was_since(then, now, now - self.1)
        }
    }

    #[test]
    fn a_machine_that_sleeps_is_noticed_though_instants_stand_still() {
        let (now, boot) = (Instant::now(), Duration::from_secs(1000));
        let mut clock = Clock::new(SESSION, boot);
        assert_eq!(clock.held_until(now + TICK, boot + TICK), None);
        let (now, boot) = (now + 2 * TICK, boot + SESSION);
        assert_eq!(clock.held_until(now, boot), Some(now + SESSION / 8));
        assert!(clock.was_since(now - TICK, now, boot));
    }

    #[test]
    fn the_clock_since_the_machines_start_goes_on() {
        // What is read first is the earlier of the two, however long this thread waits between them.
        let before = since_boot();
        let start = Instant::now();
        while start.elapsed() < 2 * TICK {
            std::thread::yield_now();
        }
        assert!(since_boot() - before >= 2 * TICK);
    }

    #[test]
    fn nothing_is_sent_for_a_while_after_a_standstill_and_everything_before() {
        let start = Instant::now();
        let mut clock = Awake::new(start);
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
        assert!(Awake::new(start).held_until(start + SESSION).is_some());
        assert!(Awake::new(start).was_since(start, start + SESSION));
        let busy = start + SESSION / 4;
        assert_eq!(Awake::new(start).held_until(busy), None, "a busy machine is no standstill");
    }
}
