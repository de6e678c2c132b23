//! Records as they came from Kafka, in a few buffers: a batch of them costs some allocations, not one each.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use super::memory::{Memory, Share};
use super::pieces::{Lent, Pieces, Place};

/// Where a record came from.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Origin {
    /// The topic.
    pub topic: Arc<str>,
    /// The Kafka partition.
    pub partition: i32,
    /// The offset in the partition.
    pub offset: i64,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.topic, self.partition, self.offset)
    }
}

impl Origin {
    /// True where the other one is of the same partition. May be false all the same where they were not read together.
    pub fn is_beside(&self, other: &Self) -> bool {
        self.partition == other.partition && Arc::ptr_eq(&self.topic, &other.topic)
    }
}

/// A payload that is smaller is cheaper to copy than to borrow.
const LENT: usize = 1 << 10;

/// Records in the order in which they were read.
#[derive(Debug, Default)]
pub struct Records {
    entries: Vec<Entry>,
    headers: Vec<Header>,
    bytes: Pieces,
    share: Option<Share>,
    kept: Kept,
}

/// What is there of records from when they are processed until they are done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Kept {
    /// All of them: a dead letter has what came.
    #[default]
    Whole,
    /// Where they came from.
    Origins,
}

#[derive(Debug)]
struct Entry {
    origin: Origin,
    /// Where it was read, where that is not where it came from.
    read_at: Option<Box<Origin>>,
    timestamp: Option<i64>,
    key: Option<Place>,
    payload: Option<Place>,
    headers: Range<usize>,
    packed: Option<Box<Packed>>,
}

/// What is kept of a record that came packed.
#[derive(Debug)]
struct Packed {
    /// Key and value as they came.
    key: Option<Place>,
    payload: Option<Place>,
    /// Why they can't be unpacked.
    flaw: Option<Arc<str>>,
}

#[derive(Debug)]
struct Header {
    name: Place,
    value: Option<Place>,
}

/// One record of [`Records`].
#[derive(Debug, Clone, Copy)]
pub struct Record<'a> {
    records: &'a Records,
    entry: &'a Entry,
}

impl Records {
    /// No records yet. There will be about so many, of which that is kept.
    #[must_use]
    pub fn expecting(records: usize, bytes: usize, kept: Kept) -> Self {
        Self { bytes: Pieces::expecting(bytes), entries: Vec::with_capacity(records), kept, ..Self::default() }
    }

