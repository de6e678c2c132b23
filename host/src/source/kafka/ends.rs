//! Where partitions end, for bounded runs.

use std::collections::{BTreeSet, HashMap};
use std::time::{Duration, Instant};

use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::topic_partition_list::TopicPartitionListElem;
use rdkafka::{Offset, TopicPartitionList};

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

/// Where these partitions end now; those that nobody answers for are left out.
pub(super) fn latest(
    consumer: &BaseConsumer<Context>,
    partitions: &[TopicPartition],
    wait: Duration,
) -> Result<Vec<(TopicPartition, i64)>, SourceError> {
    let mut list = TopicPartitionList::new();
    for TopicPartition { topic, partition } in partitions {
        // In the place of a timestamp this means the latest offset.
        list.add_partition_offset(topic, *partition, Offset::End).map_err(SourceError::fatal)?;
    }
    let ends = consumer.offsets_for_times(list, wait).map_err(SourceError::fatal)?;
    let known = |element: TopicPartitionListElem<'_>| {
        let end = element.error().map(|()| element.offset().to_raw());
        Some((offsets::name(&element), end.ok().flatten().filter(|end| *end >= 0)?))
    };
    Ok(ends.elements().into_iter().filter_map(known).collect())
}
