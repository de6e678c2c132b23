//! The dead letters.

use std::time::{Duration, Instant};

use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::message::Headers;
use rdkafka::{ClientConfig, Message, Offset, TopicPartitionList};

/// How long all letters may take to be read.
const WAIT: Duration = Duration::from_secs(60);

/// A dead letter, as its headers have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Letter {
    pub(crate) partition: i32,
    pub(crate) offset: i64,
    pub(crate) stage: String,
    pub(crate) reason: String,
    /// What Milvus or a plugin said beside it.
    pub(crate) said: String,
    /// The value of the record, which must be the one that was sent.
    pub(crate) value: Option<Vec<u8>>,
}

/// The dead-letter topic, read as far as it goes.
pub(crate) struct Letters {
    consumer: BaseConsumer,
    topic: String,
    read: Vec<Letter>,
}

impl Letters {
    /// The topic has one partition.
    pub(crate) fn new(brokers: &str, topic: &str) -> Self {
        let mut config = ClientConfig::new();
        config.set("bootstrap.servers", brokers).set("group.id", "reader").set("log_level", "0");
        config.set("enable.auto.commit", "false").set("reconnect.backoff.max.ms", "500");
        let consumer: BaseConsumer = config.create().expect("a consumer");
        let mut list = TopicPartitionList::new();
        list.add_partition_offset(topic, 0, Offset::Beginning).expect("added");
        consumer.assign(&list).expect("assigned");
        Self { consumer, topic: topic.to_owned(), read: Vec::new() }
    }

    /// All letters that there are by now.
    pub(crate) fn all(&mut self) -> &[Letter] {
        let deadline = Instant::now() + WAIT;
        let end = loop {
            match self.consumer.fetch_watermarks(&self.topic, 0, Duration::from_secs(5)) {
                Ok((_, end)) => break end as usize,
                Err(error) => assert!(Instant::now() < deadline, "the dead letters' end: {error}"),
            }
        };
        while self.read.len() < end {
            assert!(Instant::now() < deadline, "{} of {end} dead letters came", self.read.len());
            let Some(Ok(message)) = self.consumer.poll(Duration::from_millis(100)) else { continue };
            let header = |name: &str| -> String {
                let found = message.headers().into_iter().flat_map(Headers::iter).find(|header| header.key == name);
                let value = found.and_then(|header| header.value).unwrap_or_default();
                String::from_utf8_lossy(value).into_owned()
            };
            self.read.push(Letter {
                partition: header("__connect.errors.partition").parse().expect("a partition"),
                offset: header("__connect.errors.offset").parse().expect("an offset"),
                stage: header("__connect.errors.stage"),
                reason: header("__connect.errors.exception.message"),
                said: header("kiteline.plugin.said"),
                value: message.payload().map(<[u8]>::to_vec),
            });
        }
        &self.read
    }
}
