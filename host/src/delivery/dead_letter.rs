//! The dead letter: where rejected records go, with the reason in headers that Kafka Connect's tools know.

use std::sync::Arc;
use std::time::Duration;

use rdkafka::ClientContext;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::{DeliveryResult, Header, Message, OwnedHeaders};
use rdkafka::producer::{BaseRecord, ProducerContext, ThreadedProducer};

use super::core::BatchId;
use crate::batch::{Record, Rejection, Stage};
use crate::source::kafka::{Settings, SourceError, setting};

/// How long a full queue of the producer is waited for at a time.
const FULL_QUEUE: Duration = Duration::from_millis(50);

/// Writes rejected records to the dead letter's topic. There is one for the process.
pub(super) struct DeadLetter {
    producer: ThreadedProducer<Context>,
    topic: String,
    pipeline: String,
}

/// A dead letter that the brokers have, or not.
pub(super) struct Delivered {
    /// The record's batch.
    pub(super) batch: BatchId,
    /// The record.
    pub(super) record: u32,
    /// An error where the brokers don't have it.
    pub(super) result: Result<(), String>,
}

/// Who is told that a dead letter was delivered; called from a thread of librdkafka.
pub(super) type Notify = Arc<dyn Fn(Delivered) + Send + Sync>;

struct Context;

struct Letter {
    batch: BatchId,
    record: u32,
    notify: Notify,
}

impl std::fmt::Debug for DeadLetter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DeadLetter").field("topic", &self.topic).finish_non_exhaustive()
    }
}

impl ClientContext for Context {}

impl ProducerContext for Context {
    type DeliveryOpaque = Box<Letter>;

    fn delivery(&self, result: &DeliveryResult<'_>, letter: Box<Letter>) {
        let result = match result {
            Ok(_) => Ok(()),
            Err((error, message)) => Err(format!("topic `{}`: {error}", message.topic())),
        };
        (letter.notify)(Delivered { batch: letter.batch, record: letter.record, result });
    }
}

impl DeadLetter {
    /// A producer that counts a letter as delivered when all in-sync replicas have it.
    pub(super) fn connect(settings: &Settings, topic: &str, pipeline: &str) -> Result<Self, SourceError> {
        let config = settings.client_config().with(&[
            ("linger.ms", "5"),
            ("compression.type", "lz4"),
            // What may be under way: enough for a wave of bad records, little beside the lanes' own memory.
            ("queue.buffering.max.kbytes", "65536"),
            ("queue.buffering.max.messages", "10000"),
        ]);
        // Settings of the consumer only would make the producer warn; librdkafka ignores them.
        let config =
            config.finish(&[("acks", "all"), ("enable.idempotence", "true"), ("allow.auto.create.topics", "true")]);
        let producer = config.create_with_context(Context).map_err(setting)?;
        Ok(Self { producer, topic: topic.to_owned(), pipeline: pipeline.to_owned() })
    }

    /// Sends a record. `notify` is called when the brokers have it, or can't have it; `waits` again and again while
    /// there is no room for it.
    pub(super) fn send(
        &self,
        record: Record<'_>,
        rejection: &Rejection,
        batch: BatchId,
        notify: &Notify,
        waits: impl Fn(),
    ) -> Result<(), String> {
        let opaque = Box::new(Letter { batch, record: rejection.record, notify: Arc::clone(notify) });
        let mut letter = BaseRecord::with_opaque_to(&self.topic, opaque).headers(self.headers(record, rejection));
        letter.key = record.key();
        letter.payload = record.payload();
        letter.timestamp = record.timestamp();
        loop {
            match self.producer.send(letter) {
                Ok(()) => return Ok(()),
                Err((KafkaError::MessageProduction(RDKafkaErrorCode::QueueFull), back)) => {
                    letter = back;
                    waits();
                    std::thread::sleep(FULL_QUEUE);
                }
                Err((error, _)) => return Err(format!("topic `{}`: {error}", self.topic)),
            }
        }
    }

    /// The record's own headers, then where it came from and why it is here.
    fn headers(&self, record: Record<'_>, rejection: &Rejection) -> OwnedHeaders {
        let origin = record.origin();
        let (partition, offset) = (origin.partition.to_string(), origin.offset.to_string());
        let mut ours = vec![
            ("__connect.errors.topic", &*origin.topic),
            ("__connect.errors.partition", &partition),
            ("__connect.errors.offset", &offset),
            ("__connect.errors.connector.name", &self.pipeline),
            ("__connect.errors.stage", rejection.stage.name()),
            ("__connect.errors.exception.message", &rejection.reason),
        ];
        ours.extend(rejection.field.as_deref().map(|field| ("kiteline.field", field)));
        if let Stage::Plugin { name, digest } = &rejection.stage {
            ours.extend([("kiteline.plugin.name", &**name), ("kiteline.plugin.digest", &**digest)]);
        }
        ours.extend(rejection.said.as_deref().map(|said| ("kiteline.plugin.said", said)));

        let headers =
            record.headers().fold(OwnedHeaders::new(), |headers, (key, value)| headers.insert(Header { key, value }));
        ours.into_iter().fold(headers, |headers, (key, value)| headers.insert(Header { key, value: Some(value) }))
    }
}
