//! How fast rows are sent: under the user's ceiling, and slower where Milvus says that it is too much.

use std::time::{Duration, Instant};

use crate::config::Write;

/// The user's ceiling for the whole process.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(in crate::delivery) struct Ceiling {
    pub(in crate::delivery) rows_per_second: Option<f64>,
    pub(in crate::delivery) bytes_per_second: Option<f64>,
}

/// Shared by all lanes, and asked once for each write request.
///
/// After Milvus said that it is too much, bytes go at half the rate that it took before, and the rate grows again by the
/// same step in each second (additive increase, multiplicative decrease) until it is far above what was refused.
#[derive(Debug)]
pub(in crate::delivery) struct Pace {
    ceiling: Ceiling,
    rows: Bucket,
    bytes: Bucket,
    taken: Meter,
    slowed: Option<Slowed>,
    /// When Milvus last took something.
    acknowledged: Option<Instant>,
}

/// When the next request may go.
#[derive(Debug)]
struct Bucket {
    free_at: Option<Instant>,
}

/// What Milvus acknowledged lately.
#[derive(Debug)]
struct Meter {
    since: Option<Instant>,
    bytes: f64,
}

#[derive(Debug)]
struct Slowed {
    /// Bytes a second.
    rate: f64,
    /// What was too much.
    refused: f64,
    /// When it was too much.
    cut: Instant,
    /// Until when the growth is counted in.
    grown: Instant,
}

/// The lowest rate: a write request of a few rows a second still shows that Milvus takes something.
const LOWEST: f64 = 16.0 * 1024.0;
/// In so many seconds a rate grows by what was refused.
const RECOVERY: f64 = 20.0;
/// At so many times what was refused there is no limit any more.
const FREE: f64 = 4.0;
/// Refusals within this time are one: requests of several lanes come back together.
const ONE: Duration = Duration::from_secs(1);
/// For how long acknowledged bytes are counted together.
const METERED: Duration = Duration::from_secs(10);

impl Ceiling {
    /// As the pipeline file says.
    pub(in crate::delivery) fn of(write: &Write) -> Self {
        Self {
            rows_per_second: write.rows_per_second.map(|rows| rows as f64),
            bytes_per_second: write.bytes_per_second.map(|bytes| bytes.get() as f64),
        }
    }
}

impl Pace {
    pub(in crate::delivery) fn new(ceiling: Ceiling) -> Self {
        Self {
            ceiling,
            rows: Bucket { free_at: None },
            bytes: Bucket { free_at: None },
            taken: Meter { since: None, bytes: 0.0 },
            slowed: None,
            acknowledged: None,
        }
    }

    /// When a request may be sent. It counts as sent.
    pub(super) fn take(&mut self, rows: usize, bytes: usize, now: Instant) -> Instant {
        self.grow(now);
        let slowed = self.slowed.as_ref().map(|slowed| slowed.rate);
        let rate = [self.ceiling.bytes_per_second, slowed].into_iter().flatten().reduce(f64::min);
        let rows = self.rows.take(rows as f64, self.ceiling.rows_per_second, now);
        rows.max(self.bytes.take(bytes as f64, rate, now))
    }

    /// Milvus has a request.
    pub(super) fn acknowledged(&mut self, bytes: usize, now: Instant) {
        self.taken.add(bytes as f64, now);
        self.acknowledged = self.acknowledged.max(Some(now));
        self.grow(now);
    }

    /// True where Milvus took something of any lane since then.
    pub(super) fn was_acknowledged_since(&self, time: Instant) -> bool {
        self.acknowledged.is_some_and(|last| last > time)
    }

    /// Milvus said that it is too much.
    pub(super) fn refused(&mut self, now: Instant) {
        self.grow(now);
        let refused = match &self.slowed {
            Some(slowed) if now.saturating_duration_since(slowed.cut) < ONE => return,
            Some(slowed) => slowed.rate,
            None => self.taken.rate(now),
        };
        self.slowed =
            Some(Slowed { rate: (refused / 2.0).max(LOWEST), refused: refused.max(LOWEST), cut: now, grown: now });
    }

