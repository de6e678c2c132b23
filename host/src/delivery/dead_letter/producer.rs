//! The producer of dead letters.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use rdkafka::ClientContext;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::{DeliveryResult, Header, Message, OwnedHeaders};
use rdkafka::producer::{BaseRecord, Producer, ProducerContext, ThreadedProducer};

use super::cut::{CUT, Parts};
use super::headers;
use super::stop_after::{Cause, Window};
use crate::batch::{Record, Rejection};
use crate::config::{StopAfter, Timestamp};
use crate::delivery::core::{BatchId, Letter};
use crate::delivery::error::RunError;
use crate::source::kafka::{Settings, SourceError, setting};

/// Most bytes of letters that go together. Brokers refuse them together too, so a letter that is larger, and goes by
/// itself, is known to be refused for its own size.
const TOGETHER: usize = 16 << 10;
const _: () = assert!(CUT < TOGETHER);
/// What may be under way: enough for a wave of bad records, little beside the lanes' own memory. It is also the most
/// that one letter may have; a topic's own limit is mostly lower (`max.message.bytes`).
const UNDER_WAY_KIB: u32 = 65_536;

/// Writes rejected records to the dead letter's topic. There is one for the process.
pub(in crate::delivery) struct DeadLetter {
    producer: ThreadedProducer<Context>,
    topic: String,
    pipeline: String,
    stop_after: Option<Mutex<Window>>,
}

/// A dead letter that the brokers have, or not.
pub(in crate::delivery) struct Delivered {
    pub(super) letter: Box<Outgoing>,
    pub(super) result: Result<(), Refused>,
}

/// Why the brokers don't have a letter.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Refused {
    /// It is larger than the topic takes.
    TooLarge,
    /// For this reason.
    Failed(String),
}

/// A letter that the producer does not take, and why.
type Back = (Option<RDKafkaErrorCode>, Box<Outgoing>);

/// Who is told that a dead letter was delivered; called from a thread of librdkafka.
pub(in crate::delivery) type Notify = Arc<dyn Fn(Delivered) + Send + Sync>;

/// A letter on its way. Its content is shared with the call that sends it, as the letter itself goes along.
pub(super) struct Outgoing {
    content: Arc<Content>,
    is_cut: bool,
    notify: Notify,
}

struct Content {
    letter: Letter,
    at: Timestamp,
}

struct Context;

impl ClientContext for Context {
    fn error(&self, error: KafkaError, reason: &str) {
        tracing::warn!(%error, reason, "Kafka, for dead letters");
    }
}

impl ProducerContext for Context {
    type DeliveryOpaque = Box<Outgoing>;

    fn delivery(&self, result: &DeliveryResult<'_>, letter: Box<Outgoing>) {
        let result = match result {
            Ok(_) => Ok(()),
            Err((KafkaError::MessageProduction(RDKafkaErrorCode::MessageSizeTooLarge), _)) => Err(Refused::TooLarge),
            Err((error, message)) => Err(Refused::Failed(format!("topic `{}`: {error}", message.topic()))),
        };
        let notify = Arc::clone(&letter.notify);
        notify(Delivered { letter, result });
    }
}

impl std::fmt::Debug for DeadLetter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DeadLetter").field("topic", &self.topic).finish_non_exhaustive()
    }
}

impl Outgoing {
    pub(super) fn whole(letter: Letter, notify: Notify) -> Self {
        Self { content: Arc::new(Content { letter, at: Timestamp::now() }), is_cut: false, notify }
    }

    /// Batch and index of the record.
    pub(super) fn record(&self) -> (BatchId, u32) {
        (self.content.letter.batch, self.content.letter.rejection.record)
    }

    /// The letter without what made it too large for the topic.
    pub(super) fn cut(mut self: Box<Self>, dead_letter: &DeadLetter) -> Result<Box<Self>, String> {
        let topic = &dead_letter.topic;
        let parts = self.content.parts(&dead_letter.pipeline, self.is_cut);
        if self.is_cut || parts.bytes() <= TOGETHER {
            return Err(format!(
                "topic `{topic}` refuses even letters of {} KiB for their size; give it a `max.message.bytes` of 64 \
                 KiB or more, and as much to `message.max.bytes` where [kafka.client] has it",
                parts.bytes().div_ceil(1024)
            ));
        }
        let (record, bytes) = (self.content.record().origin(), parts.bytes());
        tracing::warn!(%record, bytes, topic, "a dead letter is too large for its topic and goes without its value");
        self.is_cut = true;
        Ok(self)
    }
}

