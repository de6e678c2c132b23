//! A batch that was read, and whose schemas the registry has not told yet.
//!
//! Nothing of it is entered into the core meanwhile: a lane that ends, or loses its partitions, leaves it to whoever
//! reads it next, as if it had never been read.

use std::sync::Arc;

use super::mailbox::Mailbox;
use crate::batch::{Memory, Records};
use crate::decode::Decoder;
use crate::registry::Wake;
use crate::source::TopicPartition;

pub(super) struct Waiting {
    batch: Option<Arc<Records>>,
    /// Called when there may be more schemas.
    wake: Wake,
}

impl Waiting {
    pub(super) fn new(mailbox: Mailbox) -> Self {
        Self { batch: None, wake: Arc::new(move || mailbox.wake()) }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.batch.is_none()
    }

    pub(super) fn take(&mut self) -> Option<Arc<Records>> {
        self.batch.take()
    }

    /// Gives the batch back where its schemas are known, and keeps it where they are not.
    pub(super) fn pass(&mut self, records: Arc<Records>, decoder: &mut Decoder) -> Option<Arc<Records>> {
        if decoder.is_ready(&records, &self.wake) {
            return Some(records);
        }
        self.batch = Some(records);
        None
    }

    /// Forgets what was read of partitions that are another's now.
    pub(super) fn revoke(&mut self, partitions: &[TopicPartition], memory: &Arc<Memory>) {
        let Some(records) = self.batch.take() else { return };
        let mut kept = records.select(|record| !partitions.contains(&TopicPartition::of(record.read_at())));
        kept.charge(memory);
        self.batch = Some(Arc::new(kept)).filter(|kept| !kept.is_empty());
    }
}
