//! Warnings of librdkafka, each kind once in a while: while brokers are away it repeats them many times a second.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use rdkafka::error::RDKafkaErrorCode;

/// How often one kind is told.
const AGAIN: Duration = Duration::from_secs(10);

/// When each kind was told last. The kinds are librdkafka's codes, so they are few.
#[derive(Debug, Default)]
pub(super) struct Told(Mutex<HashMap<Option<i32>, Instant>>);

impl Told {
    /// True where it is time to tell this kind, which is told then.
    pub(super) fn is_due(&self, kind: Option<RDKafkaErrorCode>, now: Instant) -> bool {
        let kind = kind.map(|kind| kind as i32);
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let due = told.get(&kind).is_none_or(|last| now.saturating_duration_since(*last) >= AGAIN);
        if due {
            told.insert(kind, now);
        }
        due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_told_once_in_ten_seconds_and_each_for_itself() {
        let (told, now) = (Told::default(), Instant::now());
        let (down, cut) = (Some(RDKafkaErrorCode::AllBrokersDown), Some(RDKafkaErrorCode::BrokerTransportFailure));
        assert!(told.is_due(down, now) && told.is_due(cut, now) && told.is_due(None, now));
        assert!(!told.is_due(down, now + AGAIN / 2));
        assert!(told.is_due(down, now + AGAIN));
    }
}
