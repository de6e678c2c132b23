//! The queue of one partition.

use std::sync::{Arc, OnceLock, Weak};
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
    split: Arc<Split>,
    replay: Option<Arc<Replay>>,
}

/// A partition's queue as librdkafka gave it at one assignment.
pub(super) struct Split {
    queue: PartitionQueue<Context>,
    ready: Arc<OnceLock<Ready>>,
    /// As it gave it at an assignment before, where that is still in use: by a lane that was in the midst of a batch when
    /// the partition was lost, or by messages that are lent. All are one queue, and the end of any one switches off what
    /// the queue calls; so it comes no sooner than that of this one.
    _before: Option<Arc<Split>>,
}

type Ready = Box<dyn Fn() + Send + Sync>;

/// A message in librdkafka's memory, which must be given back before the consumer ends.
struct Lent(LentMessage);

type LentMessage = Yoke<Inner<'static>, Arc<Split>>;

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
    /// `before` is the last one of the same partition.
    pub(super) fn new(
        partition: TopicPartition,
        mut queue: PartitionQueue<Context>,
        before: &Weak<Split>,
        replay: Option<Arc<Replay>>,
    ) -> Self {
        let ready = Arc::new(OnceLock::<Ready>::new());
        let told = Arc::clone(&ready);
        queue.set_nonempty_callback(move || told.get().into_iter().for_each(|ready| ready()));
        Self { partition, split: Arc::new(Split { queue, ready, _before: before.upgrade() }), replay }
    }

    /// What a later queue of the same partition is to know.
    pub(super) fn split(&self) -> Weak<Split> {
        Arc::downgrade(&self.split)
    }

    /// The partition.
    pub fn partition(&self) -> &TopicPartition {
        &self.partition
    }

    /// Calls `ready` from now on whenever the queue is no longer empty, from a thread of librdkafka: it must be quick.
    /// Whoever asks for it first is called.
    pub fn on_ready(&self, ready: impl Fn() + Send + Sync + 'static) {
        let _ = self.split.ready.set(Box::new(ready));
    }

    /// Takes the next record, without waiting. `end` bounds the run.
    pub fn poll(&self, records: &mut Records, end: Option<i64>) -> Result<Polled, SourceError> {
        let polled =
            LentMessage::try_attach_to_cart(Arc::clone(&self.split), |split| match split.queue.poll(Duration::ZERO) {
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

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use rdkafka::consumer::Consumer;
    use rdkafka::{Offset, TopicPartitionList};

    use super::*;
    use crate::source::kafka::LocalKafka;
    use crate::source::kafka::client::{self, Reading, Settings};

    #[test]
    fn a_queue_that_was_got_again_calls_though_the_one_before_ends_later() {
        let kafka = LocalKafka::start().expect("a Kafka");
        kafka.create_topic("items", 1).expect("a topic");
        let settings = Settings::of_test(&kafka.brokers(), []);
        let consumer = client::consumer(&settings, Context::default(), 1, Reading::On).expect("a consumer");
        let partition = TopicPartition { topic: "items".into(), partition: 0 };
        let queue = || consumer.context().queue(&consumer, partition.clone()).expect("a partition");
        let (before, after) = (queue(), queue());
        let (tell, told) = mpsc::channel();
        after.on_ready(move || tell.send(()).unwrap_or_default());
        drop(before);

        let mut list = TopicPartitionList::new();
        list.add_partition_offset("items", 0, Offset::Beginning).expect("a place");
        consumer.assign(&list).expect("assigned");
        kafka.produce("items", 1, [("key", &b"{}"[..])].into_iter()).expect("a record");
        told.recv_timeout(Duration::from_secs(60)).expect("it is called");
    }
}
