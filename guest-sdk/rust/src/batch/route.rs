//! Where the rows go.

use super::Batch;
use crate::Operation;
use crate::host::batch;
use crate::packed::Texts;

impl Batch {
    /// What Milvus is asked to do with each row.
    pub fn operations(&self) -> Vec<Operation> {
        batch::operations()
    }

    /// Sets the operation of each row.
    pub fn set_operations(&mut self, values: &[Operation]) {
        batch::set_operations(values);
    }

    /// The Milvus collection of each row; see [`target::collections`](crate::target::collections) for those that
    /// exist.
    pub fn collections(&self) -> Vec<String> {
        batch::collections()
    }

    /// Sets the Milvus collection of each row; none leaves a row where it is. One that the pipeline does not name
    /// rejects the row, after the last plugin.
    pub fn set_collections(&mut self, values: &[Option<&str>]) {
        batch::set_collections(values);
    }

    /// The Milvus partition of each row; none is the collection's default.
    pub fn partitions(&self) -> Texts {
        batch::partitions().into_iter().collect()
    }

    /// Sets the Milvus partition of each row; none is the collection's default.
    pub fn set_partitions(&mut self, values: &Texts) {
        batch::set_packed_partitions(values.data(), values.lengths());
    }

    /// Sends the record of a row to the dead letter, with the reason: name the field and the rule, never the value.
    /// Later plugins don't see the row. The first reason of a row stays.
    pub fn reject(&mut self, row: usize, reason: &str) {
        batch::reject(number(row), reason);
    }

    /// Drops a row on purpose: its record counts as done. Later plugins don't see it.
    pub fn discard(&mut self, row: usize) {
        batch::discard(number(row));
    }

    /// Makes each row into as many copies as its count says, all fields and the route with it; 0 discards it. The
    /// rows are numbered anew from then on. Columns are copied here: call it before you write wide ones.
    pub fn repeat(&mut self, counts: &[u32]) {
        batch::repeat(counts);
    }
}

/// A row that is too large for a number is too large for the batch: the host refuses it.
fn number(row: usize) -> u32 {
    u32::try_from(row).unwrap_or(u32::MAX)
}
