//! The rows of a batch one by one, on columns that are read once and written once.

mod read;
mod write;

use std::cell::RefCell;
use std::rc::Rc;

use read::{Kind, Reads, Values};
use write::{Cell, Written};

use crate::{Batch, Operation, Texts};

/// The rows of a batch, one by one.
#[derive(Debug)]
pub struct Rows<'a> {
    shared: Rc<Shared<'a>>,
    next: usize,
}

/// A row of a batch.
///
/// It reads and writes fields by their names, and sees what it wrote. Below, a column is read when its first row is
/// looked at, and what the rows wrote is written at once after the last one. A row that writes nothing to a field
/// keeps what it has there, of whatever type.
///
/// ```
/// # use kiteline_guest::Batch;
/// fn tidy(batch: &mut Batch) {
///     for mut row in batch.rows() {
///         match row.text("name").map(str::trim) {
///             Some("") | None => row.reject("name is empty"),
///             Some(name) => {
///                 let name = name.to_lowercase();
///                 row.set_text("name", name);
///             }
///         }
///     }
/// }
/// ```
#[derive(Debug)]
pub struct Row<'a> {
    shared: Rc<Shared<'a>>,
    number: usize,
    /// What this row wrote so far. A row writes a few fields, so a list is the quickest map.
    wrote: Vec<(String, Cell)>,
}

/// What all rows share. What they wrote is written when the last of them is gone.
#[derive(Debug)]
struct Shared<'a> {
    batch: RefCell<&'a mut Batch>,
    rows: usize,
    reads: Reads,
    written: RefCell<Written>,
}

impl<'a> Rows<'a> {
    pub(crate) fn new(batch: &'a mut Batch) -> Self {
        let rows = batch.len();
        let shared = Shared { batch: RefCell::new(batch), rows, reads: Reads::default(), written: RefCell::default() };
        Self { shared: Rc::new(shared), next: 0 }
    }
}

impl<'a> Iterator for Rows<'a> {
    type Item = Row<'a>;

    fn next(&mut self) -> Option<Row<'a>> {
        let number = self.next;
        self.next += 1;
        (number < self.shared.rows).then(|| Row { shared: Rc::clone(&self.shared), number, wrote: Vec::new() })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.shared.rows.saturating_sub(self.next);
        (left, Some(left))
    }
}

impl ExactSizeIterator for Rows<'_> {}

