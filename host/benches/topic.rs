//! Topics on the real Kafka, which are deleted when they are dropped.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rdkafka::admin::{AdminClient, AdminOptions, NewTopic, TopicReplication};
use rdkafka::client::DefaultClientContext;
use rdkafka::error::RDKafkaErrorCode;
use rdkafka::message::DeliveryResult;
use rdkafka::producer::{BaseRecord, Producer, ProducerContext, ThreadedProducer};
use rdkafka::{ClientConfig, ClientContext, Message};
use tokio::runtime::Runtime;

/// Longest wait for the broker.
const WAIT: Duration = Duration::from_secs(60);

/// A topic of this run's own.
pub(crate) struct Topic {
    pub(crate) name: String,
    pub(crate) brokers: String,
    admin: AdminClient<DefaultClientContext>,
    runtime: Runtime,
    producer: ThreadedProducer<Deliveries>,
    deliveries: Deliveries,
    partitions: i32,
}

/// When the broker had which record.
#[derive(Debug, Clone, Default)]
struct Deliveries(Arc<Mutex<Vec<(u64, Instant)>>>);

impl Deliveries {
    fn lock(&self) -> MutexGuard<'_, Vec<(u64, Instant)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ClientContext for Deliveries {}

impl ProducerContext for Deliveries {
    type DeliveryOpaque = ();

    fn delivery(&self, result: &DeliveryResult<'_>, (): ()) {
        let now = Instant::now();
        let number = result.as_ref().ok().and_then(|message| str::from_utf8(message.key()?).ok()?.parse().ok());
        self.lock().extend(number.map(|number| (number, now)));
    }
}

/// A name that no other run has.
pub(crate) fn unique(name: &str) -> String {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    format!("bench_{name}_{}_{}", std::process::id(), now.as_micros())
}

impl Topic {
    /// Makes a topic.
    pub(crate) fn create(name: &str, brokers: &str, partitions: i32) -> Result<Self, String> {
        Self::create_compressed(name, brokers, partitions, "none")
    }

    /// Makes a topic whose records are sent by that codec.
    pub(crate) fn create_compressed(
        name: &str,
        brokers: &str,
        partitions: i32,
        compression: &str,
    ) -> Result<Self, String> {
        let mut config = ClientConfig::new();
        config.set("compression.codec", compression);
        // The queue holds what a stall of a few seconds makes wait; lingering lets records go together as a busy
        // producer's do, and adds no more than this to a latency.
        config.set("bootstrap.servers", brokers).set("queue.buffering.max.kbytes", "524288").set("linger.ms", "5");
        let failed = |what: &str, error: &dyn std::fmt::Display| format!("Kafka at {brokers}: {what}: {error}");
        let admin: AdminClient<_> = config.create().map_err(|error| failed("an admin client", &error))?;
        let deliveries = Deliveries::default();
        let producer = config.create_with_context(deliveries.clone()).map_err(|error| failed("a producer", &error))?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| failed("a runtime", &error))?;
        let name = unique(name);
        // A topic that is deleted frees its disk soon.
        let topic = NewTopic::new(&name, partitions, TopicReplication::Fixed(1)).set("file.delete.delay.ms", "1000");
        let made = runtime.block_on(admin.create_topics([&topic], &AdminOptions::new()));
        match made.map_err(|error| failed("a topic", &error))?.pop() {
            Some(Err((_, code))) => Err(failed("a topic", &code)),
            _ => Ok(Self { name, brokers: brokers.to_owned(), admin, runtime, producer, deliveries, partitions }),
        }
    }

    /// Writes records, one partition after the other, and waits until the broker has them.
    pub(crate) fn fill(&self, records: impl Iterator<Item = Vec<u8>>) -> Result<(), String> {
        for (number, payload) in records.enumerate() {
            self.send(number as u64, &payload)?;
        }
        self.flush()
    }

    /// Hands a record to the producer; it goes to a partition by its number.
    pub(crate) fn send(&self, number: u64, payload: &[u8]) -> Result<(), String> {
        let key = number.to_string();
        let partition = (number % self.partitions.unsigned_abs() as u64) as i32;
        let mut record = BaseRecord::<str, [u8]>::to(&self.name).partition(partition).key(&key).payload(payload);
        loop {
            match self.producer.send(record) {
                Ok(()) => return Ok(()),
                Err((error, again)) if error.rdkafka_error_code() == Some(RDKafkaErrorCode::QueueFull) => {
                    record = again;
                    std::thread::sleep(Duration::from_millis(1));
                }
                Err((error, _)) => return Err(format!("{}: {error}", self.name)),
            }
        }
    }

    /// Each record that the broker has, and when it said so.
    pub(crate) fn deliveries(&self) -> Vec<(u64, Instant)> {
        self.deliveries.lock().clone()
    }

    /// Waits until the broker has all that was sent.
    pub(crate) fn flush(&self) -> Result<(), String> {
        self.producer.flush(WAIT).map_err(|error| format!("{}: {error}", self.name))
    }
}

impl Drop for Topic {
    fn drop(&mut self) {
        let deleted = self.runtime.block_on(self.admin.delete_topics(&[&self.name], &AdminOptions::new()));
        if let Err(error) = deleted {
            eprintln!("the topic {} is left on the broker: {error}", self.name);
        }
    }
}
