//! Kafka as the tests see it: a producer and a consumer of their own.

use std::time::{Duration, Instant};

use rdkafka::admin::{AdminClient, AdminOptions, NewPartitions, NewTopic, TopicReplication};
use rdkafka::client::DefaultClientContext;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::message::{Header, Headers, OwnedHeaders};
use rdkafka::producer::{BaseRecord, DefaultProducerContext, Producer, ThreadedProducer};
use rdkafka::{ClientConfig, Message, Offset, TopicPartitionList};

const WAIT: Duration = Duration::from_secs(30);

/// The real Apache Kafka that `cargo xtask test` starts.
pub(crate) fn brokers() -> String {
    super::server("KITELINE_TEST_KAFKA", "kafka.sh")
}

/// A record to write.
pub(crate) struct ToSend<'a> {
    pub(crate) key: &'a str,
    pub(crate) value: Option<&'a [u8]>,
}

/// A record that was read.
#[derive(Debug)]
pub(crate) struct Got {
    pub(crate) key: Option<Vec<u8>>,
    pub(crate) value: Option<Vec<u8>>,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) time: Option<i64>,
}

impl Got {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }
}

/// Makes topics.
pub(crate) fn create_topics(topics: &[(&str, i32)]) {
    create(topics.iter().map(|(name, partitions)| NewTopic::new(name, *partitions, TopicReplication::Fixed(1))));
}

/// Makes a topic of one partition with a setting of its own.
pub(crate) fn create_topic_with(name: &str, setting: (&str, &str)) {
    create([NewTopic::new(name, 1, TopicReplication::Fixed(1)).set(setting.0, setting.1)].into_iter());
}

fn create<'a>(topics: impl Iterator<Item = NewTopic<'a>>) {
    let topics: Vec<_> = topics.collect();
    for result in runtime().block_on(admin().create_topics(&topics, &AdminOptions::new())).expect("asked") {
        result.expect("made");
    }
}

/// Gives a topic more partitions.
pub(crate) fn add_partitions(topic: &str, partitions: usize) {
    let more = NewPartitions::new(topic, partitions);
    for result in runtime().block_on(admin().create_partitions([&more], &AdminOptions::new())).expect("asked") {
        result.expect("made");
    }
}

fn admin() -> AdminClient<DefaultClientContext> {
    config().create().expect("an admin client")
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime")
}

/// Number of a topic's partitions; none where there is no such topic.
pub(crate) fn partitions(topic: &str) -> Option<usize> {
    let consumer: BaseConsumer = config().create().expect("a consumer");
    let metadata = consumer.fetch_metadata(None, WAIT).expect("asked");
    metadata.topics().iter().find(|found| found.name() == topic).map(|found| found.partitions().len())
}

/// Writes one record to a partition, with a time and headers, and waits until the brokers have it.
pub(crate) fn produce_one(
    topic: &str,
    partition: i32,
    time: Option<i64>,
    key: &str,
    value: &[u8],
    headers: &[(&str, &str)],
) {
    let producer: ThreadedProducer<DefaultProducerContext> =
        config().set("acks", "all").set("message.max.bytes", "10000000").create().expect("a producer");
    let headers = headers.iter().map(|(key, value)| Header { key, value: Some(*value) });
    let headers = headers.fold(OwnedHeaders::new(), OwnedHeaders::insert);
    let mut record = BaseRecord::<str, [u8]>::to(topic).partition(partition).key(key).payload(value).headers(headers);
    record.timestamp = time;
    producer.send(record).map_err(|(error, _)| error).expect("queued");
    producer.flush(WAIT).expect("written");
}

/// Writes records by their keys and waits until the brokers have them.
pub(crate) fn produce<'a>(topic: &str, records: impl Iterator<Item = ToSend<'a>>) {
    // The default of librdkafka.
    produce_in_batches(topic, 10_000, records);
}

/// The same in batches of so many records at most.
pub(crate) fn produce_in_batches<'a>(topic: &str, batch: usize, records: impl Iterator<Item = ToSend<'a>>) {
    let producer: ThreadedProducer<DefaultProducerContext> = config()
        .set("acks", "all")
        .set("queue.buffering.max.messages", "1000000")
        .set("batch.num.messages", batch.to_string())
        .create()
        .expect("a producer");
    let headers = OwnedHeaders::new().insert(Header { key: "made-by", value: Some("test") });
    for ToSend { key, value } in records {
        let mut record = BaseRecord::<str, [u8]>::to(topic).key(key).headers(headers.clone());
        record.payload = value;
        producer.send(record).map_err(|(error, _)| error).expect("queued");
    }
    producer.flush(WAIT).expect("written");
}

/// Writes records without keys, in their order, and waits until the brokers have them.
pub(crate) fn produce_unkeyed<'a>(topic: &str, values: impl Iterator<Item = &'a [u8]>) {
    let producer: ThreadedProducer<DefaultProducerContext> = config().set("acks", "all").create().expect("a producer");
    for value in values {
        let record = BaseRecord::<str, [u8]>::to(topic).payload(value);
        producer.send(record).map_err(|(error, _)| error).expect("queued");
    }
    producer.flush(WAIT).expect("written");
}

/// All that a topic has.
pub(crate) fn read_all(topic: &str) -> Vec<Got> {
    let consumer: BaseConsumer = config().set("group.id", "reader").create().expect("a consumer");
    let metadata = consumer.fetch_metadata(Some(topic), WAIT).expect("asked");
    let mut list = TopicPartitionList::new();
    let mut left = 0;
    for partition in metadata.topics()[0].partitions() {
        let (low, high) = consumer.fetch_watermarks(topic, partition.id(), WAIT).expect("asked");
        left += high - low;
        list.add_partition_offset(topic, partition.id(), Offset::Beginning).expect("added");
    }
    consumer.assign(&list).expect("assigned");
    let mut got = Vec::new();
    let deadline = Instant::now() + WAIT;
    while left > 0 {
        assert!(Instant::now() < deadline, "{left} records of {topic} did not come");
        let Some(message) = consumer.poll(Duration::from_millis(100)) else { continue };
        let message = message.expect("a record");
        let headers = message.headers().into_iter().flat_map(Headers::iter);
        let headers = headers.map(|header| {
            (header.key.to_owned(), String::from_utf8_lossy(header.value.unwrap_or_default()).into_owned())
        });
        got.push(Got {
            key: message.key().map(<[u8]>::to_vec),
            value: message.payload().map(<[u8]>::to_vec),
            headers: headers.collect(),
            time: message.timestamp().to_millis(),
        });
        left -= 1;
    }
    got
}

/// The sum of the offsets that a group has committed.
pub(crate) fn committed(group: &str, topic: &str) -> i64 {
    let consumer: BaseConsumer = config().set("group.id", group).create().expect("a consumer");
    let metadata = consumer.fetch_metadata(Some(topic), WAIT).expect("asked");
    let mut list = TopicPartitionList::new();
    for partition in metadata.topics()[0].partitions() {
        list.add_partition(topic, partition.id());
    }
    let committed = consumer.committed_offsets(list, WAIT).expect("asked");
    committed.elements().iter().filter_map(|element| element.offset().to_raw()).filter(|offset| *offset > 0).sum()
}

fn config() -> ClientConfig {
    let mut config = ClientConfig::new();
    config.set("bootstrap.servers", brokers());
    config
}
