//! Records from Kafka: one consumer of the group for the process, whose partition queues are handed to the lanes.
//!
//! The consumer itself is polled for events only: rebalances, errors, commits. Records of a partition come through
//! that partition's own queue, so a lane reads just what is its own, in order, and what it does not read stays in
//! librdkafka, within its limit. No type of rdkafka leaves this module.

mod ask;
mod client;
mod ends;
mod error;
mod local;
mod queue;
mod rebalance;
mod statistics;

pub use client::Settings;
pub(crate) use client::setting;
pub use ends::Ends;
pub use error::SourceError;
pub use local::LocalKafka;
pub use queue::{Polled, Queue};
pub use rebalance::Assignments;
pub use statistics::Fetched;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rdkafka::consumer::{BaseConsumer, CommitMode, Consumer};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::{Offset, TopicPartitionList};

use self::rebalance::Context;
use super::TopicPartition;

/// How long a start waits for the brokers.
const CONNECT: Duration = Duration::from_secs(15);

/// The consumer of this process.
pub struct KafkaSource {
    consumer: Arc<BaseConsumer<Context>>,
    settings: Settings,
    /// What the topics of the settings have, as found at the start.
    found: BTreeSet<TopicPartition>,
}

impl std::fmt::Debug for KafkaSource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KafkaSource").field("found", &self.found.len()).finish_non_exhaustive()
    }
}

impl KafkaSource {
    /// Connects and looks at the topics. `until_end` makes the queues say where a partition ends.
    pub fn connect(settings: Settings, until_end: bool) -> Result<Self, SourceError> {
        let found = client::look(&settings, CONNECT)?;
        let consumer = client::consumer(&settings, found.len(), until_end)?;
        Ok(Self { consumer, settings, found })
    }

    /// The partitions that the topics had at the start.
    pub fn partitions(&self) -> &BTreeSet<TopicPartition> {
        &self.found
    }

    /// Where the partitions end now.
    pub fn ends(&self) -> Result<Ends, SourceError> {
        ends::of(&self.consumer, &self.found, Instant::now() + CONNECT)
    }

    /// Where these partitions end now, asked of their leaders all at once.
    pub fn latest(
        &self,
        partitions: &[TopicPartition],
        wait: Duration,
    ) -> Result<Vec<(TopicPartition, i64)>, SourceError> {
        ends::latest(&self.consumer, partitions, wait)
    }

    /// Joins the group. From now on partitions come and go through `assignments`, called by [`Self::serve`].
    pub fn subscribe(&self, assignments: Arc<dyn Assignments>) -> Result<(), SourceError> {
        self.consumer.context().start(&self.consumer, assignments);
        let topics: Vec<&str> = self.settings.topics.iter().map(String::as_str).collect();
        self.consumer.subscribe(&topics).map_err(SourceError::fatal)
    }

    /// Serves rebalances, errors and commits for up to `wait`.
    pub fn serve(&self, wait: Duration) -> Result<(), SourceError> {
        match self.consumer.poll(wait) {
            None => Ok(()),
            Some(Ok(message)) => {
                // Queues are split before a partition is fetched from, so no record can come this way.
                use rdkafka::Message;
                let (topic, partition, offset) = (message.topic(), message.partition(), message.offset());
                Err(SourceError::Astray(format!("{topic}/{partition}/{offset}")))
            }
            Some(Err(error @ KafkaError::MessageConsumptionFatal(_))) => Err(SourceError::fatal(error)),
            Some(Err(KafkaError::MessageConsumption(
                code @ (RDKafkaErrorCode::TopicAuthorizationFailed
                | RDKafkaErrorCode::GroupAuthorizationFailed
                | RDKafkaErrorCode::Authentication
                | RDKafkaErrorCode::SaslAuthenticationFailed),
            ))) => Err(SourceError::fatal(code)),
            // librdkafka mends the rest by itself: it reconnects, and looks for leaders and coordinators anew.
            Some(Err(_)) => Ok(()),
        }
    }

    /// Marks positions as what may be committed: the offsets before them are done. They are committed every second,
    /// when partitions are revoked and at the end. Only `delivery` calls this.
    pub fn store(&self, positions: &[(TopicPartition, i64)]) {
        for (partition, position) in positions {
            let mut list = TopicPartitionList::new();
            let added = list.add_partition_offset(&partition.topic, partition.partition, Offset::Offset(*position));
            if let Err(error) = added.and_then(|()| self.consumer.store_offsets(&list)) {
                // The partition is another process's by now: it will read these records again.
                tracing::debug!(%partition, position, %error, "position not stored");
            }
        }
    }

    /// Commits the stored positions and waits for the answer.
    pub fn commit(&self) -> Result<(), SourceError> {
        match self.consumer.commit_consumer_state(CommitMode::Sync) {
            Ok(()) | Err(KafkaError::ConsumerCommit(RDKafkaErrorCode::NoOffset)) => Ok(()),
            Err(error) => Err(SourceError::Commit(error.to_string())),
        }
    }
}
