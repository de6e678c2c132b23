//! Partitions that come and go.

use std::sync::{Arc, OnceLock, Weak};

use rdkafka::TopicPartitionList;
use rdkafka::client::ClientContext;
use rdkafka::consumer::{BaseConsumer, ConsumerContext, Rebalance};
use rdkafka::error::{KafkaError, KafkaResult, RDKafkaErrorCode};

use super::queue::Queue;
use super::statistics::{self, Fetched};
use crate::source::TopicPartition;

/// Who is told of partitions. Called on the thread that serves the consumer.
pub trait Assignments: Send + Sync {
    /// These partitions are ours from now on.
    fn assigned(&self, queues: Vec<Queue>);

    /// These partitions are about to be another process's. What is stored when this returns is committed.
    fn revoked(&self, partitions: &[TopicPartition]);

    /// So far the partitions were fetched; told every few seconds.
    fn fetched(&self, fetched: Vec<(TopicPartition, Fetched)>);
}

/// What the consumer calls back.
#[derive(Default)]
pub(super) struct Context {
    started: OnceLock<Started>,
}

/// Known only once there is a consumer, which needs its context first.
struct Started {
    consumer: Weak<BaseConsumer<Context>>,
    assignments: Arc<dyn Assignments>,
}

impl Context {
    pub(super) fn start(&self, consumer: &Arc<BaseConsumer<Self>>, assignments: Arc<dyn Assignments>) {
        // A second subscription would be a mistake of ours; the first one's assignments stay.
        let _ = self.started.set(Started { consumer: Arc::downgrade(consumer), assignments });
    }
}

impl ClientContext for Context {
    /// The only place where the reason is told; polls give the same error without it. The end of a partition is none.
    fn error(&self, error: KafkaError, reason: &str) {
        if error.rdkafka_error_code() != Some(RDKafkaErrorCode::PartitionEOF) {
            tracing::warn!(%error, reason, "Kafka");
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
    fn pre_rebalance(&self, _: &BaseConsumer<Self>, rebalance: &Rebalance<'_>) {
        let Some(Started { consumer, assignments }) = self.started.get() else { return };
        match rebalance {
            Rebalance::Assign(list) => {
                let Some(consumer) = consumer.upgrade() else { return };
                let queues = partitions(list)
                    .filter_map(|partition| {
                        let queue = consumer.split_partition_queue(&partition.topic, partition.partition)?;
                        Some(Queue::new(partition, queue))
                    })
                    .collect();
                assignments.assigned(queues);
            }
            Rebalance::Revoke(list) => assignments.revoked(&partitions(list).collect::<Vec<_>>()),
            Rebalance::Error(error) => tracing::warn!(%error, "rebalance"),
        }
    }

    fn commit_callback(&self, result: KafkaResult<()>, offsets: &TopicPartitionList) {
        if let Err(error) = result {
            // What is not committed is read again; a later commit may well succeed.
            tracing::warn!(%error, partitions = offsets.count(), "commit");
        }
    }
}

fn partitions(list: &TopicPartitionList) -> impl Iterator<Item = TopicPartition> {
    list.elements()
        .into_iter()
        .map(|element| TopicPartition { topic: element.topic().into(), partition: element.partition() })
        .collect::<Vec<_>>()
        .into_iter()
}
