//! Which records are done, and so which offset of each partition may be committed. No input or output here.

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;

use crate::batch::{Origin, Records};
use crate::quick::QuickMap;
use crate::sink::RowToken;
use crate::source::TopicPartition;

/// A batch of records in the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BatchId(pub u64);

/// What of the records that were read is not done yet.
///
/// A record is held once while its batch is processed, and once for each row or dead letter that is on its way; it is
/// done when nothing holds it any more. The position of a partition is the offset of its lowest record that is not
/// done: what may be committed.
#[derive(Debug, Default)]
pub struct Ledger {
    /// The partitions that are ours, by their assignments.
    progress: QuickMap<Assignment, Progress>,
    assignments: QuickMap<TopicPartition, Assignment>,
    batches: QuickMap<BatchId, Open>,
    next_batch: u64,
    next_assignment: u64,
    moved: Vec<Assignment>,
}

/// One time that a partition became ours, or that its log began anew. None is 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
struct Assignment(u64);

/// A partition since it was assigned.
#[derive(Debug)]
struct Progress {
    partition: TopicPartition,
    /// Records that are read and, at the front, not done.
    slots: VecDeque<Slot>,
    /// Records that were in front of these.
    gone: u64,
    position: Option<i64>,
    moved: bool,
}

#[derive(Debug)]
struct Slot {
    offset: i64,
    done: bool,
}

#[derive(Debug)]
struct Open {
    records: Arc<Records>,
    /// What holds each record.
    holds: Vec<u32>,
    /// For each record, the assignment under which it was read, and how many were read under it before.
    places: Vec<(Assignment, u64)>,
    /// Records that something holds.
    held: usize,
    /// Records of which there is a dead letter.
    letters: HashSet<u32>,
}

impl Ledger {
    /// A partition is ours from now on.
    pub fn assign(&mut self, partition: TopicPartition) {
        self.revoke(&partition);
        self.begin(Progress { partition, slots: VecDeque::new(), gone: 0, position: None, moved: false });
    }

    /// A partition is no longer ours. What was read of it and is not done will be read by another process.
    pub fn revoke(&mut self, partition: &TopicPartition) {
        if let Some(assignment) = self.assignments.remove(partition) {
            self.progress.remove(&assignment);
            self.moved.retain(|moved| *moved != assignment);
        }
    }

    /// Enters records, each held once. Those of a partition come in the order of their offsets.
    pub fn enter(&mut self, records: Arc<Records>) -> BatchId {
        let id = BatchId(self.next_batch);
        self.next_batch += 1;
        let mut places = Vec::with_capacity(records.len());
        // Most records are of the partition of the one before.
        let mut last: Option<(&Origin, Assignment)> = None;
        for record in records.iter() {
            let origin = record.read_at();
            let mut assignment = match last {
                Some((last, assignment)) if last.is_beside(origin) => assignment,
                _ => self.assignments.get(&TopicPartition::of(origin)).copied().unwrap_or_default(),
            };
            if self.progress.get(&assignment).is_some_and(|progress| progress.is_behind(origin.offset)) {
                assignment = self.begin_anew(assignment);
            }
            let number = self.progress.get_mut(&assignment).map_or(0, |progress| progress.read(origin.offset));
            last = Some((origin, assignment));
            places.push((assignment, number));
        }
        let held = records.len();
        if held > 0 {
            self.batches.insert(id, Open { holds: vec![1; held], held, records, places, letters: HashSet::new() });
        }
        id
    }

    /// One more row of each of these records is on its way. Something must hold them already.
    pub fn hold_each(&mut self, batch: BatchId, records: impl Iterator<Item = u32>) {
        let mut open = self.batches.get_mut(&batch);
        records.for_each(|record| open.as_mut().expect("a record that is held keeps its batch").hold(record));
    }

    /// A record goes to the dead letter, which holds it; false where it does already. Something must hold it.
    pub fn hold_letter(&mut self, batch: BatchId, record: u32) -> bool {
        let open = self.batches.get_mut(&batch).expect("a record that is held keeps its batch");
        let is_new = open.letters.insert(record);
        if is_new {
            open.hold(record);
        }
        is_new
    }

    /// A row or dead letter of a record is done.
    pub fn release(&mut self, batch: BatchId, record: u32) {
        self.release_each(batch, std::iter::once(record));
    }

    /// A batch is processed. Where nobody else has its records, only what is kept of them stays.
    pub fn finish(&mut self, batch: BatchId) {
        let Some(open) = self.batches.get_mut(&batch) else { return };
        if let Some(records) = Arc::get_mut(&mut open.records) {
            records.settle();
        }
        let records = open.records.len() as u32;
        self.release_each(batch, 0..records);
    }

