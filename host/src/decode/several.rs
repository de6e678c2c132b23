//! What the keys of records bring to their rows, where a record has several.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow_array::{BooleanArray, UInt32Array};

use super::refusal::Refusal;
use crate::batch::{Batch, Column, Reading, Rejection};

/// The rows of a batch, by the records that they are of.
#[derive(Debug)]
pub(super) struct Several {
    /// Of each row, the first one of its record.
    firsts: UInt32Array,
    /// By the first row of a record, the field that makes it a wrong one.
    alike: BTreeMap<u32, Arc<str>>,
}

impl Several {
    /// Of each row, its record is given.
    pub(super) fn of(record_of: &[u32]) -> Self {
        let (mut first, mut firsts) = (0, Vec::with_capacity(record_of.len()));
        for (row, record) in record_of.iter().enumerate() {
            if record_of[first] != *record {
                first = row;
            }
            firsts.push(first as u32);
        }
        Self { firsts: firsts.into(), alike: BTreeMap::new() }
    }

    /// A field of the keys, which were read into the first row of each record, for all of its rows.
    pub(super) fn repeated(&self, keys: &Column) -> Column {
        keys.take(&self.firsts)
    }

    /// A field is a primary key. A record of which several rows would get it from the record's key, or one would
    /// get what another brings, loses all but the last of them, so it is a wrong one.
    pub(super) fn must_differ(&mut self, field: &Arc<str>, values: Option<&Column>, keys: &Column) {
        let mut last = None;
        let has_none = |row: &usize| values.is_none_or(|values| values.is_null(*row)) && !keys.is_null(*row);
        for row in (0..self.firsts.len()).filter(has_none) {
            let first = self.firsts.value(row);
            // Another row without one, or one that brings the same.
            if last == Some(first) || values.is_some_and(|values| self.brings(values, row, keys)) {
                self.alike.insert(first, Arc::clone(field));
            }
            last = Some(first);
        }
    }

    /// True where another row of the record has the value that the record's key gives to this one.
    fn brings(&self, values: &Column, row: usize, keys: &Column) -> bool {
        let first = self.firsts.value(row);
        let key = Reading::Field(keys).json_text(row);
        let others = (first as usize..self.firsts.len()).take_while(|other| self.firsts.value(*other) == first);
        others.filter(|other| *other != row).any(|other| Reading::Field(values).json_text(other) == key)
    }

    /// The batch without records that are wrong, and these.
    pub(super) fn take_wrong(self, batch: Batch) -> (Batch, Vec<Rejection>) {
        if self.alike.is_empty() {
            return (batch, Vec::new());
        }
        let keep: BooleanArray =
            self.firsts.values().iter().map(|first| Some(!self.alike.contains_key(first))).collect();
        let record_of = batch.record_of();
        let refused = self.alike.into_iter();
        let rejected = refused.map(|(first, field)| Refusal::OneKey { field }.of(record_of[first as usize]));
        (batch.filter(&keep), rejected.collect())
    }
}
