//! Where a partition is read from that the group has committed nothing for.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Instant;

use rdkafka::Offset;
use rdkafka::consumer::{BaseConsumer, ConsumerContext};

use super::error::SourceError;
use super::offsets;
use crate::source::TopicPartition;

/// Where a partition is read from that the group has committed nothing for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Start {
    /// From its first record.
    Earliest,
    /// From the records that come after the start.
    Latest,
    /// From the first record of this time, in milliseconds since 1970, or a later one.
    Time(i64),
    /// From these offsets, and from the first record where there is none.
    Offsets(BTreeMap<TopicPartition, i64>),
}

/// The places at which partitions start.
pub(super) struct Starts {
    start: Start,
    /// Where the partitions ended when the process started, for `Latest`: what comes later is to be read, however late
    /// it is that a partition is assigned.
    ends: HashMap<TopicPartition, Option<i64>>,
}

/// As librdkafka does it by itself.
impl Default for Starts {
    fn default() -> Self {
        Self { start: Start::Earliest, ends: HashMap::new() }
    }
}

impl Starts {
    /// Asks what has to be known from the beginning. `found` are the partitions that the topics have.
    pub(super) fn new<C: ConsumerContext>(
        start: &Start,
        client: &BaseConsumer<C>,
        found: &BTreeSet<TopicPartition>,
        deadline: Instant,
    ) -> Result<Self, SourceError> {
        if let Start::Offsets(offsets) = start
            && let Some(partition) = offsets.keys().find(|partition| !found.contains(partition))
        {
            return Err(SourceError::NoSuchStart(partition.clone()));
        }
        let ends = match start {
            Start::Latest => offsets::of(client, found.iter().map(|partition| (partition, Offset::End)), deadline)?,
            _ => HashMap::new(),
        };
        Ok(Self { start: start.clone(), ends })
    }

    /// True where librdkafka does it all by itself: it goes to the committed offset, or to the first record.
    pub(super) fn is_usual(&self) -> bool {
        self.start == Start::Earliest
    }

    /// The offsets at which these partitions start, for which nothing is committed. Partitions that start at their
    /// first record may be left out.
    pub(super) fn offsets<C: ConsumerContext>(
        &self,
        consumer: &BaseConsumer<C>,
        partitions: &[TopicPartition],
        deadline: Instant,
    ) -> Result<HashMap<TopicPartition, i64>, SourceError> {
        match &self.start {
            Start::Earliest => Ok(HashMap::new()),
            Start::Latest => {
                // A partition that came later: all that is in it came after the start.
                let new = partitions.iter().filter(|partition| !self.ends.contains_key(partition));
                let mut offsets = offsets::of(consumer, new.map(|new| (new, Offset::Beginning)), deadline)?;
                let old = partitions.iter().filter_map(|old| Some((old.clone(), *self.ends.get(old)?)));
                offsets.extend(old);
                Ok(offsets.into_iter().filter_map(|(partition, offset)| Some((partition, offset?))).collect())
            }
            Start::Time(time) => {
                // The ends come first: a record that is written between the questions must not fall between them.
                let of = |place| offsets::of(consumer, partitions.iter().map(|name| (name, place)), deadline);
                let (ends, found) = (of(Offset::End)?, of(Offset::Offset(*time))?);
                let ends = ends.into_iter().filter_map(|(partition, end)| {
                    let offset = found.get(&partition).copied().flatten().or(end)?;
                    Some((partition, offset))
                });
                Ok(ends.collect())
            }
            Start::Offsets(wanted) => {
                let named: Vec<_> = partitions.iter().filter_map(|name| Some((name, *wanted.get(name)?))).collect();
                let of = |place| offsets::of(consumer, named.iter().map(|(name, _)| (*name, place)), deadline);
                let (beginnings, ends) = (of(Offset::Beginning)?, of(Offset::End)?);
                let mut offsets = HashMap::new();
                for (partition, offset) in named {
                    let bound = |bounds: &HashMap<_, Option<i64>>| bounds.get(partition).copied().flatten();
                    if let Some(end) = bound(&ends)
                        && offset > end
                    {
                        return Err(SourceError::BeyondEnd { partition: partition.clone(), offset, end });
                    }
                    let beginning = bound(&beginnings).unwrap_or(offset);
                    if offset < beginning {
                        tracing::warn!(%partition, offset, beginning, "start: the topic has no record as old any more");
                    }
                    offsets.insert(partition.clone(), offset.max(beginning));
                }
                Ok(offsets)
            }
        }
    }
}