impl Row<'_> {
    /// The row's number in the batch, from 0.
    pub fn number(&self) -> usize {
        self.number
    }

    /// A text. Like all that read: none where the field is absent, null, or of another type.
    pub fn text(&self, field: &str) -> Option<&str> {
        match self.wrote(field) {
            Some(Cell::Text(text)) => Some(text),
            Some(_) => None,
            None => match self.read(Kind::Texts, field) {
                Values::Texts(texts) => texts.get(self.number),
                _ => None,
            },
        }
    }

    /// An integer. A float is none, even where it has no fraction.
    pub fn int(&self, field: &str) -> Option<i64> {
        match self.wrote(field) {
            Some(Cell::Int(int)) => Some(*int),
            Some(_) => None,
            None => match self.read(Kind::Ints, field) {
                Values::Ints(ints) => ints[self.number],
                _ => None,
            },
        }
    }

    /// A float, or an integer that is exact as one.
    pub fn float(&self, field: &str) -> Option<f64> {
        match self.wrote(field) {
            Some(Cell::Float(float)) => Some(*float),
            Some(Cell::Int(int)) => Some(*int as f64).filter(|float| *float as i128 == i128::from(*int)),
            Some(_) => None,
            None => match self.read(Kind::Floats, field) {
                Values::Floats(floats) => floats[self.number],
                _ => None,
            },
        }
    }

    /// A boolean.
    pub fn bool(&self, field: &str) -> Option<bool> {
        match self.wrote(field) {
            Some(Cell::Bool(bool)) => Some(*bool),
            Some(_) => None,
            None => match self.read(Kind::Bools, field) {
                Values::Bools(bools) => bools[self.number],
                _ => None,
            },
        }
    }

    /// Bytes. A text is none.
    pub fn bytes(&self, field: &str) -> Option<&[u8]> {
        match self.wrote(field) {
            Some(Cell::Bytes(bytes)) => Some(bytes),
            Some(_) => None,
            None => self.read_bytes(Kind::Bytes, field),
        }
    }

    /// Any value as JSON text; as the record has it, whatever the row wrote.
    pub fn json(&self, field: &str) -> Option<&str> {
        match self.read(Kind::Json, field) {
            Values::Texts(texts) => texts.get(self.number),
            _ => None,
        }
    }

    /// The dimension of a vector. Moves no vector.
    pub fn dim(&self, field: &str) -> Option<usize> {
        match self.wrote(field) {
            Some(Cell::Vector(vector)) => Some(vector.len()),
            Some(_) => None,
            None => match self.read(Kind::Dims, field) {
                Values::Dims(dims) => dims[self.number],
                _ => None,
            },
        }
    }

    /// A dense vector as 32-bit floats. The first row that asks copies the vectors of all.
    pub fn vector(&self, field: &str) -> Option<&[f32]> {
        match self.wrote(field) {
            Some(Cell::Vector(vector)) => Some(vector),
            Some(_) => None,
            None => match self.read(Kind::Vectors, field) {
                Values::Vectors(vectors) => vectors.get(self.number),
                _ => None,
            },
        }
    }

    /// The record's value as it came from Kafka; none for a tombstone.
    pub fn payload(&self) -> Option<&[u8]> {
        self.read_bytes(Kind::Payloads, "")
    }

    /// The record's key.
    pub fn key(&self) -> Option<&[u8]> {
        self.read_bytes(Kind::Keys, "")
    }

    /// The value of the last header of that name.
    pub fn header(&self, name: &str) -> Option<&[u8]> {
        self.read_bytes(Kind::Headers, name)
    }

    /// Writes a text.
    pub fn set_text(&mut self, field: &str, value: impl Into<String>) {
        self.write(field, Cell::Text(value.into()));
    }

    /// Writes an integer.
    pub fn set_int(&mut self, field: &str, value: i64) {
        self.write(field, Cell::Int(value));
    }

    /// Writes a float.
    pub fn set_float(&mut self, field: &str, value: f64) {
        self.write(field, Cell::Float(value));
    }

    /// Writes a boolean.
    pub fn set_bool(&mut self, field: &str, value: bool) {
        self.write(field, Cell::Bool(value));
    }

    /// Writes bytes.
    pub fn set_bytes(&mut self, field: &str, value: impl Into<Vec<u8>>) {
        self.write(field, Cell::Bytes(value.into()));
    }

    /// Writes JSON: the text of one value.
    pub fn set_json(&mut self, field: &str, value: impl Into<String>) {
        self.write(field, Cell::Json(value.into()));
    }

    /// Writes a vector of 32-bit floats.
    pub fn set_vector(&mut self, field: &str, value: impl Into<Vec<f32>>) {
        self.write(field, Cell::Vector(value.into()));
    }

    /// Writes null.
    pub fn set_null(&mut self, field: &str) {
        self.write(field, Cell::Null);
    }

    /// Sets what Milvus is asked to do with the row.
    pub fn set_operation(&mut self, operation: Operation) {
        let mut written = self.shared.written.borrow_mut();
        let all = written.operations.get_or_insert_with(|| self.shared.batch.borrow().operations());
        all[self.number] = operation;
    }

    /// Sets the row's Milvus partition.
    pub fn set_partition(&mut self, partition: &str) {
        let mut written = self.shared.written.borrow_mut();
        let owned = |texts: Texts| texts.iter().map(|text| text.map(str::to_owned)).collect();
        let all = written.partitions.get_or_insert_with(|| owned(self.shared.batch.borrow().partitions()));
        all[self.number] = Some(partition.to_owned());
    }

    /// Sends the row's record to the dead letter, with the reason: name the field and the rule, never the value.
    pub fn reject(&self, reason: &str) {
        self.shared.batch.borrow_mut().reject(self.number, reason);
    }

    /// Drops the row on purpose.
    pub fn discard(&self) {
        self.shared.batch.borrow_mut().discard(self.number);
    }

    fn wrote(&self, field: &str) -> Option<&Cell> {
        self.wrote.iter().find(|(name, _)| name == field).map(|(_, cell)| cell)
    }

    fn write(&mut self, field: &str, cell: Cell) {
        match self.wrote.iter_mut().find(|(name, _)| name == field) {
            Some((_, old)) => *old = cell,
            None => self.wrote.push((field.to_owned(), cell)),
        }
    }

    fn read(&self, kind: Kind, field: &str) -> &Values {
        self.shared.reads.get(kind, field, &self.shared.batch)
    }

    fn read_bytes(&self, kind: Kind, field: &str) -> Option<&[u8]> {
        match self.read(kind, field) {
            Values::Bytes(bytes) => bytes.get(self.number),
            _ => None,
        }
    }
}

impl Drop for Row<'_> {
    fn drop(&mut self) {
        let mut written = self.shared.written.borrow_mut();
        for (field, cell) in self.wrote.drain(..) {
            written.put(field, self.number, cell, self.shared.rows);
        }
    }
}

impl Drop for Shared<'_> {
    fn drop(&mut self) {
        // A test that fails goes through here as well, and must not fail in another way.
        if !std::thread::panicking() {
            self.written.take().write(self.batch.get_mut());
        }
    }
}

#[cfg(test)]
mod tests;
