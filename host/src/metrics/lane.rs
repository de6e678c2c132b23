//! What a lane tells.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use prometheus::{IntCounter, IntGauge};

use super::Metrics;
use super::lag::Run;
use super::partitions::{Shared, lock};
use super::plugin::Plugin;
use super::status::Beat;
use crate::batch::{Records, Rejection, Stage};
use crate::source::TopicPartition;

/// The handle of a lane. The lane is no longer waited for when this is dropped.
#[derive(Debug)]
pub struct Lane {
    metrics: Arc<Metrics>,
    beat: Beat,
    partitions: HashMap<TopicPartition, Partition>,
    /// By stage and plugin, as far as they rejected anything.
    rejected: HashMap<(&'static str, Option<Arc<str>>), IntCounter>,
    busy: IntGauge,
    paused: IntGauge,
    pauses: IntCounter,
}

#[derive(Debug)]
struct Partition {
    records: IntCounter,
    bytes: IntCounter,
    /// None for a partition that was taken away before the lane looked at it.
    lag: Option<Shared>,
}

impl Lane {
    pub(super) fn new(metrics: Arc<Metrics>, number: usize) -> Self {
        let beat = metrics.status.beat(format!("lane {number}"));
        let number = number.to_string();
        let labels = [number.as_str()];
        let families = &metrics.families;
        let (busy, paused) = (&families.lane_busy, &families.lane_paused);
        let (busy, paused) = (busy.with_label_values(&labels), paused.with_label_values(&labels));
        // What the lane of this number was before the pipeline started over is no more.
        busy.set(0);
        paused.set(0);
        Self {
            beat,
            busy,
            paused,
            pauses: families.lane_pauses.with_label_values(&labels),
            partitions: HashMap::new(),
            rejected: HashMap::new(),
            metrics,
        }
    }

    /// The lane came round its loop, or ended a step that may take long.
    pub fn round(&self) {
        self.beat.round();
    }

    /// The handle of one of the lane's plugins.
    pub fn plugin(&self, name: &str, digest: &str) -> Plugin {
        Plugin::new(&self.metrics.families, self.beat.share(), name, digest)
    }

    /// The partition is this lane's from now on.
    pub fn assigned(&mut self, partition: &TopicPartition) {
        let families = &self.metrics.families;
        let handle = Partition {
            records: families.read_records.with_label_values(&[&*partition.topic]),
            bytes: families.read_bytes.with_label_values(&[&*partition.topic]),
            lag: self.metrics.partitions.get(partition),
        };
        self.partitions.insert(partition.clone(), handle);
    }

    /// The partitions are this lane's no more.
    pub fn revoked(&mut self, partitions: &[TopicPartition]) {
        for partition in partitions {
            self.partitions.remove(partition);
        }
    }

    /// A batch was read from partitions of this lane.
    pub fn read(&mut self, records: &Records) {
        self.metrics.families.batch_records.observe(records.len() as f64);
        let mut left = records.iter().peekable();
        while let Some(first) = left.next() {
            let (mut last, mut count) = (first, 1);
            let mut bytes = size(first);
            let origin = first.origin();
            // A lane reads its queues in turn, so a batch has few such runs.
            while let Some(next) = left.next_if(|next| {
                next.origin().partition == origin.partition && Arc::ptr_eq(&next.origin().topic, &origin.topic)
            }) {
                (last, count, bytes) = (next, count + 1, bytes + size(next));
            }
            let key = TopicPartition::of(origin);
            let Some(partition) = self.partitions.get(&key) else { continue };
            partition.records.inc_by(count);
            partition.bytes.inc_by(bytes);
            if let Some(lag) = &partition.lag {
                let (from, to) = (first.timestamp(), last.timestamp());
                lock(lag).read(Run { first: origin.offset, last: last.origin().offset, from, to });
            }
        }
    }

    /// Positions of the lane's partitions were stored: all before them is done.
    pub fn stored(&self, positions: &[(TopicPartition, i64)]) {
        for (partition, position) in positions {
            if let Some(Partition { lag: Some(lag), .. }) = self.partitions.get(partition) {
                lock(lag).stored(*position);
            }
        }
    }

    /// A batch was decoded.
    pub fn decoded(&self, took: Duration) {
        self.metrics.families.decode_duration.observe(took.as_secs_f64());
    }

    /// A batch's rows were held against their schema.
    pub fn validated(&self, took: Duration) {
        self.metrics.families.validate_duration.observe(took.as_secs_f64());
    }

    /// A record was rejected. Several rows of it count once.
    pub fn rejected(&mut self, rejection: &Rejection) {
        let plugin = match &rejection.stage {
            Stage::Plugin { name, .. } => Some(Arc::clone(name)),
            Stage::Decode | Stage::Validate | Stage::Write { .. } => None,
        };
        let rejected = &self.metrics.families.rejected;
        let stage = rejection.stage.name();
        let counter = self.rejected.entry((stage, plugin));
        counter
            .or_insert_with_key(|(stage, plugin)| {
                rejected.with_label_values(&[*stage, plugin.as_deref().unwrap_or_default()])
            })
            .inc();
    }

    /// Plugins discarded records.
    pub fn discarded(&self, records: usize) {
        self.metrics.families.discarded.inc_by(records as u64);
    }

    /// The dead letter's topic has a record.
    pub fn dead_lettered(&self) {
        self.metrics.families.dead_lettered.inc();
    }

    /// The lane has read what is not done, or not any more.
    pub fn busy(&self, busy: bool) {
        self.busy.set(i64::from(busy));
    }

    /// The lane reads no more until Milvus has more of what was read, or reads again.
    pub fn paused(&self, paused: bool) {
        if paused && self.paused.get() == 0 {
            self.pauses.inc();
        }
        self.paused.set(i64::from(paused));
    }
}

/// Bytes of key and value, as they came.
fn size(record: crate::batch::Record<'_>) -> u64 {
    let (key, value) = (record.key_as_it_came(), record.payload_as_it_came());
    (key.map_or(0, <[u8]>::len) + value.map_or(0, <[u8]>::len)) as u64
}