    /// Adds a record, copying its bytes.
    pub fn push<'h>(
        &mut self,
        origin: Origin,
        timestamp: Option<i64>,
        key: Option<&[u8]>,
        payload: Option<&[u8]>,
        headers: impl Iterator<Item = (&'h str, Option<&'h [u8]>)>,
    ) {
        let first_header = self.headers.len();
        let key = key.map(|bytes| self.bytes.add(bytes));
        let payload = payload.map(|bytes| self.bytes.add(bytes));
        for (name, value) in headers {
            let name = self.bytes.add(name.as_bytes());
            let value = value.map(|bytes| self.bytes.add(bytes));
            self.headers.push(Header { name, value });
        }
        let headers = first_header..self.headers.len();
        self.entries.push(Entry { origin, read_at: None, timestamp, key, payload, headers, packed: None });
    }

    /// True where a payload of so many bytes should rather be lent than copied: it is not kept for long, and large.
    pub fn borrows(&self, payload: usize) -> bool {
        self.kept == Kept::Origins && payload >= LENT
    }

    /// Gives the last record, which was added without one, a payload that is lent. It holds so many bytes of memory.
    pub fn lend(&mut self, payload: Box<Lent>, held: usize) {
        let place = self.bytes.lend(payload, held);
        if let Some(entry) = self.entries.last_mut() {
            entry.payload = Some(place);
        }
    }

    /// Says of the last record that it was not read where it came from, but there: a replay reads dead letters.
    pub fn set_read_at(&mut self, place: Origin) {
        if let Some(entry) = self.entries.last_mut() {
            entry.read_at = Some(Box::new(place));
        }
    }

    /// Replaces the key of a record by what it is unpacked; it came with one.
    pub fn set_key(&mut self, index: usize, unpacked: &[u8]) {
        let place = self.bytes.add(unpacked);
        let entry = self.entries[index].kept();
        entry.key = Some(place);
    }

    /// Replaces the value of a record by what it is unpacked; it came with one.
    pub fn set_payload(&mut self, index: usize, unpacked: &[u8]) {
        let place = self.bytes.add(unpacked);
        let entry = self.entries[index].kept();
        entry.payload = Some(place);
    }

    /// Says why a record can't be unpacked.
    pub fn refuse(&mut self, index: usize, flaw: Arc<str>) {
        let entry = self.entries[index].kept();
        entry.packed.iter_mut().for_each(|packed| packed.flaw = Some(Arc::clone(&flaw)));
    }

    /// Number of records.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// True where there is no record.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Bytes of all keys, payloads and headers; packed and unpacked where they came packed.
    pub fn bytes(&self) -> usize {
        self.bytes.len()
    }

    /// Bytes of keys, payloads and headers that are there until the records are done.
    pub fn kept_bytes(&self) -> usize {
        match self.kept {
            Kept::Whole => self.bytes(),
            Kept::Origins => 0,
        }
    }

    /// The records are processed: what is not kept goes.
    pub fn settle(&mut self) {
        if self.kept == Kept::Whole {
            return;
        }
        if let Some(share) = &self.share {
            share.shrink(self.bytes.capacity());
        }
        self.bytes = Pieces::default();
        self.headers = Vec::new();
        for entry in &mut self.entries {
            (entry.key, entry.payload, entry.headers, entry.packed) = (None, None, 0..0, None);
        }
    }

    /// Bytes of them that were copied, not lent.
    pub fn own_bytes(&self) -> usize {
        self.bytes.own()
    }

    /// Counts what the records take against the memory that batches may have, for as long as they are there.
    pub fn charge(&mut self, memory: &Arc<Memory>) {
        let lists = self.entries.capacity() * size_of::<Entry>() + self.headers.capacity() * size_of::<Header>();
        self.share = Some(memory.share(self.bytes.capacity() + lists));
    }

    /// Counts what was made of the records: it stays no longer than they do.
    pub fn charge_more(&self, bytes: usize) {
        if let Some(share) = &self.share {
            share.grow(bytes);
        }
    }

    /// A copy of the records that `keep` says yes to.
    pub fn select(&self, keep: impl Fn(Record<'_>) -> bool) -> Self {
        let mut kept = Self { kept: self.kept, ..Self::default() };
        for record in self.iter().filter(|record| keep(*record)) {
            let (key, payload) = (record.key_as_it_came(), record.payload_as_it_came());
            kept.push(record.origin().clone(), record.timestamp(), key, payload, record.headers());
            if let Some(packed) = &record.entry.packed {
                kept.keep_unpacked(record, packed.flaw.as_ref());
            }
            if let Some(place) = &record.entry.read_at {
                kept.set_read_at((**place).clone());
            }
        }
        kept
    }

    /// The record at `index`, counted from 0.
    pub fn get(&self, index: usize) -> Record<'_> {
        Record { records: self, entry: &self.entries[index] }
    }

    /// All records.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Record<'_>> {
        self.entries.iter().map(|entry| Record { records: self, entry })
    }

    /// Says of the last record what the same one is unpacked.
    fn keep_unpacked(&mut self, same: Record<'_>, flaw: Option<&Arc<str>>) {
        let last = self.len() - 1;
        if let Some(key) = same.key() {
            self.set_key(last, key);
        }
        if let Some(payload) = same.payload() {
            self.set_payload(last, payload);
        }
        if let Some(flaw) = flaw {
            self.refuse(last, Arc::clone(flaw));
        }
    }
}

impl Entry {
    /// The same, with key and value kept as they came.
    fn kept(&mut self) -> &mut Self {
        if self.packed.is_none() {
            let (key, payload) = (self.key, self.payload);
            self.packed = Some(Box::new(Packed { key, payload, flaw: None }));
        }
        self
    }
}

