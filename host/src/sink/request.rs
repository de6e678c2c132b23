//! An open write request: rows for one partition, gathered until they are sent together.

use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::ArrayRef;
use arrow_array::cast::AsArray;
use arrow_array::types::Int64Type;

use super::prepared::Prepared;
use super::schema::Schema;
use super::size;
use crate::batch::Operation;

/// When a request takes no more rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestLimits {
    /// Most rows, those included that a later row of the same key took the place of.
    pub rows: usize,
    /// Most bytes as encoded. A single row may have more, up to what Milvus takes.
    pub bytes: usize,
}

/// Which record a row came from, for whoever waits until it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RowToken {
    /// The batch.
    pub batch: u64,
    /// The record in the batch.
    pub record: u32,
}

/// What became of a row that was handed to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Added {
    /// It is in the request.
    Yes,
    /// It isn't, as the request has all that it may have: this one has to be sent first.
    Full,
}

/// Rows of one collection, partition and operation. Of rows with the same primary key the last one is sent; the
/// earlier ones count as written when it is. The rows stay where they are in memory until the request is sent.
#[derive(Debug)]
pub struct Request {
    schema: Arc<Schema>,
    partition: Option<Arc<str>>,
    operation: Operation,
    limits: RequestLimits,
    segments: Vec<Segment>,
    keys: Keys,
    /// The primary key's place among the columns.
    key: usize,
    tokens: Vec<RowToken>,
    rows: usize,
    bytes: usize,
}

/// Rows of one batch.
#[derive(Debug)]
pub(super) struct Segment {
    pub(super) prepared: Arc<Prepared>,
    /// Rows in the batch; none where a later row took the place of one.
    rows: Vec<Option<u32>>,
}

/// Where each primary key is: the segment and the place in it.
#[derive(Debug)]
enum Keys {
    /// Milvus makes the keys.
    Auto,
    Ints(HashMap<i64, (usize, usize)>),
    Texts(HashMap<Box<str>, (usize, usize)>),
}

impl Request {
    /// A request without rows. No partition is the collection's default one, or what its partition key says.
    pub fn new(schema: &Arc<Schema>, partition: Option<Arc<str>>, operation: Operation, limits: RequestLimits) -> Self {
        Self {
            schema: Arc::clone(schema),
            partition,
            operation,
            limits,
            segments: Vec::new(),
            keys: Keys::of(schema),
            key: schema.writable().position(|w| w.field.primary).unwrap_or_default(),
            tokens: Vec::new(),
            rows: 0,
            bytes: size::request(schema),
        }
    }

    /// Adds an accepted row, or says that the request has to be sent first. An empty request takes any row that was
    /// held against its schema; one that was held against another schema of the collection needs a new request.
    pub fn add(&mut self, prepared: &Arc<Prepared>, row: u32, token: RowToken) -> Added {
        let bytes = self.bytes + prepared.bytes(row);
        let full = self.tokens.len() >= self.limits.rows || bytes > self.limits.bytes;
        if !Arc::ptr_eq(&self.schema, prepared.schema()) || (full && !self.is_empty()) {
            return Added::Full;
        }
        // The bytes of a row that loses its place still count: its memory is held until the request is sent.
        self.bytes = bytes;
        self.tokens.push(token);
        if !self.segments.last().is_some_and(|last| Arc::ptr_eq(&last.prepared, prepared)) {
            self.segments.push(Segment { prepared: Arc::clone(prepared), rows: Vec::new() });
        }
        let segment = self.segments.len() - 1;
        let place = (segment, self.segments[segment].rows.len());
        match self.keys.put(prepared.columns[self.key].as_ref(), row as usize, place) {
            Some((segment, place)) => self.segments[segment].rows[place] = None,
            None => self.rows += 1,
        }
        self.segments[segment].rows.push(Some(row));
        Added::Yes
    }

    /// The collection's schema.
    pub fn schema(&self) -> &Arc<Schema> {
        &self.schema
    }

    /// The partition; none is the collection's default one, or what its partition key says.
    pub fn partition(&self) -> Option<&Arc<str>> {
        self.partition.as_ref()
    }

    /// What is to be done with the rows.
    pub fn operation(&self) -> Operation {
        self.operation
    }

    /// Rows that are sent.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// True where there is nothing to send.
    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// Bytes of the request as encoded, or a few more.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// The records of all rows that were added, in that order.
    pub fn tokens(&self) -> &[RowToken] {
        &self.tokens
    }

    /// The rows to send, by batch.
    pub(super) fn segments(&self) -> &[Segment] {
        &self.segments
    }
}

impl Segment {
    /// The rows to send.
    pub(super) fn rows(&self) -> impl Iterator<Item = usize> {
        self.rows.iter().flatten().map(|row| *row as usize)
    }
}

impl Keys {
    fn of(schema: &Schema) -> Self {
        match schema.collection.primary_key() {
            Some(key) if key.auto_id => Self::Auto,
            Some(key) if key.ty.name() == "VarChar" => Self::Texts(HashMap::new()),
            _ => Self::Ints(HashMap::new()),
        }
    }

    /// Notes where the key of a row is, and gives the place of the row that had the same.
    fn put(&mut self, keys: Option<&ArrayRef>, row: usize, place: (usize, usize)) -> Option<(usize, usize)> {
        match self {
            Self::Auto => None,
            Self::Ints(places) => places.insert(keys?.as_primitive::<Int64Type>().value(row), place),
            Self::Texts(places) => places.insert(keys?.as_string::<i32>().value(row).into(), place),
        }
    }
}

#[cfg(test)]
mod tests;
