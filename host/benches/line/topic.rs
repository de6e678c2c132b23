//! Topics of the benchmark's own, with records in them; deleted when they are dropped.

use std::hash::Hash;
use std::time::Duration;

use rdkafka::ClientConfig;
use rdkafka::admin::{AdminClient, AdminOptions, NewTopic, TopicReplication};
use rdkafka::client::DefaultClientContext;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::producer::{BaseProducer, BaseRecord, DefaultProducerContext, Producer};

use crate::feed::Feed;
use crate::format::Format;

/// Bytes of payload in a topic. What the consumer has fetched ahead (64 MiB by default) is little beside it.
const BYTES: usize = 512 << 20;
/// And no more records than these.
const RECORDS_MAX: u64 = 1_000_000;
const WAIT: Duration = Duration::from_secs(60);

/// What a topic has.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Content {
    pub(crate) dimension: usize,
    pub(crate) partitions: i32,
    pub(crate) compression: &'static str,
    pub(crate) format: &'static Format,
}

impl Content {
    /// The same for the same content.
    pub(crate) fn key(&self) -> impl Eq + Hash + use<> {
        (self.dimension, self.partitions, self.compression, self.format.name)
    }
}

/// A topic on the real Kafka.
pub(crate) struct Topic {
    brokers: String,
    pub(crate) name: String,
    pub(crate) records: u64,
    /// Bytes of the payloads, as they were before they were compressed.
    pub(crate) bytes: u64,
}

impl Topic {
    /// Makes one, with records spread evenly over its partitions.
    pub(crate) fn load(brokers: &str, content: Content) -> Result<Self, String> {
        let failed = |error: KafkaError| format!("Kafka at {brokers}: {error}");
        let feed = Feed::of_dimension(content.dimension);
        let encoded = |id| (content.format.encode)(&feed.item(id));
        let records = RECORDS_MAX.min((BYTES / encoded(0).len()) as u64);
        let name = unique("line");
        on(brokers, async |admin, options| {
            let topic = NewTopic::new(&name, content.partitions, TopicReplication::Fixed(1));
            admin.create_topics([&topic], options).await
        })?;
        let mut topic = Self { brokers: brokers.to_owned(), name, records, bytes: 0 };
        let producer: BaseProducer<DefaultProducerContext> = config(brokers)
            .set("compression.codec", content.compression)
            .set("queue.buffering.max.kbytes", "65536")
            .create()
            .map_err(failed)?;
        for id in 0..records {
            let (key, payload) = (id.to_string(), encoded(id));
            topic.bytes += payload.len() as u64;
            let partition = (id % content.partitions as u64) as i32;
            let mut record = BaseRecord::to(&topic.name).partition(partition).key(&key).payload(&payload);
            while let Err((error, back)) = producer.send(record) {
                if error.rdkafka_error_code() != Some(RDKafkaErrorCode::QueueFull) {
                    return Err(failed(error));
                }
                producer.poll(Duration::from_millis(10));
                record = back;
            }
        }
        producer.flush(WAIT).map_err(failed)?;
        Ok(topic)
    }
}

impl Drop for Topic {
    fn drop(&mut self) {
        let deleted = on(&self.brokers, async |admin, options| admin.delete_topics(&[&self.name], options).await);
        if let Err(what) = deleted {
            eprintln!("the topic {} was not deleted: {what}", self.name);
        }
    }
}

/// A name that no other run uses.
pub(crate) fn unique(name: &str) -> String {
    use std::hash::{BuildHasher, RandomState};
    format!("{name}-{:016x}", RandomState::new().hash_one(name))
}

/// Asks for something that is done to one topic.
fn on(
    brokers: &str,
    ask: impl AsyncFnOnce(
        &AdminClient<DefaultClientContext>,
        &AdminOptions,
    ) -> Result<Vec<Result<String, (String, RDKafkaErrorCode)>>, KafkaError>,
) -> Result<(), String> {
    let failed = |error: KafkaError| format!("Kafka at {brokers}: {error}");
    let admin = config(brokers).create().map_err(failed)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let options = AdminOptions::new().operation_timeout(Some(WAIT));
    let results = runtime.block_on(ask(&admin, &options)).map_err(failed)?;
    results.into_iter().try_for_each(|result| {
        result.map(drop).map_err(|(topic, code)| format!("Kafka at {brokers}: topic {topic}: {code}"))
    })
}

fn config(brokers: &str) -> ClientConfig {
    let mut config = ClientConfig::new();
    config.set("bootstrap.servers", brokers);
    config
}
