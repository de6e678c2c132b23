//! Where partitions end, for bounded runs.

use std::collections::{BTreeSet, HashMap};
use std::time::{Duration, Instant};

use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::topic_partition_list::TopicPartitionListElem;
use rdkafka::{Offset, TopicPartitionList};

use super::ask;
use super::error::SourceError;
use super::rebalance::Context;
use crate::source::TopicPartition;

/// The offset at which each partition ends; 0 where nothing is left to read.
pub type Ends = HashMap<TopicPartition, i64>;

pub(super) fn of(
    consumer: &BaseConsumer<Context>,
    partitions: &BTreeSet<TopicPartition>,
    deadline: Instant,
) -> Result<Ends, SourceError> {
    let mut ends = Ends::new();
    let mut list = TopicPartitionList::new();
    for partition in partitions {
        let (start, end) =
            ask::until(deadline, |wait| consumer.fetch_watermarks(&partition.topic, partition.partition, wait))
                .map_err(|error| SourceError::Fatal(format!("end of {partition}: {error}")))?;
        list.add_partition(&partition.topic, partition.partition);
        ends.insert(partition.clone(), if start < end { end } else { 0 });
    }
    // What is committed already need not be waited for: some brokers say late, or never, that a partition ends there.
    let committed = ask::until(deadline, |wait| consumer.committed_offsets(list.clone(), wait))
        .map_err(|error| SourceError::Fatal(format!("committed offsets of the group: {error}")))?;
    for element in committed.elements() {
        let partition = TopicPartition { topic: element.topic().into(), partition: element.partition() };
        if let (Some(end), Some(committed)) = (ends.get_mut(&partition), element.offset().to_raw())
            && committed >= *end
        {
            *end = 0;
        }
    }
    Ok(ends)
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
        let partition = TopicPartition { topic: element.topic().into(), partition: element.partition() };
        Some((partition, end.ok().flatten().filter(|end| *end >= 0)?))
    };
    Ok(ends.elements().into_iter().filter_map(known).collect())
}
