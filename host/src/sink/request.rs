//! A write request: rows of one collection, partition and operation that are sent together.

use std::sync::Arc;
use std::time::Instant;

use super::keys::Keys;
use super::prepared::Prepared;
use super::present::Present;
use super::schema::Schema;
use super::size;
use crate::batch::Operation;

/// Which record a row came from, for whoever waits until it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RowToken {
    /// The batch.
    pub batch: u64,
    /// The record in the batch.
    pub record: u32,
}

/// Rows of one group go into one request.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Group {
    /// What is to be done with the rows.
    pub operation: Operation,
    /// The partition; none is the collection's default one, or what its partition key says.
    pub partition: Option<Arc<str>>,
    /// What of the rows is written.
    pub present: Present,
}

/// A row that may be written, and the record that waits for it.
#[derive(Debug, Clone)]
pub struct Version {
    /// The rows that it is one of.
    pub prepared: Arc<Prepared>,
    /// Its index.
    pub row: u32,
    /// Its record.
    pub token: RowToken,
}

/// Where a row is in its request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    segment: u32,
    slot: u32,
}

/// Rows that are sent together. Each has a primary key of its own: of several operations on a key the last one is
/// sent, and the earlier ones, which it overtook, count as done when it is. The rows stay where they are in memory until
/// the request is done.
#[derive(Debug)]
pub struct Request {
    schema: Arc<Schema>,
    group: Group,
    segments: Vec<Segment>,
    /// Rows that are sent.
    rows: usize,
    /// Rows that are sent, and those that they overtook.
    versions: usize,
    bytes: usize,
    /// Memory that its rows hold.
    held: usize,
    /// How often it was sent.
    attempts: u32,
    doubt: Option<Doubt>,
}

/// What is held against the rows of a request that fails for unclear reasons.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Doubt {
    /// How much speaks for its rows, and not Milvus, being at fault.
    pub weight: u32,
    /// When it failed first, or something was added last.
    pub since: Instant,
}

/// Rows of one batch.
#[derive(Debug)]
pub(super) struct Segment {
    pub(super) prepared: Arc<Prepared>,
    /// None where a later row took the place of one.
    slots: Vec<Option<Slot>>,
}

#[derive(Debug)]
struct Slot {
    row: u32,
    token: RowToken,
    /// What it overtook, the oldest first.
    overtook: Vec<Version>,
}

impl Request {
    /// A request without rows.
    pub fn new(schema: &Arc<Schema>, group: Group) -> Self {
        Self {
            schema: Arc::clone(schema),
            group,
            segments: Vec::new(),
            rows: 0,
            versions: 0,
            bytes: size::request(schema),
            held: 0,
            attempts: 0,
            doubt: None,
        }
    }

    /// A request for the last of several operations on one key. Its group is what that row says.
    pub fn of_key(mut versions: Vec<Version>) -> Option<Self> {
        let last = versions.pop()?;
        let group = Group::of(&last.prepared, last.row);
        let mut request = Self::new(last.prepared.schema(), group);
        request.push(last, versions);
        Some(request)
    }

    /// Adds a row whose key no other row of the request has, and what it overtook.
    pub fn push(&mut self, version: Version, overtook: Vec<Version>) -> Place {
        let Version { prepared, row, token } = version;
        // What was overtaken counts: its memory is held until the request is done.
        self.bytes += prepared.bytes(row) + overtook.iter().map(|old| old.prepared.bytes(old.row)).sum::<usize>();
        self.held += prepared.held() + overtook.iter().map(|old| old.prepared.held()).sum::<usize>();
        self.versions += 1 + overtook.len();
        self.rows += 1;
        if !self.segments.last().is_some_and(|last| Arc::ptr_eq(&last.prepared, &prepared)) {
            self.segments.push(Segment { prepared, slots: Vec::new() });
        }
        let segment = self.segments.len() - 1;
        let slots = &mut self.segments[segment].slots;
        slots.push(Some(Slot { row, token, overtook }));
        Place { segment: segment as u32, slot: (slots.len() - 1) as u32 }
    }

    /// Takes a row out, behind what it overtook.
    pub fn take(&mut self, place: Place) -> Vec<Version> {
        let Segment { prepared, slots } = &mut self.segments[place.segment as usize];
        let Some(slot) = slots[place.slot as usize].take() else { return Vec::new() };
        let versions = slot.versions(prepared);
        self.forget(&versions);
        versions
    }

    /// The collection's schema.
    pub fn schema(&self) -> &Arc<Schema> {
        &self.schema
    }

    /// What its rows have in common.
    pub fn group(&self) -> &Group {
        &self.group
    }

