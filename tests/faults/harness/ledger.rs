//! The producer's own ledger: what was sent, and the origin under which the brokers acknowledged it.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::record::What;

/// A record that was sent. Its number is its index in the ledger.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sent {
    pub(crate) key: u32,
    pub(crate) what: What,
    pub(crate) partition: i32,
    /// None until the brokers acknowledge it.
    pub(crate) offset: Option<i64>,
}

/// All records of a scenario, in the order in which they were sent.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    sent: Mutex<Vec<Sent>>,
}

impl Sent {
    /// True where its offset is below that of its partition.
    pub(crate) fn is_below(&self, offsets: &[i64]) -> bool {
        let limit = offsets.get(self.partition as usize).copied().unwrap_or(0);
        self.offset.is_some_and(|offset| offset < limit)
    }
}

impl Ledger {
    /// Enters a record before it is sent; its number.
    pub(crate) fn enter(&self, key: u32, what: What, partition: i32) -> u32 {
        let mut sent = self.lock();
        sent.push(Sent { key, what, partition, offset: None });
        sent.len() as u32 - 1
    }

    /// The brokers have a record. Where they had it already, as one that was sent again after its leader was gone, its
    /// offset is not told and negative.
    pub(crate) fn acknowledged(&self, seq: u32, partition: i32, offset: i64) {
        let mut sent = self.lock();
        let record = &mut sent[seq as usize];
        assert_eq!(record.partition, partition, "record {seq} went to another partition");
        assert!(record.offset.replace(offset).is_none(), "record {seq} was acknowledged twice");
    }

    /// All records as they stand. One whose offset was not told is behind the one before it: nobody else writes to the
    /// topic, and a partition keeps the order in which they were sent.
    pub(crate) fn all(&self) -> Vec<Sent> {
        let mut sent = self.lock().clone();
        let mut ends: HashMap<i32, i64> = HashMap::new();
        for record in &mut sent {
            let end = ends.entry(record.partition).or_default();
            if let Some(offset) = &mut record.offset {
                if *offset < 0 {
                    *offset = *end;
                }
                *end = *offset + 1;
            }
        }
        sent
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Sent>> {
        self.sent.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The good operations of each key, as numbers of records in the order of the key's partition.
pub(crate) fn by_key(sent: &[Sent]) -> HashMap<u32, Vec<u32>> {
    let mut by_key: HashMap<u32, Vec<u32>> = HashMap::new();
    for (seq, record) in sent.iter().enumerate().filter(|(_, record)| !matches!(record.what, What::Bad(_))) {
        by_key.entry(record.key).or_default().push(seq as u32);
    }
    by_key
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_that_the_brokers_had_already_is_behind_the_one_before_it() {
        let ledger = Ledger::default();
        for (partition, offset) in [(0, 0), (1, -1001), (0, 1), (0, -1001), (1, 1), (0, 3)] {
            let seq = ledger.enter(7, What::Upsert, partition);
            ledger.acknowledged(seq, partition, offset);
        }
        ledger.enter(7, What::Upsert, 0);
        let offsets: Vec<Option<i64>> = ledger.all().iter().map(|record| record.offset).collect();
        assert_eq!(offsets, [Some(0), Some(0), Some(1), Some(2), Some(1), Some(3), None]);
    }
}
