//! CSV, a row a record and without a header, straight into columns.
//!
//! It is RFC 4180 to the letter, which the libraries for files are not: they take quotes that are never closed, and what
//! stands behind closed ones.

mod cells;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use self::cells::Cells;
use super::Plan;
use super::columns::{Fields, Mark};
use super::json::utf8;
use super::refusal::Refusal;
use crate::batch::Column;
use crate::json::Mistake;

/// How a row is written.
#[derive(Debug)]
pub struct CsvLayout {
    /// The fields that its values go to, in their order.
    pub columns: Vec<Arc<str>>,
    /// What stands between values: an ASCII character.
    pub delimiter: u8,
    /// What stands around values in which there are delimiters, quotes or ends of lines: another one.
    pub quote: u8,
}

/// Columns that rows are read into.
#[derive(Debug)]
pub(super) struct CsvColumns {
    layout: Arc<CsvLayout>,
    pub(super) fields: Fields,
    /// A value in quotes, without the quotes that stand for one.
    unquoted: String,
}

impl CsvColumns {
    /// Columns of the types that the plan settles, of texts where it settles none.
    pub(super) fn new(layout: Arc<CsvLayout>, plan: Plan) -> Self {
        Self { layout, fields: Fields::new(plan), unquoted: String::new() }
    }

    /// To be called before each record.
    pub(super) fn mark(&self) -> Mark {
        self.fields.mark()
    }

    /// Takes back everything that the record after the mark brought, so that there are `rows` rows again.
    pub(super) fn roll_back(&mut self, mark: Mark, rows: usize) {
        self.fields.roll_back(mark, rows);
    }

    /// The columns of so many rows, ready for the next batch.
    pub(super) fn finish(&mut self, rows: usize) -> Vec<(Arc<str>, Column)> {
        self.unquoted = String::new();
        self.fields.finish(rows)
    }

    /// Reads a payload, which is one row.
    pub(super) fn read(&mut self, payload: &[u8], row: usize) -> Result<(), Refusal> {
        let mut cells = Cells::new(utf8(payload)?, &self.layout);
        let mut expected = 0;
        for name in &self.layout.columns {
            let mut cell = cells.next(&mut self.unquoted).map_err(not_csv)?;
            let place = self.fields.place(&**name, expected, cell.at)?;
            self.fields.read(place, &mut cell, row)?;
            expected = place + 1;
        }
        cells.end().map_err(not_csv)
    }
}

fn not_csv(mistake: Mistake) -> Refusal {
    Refusal::Malformed { format: "a row of CSV", mistake, field: None }
}
