//! A batch that was read, and whose schemas the registry has not told yet.
//!
//! Nothing of it is entered into the core meanwhile: a lane that ends, or loses its partitions, leaves it to whoever
//! reads it next, as if it had never been read.

use std::sync::Arc;

use super::mailbox::Mailbox;
use crate::batch::{Memory, Record, Records};
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
    pub(super) fn pass(
        &mut self,
        records: Arc<Records>,
        decoder: &mut Decoder,
        memory: &Arc<Memory>,
    ) -> Option<Arc<Records>> {
        if decoder.is_ready(&records, &self.wake) {
            return Some(records);
        }
        // It may wait for long, and what is lent holds more than itself.
        let is_lent = records.own_bytes() < records.bytes();
        self.batch = if is_lent { Self::copy(&records, memory, |_| true) } else { Some(records) };
        None
    }

    /// Forgets what was read of partitions that are another's now.
    pub(super) fn revoke(&mut self, partitions: &[TopicPartition], memory: &Arc<Memory>) {
        let Some(records) = self.batch.take() else { return };
        let is_kept = |record: Record<'_>| !partitions.contains(&TopicPartition::of(record.read_at()));
        self.batch = Self::copy(&records, memory, is_kept);
    }

    fn copy(records: &Records, memory: &Arc<Memory>, keep: impl Fn(Record<'_>) -> bool) -> Option<Arc<Records>> {
        let mut kept = records.select(keep);
        kept.charge(memory);
        Some(Arc::new(kept)).filter(|kept| !kept.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch::Origin;

    #[test]
    fn what_waits_of_a_partition_that_is_given_up_is_forgotten() {
        let mut records = Records::default();
        for (offset, partition) in [(0, 0), (0, 1), (1, 0)] {
            let origin = Origin { topic: "items".into(), partition, offset };
            records.push(origin, None, None, Some(b"{}"), std::iter::empty());
        }
        let mut waiting = Waiting { batch: Some(Arc::new(records)), wake: Arc::new(|| ()) };
        let memory = Memory::new(1 << 20);
        let of = |partition| [TopicPartition { topic: "items".into(), partition }];
        waiting.revoke(&of(0), &memory);
        let kept: Vec<_> =
            waiting.batch.iter().flat_map(|records| records.iter()).map(|it| it.origin().partition).collect();
        assert_eq!(kept, [1]);
        assert!(memory.used() > 0);
        waiting.revoke(&of(1), &memory);
        assert!(waiting.is_empty());
        assert_eq!(memory.used(), 0);
    }
}
