//! The settings of librdkafka: ours, the user's, and the share of the fetch memory that a partition gets.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rdkafka::ClientConfig;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::KafkaError;

use super::error::SourceError;
use super::fetch;
use super::rebalance::Context;
use super::start::Start;
use crate::source::TopicPartition;

/// How to reach Kafka and what to read.
#[derive(Clone)]
pub struct Settings {
    /// Bootstrap servers.
    pub brokers: String,
    /// Topics; one that starts with `^` is a regular expression.
    pub topics: Vec<String>,
    /// Consumer group.
    pub group: String,
    /// Where a partition is read from that the group has committed nothing for.
    pub start: Start,
    /// Bytes for records that are fetched and not yet read, over all partitions.
    pub fetch_memory: u64,
    /// The user's own settings of librdkafka.
    pub client: BTreeMap<String, String>,
}

/// How far a consumer reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reading {
    /// On and on.
    On,
    /// Up to where the partitions end.
    UntilEnd,
    /// The same, of dead letters.
    Replay,
}

/// Without the user's settings, which may hold secrets.
impl std::fmt::Debug for Settings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { brokers, topics, group, .. } = self;
        write!(f, "Settings {{ brokers: {brokers:?}, topics: {topics:?}, group: {group:?} }}")
    }
}

impl Settings {
    /// How long the group keeps a member that it does not hear of: librdkafka's default, where the user sets none.
    pub fn session(&self) -> Duration {
        let set = self.client.get("session.timeout.ms").and_then(|millis| millis.parse().ok());
        set.map_or(Duration::from_secs(45), Duration::from_millis)
    }

    /// How long the group waits in a rebalance for a member that is gone, where it has missed the end of its session
    /// (Kafka 4.3 may, when its coordinator moves). The default is five minutes, for consumers whose records are
    /// processed between two polls; here the consumer is polled whatever a plugin does, and gives partitions up within
    /// seconds. A session may not be longer.
    fn longest_rebalance(&self) -> Duration {
        self.session().max(Duration::from_secs(60))
    }

    /// What consumers and producers have in common, the user's settings last.
    pub fn client_config(&self) -> ClientConfigOf {
        let mut config = ClientConfig::new();
        config.set("client.id", "kiteline").set("bootstrap.servers", &self.brokers);
        ClientConfigOf { config, user: self.client.clone() }
    }
}

/// A configuration of librdkafka in the making; kept closed so that no type of rdkafka shows.
#[expect(missing_debug_implementations, reason = "it holds secrets")]
pub struct ClientConfigOf {
    config: ClientConfig,
    user: BTreeMap<String, String>,
}

impl ClientConfigOf {
    pub(crate) fn with(mut self, ours: &[(&str, &str)]) -> Self {
        for (key, value) in ours {
            self.config.set(*key, *value);
        }
        self
    }

    /// The user's settings go before ours, but for those that delivery rests on.
    pub(crate) fn finish(mut self, fixed: &[(&str, &str)]) -> ClientConfig {
        for (key, value) in &self.user {
            // Another name of the same setting: under both, which of the two holds would be chance.
            let key = if key == "max.partition.fetch.bytes" { "fetch.message.max.bytes" } else { key };
            self.config.set(key, value);
        }
        for (key, value) in fixed {
            self.config.set(*key, *value);
        }
        self.config
    }
}

/// The consumer of the group.
pub(super) fn consumer(
    settings: &Settings,
    context: Context,
    partitions: usize,
    reading: Reading,
) -> Result<Arc<BaseConsumer<Context>>, SourceError> {
    let fetch = fetch::settings(settings.fetch_memory, partitions);
    let longest_rebalance = settings.longest_rebalance().as_millis().to_string();
    let config = settings.client_config().with(&[
        ("max.poll.interval.ms", &longest_rebalance),
        ("partition.assignment.strategy", "cooperative-sticky"),
        // What a producer took back was never written.
        ("isolation.level", "read_committed"),
        // How late a new topic of a pattern, or a new partition, is noticed.
        ("topic.metadata.refresh.interval.ms", "20000"),
        // Queues are small (see `fetch`) and so often full. The default of a second would then starve the lane.
        ("fetch.queue.backoff.ms", "5"),
        // librdkafka asks a broker for one answer at a time. Where only partitions that have nothing new are in the
        // question, as the others' queues are full, those wait for as long as the broker does: by default half a second
        // for each megabyte. An idle process asks fifty times a second instead of twice, which is 0.3 % of a core.
        ("fetch.wait.max.ms", "20"),
        ("auto.commit.interval.ms", "1000"),
        ("statistics.interval.ms", "5000"),
    ]);
    let config = config.with(&fetch.each_ref().map(|(key, value)| (*key, value.as_str())));
    let config = config.finish(&[
        ("group.id", &settings.group),
        // librdkafka commits what delivery stored, and nothing else; a replay commits more than an offset by itself.
        ("enable.auto.commit", if reading == Reading::Replay { "false" } else { "true" }),
        ("enable.auto.offset.store", "false"),
        ("enable.partition.eof", if reading == Reading::On { "false" } else { "true" }),
        // Of the dead letters' producer; here it would only set what an answer holds at least.
        ("message.max.bytes", "1000000"),
        // For what the group has committed nothing for, as far as `start` says nothing else; and where the topic keeps
        // a committed offset no more: what is left of it is read.
        ("auto.offset.reset", "earliest"),
    ]);
    config.create_with_context(context).map(Arc::new).map_err(setting)
}