    /// The partition; none is the collection's default one, or what its partition key says.
    pub fn partition(&self) -> Option<&Arc<str>> {
        self.group.partition.as_ref()
    }

    /// What is to be done with the rows.
    pub fn operation(&self) -> Operation {
        self.group.operation
    }

    /// Rows that are sent.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Rows that are sent, and those that they overtook.
    pub fn versions(&self) -> usize {
        self.versions
    }

    /// True where there is nothing to send.
    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// Bytes of the request as encoded, or more.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Memory that its rows hold, with their records.
    pub fn held(&self) -> usize {
        self.held
    }

    /// How often it was sent.
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    /// It is sent once more.
    pub fn count_attempt(&mut self) {
        self.attempts += 1;
    }

    /// What is held against its rows.
    pub fn doubt(&self) -> Option<Doubt> {
        self.doubt
    }

    /// Holds something against its rows.
    pub fn set_doubt(&mut self, doubt: Doubt) {
        self.doubt = Some(doubt);
    }

    /// True where no row has the key of one of the other request.
    pub fn is_apart_from(&self, other: &Self) -> bool {
        if !Arc::ptr_eq(&self.schema, &other.schema) {
            return true;
        }
        let mut keys = Keys::of(&self.schema);
        for (prepared, row) in self.sent_rows() {
            keys.insert(prepared, row, ());
        }
        other.sent_rows().all(|(prepared, row)| keys.get(prepared, row).is_none())
    }

    /// The rows that are sent.
    pub fn sent_rows(&self) -> impl Iterator<Item = (&Arc<Prepared>, u32)> {
        self.segments
            .iter()
            .flat_map(|Segment { prepared, slots }| slots.iter().flatten().map(move |slot| (prepared, slot.row)))
    }

    /// The records of all rows, those included that were overtaken.
    pub fn tokens(&self) -> impl Iterator<Item = RowToken> {
        let slots = self.segments.iter().flat_map(|segment| segment.slots.iter().flatten());
        slots.flat_map(|slot| slot.overtook.iter().map(|old| old.token).chain([slot.token]))
    }

    /// The records of the rows that are sent.
    #[cfg(test)]
    pub(crate) fn sent(&self) -> impl Iterator<Item = RowToken> {
        self.segments.iter().flat_map(|segment| segment.slots.iter().flatten().map(|slot| slot.token))
    }

    /// Two requests, the rows of the first before those of the second. The first is empty where there is one row.
    pub fn split(self) -> (Self, Self) {
        let first_rows = self.rows / 2;
        let part =
            || Self { attempts: self.attempts, doubt: self.doubt, ..Self::new(&self.schema, self.group.clone()) };
        let (mut first, mut second) = (part(), part());
        for mut versions in self.into_keys() {
            let part = if first.rows < first_rows { &mut first } else { &mut second };
            let last = versions.pop().expect("a row is its own last version");
            part.push(last, versions);
        }
        (first, second)
    }

    /// The operations on each key, the last one last.
    pub fn into_keys(self) -> impl Iterator<Item = Vec<Version>> {
        self.segments.into_iter().flat_map(|Segment { prepared, slots }| {
            slots.into_iter().flatten().map(move |slot| slot.versions(&prepared))
        })
    }

    /// The rows to send, by batch.
    pub(super) fn segments(&self) -> &[Segment] {
        &self.segments
    }

    fn forget(&mut self, versions: &[Version]) {
        self.rows -= 1;
        self.versions -= versions.len();
        self.bytes -= versions.iter().map(|version| version.prepared.bytes(version.row)).sum::<usize>();
        self.held -= versions.iter().map(|version| version.prepared.held()).sum::<usize>();
    }
}

impl Group {
    /// The group of a row.
    pub fn of(prepared: &Prepared, row: u32) -> Self {
        let row = prepared.row(row);
        Self { operation: row.operation, partition: row.partition.map(Arc::from), present: row.present }
    }

    /// True where a row of the other group has no effect any more once a later one of ours with its key is written.
    pub fn covers(&self, old: &Self) -> bool {
        match self.present {
            Present::Row => true,
            // A part of a row is put into what is there, and that is another thing after a delete.
            Present::Fields(_) => old.operation == Operation::Upsert && self.present.covers(old.present),
        }
    }
}

impl Segment {
    /// The rows to send.
    pub(super) fn rows(&self) -> impl Iterator<Item = usize> {
        self.slots.iter().flatten().map(|slot| slot.row as usize)
    }
}

impl Slot {
    fn versions(self, prepared: &Arc<Prepared>) -> Vec<Version> {
        let mut versions = self.overtook;
        versions.push(Version { prepared: Arc::clone(prepared), row: self.row, token: self.token });
        versions
    }
}

#[cfg(test)]
mod tests;
