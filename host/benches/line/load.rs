//! Topics full of records.

use std::hash::Hash;

use crate::feed::Feed;
use crate::format::Format;
use crate::topic::Topic;

/// Bytes of payload in a topic. What the consumer has fetched ahead (32 MiB by default) is little beside it.
const BYTES: usize = 512 << 20;
/// And no more records than these.
const RECORDS_MAX: u64 = 1_000_000;

/// What a topic has.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Content {
    pub(crate) dimension: usize,
    pub(crate) partitions: i32,
    pub(crate) compression: &'static str,
    pub(crate) format: &'static Format,
}

impl Content {
    /// The same for the same content.
    pub(crate) fn key(&self) -> impl Eq + Hash + use<> {
        (self.dimension, self.partitions, self.compression, self.format.name)
    }
}

/// A topic with records spread evenly over its partitions.
pub(crate) struct Load {
    pub(crate) topic: Topic,
    pub(crate) records: u64,
    /// Bytes of the payloads, as they were before they were compressed.
    pub(crate) bytes: u64,
}

impl Load {
    /// Makes one.
    pub(crate) fn new(brokers: &str, content: Content) -> Result<Self, String> {
        let feed = Feed::of_dimension(content.dimension);
        let encoded = |id| (content.format.encode)(&feed.item(id));
        let records = RECORDS_MAX.min((BYTES / encoded(0).len()) as u64);
        let topic = Topic::create_compressed("line", brokers, content.partitions, content.compression)?;
        let mut bytes = 0;
        topic.fill((0..records).map(encoded).inspect(|payload| bytes += payload.len() as u64))?;
        Ok(Self { topic, records, bytes })
    }
}
