//! What can go wrong with Kafka.

use rdkafka::error::RDKafkaErrorCode as Code;

use crate::source::TopicPartition;

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
    /// `kafka.start` names a partition that there is not.
    #[error("kafka.start: there is no partition {0}; name the partitions that the topics have")]
    NoSuchStart(TopicPartition),
    /// `kafka.start` names an offset that there is not yet.
    #[error("kafka.start: {partition} ends at {end}, so it can't be read from {offset}; write an offset that it has")]
    BeyondEnd {
        /// The partition.
        partition: TopicPartition,
        /// The offset as configured.
        offset: i64,
        /// Where it ends.
        end: i64,
    },
    /// The dead letter's topic does not exist and nobody makes it.
    #[error(
        "the dead letter's topic `{topic}` does not exist on {brokers}; create it, or let Kiteline do it with \
         `create = true` in [dead_letter]"
    )]
    NoDeadLetter {
        /// The topic.
        topic: String,
        /// The brokers as configured.
        brokers: String,
    },
    /// The dead letter's topic can't be made.
    #[error(
        "the dead letter's topic `{topic}` can't be created: {reason}; create it yourself, or correct `partitions` \
         and `replication` in [dead_letter]"
    )]
    NotCreated {
        /// The topic.
        topic: String,
        /// What the brokers say.
        reason: String,
    },
    /// Another process took this one's place in the group.
    #[error(
        "another process of the group has the same `group.instance.id` and took this one's place; give each process \
         its own in [kafka.client], as \"group.instance.id\" = \"${{HOSTNAME}}\""
    )]
    Fenced,
    /// Other members of the group share its partitions out in another way.
    #[error(
        "the group's other processes have another `partition.assignment.strategy`; give all of them the same in \
         [kafka.client], and stop all before you change it"
    )]
    OtherStrategy,
    /// The replay's group has committed what no replay commits.
    #[error("the replay's group has an offset of {0} that no replay committed; `--again` starts over")]
    ForeignCommit(TopicPartition),
    /// What earlier replays committed can't be taken back.
    #[error("what was replayed before can't be forgotten: {0}; is another replay running?")]
    NotStartedOver(String),
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
    /// What ends the run, among the errors that the consumer tells; librdkafka mends all others by itself.
    pub(super) fn of_code(code: Code) -> Option<Self> {
        match code {
            Code::FencedInstanceId => Some(Self::Fenced),
            Code::InconsistentGroupProtocol => Some(Self::OtherStrategy),
            Code::Fatal
            | Code::TopicAuthorizationFailed
            | Code::GroupAuthorizationFailed
            | Code::Authentication
            | Code::SaslAuthenticationFailed
            | Code::InvalidSessionTimeout => Some(Self::fatal(code)),
            _ => None,
        }
    }

    pub(super) fn fatal(error: impl std::fmt::Display) -> Self {
        Self::Fatal(error.to_string())
    }
}
