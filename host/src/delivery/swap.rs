//! New plugins for a lane, and what the lane tells when it has them.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use crate::batch::Records;
use crate::decode::Decoder;
use crate::metrics::Metrics;
use crate::plugin::Chain;
use crate::source::TopicPartition;

/// Origins in one line of the log.
const LINE: usize = 100;

/// New plugins for a lane, ready to be called.
pub(super) struct Swap {
    pub(super) chain: Chain,
    /// Where the new plugins settle other types.
    pub(super) decoder: Option<Decoder>,
    pub(super) ticket: Arc<Ticket>,
    pub(super) done: mpsc::Sender<Done>,
}

/// What all lanes of a swap share.
pub(super) struct Ticket {
    /// When the plugins came to be, where they are new; none where they are those before, again.
    pub(super) changed: Option<Instant>,
    /// The start of each plugin's digest.
    pub(super) digests: String,
    /// Whether a lane has had a batch since.
    pub(super) begun: AtomicBool,
    pub(super) metrics: Arc<Metrics>,
}

/// A lane has the new plugins.
pub(super) struct Done {
    /// For how long it stood still.
    pub(super) pause: Duration,
    /// The chain that it had: to be dropped elsewhere, as that takes longer than the swap.
    pub(super) old: Chain,
}

/// What a lane still has to tell of a swap.
pub(super) struct Told {
    ticket: Arc<Ticket>,
    /// Partitions of which no record has come since.
    left: HashSet<TopicPartition>,
}

impl Told {
    pub(super) fn new(ticket: Arc<Ticket>, partitions: impl Iterator<Item = TopicPartition>) -> Self {
        Self { ticket, left: partitions.collect() }
    }

    /// These partitions are another's from now on.
    pub(super) fn revoked(&mut self, partitions: &[TopicPartition]) {
        self.left.retain(|partition| !partitions.contains(partition));
    }

    /// A batch goes to the new plugins. Logs the first offset of each partition; true once all is told.
    pub(super) fn batch(&mut self, records: &Records) -> bool {
        let Ticket { changed, digests, begun, metrics } = &*self.ticket;
        if !begun.swap(true, Ordering::AcqRel) {
            if let Some(after) = changed.map(|changed| changed.elapsed()) {
                metrics.first_batch_by_new(after);
                tracing::info!(after_ms = after.as_millis() as u64, digests, "first batch by new plugins");
            } else {
                tracing::info!(digests, "first batch by the plugins before");
            }
        }
        let mut firsts = Vec::new();
        let mut last: Option<TopicPartition> = None;
        for record in records.iter() {
            let origin = record.origin();
            let is_last =
                last.as_ref().is_some_and(|last| last.partition == origin.partition && last.topic == origin.topic);
            if !is_last {
                let partition = TopicPartition::of(origin);
                if self.left.remove(&partition) {
                    firsts.push(origin.to_string());
                }
                last = Some(partition);
            }
        }
        let whose = if changed.is_some() { "new plugins" } else { "the plugins before" };
        for firsts in firsts.chunks(LINE) {
            tracing::info!(first = firsts.join(" "), digests, "records from here on by {whose}");
        }
        self.left.is_empty()
    }
}
