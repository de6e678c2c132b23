//! JSON, straight into columns: each text is gone through once.

mod infer;
mod next;
mod several;

use std::sync::Arc;

use super::Plan;
use super::columns::{Fields, Mark, NextValue};
use super::refusal::Refusal;
use crate::batch::Column;
use crate::json::{Kind, Mistake, Scanner};

/// Columns that JSON texts are read into, row after row. Where an object has a name twice, its last value holds.
#[derive(Debug)]
pub(super) struct JsonColumns {
    pub(super) fields: Fields,
}

impl JsonColumns {
    /// Columns for fields whose types the plan settles.
    pub(super) fn new(plan: Plan) -> Self {
        Self { fields: Fields::new(plan) }
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
        self.fields.finish(rows)
    }

    /// Reads a text into the rows from that one on, and gives how many they are: an object is one, a field a member;
    /// several are as many as there are, in an array or each in a line of its own.
    pub(super) fn objects(&mut self, text: &[u8], row: usize) -> Result<usize, Refusal> {
        self.rows(text, row).map_err(|refusal| of_bytes(text, refusal))
    }

    fn rows(&mut self, text: &[u8], row: usize) -> Result<usize, Refusal> {
        let mut scanner = Scanner::of_bytes(text);
        if scanner.kind().map_err(not_json)? == Kind::Array {
            return self.array(text.len(), scanner, row);
        }
        self.object(&mut scanner, row)?;
        if scanner.next_line().map_err(not_json)? { self.lines(text.len(), scanner, row) } else { Ok(1) }
    }

    /// Reads a text into the row: the members of an object into their fields, any other value into the field of that
    /// name.
    pub(super) fn object_or_value(&mut self, text: &[u8], field: &str, row: usize) -> Result<(), Refusal> {
        self.row(text, field, row).map_err(|refusal| of_bytes(text, refusal))
    }

    fn row(&mut self, text: &[u8], field: &str, row: usize) -> Result<(), Refusal> {
        let mut scanner = Scanner::of_bytes(text);
        match scanner.kind().map_err(not_json)? {
            Kind::Object => {
                self.members(&mut scanner, row)?;
                scanner.end().map_err(not_json)
            }
            _ => self.value(&mut scanner, field, row),
        }
    }

    /// Reads the value that the scanner is at into the field of that name. Nothing may follow it.
    pub(super) fn value(&mut self, scanner: &mut Scanner<'_>, field: &str, row: usize) -> Result<(), Refusal> {
        let place = self.fields.named(field, scanner.at())?;
        self.fields.read(place, scanner, row)?;
        scanner.end().map_err(not_json)
    }

    /// Reads the next value, which must be an object, into the row.
    fn object(&mut self, scanner: &mut Scanner<'_>, row: usize) -> Result<(), Refusal> {
        let kind = scanner.kind().map_err(not_json)?;
        if kind != Kind::Object {
            let at = scanner.at();
            scanner.value().map_err(not_json)?;
            return Err(Refusal::NotAnObject { at, found: kind.name() });
        }
        self.members(scanner, row)
    }

    fn members(&mut self, scanner: &mut Scanner<'_>, row: usize) -> Result<(), Refusal> {
        scanner.open().map_err(not_json)?;
        let mut expected = 0;
        while let Some(name) = scanner.next_name().map_err(not_json)? {
            let place = self.fields.place(&name, expected, scanner.at())?;
            self.fields.read(place, scanner, row)?;
            expected = place + 1;
        }
        Ok(())
    }
}

/// A text as one, or where it stops being UTF-8.
pub(super) fn utf8(text: &[u8]) -> Result<&str, Refusal> {
    std::str::from_utf8(text).map_err(|error| Refusal::NotUtf8 { at: error.valid_up_to() })
}

/// Where the text is not UTF-8 that is what is wrong, whatever it was taken for.
fn of_bytes(text: &[u8], refusal: Refusal) -> Refusal {
    utf8(text).err().unwrap_or(refusal)
}

fn not_json(mistake: Mistake) -> Refusal {
    Refusal::Malformed { format: Scanner::FORMAT, mistake, field: None }
}
