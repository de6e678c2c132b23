//! A Kafka inside this process, for the demo and for tests: librdkafka's mock cluster, which speaks the real protocol.
//!
//! It keeps 5 MB a partition and drops what is more without a word, so [`LocalKafka::produce`] counts.

use std::collections::HashMap;
use std::time::Duration;

use rdkafka::ClientConfig;
use rdkafka::mocking::MockCluster;
use rdkafka::producer::{BaseRecord, DefaultProducerContext, Producer, ThreadedProducer};

use super::error::SourceError;

/// Bytes that a partition of the mock cluster may get before it could drop some; it keeps 5 MB.
const PARTITION_BYTES: usize = 4_500_000;

/// A Kafka inside this process.
pub struct LocalKafka {
    cluster: MockCluster<'static, DefaultProducerContext>,
}

impl std::fmt::Debug for LocalKafka {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LocalKafka").field("brokers", &self.brokers()).finish()
    }
}

impl LocalKafka {
    /// Starts one broker on a free port of the loopback.
    pub fn start() -> Result<Self, SourceError> {
        Ok(Self { cluster: MockCluster::new(1).map_err(SourceError::fatal)? })
    }

    /// Its address.
    pub fn brokers(&self) -> String {
        self.cluster.bootstrap_servers()
    }

    /// Makes a topic.
    pub fn create_topic(&self, topic: &str, partitions: i32) -> Result<(), SourceError> {
        self.cluster.create_topic(topic, partitions, 1).map_err(SourceError::fatal)
    }

    /// Writes records, each into the partition of its key, and waits until the broker has them. One without a value is a
    /// tombstone.
    pub fn produce<'a, V: Into<Option<&'a [u8]>>>(
        &self,
        topic: &str,
        partitions: i32,
        records: impl Iterator<Item = (&'a str, V)>,
    ) -> Result<(), SourceError> {
        let producer: ThreadedProducer<DefaultProducerContext> = ClientConfig::new()
            .set("bootstrap.servers", self.brokers())
            .set("queue.buffering.max.messages", "1000000")
            .set("linger.ms", "5")
            .create()
            .map_err(SourceError::fatal)?;
        let mut bytes: HashMap<i32, usize> = HashMap::new();
        for (key, payload) in records {
            let payload: Option<&[u8]> = payload.into();
            let partition = partition_of(key, partitions);
            let held = bytes.entry(partition).or_default();
            *held += key.len() + payload.map_or(0, <[u8]>::len);
            if *held > PARTITION_BYTES {
                let text = format!("{topic}/{partition} would get more than the {PARTITION_BYTES} bytes it can keep");
                return Err(SourceError::Fatal(text));
            }
            let record = BaseRecord::to(topic).partition(partition).key(key);
            let record = match payload {
                Some(payload) => record.payload(payload),
                None => record,
            };
            producer.send(record).map_err(|(error, _)| SourceError::fatal(error))?;
        }
        producer.flush(Duration::from_secs(30)).map_err(SourceError::fatal)
    }
}

/// The same partition for the same key.
fn partition_of(key: &str, partitions: i32) -> i32 {
    let hash = key
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
    (hash % partitions.unsigned_abs().max(1) as u64) as i32
}
