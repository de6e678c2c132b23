//! The rows of the batch, and what becomes of them.

use std::rc::Rc;

use super::column::Column;
use crate::Operation;
use crate::testing::Record;

/// Bytes of a name, fields of a batch, rows of a batch: as many as the host allows.
const NAME: usize = 1_024;
const FIELDS: usize = 1_024;
const ROWS: usize = 131_072;

/// Ends the test where a name is longer than the host allows.
pub(super) fn check_name(name: &str) {
    assert!(name.len() <= NAME, "a name of {} bytes; at most {NAME} are allowed", name.len());
}

/// The current batch.
#[derive(Debug, Clone, Default)]
pub(crate) struct Memory {
    pub(crate) records: Rc<Vec<Record>>,
    pub(crate) rows: Vec<RowOf>,
    pub(crate) fields: Vec<(String, Column)>,
    /// Records that were rejected and whose rows are no longer there, and why.
    pub(crate) rejected: Vec<(usize, String)>,
}

/// What a row has beside its fields.
#[derive(Debug, Clone)]
pub(crate) struct RowOf {
    pub(crate) record: usize,
    pub(crate) operation: Operation,
    pub(crate) collection: String,
    pub(crate) partition: Option<String>,
    pub(crate) verdict: Verdict,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Verdict {
    Keep,
    Reject(String),
    Discard,
}

impl Memory {
    pub(super) fn record(&self, row: usize) -> &Record {
        &self.records[self.rows[row].record]
    }

    pub(super) fn column(&self, field: &str) -> Option<&Column> {
        self.fields.iter().find(|(name, _)| name == field).map(|(_, column)| column)
    }

    pub(super) fn set(&mut self, field: &str, column: Column) {
        let rows = self.rows.len();
        check_name(field);
        assert!(column.cells.len() == rows, "field `{field}`: {} values for {rows} rows", column.cells.len());
        match self.fields.iter_mut().find(|(name, _)| name == field) {
            Some((_, old)) => *old = column,
            None => self.fields.push((field.to_owned(), column)),
        }
        let fields = self.fields.len();
        assert!(fields <= FIELDS, "{fields} fields; at most {FIELDS} are allowed");
    }

    pub(super) fn remove(&mut self, field: &str) -> Option<Column> {
        let place = self.fields.iter().position(|(name, _)| name == field)?;
        Some(self.fields.remove(place).1)
    }

    /// Marks a row; the first mark stays.
    pub(super) fn mark(&mut self, row: u32, verdict: Verdict) {
        let rows = self.rows.len();
        let number = row;
        let row = self.rows.get_mut(row as usize);
        let row = row.unwrap_or_else(|| panic!("row {number} of a batch of {rows} rows"));
        if row.verdict == Verdict::Keep {
            row.verdict = verdict;
        }
    }

    pub(super) fn repeat(&mut self, counts: &[u32]) {
        assert!(counts.len() == self.rows.len(), "{} values for {} rows", counts.len(), self.rows.len());
        let rows: usize = counts.iter().map(|count| *count as usize).sum();
        assert!(rows <= ROWS, "{rows} rows; at most {ROWS} are allowed");
        for (row, _) in self.rows.iter().zip(counts).filter(|(_, count)| **count == 0) {
            if let Verdict::Reject(reason) = &row.verdict {
                self.rejected.push((row.record, reason.clone()));
            }
        }
        let rows: Vec<usize> = counts.iter().enumerate().flat_map(|(row, n)| (0..*n).map(move |_| row)).collect();
        self.take(&rows);
    }

    /// Without the rows that were rejected or discarded.
    pub(crate) fn finish(mut self) -> Self {
        let gone = self.rows.iter().filter_map(|row| match &row.verdict {
            Verdict::Reject(reason) => Some((row.record, reason.clone())),
            _ => None,
        });
        self.rejected.extend(gone);
        let kept = self.rows.iter().enumerate().filter(|(_, row)| row.verdict == Verdict::Keep);
        let kept: Vec<usize> = kept.map(|(row, _)| row).collect();
        self.take(&kept);
        self
    }

    fn take(&mut self, rows: &[usize]) {
        self.rows = rows.iter().map(|row| self.rows[*row].clone()).collect();
        for (_, column) in &mut self.fields {
            column.cells = rows.iter().map(|row| column.cells[*row].clone()).collect();
        }
    }
}
