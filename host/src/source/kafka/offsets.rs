//! Offsets that brokers know: where partitions begin and end, where a moment lies in them, what a group has committed.
//!
//! Each question goes once to each broker, however many partitions it leads.

use std::collections::HashMap;
use std::time::Instant;

use rdkafka::consumer::{BaseConsumer, Consumer, ConsumerContext};
use rdkafka::{Offset, TopicPartitionList};

use super::ask;
use super::error::SourceError;
use crate::source::TopicPartition;

/// The offsets at which partitions have a place: one of their ends, or `Offset::Offset(time)` for the first record of
/// that time or later. None where no record is as late.
pub(super) fn of<'a, C: ConsumerContext>(
    consumer: &BaseConsumer<C>,
    places: impl IntoIterator<Item = (&'a TopicPartition, Offset)>,
    deadline: Instant,
) -> Result<HashMap<TopicPartition, Option<i64>>, SourceError> {
    let mut list = TopicPartitionList::new();
    for (partition, place) in places {
        list.add_partition_offset(&partition.topic, partition.partition, place).map_err(SourceError::fatal)?;
    }
    if list.count() == 0 {
        return Ok(HashMap::new());
    }
    let answer = ask::until(deadline, |wait| {
        let answer = consumer.offsets_for_times(list.clone(), wait)?;
        answer.elements().iter().try_for_each(|element| element.error())?;
        Ok(answer)
    });
    let answer = answer.map_err(|error| SourceError::Fatal(format!("offsets of the topics' partitions: {error}")))?;
    let offset = |offset| match offset {
        Offset::Offset(offset) => Some(offset),
        _ => None,
    };
    Ok(answer.elements().iter().map(|element| (name(element), offset(element.offset()))).collect())
}

/// What a group has committed for a partition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Committed {
    /// The next offset to be read.
    pub(super) offset: i64,
    /// What was written beside it.
    pub(super) metadata: String,
}

/// What the consumer's group has committed; partitions for which there is nothing are left out.
pub(super) fn committed<'a, C: ConsumerContext>(
    consumer: &BaseConsumer<C>,
    partitions: impl IntoIterator<Item = &'a TopicPartition>,
    deadline: Instant,
) -> Result<HashMap<TopicPartition, Committed>, SourceError> {
    let mut list = TopicPartitionList::new();
    for partition in partitions {
        list.add_partition(&partition.topic, partition.partition);
    }
    if list.count() == 0 {
        return Ok(HashMap::new());
    }
    let answer = ask::until(deadline, |wait| {
        let answer = consumer.committed_offsets(list.clone(), wait)?;
        answer.elements().iter().try_for_each(|element| element.error())?;
        Ok(answer)
    });
    let answer = answer.map_err(|error| SourceError::Fatal(format!("committed offsets of the group: {error}")))?;
    let mut found = HashMap::new();
    for element in answer.elements() {
        if let Offset::Offset(offset) = element.offset() {
            let metadata = element.metadata().to_owned();
            found.insert(name(&element), Committed { offset, metadata });
        }
    }
    Ok(found)
}

/// The partition that an element of a list is about.
pub(super) fn name(element: &rdkafka::topic_partition_list::TopicPartitionListElem<'_>) -> TopicPartition {
    TopicPartition { topic: element.topic().into(), partition: element.partition() }
}