    fn release_each(&mut self, batch: BatchId, records: impl Iterator<Item = u32>) {
        let open = self.batches.get_mut(&batch).expect("a record that is held keeps its batch");
        for record in records {
            let holds = &mut open.holds[record as usize];
            *holds = holds.checked_sub(1).expect("each hold is released once");
            if *holds > 0 {
                continue;
            }
            open.held -= 1;
            let (assignment, number) = open.places[record as usize];
            if let Some(progress) = self.progress.get_mut(&assignment)
                && progress.done(number)
                && !progress.moved
            {
                progress.moved = true;
                self.moved.push(assignment);
            }
        }
        if open.held == 0 {
            self.batches.remove(&batch);
        }
    }

    /// The records of a batch that is not done.
    pub fn records(&self, batch: BatchId) -> Option<&Arc<Records>> {
        self.batches.get(&batch).map(|open| &open.records)
    }

    /// Where the record of a row came from, which must be held.
    pub fn origin(&self, token: RowToken) -> Origin {
        let open = self.batches.get(&BatchId(token.batch)).expect("a record that is held keeps its batch");
        open.records.get(token.record as usize).origin().clone()
    }

    /// True where the record of a row is held and its partition was not taken away since it was read.
    pub fn is_ours(&self, token: RowToken) -> bool {
        let Some(open) = self.batches.get(&BatchId(token.batch)) else { return false };
        self.progress.contains_key(&open.places[token.record as usize].0)
    }

    /// The positions that moved since the last call.
    pub fn take_moved(&mut self) -> Vec<(TopicPartition, i64)> {
        let mut positions = Vec::with_capacity(self.moved.len());
        for assignment in self.moved.drain(..) {
            if let Some(progress) = self.progress.get_mut(&assignment) {
                progress.moved = false;
                positions.extend(progress.position.map(|position| (progress.partition.clone(), position)));
            }
        }
        positions
    }

    /// True where nothing is held.
    pub fn is_settled(&self) -> bool {
        self.batches.is_empty()
    }

    fn begin(&mut self, progress: Progress) -> Assignment {
        self.next_assignment += 1;
        let assignment = Assignment(self.next_assignment);
        self.assignments.insert(progress.partition.clone(), assignment);
        self.progress.insert(assignment, progress);
        assignment
    }

    /// The log was cut or made anew: what was read of the old one moves nothing any more.
    fn begin_anew(&mut self, old: Assignment) -> Assignment {
        let mut progress = self.progress.remove(&old).expect("it is there");
        progress.slots.clear();
        progress.gone = 0;
        let new = self.begin(progress);
        self.moved.iter_mut().filter(|moved| **moved == old).for_each(|moved| *moved = new);
        new
    }
}

impl Open {
    fn hold(&mut self, record: u32) {
        let holds = &mut self.holds[record as usize];
        assert!(*holds > 0, "a record that is done can't be held again");
        *holds += 1;
    }
}

impl Progress {
    /// True where that offset was read already, or one behind it.
    fn is_behind(&self, offset: i64) -> bool {
        self.slots.back().is_some_and(|slot| slot.offset >= offset)
    }

    /// A record of that offset is read; gives how many were read before it.
    fn read(&mut self, offset: i64) -> u64 {
        self.slots.push_back(Slot { offset, done: false });
        self.gone + self.slots.len() as u64 - 1
    }

