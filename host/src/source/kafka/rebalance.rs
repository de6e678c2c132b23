//! Partitions that come and go.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};
use std::time::{Duration, Instant};

use rdkafka::client::ClientContext;
use rdkafka::consumer::{BaseConsumer, Consumer, ConsumerContext, Rebalance};
use rdkafka::error::{KafkaError, KafkaResult, RDKafkaErrorCode};
use rdkafka::{Offset, TopicPartitionList};

use super::error::SourceError;
use super::offsets;
use super::queue::{Queue, Split};
use super::replay::Replay;
use super::start::Starts;
use super::statistics::{self, Fetched};
use super::told::Told;
use crate::source::TopicPartition;

/// How long the brokers may take to say where assigned partitions start: less than the time after which a thread that
/// does not come round counts as stuck, and far less than that after which the group gives up a member.
const ASK: Duration = Duration::from_secs(30);

/// Who is told of partitions. Called on the thread that serves the consumer.
pub trait Assignments: Send + Sync {
    /// These partitions are ours from now on.
    fn assigned(&self, queues: Vec<Queue>);

    /// These partitions are about to be another process's. What is stored when this returns is committed. Where they are
    /// `lost`, the group went on without this member: they may be another's already, and nothing of them is committed.
    fn revoked(&self, partitions: &[TopicPartition], lost: bool);

    /// So far the partitions were fetched; told every few seconds.
    fn fetched(&self, fetched: Vec<(TopicPartition, Fetched)>);
}

/// What the consumer calls back.
#[derive(Default)]
pub(super) struct Context {
    starts: Arc<Starts>,
    replay: Option<Arc<Replay>>,
    started: OnceLock<Started>,
    /// The queues that were given to lanes, the last one of each partition.
    queues: Mutex<HashMap<TopicPartition, Weak<Split>>>,
    /// What went wrong where no error can be returned.
    failure: Mutex<Option<SourceError>>,
    told: Told,
}

/// Known only once there is a consumer, which needs its context first.
struct Started {
    consumer: Weak<BaseConsumer<Context>>,
    assignments: Arc<dyn Assignments>,
}

impl Context {
    pub(super) fn new(starts: Arc<Starts>, replay: Option<Arc<Replay>>) -> Self {
        Self { starts, replay, ..Self::default() }
    }

    pub(super) fn start(&self, consumer: &Arc<BaseConsumer<Self>>, assignments: Arc<dyn Assignments>) {
        // A second subscription would be a mistake of ours; the first one's assignments stay.
        let _ = self.started.set(Started { consumer: Arc::downgrade(consumer), assignments });
    }

    /// What went wrong in a callback since the last call.
    pub(super) fn take_failure(&self) -> Option<SourceError> {
        self.failure.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// The queue of a partition, for a lane.
    pub(super) fn queue(&self, consumer: &Arc<BaseConsumer<Self>>, partition: TopicPartition) -> Option<Queue> {
        let queue = consumer.split_partition_queue(&partition.topic, partition.partition)?;
        let mut queues = self.queues.lock().unwrap_or_else(PoisonError::into_inner);
        let last = queues.entry(partition.clone()).or_default();
        let queue = Queue::new(partition, queue, last, self.replay.clone());
        *last = queue.split();
        Some(queue)
    }

    /// Writes into the list where partitions start that the group has committed nothing for.
    fn set_starts(&self, consumer: &BaseConsumer<Self>, list: &TopicPartitionList) -> Result<(), SourceError> {
        if self.starts.is_usual() && self.replay.is_none() {
            return Ok(());
        }
        let deadline = Instant::now() + ASK;
        let assigned = partitions(list);
        let committed = offsets::committed(consumer, &assigned, deadline)?;
        let fresh: Vec<_> = assigned.iter().filter(|name| !committed.contains_key(name)).cloned().collect();
        let starts = self.starts.offsets(consumer, &fresh, deadline)?;
        for (mut element, name) in list.elements().into_iter().zip(assigned) {
            if let Some(start) = starts.get(&name) {
                element.set_offset(Offset::Offset(*start)).map_err(SourceError::fatal)?;
            }
            if let Some(replay) = &self.replay
                && let Some(start) = replay.assigned(name.clone(), committed.get(&name))?
            {
                element.set_offset(start).map_err(SourceError::fatal)?;
            }
        }
        Ok(())
    }
}

impl ClientContext for Context {
    /// The only place where the reason is told; polls give the same error without it. The end of a partition is none.
    fn error(&self, error: KafkaError, reason: &str) {
        let kind = error.rdkafka_error_code();
        if kind == Some(RDKafkaErrorCode::PartitionEOF) {
            return;
        }
        if self.told.is_due(kind, Instant::now()) {
            tracing::warn!(%error, reason, "Kafka");
        } else {
            tracing::debug!(%error, reason, "Kafka");
        }
    }