impl Content {
    fn record(&self) -> Record<'_> {
        self.letter.records.get(self.letter.rejection.record as usize)
    }

    fn parts<'a>(&'a self, pipeline: &'a str, is_cut: bool) -> Parts<'a> {
        let record = self.record();
        let whole = Parts::whole(record, headers::of(record, &self.letter.rejection, pipeline, self.at));
        if is_cut { whole.cut() } else { whole }
    }
}

impl DeadLetter {
    /// A producer that counts a letter as delivered when all in-sync replicas have it.
    pub(in crate::delivery) fn connect(
        settings: &Settings,
        topic: String,
        pipeline: &str,
        stop_after: Option<StopAfter>,
    ) -> Result<Self, SourceError> {
        let under_way = UNDER_WAY_KIB.to_string();
        let largest = (UNDER_WAY_KIB * 1024).to_string();
        let config = settings.client_config().with(&[
            ("linger.ms", "5"),
            ("compression.type", "lz4"),
            ("queue.buffering.max.kbytes", &under_way),
            ("queue.buffering.max.messages", "10000"),
            ("message.max.bytes", &largest),
            // An outage of Kafka is waited for, as one of Milvus is.
            ("message.timeout.ms", "0"),
        ]);
        // Settings of the consumer only would make the producer warn; librdkafka ignores them.
        let config = config.finish(&[
            ("acks", "all"),
            ("enable.idempotence", "true"),
            ("allow.auto.create.topics", "true"),
            ("batch.size", &TOGETHER.to_string()),
        ]);
        let producer = config.create_with_context(Context).map_err(setting)?;
        let stop_after = stop_after.map(|limit| Mutex::new(Window::new(limit.records, limit.within.get())));
        Ok(Self { producer, topic, pipeline: pipeline.to_owned(), stop_after })
    }

    /// Counts a rejection of any lane; an error where it is one too many.
    pub(super) fn count(&self, rejection: &Rejection, now: Instant) -> Result<(), RunError> {
        let Some(window) = &self.stop_after else { return Ok(()) };
        match window.lock().unwrap_or_else(PoisonError::into_inner).add(Cause::of(rejection), now) {
            None => Ok(()),
            Some(passed) => Err(RunError::TooManyRejected { passed, topic: self.topic.clone() }),
        }
    }

    /// Hands a letter to the producer; gives it back where there is no room for it.
    pub(super) fn send(&self, letter: Box<Outgoing>) -> Result<Option<Box<Outgoing>>, String> {
        let Err((code, letter)) = self.try_send(letter) else { return Ok(None) };
        match code {
            // A letter that finds no room in an empty queue would never find any.
            Some(RDKafkaErrorCode::QueueFull) if self.producer.in_flight_count() > 0 => Ok(Some(letter)),
            Some(RDKafkaErrorCode::QueueFull | RDKafkaErrorCode::MessageSizeTooLarge) => {
                Ok(self.try_send(letter.cut(self)?).err().map(|(_, letter)| letter))
            }
            code => Err(match code {
                Some(code) => format!("topic `{}`: {code}", self.topic),
                None => format!("topic `{}`: its producer takes no record", self.topic),
            }),
        }
    }

    fn try_send(&self, letter: Box<Outgoing>) -> Result<(), Back> {
        let content = Arc::clone(&letter.content);
        let Parts { key, value, own, ours } = content.parts(&self.pipeline, letter.is_cut);
        let own = own.into_iter().map(|(key, value)| Header { key, value });
        let headers = own.fold(OwnedHeaders::new(), OwnedHeaders::insert);
        let ours = ours.iter().map(|(key, value)| Header { key, value: Some(value.as_bytes()) });
        let mut record =
            BaseRecord::with_opaque_to(&self.topic, letter).headers(ours.fold(headers, OwnedHeaders::insert));
        record.key = key;
        record.payload = value;
        record.timestamp = content.record().timestamp();
        self.producer.send(record).map_err(|(error, back)| (error.rdkafka_error_code(), back.delivery_opaque))
    }
}
