//! The queue of one partition.

use std::sync::Arc;
use std::time::Duration;

use rdkafka::consumer::base_consumer::PartitionQueue;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::{BorrowedMessage, Headers};
use rdkafka::{Message, Timestamp};
use yoke::{Yoke, Yokeable};

use super::error::SourceError;
use super::fetch::BESIDE_RECORD;
use super::rebalance::Context;
use super::replay::{Replay, Verdict};
use crate::batch::{Origin, Records};
use crate::source::TopicPartition;

/// The queue of one partition. A lane polls it until it is empty, and again when it is told that it no longer is.
pub struct Queue {
    partition: TopicPartition,
    inner: Arc<PartitionQueue<Context>>,
    replay: Option<Arc<Replay>>,
}

/// A message in librdkafka's memory, which must be given back before the consumer ends.
struct Lent(LentMessage);

type LentMessage = Yoke<Inner<'static>, Arc<PartitionQueue<Context>>>;

#[derive(Yokeable)]
struct Inner<'a>(BorrowedMessage<'a>);

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
        Self { partition, inner: Arc::new(inner), replay }
    }

    /// The partition.
    pub fn partition(&self) -> &TopicPartition {
        &self.partition
    }

    /// Calls `ready` whenever the queue is no longer empty, from a thread of librdkafka: it must be quick.
    pub fn on_ready(&mut self, ready: impl Fn() + Send + Sync + 'static) {
        let inner = Arc::get_mut(&mut self.inner).expect("what lends nothing yet has one owner");
        inner.set_nonempty_callback(ready);
    }

    /// Takes the next record, without waiting. `end` bounds the run.
    pub fn poll(&self, records: &mut Records, end: Option<i64>) -> Result<Polled, SourceError> {
        let polled =
            LentMessage::try_attach_to_cart(Arc::clone(&self.inner), |queue| match queue.poll(Duration::ZERO) {
                Some(Ok(message)) => Ok(Inner(message)),
                Some(Err(error)) => Err(Some(error)),
                None => Err(None),
            });
        Ok(match polled.map(Lent) {
            Err(None) => Polled::Empty,
            Ok(lent) if end.is_some_and(|end| lent.message().offset() >= end) => Polled::Beyond,
            Ok(lent) => self.take(lent, records),
            Err(Some(KafkaError::PartitionEOF(_))) => Polled::End,
            // librdkafka would go on, but these lose records without a word, or stay for ever.
            Err(Some(KafkaError::MessageConsumption(
                code @ (RDKafkaErrorCode::TopicAuthorizationFailed
                | RDKafkaErrorCode::BadMessage
                | RDKafkaErrorCode::NotImplemented),
            ))) => return Err(SourceError::Fatal(format!("partition {}: {code}", self.partition))),
            // The rest is told by the consumer's context and mended by librdkafka; more may lie behind it.
            Err(Some(_)) => Polled::Mended,
        })
    }

    fn take(&self, lent: Lent, records: &mut Records) -> Polled {
        let message = lent.message();
        let offset = message.offset();
        let read_at = Origin { topic: Arc::clone(&self.partition.topic), partition: self.partition.partition, offset };
        let timestamp = match message.timestamp() {
            Timestamp::CreateTime(time) | Timestamp::LogAppendTime(time) => Some(time),
            Timestamp::NotAvailable => None,
        };
        let payload = message.payload();
        let is_lent = payload.is_some_and(|payload| records.borrows(payload.len()));
        let copied = payload.filter(|_| !is_lent);
        let headers = message.headers().into_iter().flat_map(Headers::iter).map(|header| (header.key, header.value));
        match &self.replay {
            None => records.push(read_at, timestamp, message.key(), copied, headers),
            Some(replay) => match replay.look(&self.partition, message) {
                Verdict::Pass => return Polled::PassedOver(offset),
                Verdict::Enough => return Polled::Beyond,
                Verdict::Take(origin, own) => {
                    records.push(origin, timestamp, message.key(), copied, headers.take(own));
                    records.set_read_at(read_at);
                }
            },
        }
        if is_lent {
            let held = payload.map_or(0, <[u8]>::len) + BESIDE_RECORD as usize;
            records.lend(Box::new(lent), held);
        }
        Polled::Record(offset)
    }
}

impl Lent {
    fn message(&self) -> &BorrowedMessage<'_> {
        &self.0.get().0
    }
}

impl AsRef<[u8]> for Lent {
    fn as_ref(&self) -> &[u8] {
        self.message().payload().unwrap_or_default()
    }
}