    fn stats_raw(&self, json: &[u8]) {
        if let Some(Started { assignments, .. }) = self.started.get() {
            assignments.fetched(statistics::fetched(json));
        }
    }
}

impl ConsumerContext for Context {
    /// Queues are split before the partitions are assigned, so that no record ever goes to the consumer's own queue
    /// (librdkafka keeps what an application said about a queue when it starts to fetch).
    fn pre_rebalance(&self, base: &BaseConsumer<Self>, rebalance: &Rebalance<'_>) {
        let Some(Started { consumer, assignments }) = self.started.get() else { return };
        match rebalance {
            Rebalance::Assign(list) => {
                let Some(consumer) = consumer.upgrade() else { return };
                let starts = self.set_starts(base, list);
                let queues = partitions(list).into_iter().filter_map(|partition| self.queue(&consumer, partition));
                let queues = queues.collect();
                match starts {
                    Ok(()) => assignments.assigned(queues),
                    // Nobody gets the queues, so nothing is read from a wrong place before the run ends.
                    Err(error) => *self.failure.lock().unwrap_or_else(PoisonError::into_inner) = Some(error),
                }
            }
            Rebalance::Revoke(list) => {
                let partitions = partitions(list);
                assignments.revoked(&partitions, base.assignment_lost());
                if let Some(replay) = &self.replay {
                    if let Err(error) = replay.commit(base) {
                        tracing::warn!(%error, "commit");
                    }
                    replay.revoked(&partitions);
                }
            }
            Rebalance::Error(error) => tracing::warn!(%error, "rebalance"),
        }
    }

    /// A place at which a partition starts by the pipeline's file is committed at once. Found anew by another process,
    /// or by this one after a crash, it could lie behind records that came meanwhile, and they would be lost.
    fn post_rebalance(&self, base: &BaseConsumer<Self>, rebalance: &Rebalance<'_>) {
        let Rebalance::Assign(list) = rebalance else { return };
        if self.starts.is_usual() {
            return;
        }
        let mut starts = TopicPartitionList::new();
        for element in list.elements() {
            if let Offset::Offset(_) = element.offset() {
                starts.add_partition(element.topic(), element.partition());
                let _ = starts.set_partition_offset(element.topic(), element.partition(), element.offset());
            }
        }
        if starts.count() > 0
            && let Err(error) = base.store_offsets(&starts)
        {
            tracing::warn!(%error, "the places at which partitions start are not stored");
        }
    }

    fn commit_callback(&self, result: KafkaResult<()>, offsets: &TopicPartitionList) {
        if let Err(error) = result {
            // What is not committed is read again; a later commit may well succeed.
            tracing::warn!(%error, partitions = offsets.count(), "commit");
        }
    }
}

fn partitions(list: &TopicPartitionList) -> Vec<TopicPartition> {
    list.elements().into_iter().map(|element| offsets::name(&element)).collect()
}
