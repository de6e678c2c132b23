//! Topics on the real Kafka, which are deleted when they are dropped.

use std::time::Duration;

use rdkafka::ClientConfig;
use rdkafka::admin::{AdminClient, AdminOptions, NewTopic, TopicReplication};
use rdkafka::client::DefaultClientContext;
use rdkafka::error::RDKafkaErrorCode;
use rdkafka::producer::{BaseRecord, DefaultProducerContext, Producer, ThreadedProducer};
use tokio::runtime::Runtime;

/// Longest wait for the broker.
const WAIT: Duration = Duration::from_secs(60);

/// A topic of this run's own.
pub(crate) struct Topic {
    pub(crate) name: String,
    pub(crate) brokers: String,
    admin: AdminClient<DefaultClientContext>,
    runtime: Runtime,
    producer: ThreadedProducer<DefaultProducerContext>,
    partitions: i32,
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
        config.set("bootstrap.servers", brokers).set("queue.buffering.max.kbytes", "524288").set("linger.ms", "2");
        let failed = |what: &str, error: &dyn std::fmt::Display| format!("Kafka at {brokers}: {what}: {error}");
        let admin: AdminClient<_> = config.create().map_err(|error| failed("an admin client", &error))?;
        let producer = config.create().map_err(|error| failed("a producer", &error))?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| failed("a runtime", &error))?;
        let name = unique(name);
        // A topic that is deleted frees its disk soon.
        let topic = NewTopic::new(&name, partitions, TopicReplication::Fixed(1)).set("file.delete.delay.ms", "1000");
        let made = runtime.block_on(admin.create_topics([&topic], &AdminOptions::new()));
        match made.map_err(|error| failed("a topic", &error))?.pop() {
            Some(Err((_, code))) => Err(failed("a topic", &code)),
            _ => Ok(Self { name, brokers: brokers.to_owned(), admin, runtime, producer, partitions }),
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
