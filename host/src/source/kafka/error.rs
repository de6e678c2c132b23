//! What can go wrong with Kafka.

/// What can go wrong with Kafka.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// No broker answers.
    #[error(
        "no Kafka broker at {brokers} answers: {reason}; check `kafka.brokers`, and `kafka.client` for security settings"
    )]
    Unreachable {
        /// The brokers as configured.
        brokers: String,
        /// What librdkafka says.
        reason: String,
    },
    /// A topic does not exist.
    #[error("topic `{topic}` does not exist on {brokers}; create it, or correct `kafka.topics`")]
    NoSuchTopic {
        /// The topic.
        topic: String,
        /// The brokers as configured.
        brokers: String,
    },
    /// librdkafka refuses a setting.
    #[error("kafka.client: {0}")]
    Setting(String),
    /// Something that librdkafka can't mend by itself.
    #[error("Kafka: {0}")]
    Fatal(String),
    /// A record came through the wrong queue; nothing would keep its order.
    #[error("record {0} did not come through its partition's queue; please report this")]
    Astray(String),
    /// The last commit failed.
    #[error("the offsets could not be committed: {0}; the records since the last commit will be read again")]
    Commit(String),
}

impl SourceError {
    pub(super) fn fatal(error: impl std::fmt::Display) -> Self {
        Self::Fatal(error.to_string())
    }
}
