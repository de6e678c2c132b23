//! Records at a rate that nothing slows down, and records as fast as they are done.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use super::record::payload;
use crate::feed::Feed;
use crate::topic::Topic;

/// Records that were sent and are not acknowledged while the top rate is looked for: enough for open write requests of
/// both lanes and for what is fetched, so that nothing waits for this.
const AHEAD: u64 = 20_000;

/// When each record of a fixed rate is due.
#[derive(Debug, Clone, Copy)]
pub(super) struct Schedule {
    pub(super) start: Instant,
    /// Records a second.
    pub(super) rate: f64,
}

impl Schedule {
    /// When it is to be sent, whether it could be or not.
    pub(super) fn due(&self, number: u64) -> Instant {
        self.start + Duration::from_secs_f64(number as f64 / self.rate)
    }
}

/// Sends each record when it is due, or at once where that is over. `done` tells how many are acknowledged.
pub(super) fn at_rate(
    feed: &Feed,
    topic: &Topic,
    schedule: Schedule,
    records: u64,
    sent: &AtomicU64,
) -> Result<(), String> {
    for number in 0..records {
        let early = schedule.due(number).saturating_duration_since(Instant::now());
        if !early.is_zero() {
            std::thread::sleep(early);
        }
        topic.send(number, &payload(feed, number))?;
        sent.store(number + 1, Ordering::Release);
    }
    topic.flush()
}

/// Sends records for so long, never more than [`AHEAD`] before what is done. Says how many.
pub(super) fn as_fast_as_done(
    feed: &Feed,
    topic: &Topic,
    time: Duration,
    done: impl Fn() -> u64,
) -> Result<u64, String> {
    let start = Instant::now();
    let mut sent = 0;
    while start.elapsed() < time {
        let may = done() + AHEAD;
        if sent >= may {
            std::thread::sleep(Duration::from_millis(1));
            continue;
        }
        topic.send(sent, &payload(feed, sent))?;
        sent += 1;
    }
    topic.flush()?;
    Ok(sent)
}
