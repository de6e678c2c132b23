//! Choosing, repeating and joining rows.

use std::sync::Arc;

use arrow_array::{Array, BooleanArray, UInt32Array};

use super::{Batch, Column, Names, Operations, Others, Reading, Type};

impl Batch {
    /// The rows that `keep` is true for.
    #[must_use]
    pub fn filter(&self, keep: &BooleanArray) -> Self {
        let rows = self.record_of.iter().enumerate().filter(|(row, _)| keep.value(*row));
        Self {
            records: Arc::clone(&self.records),
            record_of: rows.map(|(_, record)| *record).collect(),
            fields: self.each_column(|column| column.filter(keep)),
            operations: self.operations.filter(keep),
            collections: self.collections.filter(keep),
            partitions: self.partitions.filter(keep),
        }
    }

    /// The rows that `rows` names, in its order; a row may come several times.
    #[must_use]
    pub fn take(&self, rows: &UInt32Array) -> Self {
        Self {
            records: Arc::clone(&self.records),
            record_of: rows.values().iter().map(|row| self.record_of[*row as usize]).collect(),
            fields: self.each_column(|column| column.take(rows)),
            operations: self.operations.take(rows),
            collections: self.collections.take(rows),
            partitions: self.partitions.take(rows),
        }
    }

    /// `len` rows from `offset` on, sharing the memory.
    #[must_use]
    pub fn slice(&self, offset: usize, len: usize) -> Self {
        Self {
            records: Arc::clone(&self.records),
            record_of: self.record_of.slice(offset, len),
            fields: self.each_column(|column| column.slice(offset, len)),
            operations: self.operations.slice(offset, len),
            collections: self.collections.slice(offset, len),
            partitions: self.partitions.slice(offset, len),
        }
    }

    /// The rows of all parts one after the other. All parts are of the same records. Where parts have a field in
    /// different types, the first one's holds and the other values are kept beside it.
    pub fn concat(mut parts: Vec<Self>) -> Option<Self> {
        if parts.len() <= 1 {
            return parts.pop();
        }
        let mut names: Vec<Arc<str>> = Vec::new();
        for (name, _) in parts.iter().flat_map(|part| &part.fields) {
            if !names.contains(name) {
                names.push(Arc::clone(name));
            }
        }
        let fields = names.into_iter().map(|name| {
            let ty = parts.iter().find_map(|part| part.column(&name)).expect("a part has it").ty();
            let columns = parts.iter().map(|part| match part.column(&name) {
                Some(column) => of_type(column, ty),
                None => Column::nulls(ty, part.rows()),
            });
            let column = Column::concat(&columns.collect::<Vec<_>>());
            (name, column)
        });
        Some(Self {
            records: Arc::clone(&parts[0].records),
            record_of: parts.iter().flat_map(|part| part.record_of.iter().copied()).collect(),
            fields: fields.collect(),
            operations: Operations::concat(parts.iter().map(|part| (&part.operations, part.rows()))),
            collections: Names::concat(parts.iter().map(|part| (&part.collections, part.rows()))),
            partitions: Names::concat(parts.iter().map(|part| (&part.partitions, part.rows()))),
        })
    }

    fn each_column(&self, change: impl Fn(&Column) -> Column) -> Vec<(Arc<str>, Column)> {
        self.fields.iter().map(|(name, column)| (Arc::clone(name), change(column))).collect()
    }
}

impl Column {
    /// The same column with values of another one where it has none. Values of another type are kept beside it.
    #[must_use]
    pub fn or(&self, other: &Self) -> Self {
        let rows = self.len();
        let has_none = |row: &usize| self.is_null(*row);
        if self.array().null_count() == 0 || (0..rows).filter(has_none).all(|row| other.is_null(row)) {
            return self.clone();
        }
        if (0..rows).all(|row| has_none(&row)) {
            return other.clone();
        }
        let both = Self::concat(&[self.clone(), of_type(other, self.ty())]);
        let places = (0..rows).map(|row| if has_none(&row) { rows + row } else { row } as u32);
        both.take(&places.collect::<Vec<_>>().into())
    }
}

/// A column as one of that type, with all values beside it where its own is another.
fn of_type(column: &Column, ty: Type) -> Column {
    if column.ty() == ty {
        return column.clone();
    }
    Column::nulls(ty, column.len()).with_others(all_as_others(column))
}

/// Every value of a column as JSON text.
fn all_as_others(column: &Column) -> Others {
    let texts = (0..column.len()).map(|row| Reading::Field(column).json_text(row));
    texts.enumerate().filter_map(|(row, text)| Some((row as u32, text?.into()))).collect()
}