impl<'a> Record<'a> {
    /// Where the record came from.
    pub fn origin(&self) -> &'a Origin {
        &self.entry.origin
    }

    /// Where it was read: where it came from, but for a dead letter that is replayed.
    pub fn read_at(&self) -> &'a Origin {
        self.entry.read_at.as_deref().unwrap_or(&self.entry.origin)
    }

    /// Its timestamp in milliseconds since 1970.
    pub fn timestamp(&self) -> Option<i64> {
        self.entry.timestamp
    }

    /// Its key.
    pub fn key(&self) -> Option<&'a [u8]> {
        self.bytes(self.entry.key)
    }

    /// Its value; none for a tombstone.
    pub fn payload(&self) -> Option<&'a [u8]> {
        self.bytes(self.entry.payload)
    }

    /// Its key as it came: packed, where keys are.
    pub fn key_as_it_came(&self) -> Option<&'a [u8]> {
        self.bytes(self.entry.packed.as_ref().map_or(self.entry.key, |packed| packed.key))
    }

    /// Its value as it came: packed, where values are.
    pub fn payload_as_it_came(&self) -> Option<&'a [u8]> {
        self.bytes(self.entry.packed.as_ref().map_or(self.entry.payload, |packed| packed.payload))
    }

    /// Why it can't be unpacked, where it can't.
    pub fn flaw(&self) -> Option<&'a Arc<str>> {
        self.entry.packed.as_ref().and_then(|packed| packed.flaw.as_ref())
    }

    /// Its headers, in their order.
    pub fn headers(&self) -> impl DoubleEndedIterator<Item = (&'a str, Option<&'a [u8]>)> + use<'a> {
        let this = *self;
        this.records.headers[this.entry.headers.clone()].iter().map(move |header| {
            let name = std::str::from_utf8(this.records.bytes.get(header.name)).unwrap_or_default();
            (name, this.bytes(header.value))
        })
    }

    /// The value of the last header of that name.
    pub fn header(&self, name: &str) -> Option<&'a [u8]> {
        self.headers().rev().find(|(n, _)| *n == name).and_then(|(_, value)| value)
    }

    fn bytes(&self, place: Option<Place>) -> Option<&'a [u8]> {
        place.map(|place| self.records.bytes.get(place))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(offset: i64) -> Origin {
        Origin { topic: "items".into(), partition: 3, offset }
    }

    #[test]
    fn a_record_keeps_key_payload_and_headers() {
        let mut records = Records::default();
        records.push(origin(6), None, None, None, std::iter::empty());
        let headers = [("a", Some(&b"1"[..])), ("b", None), ("a", Some(b"2"))];
        records.push(origin(7), Some(12), Some(b"key"), Some(b"{}"), headers.into_iter());

        let record = records.get(1);
        assert_eq!(record.origin().to_string(), "items/3/7");
        assert_eq!(
            (record.key(), record.payload(), record.timestamp()),
            (Some(&b"key"[..]), Some(&b"{}"[..]), Some(12))
        );
        assert_eq!(record.headers().collect::<Vec<_>>(), headers);
        assert_eq!((record.header("a"), record.header("b"), record.header("c")), (Some(&b"2"[..]), None, None));
        assert_eq!((records.get(0).key(), records.get(0).payload()), (None, None));
        assert_eq!(record.read_at(), record.origin());
        records.set_read_at(origin(99));
        assert_eq!((records.get(1).read_at().offset, records.get(1).origin().offset), (99, 7));

        let kept = records.select(|record| record.origin().offset == 7);
        assert_eq!((kept.len(), kept.get(0).read_at().offset, kept.get(0).origin()), (1, 99, records.get(1).origin()));
        assert_eq!((kept.get(0).key(), kept.get(0).headers().collect::<Vec<_>>()), (Some(&b"key"[..]), headers.into()));
    }

    #[test]
    fn records_that_are_processed_keep_what_is_asked_for() {
        for (kept, payload, bytes) in [(Kept::Whole, Some(&b"value"[..]), 5), (Kept::Origins, None, 0)] {
            let memory = Memory::new(1 << 20);
            let mut records = Records::expecting(1, 0, kept);
            records.push(origin(7), None, None, Some(b"value"), std::iter::empty());
            records.charge(&memory);
            let before = memory.used();
            records.settle();
            assert_eq!((records.get(0).origin().offset, records.get(0).payload()), (7, payload), "{kept:?}");
            assert_eq!((records.bytes(), records.kept_bytes(), before - memory.used()), (bytes, bytes, 5 - bytes));
            drop(records);
            assert_eq!(memory.used(), 0);
        }
    }

    #[test]
    fn what_came_packed_is_kept_beside_what_it_is_unpacked() {
        let mut records = Records::default();
        for offset in 0..3 {
            records.push(origin(offset), None, Some(b"k"), Some(b"packed"), std::iter::empty());
        }
        records.set_payload(0, b"unpacked");
        records.set_key(1, b"key");
        records.refuse(1, "damaged".into());

        let kept = records.select(|record| record.origin().offset < 2);
        for records in [&records, &kept] {
            let (first, second) = (records.get(0), records.get(1));
            assert_eq!((first.key(), first.payload(), first.flaw()), (Some(&b"k"[..]), Some(&b"unpacked"[..]), None));
            assert_eq!((first.key_as_it_came(), first.payload_as_it_came()), (Some(&b"k"[..]), Some(&b"packed"[..])));
            assert_eq!((second.key(), second.key_as_it_came()), (Some(&b"key"[..]), Some(&b"k"[..])));
            assert_eq!((second.payload(), second.flaw().map(|flaw| &**flaw)), (Some(&b"packed"[..]), Some("damaged")));
        }
        assert_eq!((records.get(2).payload_as_it_came(), records.get(2).flaw()), (Some(&b"packed"[..]), None));
    }
}
