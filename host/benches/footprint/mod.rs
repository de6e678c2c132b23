//! What a process of Kiteline takes besides its work: to start, while nothing comes, at most, to take new plugins, on
//! the disk. The real binary between the real Kafka and a sink that acknowledges at once.

mod binary;
mod idle;
mod load;
mod reload;
mod start;

use crate::Options;
use crate::ack::Ack;
use crate::feed::{Feed, collection};
use crate::pipeline::{self, LANES};
use crate::servers::KAFKA;
use crate::sink::collections;
use crate::topic::{Topic, unique};

const COLLECTION: &str = "items";

/// What all of it shares.
struct Bench<'a> {
    feed: &'a Feed,
    brokers: String,
    ack: Ack,
}

/// Measures all of it; a table.
pub(crate) fn measure(feed: &Feed, options: &Options) -> Result<String, String> {
    let bench = Bench { feed, brokers: KAFKA.address()?, ack: Ack::start(None) };
    collections(&bench.ack.uri(), &[collection(COLLECTION, "embedding")])?;
    let mut text = format!(
        "The real binary with {LANES} lanes and four shipped plugins, all else by default, between Apache Kafka\n\
         (`group.initial.rebalance.delay.ms` 0) and a sink that acknowledges at once. Compiled plugins are kept from before.\n\n\
         | | |\n|---|---|\n"
    );
    type Step = fn(&Bench<'_>, usize) -> Result<String, String>;
    let steps: [(&str, Step); 5] = [
        ("start", start::measure),
        ("idle", idle::measure),
        ("memory under load", load::measure),
        ("reload", reload::measure),
        ("binary", |_, _| binary::measure()),
    ];
    for (name, step) in steps {
        eprintln!("measuring {name}");
        text += &step(&bench, options.runs)?;
    }
    Ok(text)
}

impl Bench<'_> {
    /// A topic with so many records.
    fn topic(&self, partitions: i32, records: u64) -> Result<Topic, String> {
        let topic = Topic::create("footprint", &self.brokers, partitions)?;
        topic.fill((0..records).map(|id| self.feed.payload(id)))?;
        Ok(topic)
    }

    /// A pipeline from that topic for a group of its own.
    fn pipeline(&self, topic: &Topic) -> String {
        pipeline::text(topic, &unique("group"), &self.ack.uri(), COLLECTION, "", "")
    }
}
