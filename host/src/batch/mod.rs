//! The columnar batch: what decoders fill, plugins read and write, and the sink takes.
//!
//! A row is one record, or one of several that its format or a plugin makes of it. Beside its fields a row has the record that it came from, an
//! operation and a route. Columns are immutable and shared, so cloning a batch costs a few reference counts and the
//! work of a plugin that fails is undone by dropping its clone.

mod column;
mod memory;
mod pieces;
mod read;
mod records;
mod rejection;
mod route;
mod rows;
#[cfg(test)]
mod tests;
mod text;
mod types;

pub use column::{Column, Others};
pub use memory::{Memory, Share};
pub use pieces::Lent;
pub use read::Reading;
pub use records::{Kept, Origin, Record, Records};
pub use rejection::{Rejection, Stage};
pub use route::{Names, Operation, Operations};
pub use types::{Element, Type, VectorType};

use std::sync::Arc;

use arrow_buffer::ScalarBuffer;

/// Rows on their way from decode to the sink.
#[derive(Debug, Clone)]
pub struct Batch {
    records: Arc<Records>,
    /// Of each row, the record that it came from.
    record_of: ScalarBuffer<u32>,
    fields: Vec<(Arc<str>, Column)>,
    operations: Operations,
    collections: Names,
    partitions: Names,
}

impl Batch {
    /// A batch of one row a record, without fields; no row has a collection or partition yet.
    pub fn new(records: Arc<Records>, operation: Operation) -> Self {
        let record_of = (0..records.len() as u32).collect();
        Self {
            records,
            record_of,
            fields: Vec::new(),
            operations: Operations::All(operation),
            collections: Names::All(None),
            partitions: Names::All(None),
        }
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.record_of.len()
    }

    /// The records that the rows came from; some may have no row any more, some several.
    pub fn records(&self) -> &Arc<Records> {
        &self.records
    }

    /// Of each row, the index of the record that it came from.
    pub fn record_of(&self) -> &[u32] {
        &self.record_of
    }

    /// The record that a row came from.
    pub fn record(&self, row: usize) -> Record<'_> {
        self.records.get(self.record_of[row] as usize)
    }

    /// Names and columns, in the order in which they came.
    pub fn fields(&self) -> impl ExactSizeIterator<Item = (&Arc<str>, &Column)> {
        self.fields.iter().map(|(name, column)| (name, column))
    }

    /// The column of that name.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.fields.iter().find(|(n, _)| &**n == name).map(|(_, column)| column)
    }

    /// Replaces or adds a column. It must have a value for each row.
    pub fn set(&mut self, name: impl AsRef<str>, column: Column) {
        let name = name.as_ref();
        assert_eq!(column.len(), self.rows(), "a column has one value a row");
        match self.fields.iter_mut().find(|(n, _)| &**n == name) {
            Some((_, old)) => *old = column,
            None => self.fields.push((name.into(), column)),
        }
    }

    /// Gives a field another name, replacing the field that has it. False where there is no field `old`.
    pub fn rename(&mut self, old: &str, new: &str) -> bool {
        if self.column(old).is_none() {
            return false;
        }
        if old != new {
            self.remove(new);
            for (name, _) in &mut self.fields {
                if &**name == old {
                    *name = new.into();
                }
            }
        }
        true
    }

    /// Drops a field. False where there is none of that name.
    pub fn remove(&mut self, name: &str) -> bool {
        let before = self.fields.len();
        self.fields.retain(|(n, _)| &**n != name);
        self.fields.len() < before
    }

    /// Drops all fields that `keep` is not true for.
    pub fn retain(&mut self, mut keep: impl FnMut(&str) -> bool) {
        self.fields.retain(|(name, _)| keep(name));
    }

    /// The operation of each row.
    pub fn operations(&self) -> &Operations {
        &self.operations
    }

    /// Sets the operation of each row.
    pub fn set_operations(&mut self, operations: Operations) {
        self.operations = operations;
    }

    /// The Milvus collection of each row.
    pub fn collections(&self) -> &Names {
        &self.collections
    }

    /// Sets the Milvus collection of each row.
    pub fn set_collections(&mut self, names: Names) {
        self.collections = names;
    }

    /// The Milvus partition of each row; none is the collection's default one.
    pub fn partitions(&self) -> &Names {
        &self.partitions
    }

    /// Sets the Milvus partition of each row.
    pub fn set_partitions(&mut self, names: Names) {
        self.partitions = names;
    }

    /// Bytes that the columns take.
    pub fn memory(&self) -> usize {
        self.fields.iter().map(|(_, column)| column.memory()).sum()
    }

    /// Reads a field by its name or by a JSON Pointer, as the plugin interface defines it.
    pub fn read<'a>(&'a self, name: &'a str) -> Reading<'a> {
        Reading::of(self, name)
    }
}
