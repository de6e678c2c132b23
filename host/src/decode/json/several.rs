//! Several objects in one record: each is a row.

use super::{JsonColumns, not_json};
use crate::decode::ROWS_MAX;
use crate::decode::refusal::Refusal;
use crate::json::Scanner;

impl JsonColumns {
    /// Reads the objects of the array that is next, in a text of so many bytes, and gives how many they are.
    #[cold]
    pub(super) fn array(&mut self, text: usize, mut scanner: Scanner<'_>, row: usize) -> Result<usize, Refusal> {
        self.fields.several_rows(text);
        let mut rows = 0;
        scanner.open().map_err(not_json)?;
        while scanner.next_element().map_err(not_json)? {
            if rows > 0 {
                self.another(rows, &scanner)?;
            }
            self.object(&mut scanner, row + rows)?;
            rows += 1;
        }
        scanner.end().map_err(not_json)?;
        Ok(rows)
    }

    /// Reads the objects of the lines from the second one on, and gives how many they are with the first.
    #[cold]
    pub(super) fn lines(&mut self, text: usize, mut scanner: Scanner<'_>, row: usize) -> Result<usize, Refusal> {
        self.fields.several_rows(text);
        let mut rows = 1;
        loop {
            self.another(rows, &scanner)?;
            self.object(&mut scanner, row + rows)?;
            rows += 1;
            if !scanner.next_line().map_err(not_json)? {
                return Ok(rows);
            }
        }
    }

    /// Makes room for a row after so many of the record.
    fn another(&mut self, rows: usize, scanner: &Scanner<'_>) -> Result<(), Refusal> {
        if rows == ROWS_MAX {
            return Err(Refusal::ManyRows { before: scanner.at() });
        }
        self.fields.more_rows(1, 0, scanner.at())
    }
}
