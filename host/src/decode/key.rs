//! Fields that come from the records' keys.

use std::sync::Arc;

use super::Plan;
use super::columns::Mark;
use super::json::{JsonColumns, utf8};
use super::refusal::Refusal;
use crate::batch::{Column, Type};
use crate::json::{self, Scanner};

/// How a key is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyFormat {
    /// One JSON value: the members of an object are fields, any other value goes to the one that is named.
    Json,
    /// UTF-8 text for the field that is named. Where that is an integer, so must be the text.
    Text,
}

/// The columns that keys are read into.
#[derive(Debug)]
pub(super) struct Keys {
    format: KeyFormat,
    field: Arc<str>,
    /// True where the field is an integer.
    is_integer: bool,
    columns: JsonColumns,
    /// A text key as JSON.
    quoted: String,
}

impl Keys {
    /// Columns of the types that the plan settles: a field is what it is, whether the key or the value brings it.
    pub(super) fn new(format: KeyFormat, field: Arc<str>, plan: Plan) -> Self {
        let is_integer = plan.get(&field).is_some_and(|(ty, _)| ty == Type::Int);
        Self { format, field, is_integer, columns: JsonColumns::new(plan), quoted: String::new() }
    }

    pub(super) fn mark(&self) -> Mark {
        self.columns.mark()
    }

    pub(super) fn roll_back(&mut self, mark: Mark, rows: usize) {
        self.columns.roll_back(mark, rows);
    }

    pub(super) fn finish(&mut self, rows: usize) -> Vec<(Arc<str>, Column)> {
        self.columns.finish(rows)
    }

    /// Reads the key of a record into the row.
    pub(super) fn read(&mut self, key: &[u8], row: usize) -> Result<(), Refusal> {
        let read = match self.format {
            KeyFormat::Json => self.columns.object_or_value(key, &self.field, row),
            KeyFormat::Text => self.text(key, row),
        };
        read.map_err(|refusal| Refusal::Key(Box::new(refusal)))
    }

    fn text(&mut self, key: &[u8], row: usize) -> Result<(), Refusal> {
        let text = utf8(key)?;
        self.quoted.clear();
        if self.is_integer {
            // Only one text of a number is its key: "7" and "07" are different keys to Kafka.
            let number = text.parse::<i64>().ok().filter(|number| number.to_string() == text);
            number.ok_or_else(|| Refusal::NotAnInteger { field: Arc::clone(&self.field) })?;
            self.quoted.push_str(text);
        } else {
            json::quote(text, &mut self.quoted);
        }
        self.columns.value(&mut Scanner::new(&self.quoted), &self.field, row)
    }
}
