//! Where records come from.

pub mod kafka;

use std::fmt;
use std::sync::Arc;

use crate::batch::Origin;

/// One partition of a topic.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TopicPartition {
    /// The topic.
    pub topic: Arc<str>,
    /// The Kafka partition.
    pub partition: i32,
}

impl fmt::Display for TopicPartition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.topic, self.partition)
    }
}

impl TopicPartition {
    /// The partition that a record came from.
    pub fn of(origin: &Origin) -> Self {
        Self { topic: Arc::clone(&origin.topic), partition: origin.partition }
    }

    /// Reads `topic/partition`. No topic has a `/` in its name.
    pub fn parse(text: &str) -> Option<Self> {
        let (topic, partition) = text.split_once('/')?;
        let is_number = !partition.is_empty() && partition.bytes().all(|byte| byte.is_ascii_digit());
        let partition = partition.parse().ok().filter(|_| is_number && !topic.is_empty())?;
        Some(Self { topic: topic.into(), partition })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_printed_partition_reads_as_itself() {
        let partition = TopicPartition { topic: "items.v2".into(), partition: 17 };
        assert_eq!(TopicPartition::parse(&partition.to_string()), Some(partition));
        for text in ["", "items", "items/", "/0", "items/-1", "items/+1", "items/x", "a/b/0", "items/2147483648"] {
            assert_eq!(TopicPartition::parse(text), None, "{text:?}");
        }
    }
}
