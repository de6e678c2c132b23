//! The partitions of this process and how far behind each is.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::families::Families;
use super::lag::Lag;
use crate::source::TopicPartition;
use crate::source::kafka::Fetched;

/// How far behind one partition is, as its lane and the consumer tell it.
pub(super) type Shared = Arc<Mutex<Lag>>;

#[derive(Debug, Default)]
pub(super) struct Partitions {
    lags: Mutex<HashMap<TopicPartition, Shared>>,
}

impl Partitions {
    pub(super) fn add(&self, partitions: impl Iterator<Item = TopicPartition>) {
        lock(&self.lags).extend(partitions.map(|partition| (partition, Shared::default())));
    }

    pub(super) fn remove(&self, partitions: &[TopicPartition], families: &Families) {
        let mut lags = lock(&self.lags);
        for partition in partitions {
            lags.remove(partition);
            // Both are errors where the partition never had a value.
            let labels = [&*partition.topic, &partition.partition.to_string()];
            drop(families.lag_records.remove_label_values(&labels));
            drop(families.lag_seconds.remove_label_values(&labels));
        }
    }

    pub(super) fn clear(&self, families: &Families) {
        lock(&self.lags).clear();
        families.lag_records.reset();
        families.lag_seconds.reset();
    }

    pub(super) fn count(&self) -> usize {
        lock(&self.lags).len()
    }

    pub(super) fn get(&self, partition: &TopicPartition) -> Option<Shared> {
        lock(&self.lags).get(partition).map(Arc::clone)
    }

    pub(super) fn fetched(&self, fetched: impl Iterator<Item = (TopicPartition, Fetched)>, now: i64) {
        self.each(fetched, |lag, fetched| lag.fetched(fetched, now));
    }

    pub(super) fn queued(&self) -> Vec<TopicPartition> {
        let lags = lock(&self.lags);
        lags.iter().filter(|(_, lag)| lock(lag).is_queued()).map(|(partition, _)| partition.clone()).collect()
    }

    pub(super) fn ends(&self, ends: impl Iterator<Item = (TopicPartition, i64)>) {
        self.each(ends, Lag::ends);
    }

    fn each<T>(&self, told: impl Iterator<Item = (TopicPartition, T)>, tell: impl Fn(&mut Lag, T)) {
        let lags = lock(&self.lags);
        for (partition, told) in told {
            if let Some(lag) = lags.get(&partition) {
                tell(&mut lock(lag), told);
            }
        }
    }

    /// Sets the gauges. Held until all are set, so that none of a partition that goes meanwhile is set after that.
    pub(super) fn measure(&self, families: &Families, now: i64) {
        let lags = lock(&self.lags);
        for (partition, lag) in lags.iter() {
            let (records, seconds) = {
                let lag = lock(lag);
                (lag.records(), lag.seconds(now))
            };
            let labels = [&*partition.topic, &partition.partition.to_string()];
            match records.map(|records| i64::try_from(records).unwrap_or(i64::MAX)) {
                Some(records) => families.lag_records.with_label_values(&labels).set(records),
                None => drop(families.lag_records.remove_label_values(&labels)),
            }
            match seconds {
                Some(seconds) => families.lag_seconds.with_label_values(&labels).set(seconds),
                None => drop(families.lag_seconds.remove_label_values(&labels)),
            }
        }
    }
}

/// What is locked here is right after each step, whoever panicked meanwhile.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
