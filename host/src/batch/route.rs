//! Where rows go: operation, collection and partition.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::{Array, BooleanArray, StringArray, UInt32Array};
use arrow_select::filter::filter;
use arrow_select::take::take;

/// What Milvus is asked to do with a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Operation {
    /// Write the row, replacing the one with its primary key.
    Upsert,
    /// Write the row; Milvus does not look for one with its primary key.
    Insert,
    /// Remove the row with this primary key.
    Delete,
}

impl Operation {
    /// Its name, as in metrics.
    pub fn name(self) -> &'static str {
        match self {
            Self::Upsert => "upsert",
            Self::Insert => "insert",
            Self::Delete => "delete",
        }
    }
}

/// The operation of each row.
#[derive(Debug, Clone)]
pub enum Operations {
    /// All rows have the same.
    All(Operation),
    /// Each row has its own.
    Each(Arc<[Operation]>),
}

/// A name, or none, for each row.
#[derive(Debug, Clone)]
pub enum Names {
    /// All rows have the same.
    All(Option<Arc<str>>),
    /// Each row has its own.
    Each(StringArray),
}

impl Operations {
    /// The operation of a row.
    pub fn get(&self, row: usize) -> Operation {
        match self {
            Self::All(operation) => *operation,
            Self::Each(each) => each[row],
        }
    }

    /// The same, with deletes in the rows where these have them.
    #[must_use]
    pub fn with_deletes_of(self, old: &Self) -> Self {
        match old {
            Self::All(Operation::Delete) => Self::All(Operation::Delete),
            Self::Each(each) if each.contains(&Operation::Delete) => {
                let own = each.iter().enumerate().map(|(row, old)| (*old, self.get(row)));
                Self::Each(own.map(|(old, own)| if old == Operation::Delete { old } else { own }).collect())
            }
            _ => self,
        }
    }

    pub(super) fn filter(&self, keep: &BooleanArray) -> Self {
        self.pick((0..keep.len()).filter(|row| keep.value(*row)))
    }

    pub(super) fn take(&self, rows: &UInt32Array) -> Self {
        self.pick(rows.values().iter().map(|row| *row as usize))
    }

    pub(super) fn slice(&self, offset: usize, len: usize) -> Self {
        self.pick(offset..offset + len)
    }

    pub(super) fn concat<'a>(parts: impl Iterator<Item = (&'a Self, usize)>) -> Self {
        Self::Each(parts.flat_map(|(part, rows)| (0..rows).map(|row| part.get(row))).collect())
    }

    fn pick(&self, rows: impl Iterator<Item = usize>) -> Self {
        match self {
            Self::All(operation) => Self::All(*operation),
            Self::Each(each) => Self::Each(rows.map(|row| each[row]).collect()),
        }
    }
}

impl Names {
    /// The name of a row.
    pub fn get(&self, row: usize) -> Option<&str> {
        match self {
            Self::All(name) => name.as_deref(),
            Self::Each(names) => names.is_valid(row).then(|| names.value(row)),
        }
    }

    pub(super) fn filter(&self, keep: &BooleanArray) -> Self {
        self.map(|names| filter(names, keep).expect("the mask has a bit for each row").as_string().clone())
    }

    pub(super) fn take(&self, rows: &UInt32Array) -> Self {
        self.map(|names| take(names, rows, None).expect("rows are within the batch").as_string().clone())
    }

    pub(super) fn slice(&self, offset: usize, len: usize) -> Self {
        self.map(|names| names.slice(offset, len))
    }

    pub(super) fn concat<'a>(parts: impl Iterator<Item = (&'a Self, usize)>) -> Self {
        Self::Each(parts.flat_map(|(part, rows)| (0..rows).map(|row| part.get(row))).collect())
    }

    fn map(&self, each: impl FnOnce(&StringArray) -> StringArray) -> Self {
        match self {
            Self::All(name) => Self::All(name.clone()),
            Self::Each(names) => Self::Each(each(names)),
        }
    }
}