/// A client that is in no group, to ask questions with.
pub(super) fn asking(settings: &Settings) -> Result<BaseConsumer, SourceError> {
    settings.client_config().finish(&[]).create().map_err(setting)
}

/// How long a topic is looked for: brokers know of one that was just made a moment later.
const APPEARS: Duration = Duration::from_secs(3);
/// How often it is looked for meanwhile.
const LOOK_AGAIN: Duration = Duration::from_millis(200);

/// Asks the brokers for the partitions of the topics, before joining the group.
pub(super) fn look(
    settings: &Settings,
    client: &BaseConsumer,
    wait: Duration,
) -> Result<BTreeSet<TopicPartition>, SourceError> {
    let deadline = Instant::now() + APPEARS;
    loop {
        match look_once(settings, client, wait) {
            Err(SourceError::NoSuchTopic { .. }) if Instant::now() < deadline => std::thread::sleep(LOOK_AGAIN),
            result => return result,
        }
    }
}

fn look_once(
    settings: &Settings,
    client: &BaseConsumer,
    wait: Duration,
) -> Result<BTreeSet<TopicPartition>, SourceError> {
    let unreachable = |error: KafkaError| SourceError::Unreachable {
        brokers: settings.brokers.clone(),
        reason: error.rdkafka_error_code().map_or_else(|| error.to_string(), |code| code.to_string()),
    };
    let metadata = client.fetch_metadata(None, wait).map_err(unreachable)?;
    let mut found = BTreeSet::new();
    for topic in metadata.topics() {
        let wanted = settings.topics.iter().any(|wanted| wanted == topic.name() || matches(wanted, topic.name()));
        if wanted && topic.error().is_none() {
            let name: Arc<str> = topic.name().into();
            found.extend(
                topic.partitions().iter().map(|p| TopicPartition { topic: Arc::clone(&name), partition: p.id() }),
            );
        }
    }
    for topic in settings.topics.iter().filter(|topic| !topic.starts_with('^')) {
        if !found.iter().any(|partition| *partition.topic == **topic) {
            return Err(SourceError::NoSuchTopic { topic: topic.clone(), brokers: settings.brokers.clone() });
        }
    }
    Ok(found)
}

/// True where the name matches a pattern. librdkafka decides what the consumer gets; this decides only what a bounded
/// run waits for and how the fetch memory is shared, so an unusable pattern is left to librdkafka to refuse.
fn matches(pattern: &str, name: &str) -> bool {
    pattern.starts_with('^') && regex::Regex::new(pattern).is_ok_and(|regex| regex.is_match(name))
}

/// A setting that librdkafka refuses, without its value, which may be a secret.
pub(crate) fn setting(error: KafkaError) -> SourceError {
    match error {
        KafkaError::ClientConfig(_, why, key, _) => SourceError::Setting(format!("`{key}`: {why}")),
        other => SourceError::Setting(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_matches_topics_and_a_name_only_itself() {
        assert!(matches("^items\\..*", "items.eu"));
        assert!(!matches("^items\\..*", "other"));
        assert!(!matches("items", "items.eu"));
    }

    impl Settings {
        /// With these settings of librdkafka.
        pub(in super::super) fn of_test<const N: usize>(brokers: &str, client: [(&str, &str); N]) -> Self {
            Self {
                brokers: brokers.into(),
                topics: vec!["items".into()],
                group: "g".into(),
                start: Start::Earliest,
                fetch_memory: 64 << 20,
                client: client.map(|(key, value)| (key.into(), value.into())).into(),
            }
        }
    }

    #[test]
    fn a_refused_setting_is_named_without_its_value() {
        let settings = Settings::of_test("localhost:1", [("sasl.mechanism", "PLAIN"), ("no.such", "s3cret")]);
        let error = consumer(&settings, Context::default(), 1, Reading::On).err().expect("refused").to_string();
        assert!(error.contains("`no.such`") && !error.contains("s3cret"), "{error}");
    }

    #[test]
    fn a_session_may_be_longer_than_a_rebalance_takes_otherwise() {
        let settings = Settings::of_test("localhost:1", [("session.timeout.ms", "120000")]);
        assert!(consumer(&settings, Context::default(), 1, Reading::On).is_ok());
    }
}
