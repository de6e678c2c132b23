//! Where partitions end, for bounded runs.

use std::collections::{BTreeSet, HashMap};
use std::time::Instant;

use rdkafka::Offset;
use rdkafka::consumer::BaseConsumer;

use super::error::SourceError;
use super::offsets;
use super::rebalance::Context;
use super::start::Starts;
use crate::source::TopicPartition;

/// The offset at which each partition ends; 0 where nothing is left to read.
pub type Ends = HashMap<TopicPartition, i64>;

pub(super) fn of(
    consumer: &BaseConsumer<Context>,
    starts: &Starts,
    partitions: &BTreeSet<TopicPartition>,
    deadline: Instant,
) -> Result<Ends, SourceError> {
    let at = |place| offsets::of(consumer, partitions.iter().map(|partition| (partition, place)), deadline);
    let (beginnings, ends) = (at(Offset::Beginning)?, at(Offset::End)?);
    // What is committed already need not be waited for, nor what is not to be read: some brokers say late, or never,
    // that a partition ends there.
    let committed = offsets::committed(consumer, partitions, deadline)?;
    let fresh: Vec<_> = partitions.iter().filter(|partition| !committed.contains_key(partition)).cloned().collect();
    let starts = starts.offsets(consumer, &fresh, deadline)?;
    let of = |partition: &TopicPartition| {
        let end = ends.get(partition).copied().flatten().unwrap_or(0);
        let first = committed.get(partition).map(|committed| committed.offset).or(starts.get(partition).copied());
        let first = first.max(beginnings.get(partition).copied().flatten()).unwrap_or(0);
        if first < end { end } else { 0 }
    };
    Ok(partitions.iter().map(|partition| (partition.clone(), of(partition))).collect())
}
