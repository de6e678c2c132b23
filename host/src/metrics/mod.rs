//! What a run does, counted: for Prometheus, for the line of progress and for the report at the end.
//!
//! [`Metrics`] is there once a process. What works takes a handle from it once ([`Lane`], [`Writes`], [`Plugin`]) and
//! tells that, once a batch or a write request, what it did. Values of labels come from the pipeline file, the schema,
//! the plugins and the topics' partitions, never from data; codes of Milvus are bounded in number.

mod families;
mod lag;
mod lane;
mod partitions;
mod plugin;
mod reload;
mod status;
mod writes;

pub use lane::Lane;
pub use plugin::{Plugin, PluginFault};
pub use status::{Beat, Phase, Status};
pub use writes::{Write, Writes};

use std::sync::{Arc, Mutex, Weak};
use std::time::{SystemTime, UNIX_EPOCH};

use prometheus::core::Collector;
use prometheus::{IntCounterVec, TextEncoder};

use self::families::Families;
use self::partitions::{Partitions, lock};
use self::writes::Codes;
use crate::batch::Memory;
use crate::source::TopicPartition;
use crate::source::kafka::Fetched;

/// What a process counts.
pub struct Metrics {
    families: Families,
    partitions: Partitions,
    codes: Codes,
    status: Status,
    memory: Mutex<Weak<Memory>>,
}

/// The counts at one moment, over all labels.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Totals {
    /// Records read from Kafka.
    pub read: u64,
    /// Rows that Milvus acknowledged.
    pub written: u64,
    /// Write requests that Milvus acknowledged.
    pub requests: u64,
    /// Records on the dead letter's topic.
    pub dead_lettered: u64,
    /// Records that a plugin discarded, or that are an empty array.
    pub discarded: u64,
    /// Calls for rows that were made again.
    pub retries: u64,
}

impl std::fmt::Debug for Metrics {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Metrics").field("totals", &self.totals()).field("status", &self.status).finish_non_exhaustive()
    }
}

impl Metrics {
    /// Nothing counted yet.
    pub fn new(pipeline: &str, group: &str) -> Arc<Self> {
        let families = Families::new();
        families.build_info.with_label_values(&[env!("CARGO_PKG_VERSION")]).set(1);
        families.pipeline_info.with_label_values(&[pipeline, group]).set(1);
        families.start_time.set(now_millis() as f64 / 1000.0);
        Arc::new(Self {
            families,
            partitions: Partitions::default(),
            codes: Codes::default(),
            status: Status::default(),
            memory: Mutex::default(),
        })
    }

    /// The counts now.
    pub fn totals(&self) -> Totals {
        let families = &self.families;
        Totals {
            read: sum(&families.read_records),
            written: sum(&families.written_rows),
            requests: sum(&families.write_requests),
            dead_lettered: families.dead_lettered.get(),
            discarded: families.discarded.get(),
            retries: sum(&families.write_retries),
        }
    }

    /// Everything in Prometheus' text format.
    pub fn text(&self) -> String {
        self.partitions.measure(&self.families, now_millis());
        if let Some(memory) = lock(&self.memory).upgrade() {
            self.families.memory_in_flight.with_label_values(NONE).set(memory.used() as i64);
            self.families.memory_limit.with_label_values(NONE).set(memory.limit() as i64);
        }
        let families = self.families.registry.gather();
        TextEncoder::new().encode_to_string(&families).expect("what was gathered has values")
    }

    /// What the process is at.
    pub fn status(&self) -> &Status {
        &self.status
    }

    /// The handle of a lane.
    pub fn lane(self: &Arc<Self>, number: usize) -> Lane {
        Lane::new(Arc::clone(self), number)
    }

    /// The handles of write requests.
    pub fn writes(self: &Arc<Self>) -> Writes {
        Writes::new(Arc::clone(self))
    }

    /// The memory of what was read is counted there from now on.
    pub fn memory(&self, memory: &Arc<Memory>) {
        *lock(&self.memory) = Arc::downgrade(memory);
    }

    /// The pipeline starts, for the first time or over.
    pub fn started(&self) {
        self.families.starts.inc();
    }

    /// These partitions are this process's from now on.
    pub fn assigned(&self, partitions: impl Iterator<Item = TopicPartition>) {
        self.partitions.add(partitions);
        self.rebalanced("assigned");
        self.status.assigned();
    }

    /// These partitions are another process's from now on.
    pub fn revoked(&self, partitions: &[TopicPartition]) {
        self.partitions.remove(partitions, &self.families);
        self.rebalanced("revoked");
    }

    /// This process has left the group.
    pub fn left(&self) {
        self.partitions.clear(&self.families);
        self.families.assigned_partitions.set(0);
    }

    /// What the consumer says of its partitions.
    pub fn fetched(&self, fetched: impl Iterator<Item = (TopicPartition, Fetched)>) {
        self.partitions.fetched(fetched, now_millis());
    }

    /// Partitions whose end the consumer may not know, as it fetches nothing while its queue is full.
    pub fn queued(&self) -> Vec<TopicPartition> {
        self.partitions.queued()
    }

    /// Where the brokers say that partitions end.
    pub fn ends(&self, ends: impl Iterator<Item = (TopicPartition, i64)>) {
        self.partitions.ends(ends);
    }

    fn rebalanced(&self, event: &str) {
        self.families.assigned_partitions.set(self.partitions.count() as i64);
        self.families.rebalances.with_label_values(&[event]).inc();
    }
}

/// The values of a family without labels.
const NONE: &[&str] = &[];

fn sum(counters: &IntCounterVec) -> u64 {
    let families = counters.collect();
    let values = families.iter().flat_map(|family| family.get_metric()).map(|metric| metric.get_counter().get_value());
    values.sum::<f64>() as u64
}

/// Milliseconds since 1970, as Kafka's timestamps are.
fn now_millis() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests;
