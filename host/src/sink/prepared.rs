//! Rows that are ready to be written.

use std::sync::Arc;

use arrow_array::{ArrayRef, StringArray};

use super::present::Present;
use super::schema::Schema;
use crate::batch::{Batch, Names, Operation, Operations};

/// The rows of a batch as their collection takes them: for each field that rows bring, a column of the field's own
/// type. It shares the batch's memory where nothing had to be converted.
#[derive(Debug)]
pub struct Prepared {
    pub(super) schema: Arc<Schema>,
    /// One a writable field, in the schema's order; none where no row has a value. A value is null only where the
    /// field is nullable or has a default, or where the row is to be deleted or was not accepted.
    pub(super) columns: Vec<Option<ArrayRef>>,
    /// The primary keys; where Milvus makes them, those of rows to delete, and none where there are no such rows.
    pub(super) keys: Option<ArrayRef>,
    /// The object of the dynamic field; null where a row has nothing for it.
    pub(super) dynamic: Option<StringArray>,
    /// Bytes that each row takes in a request.
    bytes: Vec<usize>,
    /// Bytes of memory that a row holds, with what is kept of its record, in the mean.
    held: usize,
    accepted: Vec<u32>,
    record_of: Vec<u32>,
    operations: Operations,
    partitions: Names,
    /// True where upserts replace only the fields that a row has.
    partial: bool,
}

/// The columns of [`Prepared`].
pub(super) struct Columns {
    pub(super) columns: Vec<Option<ArrayRef>>,
    pub(super) keys: Option<ArrayRef>,
    pub(super) dynamic: Option<StringArray>,
}

/// A row that may be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row<'a> {
    /// Its index in the batch.
    pub index: u32,
    /// The record that it came from.
    pub record: u32,
    /// What is to be done with it.
    pub operation: Operation,
    /// Its partition; none is the collection's default one, or what the partition key says, or for a delete wherever
    /// the row is.
    pub partition: Option<&'a str>,
    /// What of it is written.
    pub present: Present,
}

impl Prepared {
    pub(super) fn new(
        batch: &Batch,
        schema: &Arc<Schema>,
        columns: Columns,
        bytes: Vec<usize>,
        accepted: Vec<u32>,
        partial: bool,
    ) -> Self {
        let Columns { columns, keys, dynamic } = columns;
        Self {
            schema: Arc::clone(schema),
            columns,
            keys,
            dynamic,
            bytes,
            // A record of several rows is held once by all of them.
            held: batch.records().kept_bytes() / batch.records().len().max(batch.rows()).max(1)
                + batch.memory() / batch.rows().max(1),
            accepted,
            record_of: batch.record_of().to_vec(),
            operations: batch.operations().clone(),
            partitions: batch.partitions().clone(),
            partial,
        }
    }

    /// The rows that may be written, in their order.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = Row<'_>> {
        self.accepted.iter().map(|row| self.row(*row))
    }

    /// One of the rows that may be written.
    pub fn row(&self, index: u32) -> Row<'_> {
        let row = index as usize;
        let operation = self.operations.get(row);
        // A delete removes its key wherever it is.
        let partition = self.partitions.get(row).filter(|_| operation != Operation::Delete);
        let is_partial = self.partial && operation == Operation::Upsert;
        let present = if is_partial { Present::of(self, row) } else { Present::Row };
        Row { index, record: self.record_of[row], operation, partition, present }
    }

    /// The schema that the rows were held against.
    pub fn schema(&self) -> &Arc<Schema> {
        &self.schema
    }

    /// Bytes that a row takes in a request, or a few more.
    pub fn bytes(&self, row: u32) -> usize {
        self.bytes[row as usize]
    }

    /// Bytes of memory that a row holds, with what is kept of its record, in the mean of its batch.
    pub fn held(&self) -> usize {
        self.held
    }
}
