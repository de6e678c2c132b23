//! What the group has committed, and where the partitions end.

use std::time::Duration;

use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::KafkaResult;
use rdkafka::{ClientConfig, TopicPartitionList};

use crate::support::wait_until;

/// One question to the brokers.
const ASK: Duration = Duration::from_secs(5);
/// How long the brokers may be gone for.
const GONE: Duration = Duration::from_secs(120);

/// The offsets of a group in a topic.
pub(crate) struct Offsets {
    consumer: BaseConsumer,
    topic: String,
}

impl Offsets {
    pub(crate) fn new(brokers: &str, group: &str, topic: &str) -> Self {
        let mut config = ClientConfig::new();
        config.set("bootstrap.servers", brokers).set("group.id", group).set("log_level", "0");
        config.set("reconnect.backoff.max.ms", "500");
        Self { consumer: config.create().expect("a consumer"), topic: topic.to_owned() }
    }

    /// The committed offset of each partition, 0 where there is none.
    pub(crate) fn committed(&self, partitions: i32) -> Vec<i64> {
        answered("the committed offsets are not told", || {
            let mut list = TopicPartitionList::new();
            list.add_partition_range(&self.topic, 0, partitions - 1);
            let committed = self.consumer.committed_offsets(list, ASK)?;
            let raw = |partition| committed.find_partition(&self.topic, partition)?.offset().to_raw();
            Ok((0..partitions).map(|partition| raw(partition).unwrap_or(0).max(0)).collect())
        })
    }

    /// Where each partition ends.
    pub(crate) fn ends(&self, partitions: i32) -> Vec<i64> {
        let end = |partition| {
            answered("the ends are not told", || self.consumer.fetch_watermarks(&self.topic, partition, ASK))
        };
        (0..partitions).map(|partition| end(partition).1).collect()
    }
}

/// Asks until there is an answer: brokers that come back take a while to find each other.
fn answered<T>(what: &str, mut ask: impl FnMut() -> KafkaResult<T>) -> T {
    let mut answer = None;
    wait_until(what, GONE, || {
        answer = ask().ok();
        answer.is_some()
    });
    answer.expect("it is there")
}