    fn grow(&mut self, now: Instant) {
        let Some(slowed) = &mut self.slowed else { return };
        let seconds = now.saturating_duration_since(slowed.grown).as_secs_f64();
        if seconds < ONE.as_secs_f64() {
            return;
        }
        slowed.rate += slowed.refused * seconds / RECOVERY;
        slowed.grown = now;
        if slowed.rate > slowed.refused * FREE {
            self.slowed = None;
        }
    }
}

impl Bucket {
    fn take(&mut self, amount: f64, per_second: Option<f64>, now: Instant) -> Instant {
        let Some(per_second) = per_second else {
            self.free_at = None;
            return now;
        };
        let at = self.free_at.map_or(now, |free_at| free_at.max(now));
        self.free_at = Some(at + Duration::from_secs_f64((amount / per_second).min(3600.0)));
        at
    }
}

impl Meter {
    fn add(&mut self, bytes: f64, now: Instant) {
        match self.since {
            Some(since) if now.saturating_duration_since(since) < METERED => {}
            // Half of what was counted stays, as if it had come in the time before.
            Some(_) => {
                self.bytes /= 2.0;
                self.since = Some(now - METERED / 2);
            }
            None => self.since = Some(now),
        }
        self.bytes += bytes;
    }

    fn rate(&self, now: Instant) -> f64 {
        let seconds = self.since.map_or(0.0, |since| now.saturating_duration_since(since).as_secs_f64());
        self.bytes / seconds.max(1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    /// Bytes that get through in so many seconds where requests of 10 kB are always there.
    fn sent(pace: &mut Pace, from: Instant, seconds: u32) -> f64 {
        let (mut now, mut bytes) = (from, 0);
        while now < from + SECOND * seconds {
            let at = pace.take(10, 10_000, now);
            bytes += 10_000;
            pace.acknowledged(10_000, at);
            now = at.max(now) + Duration::from_millis(1);
        }
        f64::from(bytes) / f64::from(seconds)
    }

    #[test]
    fn keeps_under_the_ceiling_of_bytes_and_of_rows() {
        let now = Instant::now();
        let bytes = Ceiling { bytes_per_second: Some(1e6), rows_per_second: None };
        let rate = sent(&mut Pace::new(bytes), now, 20);
        assert!((0.97e6..1.02e6).contains(&rate), "{rate}");
        let rows = Ceiling { bytes_per_second: None, rows_per_second: Some(100.0) };
        let rate = sent(&mut Pace::new(rows), now, 20);
        assert!((0.97e5..1.1e5).contains(&rate), "{rate}");
    }

    #[test]
    fn without_a_ceiling_nothing_waits() {
        let now = Instant::now();
        let mut pace = Pace::new(Ceiling::default());
        for _ in 0..1000 {
            assert_eq!(pace.take(1000, 1 << 23, now), now);
        }
    }

    #[test]
    fn what_is_too_much_halves_the_rate_and_it_grows_again() {
        let mut pace = Pace::new(Ceiling { bytes_per_second: Some(1e6), rows_per_second: None });
        let start = Instant::now();
        sent(&mut pace, start, 20);
        let now = start + 20 * SECOND;
        pace.refused(now);
        let slow = sent(&mut pace, now, 2);
        assert!((0.35e6..0.7e6).contains(&slow), "{slow}");
        let later = sent(&mut pace, now + 2 * SECOND, 30);
        assert!(later > 1.2 * slow, "{slow} {later}");
        sent(&mut pace, now + 32 * SECOND, 60);
        assert!(pace.slowed.is_none(), "{:?}", pace.slowed);
    }

    #[test]
    fn refusals_that_come_together_count_once() {
        let mut pace = Pace::new(Ceiling::default());
        let now = Instant::now();
        pace.acknowledged(1 << 30, now);
        pace.refused(now);
        let once = pace.slowed.as_ref().map(|slowed| slowed.rate);
        pace.refused(now + Duration::from_millis(10));
        assert_eq!(pace.slowed.as_ref().map(|slowed| slowed.rate), once);
        pace.refused(now + 2 * SECOND);
        assert!(pace.slowed.as_ref().map(|slowed| slowed.rate) < once);
    }
}
