//! Rules of `[kafka]` and `[dead_letter]`.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{Found, as_text, at, text, topics};
use crate::source::TopicPartition;

/// Settings of librdkafka that Kiteline makes itself, each with what is to be done instead.
const OWN: [(&str, &str); 8] = [
    ("bootstrap.servers", "write the brokers as `brokers` in [kafka]"),
    ("metadata.broker.list", "write the brokers as `brokers` in [kafka]"),
    ("group.id", "write the group as `group` in [kafka]"),
    ("auto.offset.reset", "write where to start as `start` in [kafka]"),
    ("enable.auto.commit", COMMITS),
    ("auto.commit.enable", COMMITS),
    ("enable.auto.offset.store", COMMITS),
    ("enable.partition.eof", "leave it out: `kiteline run --until-end` finds the ends of the partitions by it"),
];

const COMMITS: &str = "leave it out: Kiteline commits an offset when all before it is written";

pub(super) fn check(root: &DeTable<'_>, found: &mut Found) {
    let settings = at(root, ["kafka", "client"]).and_then(|client| client.get_ref().as_table());
    for key in settings.into_iter().flat_map(|settings| settings.keys()) {
        if let Some((name, advice)) = OWN.iter().find(|(name, _)| name == key.get_ref()) {
            found.add(&key.span(), format!("Kiteline sets `{name}` itself; {advice}"));
        }
    }
    if let Some(start) = at(root, ["kafka", "start"])
        && let Some(table) = start.get_ref().as_table()
    {
        check_start(root, start, table, found);
    }
    let dead_letter = at(root, ["dead_letter", "topic"]).and_then(as_text);
    if let Some((dead_letter, at)) = dead_letter
        && topics(root).any(|(topic, _)| topic == dead_letter || matches_pattern(topic, dead_letter))
    {
        let text = format!(
            "the pipeline reads {} itself, so a rejected record would come back for ever; send rejected records to a \
             topic that no name or pattern in `kafka.topics` means",
            text::shown(dead_letter)
        );
        found.add(&at, text);
    }
}

/// `start` as a table: a moment or offsets, and the offsets of partitions that are read.
fn check_start(root: &DeTable<'_>, start: &Spanned<DeValue<'_>>, table: &DeTable<'_>, found: &mut Found) {
    if table.contains_key("timestamp") == table.contains_key("offsets") {
        let text = "`kafka.start` as a table has one key; write { timestamp = \"2026-01-01T00:00:00Z\" } or \
            { offsets = { \"packages/0\" = 17 } }";
        found.add(&start.span(), text.to_owned());
    }
    let offsets = table.get("offsets").and_then(|offsets| offsets.get_ref().as_table());
    for key in offsets.into_iter().flat_map(|offsets| offsets.keys()) {
        let what = text::shown(key.get_ref());
        match TopicPartition::parse(key.get_ref()) {
            None => {
                let text = format!("`kafka.start.offsets`: {what} is no partition; write \"topic/0\"");
                found.add(&key.span(), text);
            }
            Some(TopicPartition { topic, .. })
                if !topics(root).any(|(name, _)| name == &*topic || matches_pattern(name, &topic)) =>
            {
                let text = format!("`kafka.start.offsets`: the topic of {what} is not read; see `kafka.topics`");
                found.add(&key.span(), text);
            }
            Some(_) => {}
        }
    }
}

fn matches_pattern(topic: &str, name: &str) -> bool {
    topic.starts_with('^') && regex::Regex::new(topic).is_ok_and(|pattern| pattern.is_match(name))
}
