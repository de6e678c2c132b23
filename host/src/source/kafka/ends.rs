//! Where partitions end, for bounded runs.

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use rdkafka::consumer::{BaseConsumer, Consumer};

use super::error::SourceError;
use super::rebalance::Context;
use crate::source::TopicPartition;

/// The end offset of each partition.
pub type Ends = HashMap<TopicPartition, i64>;

pub(super) fn of(
    consumer: &BaseConsumer<Context>,
    partitions: &BTreeSet<TopicPartition>,
    wait: Duration,
) -> Result<Ends, SourceError> {
    let mut ends = Ends::new();
    for partition in partitions {
        let (_, end) = consumer
            .fetch_watermarks(&partition.topic, partition.partition, wait)
            .map_err(|error| SourceError::Fatal(format!("end of {partition}: {error}")))?;
        ends.insert(partition.clone(), end);
    }
    Ok(ends)
}
