//! Values that are written as text: whole payloads, and the values of a row of CSV.

mod next;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use super::Plan;
use super::columns::{Fields, Mark};
use super::json::utf8;
use super::refusal::Refusal;
use crate::batch::Column;

/// A text that stands for a value of whatever type its column has.
#[derive(Debug, Clone, Copy)]
pub(super) struct Text<'a> {
    pub(super) text: &'a str,
    /// Where it starts in the payload.
    pub(super) at: usize,
    /// True where there is none.
    pub(super) is_missing: bool,
}

/// A column that payloads are read into, each as a whole.
#[derive(Debug)]
pub(super) struct TextColumns {
    field: Arc<str>,
    pub(super) fields: Fields,
}

impl TextColumns {
    /// A column of the type that the plan settles, a text where it settles none.
    pub(super) fn new(field: Arc<str>, plan: Plan) -> Self {
        Self { field, fields: Fields::new(plan) }
    }

    /// To be called before each record.
    pub(super) fn mark(&self) -> Mark {
        self.fields.mark()
    }

    /// Takes back everything that the record after the mark brought, so that there are `rows` rows again.
    pub(super) fn roll_back(&mut self, mark: Mark, rows: usize) {
        self.fields.roll_back(mark, rows);
    }

    /// The column of so many rows, ready for the next batch.
    pub(super) fn finish(&mut self, rows: usize) -> Vec<(Arc<str>, Column)> {
        self.fields.finish(rows)
    }

    /// Reads a payload into the row.
    pub(super) fn read(&mut self, payload: &[u8], row: usize) -> Result<(), Refusal> {
        let text = utf8(payload)?;
        let place = self.fields.named(&self.field, 0)?;
        self.fields.read(place, &mut Text { text, at: 0, is_missing: false }, row)
    }
}
