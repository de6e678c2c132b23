//! What librdkafka says of its partitions every few seconds.

use std::collections::HashMap;

use serde::Deserialize;

use super::fetch::BESIDE_RECORD;
use crate::source::TopicPartition;

/// Where a partition ends and how much of it was fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fetched {
    /// The offset behind its last record.
    pub end: i64,
    /// The next offset to fetch.
    pub next: i64,
    /// Records that were fetched and not yet read.
    pub queued: u64,
    /// About what these take.
    pub held: u64,
    /// The group's committed offset, where there is one.
    pub committed: Option<i64>,
}

/// The part of librdkafka's statistics that is read.
#[derive(Deserialize)]
struct Statistics {
    #[serde(default)]
    topics: HashMap<String, Topic>,
}

#[derive(Deserialize)]
struct Topic {
    topic: String,
    partitions: HashMap<String, Partition>,
}

/// Offsets are negative while they are not known.
#[derive(Deserialize)]
struct Partition {
    partition: i32,
    next_offset: i64,
    committed_offset: i64,
    /// Where the last transaction that ended ends, for consumers that read no others.
    ls_offset: i64,
    hi_offset: i64,
    fetchq_cnt: u64,
    fetchq_size: u64,
}

/// The partitions of which the end is known; nothing where the statistics are not what they were.
pub(super) fn fetched(json: &[u8]) -> Vec<(TopicPartition, Fetched)> {
    let statistics = serde_json::from_slice::<Statistics>(json);
    let topics = statistics.into_iter().flat_map(|statistics| statistics.topics.into_values());
    let mut fetched = Vec::new();
    for Topic { topic, partitions } in topics {
        let topic = topic.into();
        fetched.extend(partitions.into_values().filter_map(|partition| partition.fetched(&topic)));
    }
    fetched
}

impl Partition {
    fn fetched(self, topic: &std::sync::Arc<str>) -> Option<(TopicPartition, Fetched)> {
        let known = |offset: i64| (offset >= 0).then_some(offset);
        let fetched = Fetched {
            end: known(self.ls_offset).or(known(self.hi_offset))?,
            next: known(self.next_offset)?,
            queued: self.fetchq_cnt,
            held: self.fetchq_size + self.fetchq_cnt * BESIDE_RECORD,
            committed: known(self.committed_offset),
        };
        Some((TopicPartition { topic: topic.clone(), partition: self.partition }, fetched))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn partitions_whose_end_is_not_known_are_left_out() {
        let partition = |number: i32, next: i64, hi: i64, ls: i64, committed: i64| {
            format!(
                r#""{number}": {{"partition": {number}, "broker": 1, "fetchq_cnt": 3, "fetchq_size": 1000, "next_offset": {next},
                   "committed_offset": {committed}, "ls_offset": {ls}, "hi_offset": {hi}}}"#
            )
        };
        let partitions = [
            partition(-1, -1001, -1001, -1001, -1001),
            partition(0, 7, 12, 10, 5),
            partition(1, 0, 4, -1001, -1001),
            partition(2, -1001, -1001, -1001, -1001),
        ];
        let json = format!(
            r#"{{"name": "x", "topics": {{"items": {{"topic": "items", "partitions": {{{}}}}}}}}}"#,
            partitions.join(",")
        );
        let mut found = fetched(json.as_bytes());
        found.sort_by_key(|(partition, _)| partition.partition);
        let of = |partition| TopicPartition { topic: "items".into(), partition };
        let first = Fetched { end: 10, next: 7, queued: 3, held: 1000 + 3 * 512, committed: Some(5) };
        let second = Fetched { end: 4, next: 0, queued: 3, held: 1000 + 3 * 512, committed: None };
        assert_eq!(found, [(of(0), first), (of(1), second)]);
    }

    #[test]
    fn what_is_no_statistics_tells_nothing() {
        assert_eq!(fetched(b"{}"), []);
        assert_eq!(fetched(b"nothing"), []);
    }
}
