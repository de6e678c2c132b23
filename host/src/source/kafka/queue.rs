//! The queue of one partition.

use std::sync::Arc;
use std::time::Duration;

use rdkafka::consumer::base_consumer::PartitionQueue;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::Headers;
use rdkafka::{Message, Timestamp};

use super::error::SourceError;
use super::rebalance::Context;
use super::replay::{Replay, Verdict};
use crate::batch::{Origin, Records};
use crate::source::TopicPartition;

/// The queue of one partition. A lane polls it until it is empty, and again when it is told that it no longer is.
pub struct Queue {
    partition: TopicPartition,
    inner: PartitionQueue<Context>,
    replay: Option<Arc<Replay>>,
}

/// What a queue had.
#[derive(Debug, PartialEq, Eq)]
pub enum Polled {
    /// A record of this offset; it was appended.
    Record(i64),
    /// A record of this offset; a replay passes it over.
    PassedOver(i64),
    /// A record at or behind the end of the bounded run; it was not appended.
    Beyond,
    /// Nothing for now.
    Empty,
    /// Nothing, and the partition ends here.
    End,
    /// An error that librdkafka mends by itself.
    Mended,
}

impl std::fmt::Debug for Queue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Queue").field(&self.partition).finish()
    }
}

impl Queue {
    pub(super) fn new(partition: TopicPartition, inner: PartitionQueue<Context>, replay: Option<Arc<Replay>>) -> Self {
        Self { partition, inner, replay }
    }

    /// The partition.
    pub fn partition(&self) -> &TopicPartition {
        &self.partition
    }

    /// Calls `ready` whenever the queue is no longer empty, from a thread of librdkafka: it must be quick.
    pub fn on_ready(&mut self, ready: impl Fn() + Send + Sync + 'static) {
        self.inner.set_nonempty_callback(ready);
    }

    /// Takes the next record, without waiting. `end` bounds the run.
    pub fn poll(&self, records: &mut Records, end: Option<i64>) -> Result<Polled, SourceError> {
        Ok(match self.inner.poll(Duration::ZERO) {
            None => Polled::Empty,
            Some(Ok(message)) if end.is_some_and(|end| message.offset() >= end) => Polled::Beyond,
            Some(Ok(message)) => self.take(&message, records),
            Some(Err(KafkaError::PartitionEOF(_))) => Polled::End,
            // librdkafka would go on, but these lose records without a word, or stay for ever.
            Some(Err(KafkaError::MessageConsumption(
                code @ (RDKafkaErrorCode::TopicAuthorizationFailed
                | RDKafkaErrorCode::BadMessage
                | RDKafkaErrorCode::NotImplemented),
            ))) => return Err(SourceError::Fatal(format!("partition {}: {code}", self.partition))),
            // The rest is told by the consumer's context and mended by librdkafka; more may lie behind it.
            Some(Err(_)) => Polled::Mended,
        })
    }

    fn take(&self, message: &impl Message, records: &mut Records) -> Polled {
        let offset = message.offset();
        let read_at = Origin { topic: Arc::clone(&self.partition.topic), partition: self.partition.partition, offset };
        let timestamp = match message.timestamp() {
            Timestamp::CreateTime(time) | Timestamp::LogAppendTime(time) => Some(time),
            Timestamp::NotAvailable => None,
        };
        let headers = message.headers().into_iter().flat_map(Headers::iter).map(|header| (header.key, header.value));
        match &self.replay {
            None => records.push(read_at, timestamp, message.key(), message.payload(), headers),
            Some(replay) => match replay.look(&self.partition, message) {
                Verdict::Pass => return Polled::PassedOver(offset),
                Verdict::Enough => return Polled::Beyond,
                Verdict::Take(origin, own) => {
                    records.push(origin, timestamp, message.key(), message.payload(), headers.take(own));
                    records.set_read_at(read_at);
                }
            },
        }
        Polled::Record(offset)
    }
}