    /// Marks the record before which so many were read as done; true where the position moved.
    fn done(&mut self, number: u64) -> bool {
        let slot = number.checked_sub(self.gone).and_then(|index| self.slots.get_mut(index as usize));
        slot.expect("each record is done once").done = true;
        let mut moved = false;
        while let Some(slot) = self.slots.pop_front_if(|slot| slot.done) {
            self.position = Some(slot.offset + 1);
            self.gone += 1;
            moved = true;
        }
        moved
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;
    use crate::batch::Origin;

    fn partition(number: i32) -> TopicPartition {
        TopicPartition { topic: "items".into(), partition: number }
    }

    fn records(origins: &[(i32, i64)]) -> Arc<Records> {
        let mut records = Records::default();
        for (partition, offset) in origins {
            let origin = Origin { topic: "items".into(), partition: *partition, offset: *offset };
            records.push(origin, None, None, None, std::iter::empty());
        }
        Arc::new(records)
    }

    #[test]
    fn the_position_waits_for_the_lowest_record_that_is_not_done() {
        let mut ledger = Ledger::default();
        ledger.assign(partition(0));
        let batch = ledger.enter(records(&[(0, 5), (0, 6), (0, 9)]));
        ledger.release(batch, 1);
        assert_eq!(ledger.take_moved(), []);
        ledger.release(batch, 0);
        assert_eq!(ledger.take_moved(), [(partition(0), 7)]);
        ledger.release(batch, 2);
        assert_eq!(ledger.take_moved(), [(partition(0), 10)]);
        assert_eq!(ledger.take_moved(), []);
        assert!(ledger.is_settled());
    }

    #[test]
    fn a_record_has_one_letter_however_often_it_is_rejected() {
        let mut ledger = Ledger::default();
        ledger.assign(partition(0));
        let batch = ledger.enter(records(&[(0, 0), (0, 1)]));
        assert!(ledger.hold_letter(batch, 0));
        assert!(!ledger.hold_letter(batch, 0), "by another row, in another request or stage");
        assert!(ledger.hold_letter(batch, 1));
        ledger.release(batch, 0);
        assert_eq!(ledger.take_moved(), [], "the letter is on its way");
        ledger.release(batch, 0);
        assert_eq!(ledger.take_moved(), [(partition(0), 1)]);
    }

    #[test]
    fn a_record_of_several_rows_is_done_when_all_are() {
        let mut ledger = Ledger::default();
        ledger.assign(partition(0));
        let batch = ledger.enter(records(&[(0, 0)]));
        ledger.hold_each(batch, [0].into_iter());
        ledger.hold_each(batch, [0].into_iter());
        ledger.release(batch, 0);
        ledger.release(batch, 0);
        assert_eq!(ledger.take_moved(), []);
        ledger.release(batch, 0);
        assert_eq!(ledger.take_moved(), [(partition(0), 1)]);
    }

    #[test]
    fn what_was_read_before_a_revocation_moves_nothing_after_it() {
        let mut ledger = Ledger::default();
        ledger.assign(partition(0));
        let before = ledger.enter(records(&[(0, 0), (0, 1)]));
        ledger.revoke(&partition(0));
        ledger.assign(partition(0));
        let after = ledger.enter(records(&[(0, 0)]));
        ledger.release(before, 0);
        ledger.release(before, 1);
        assert_eq!(ledger.take_moved(), []);
        ledger.release(after, 0);
        assert_eq!(ledger.take_moved(), [(partition(0), 1)]);
    }

    #[test]
    fn offsets_that_go_back_start_anew() {
        let mut ledger = Ledger::default();
        ledger.assign(partition(0));
        let old = ledger.enter(records(&[(0, 50), (0, 51)]));
        let new = ledger.enter(records(&[(0, 0), (0, 1)]));
        ledger.release(old, 0);
        ledger.release(old, 1);
        assert_eq!(ledger.take_moved(), []);
        ledger.release(new, 0);
        assert_eq!(ledger.take_moved(), [(partition(0), 1)]);
    }

    proptest! {
        /// Against the plain definition: the position is the lowest offset that was entered and still is held, or one
        /// past the highest where none is.
        #[test]
        fn positions_are_what_the_definition_says(
            sizes in prop::collection::vec(prop::collection::vec((0..3i32, 0..3u32), 1..20), 1..10),
            order in prop::collection::vec(any::<prop::sample::Index>(), 600),
        ) {
            let mut ledger = Ledger::default();
            let mut next = [0i64; 3];
            let mut held: Vec<(BatchId, u32, i32, i64)> = Vec::new();
            for number in 0..3 {
                ledger.assign(partition(number));
            }
            for batch in &sizes {
                let origins: Vec<(i32, i64)> = batch.iter().map(|(number, gap)| {
                    next[*number as usize] += i64::from(*gap) + 1;
                    (*number, next[*number as usize])
                }).collect();
                let id = ledger.enter(records(&origins));
                for (record, (number, offset)) in origins.iter().enumerate() {
                    held.push((id, record as u32, *number, *offset));
                    if offset % 3 == 0 {
                        ledger.hold_each(id, [record as u32].into_iter());
                        held.push((id, record as u32, *number, *offset));
                    }
                }
            }
            let mut entered: BTreeMap<i32, Vec<i64>> = BTreeMap::new();
            for (_, _, number, offset) in &held {
                entered.entry(*number).or_default().push(*offset);
            }
            let mut positions: BTreeMap<i32, i64> = BTreeMap::new();
            for index in order {
                if held.is_empty() {
                    break;
                }
                let (batch, record, ..) = held.swap_remove(index.index(held.len()));
                ledger.release(batch, record);
                positions.extend(ledger.take_moved().into_iter().map(|(p, position)| (p.partition, position)));
                for (number, offsets) in &entered {
                    let lowest = held.iter().filter(|(_, _, n, _)| n == number).map(|(.., offset)| *offset).min();
                    let done_below = lowest.map_or(i64::MAX, |lowest| lowest);
                    let expected = offsets.iter().filter(|offset| **offset < done_below).max().map(|offset| offset + 1);
                    prop_assert_eq!(positions.get(number).copied(), expected);
                }
            }
        }
    }
}
