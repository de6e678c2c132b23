//! A field that is being read, found by its name or by a JSON Pointer.

use super::column::{Array, Cell, Column, floats};
use super::json;
use super::rows::Memory;

pub(super) enum Reading<'a> {
    /// There is no such field in that many rows.
    Absent(usize),
    Field(&'a Column),
    /// A place inside the nested JSON of a field.
    Inside(&'a Column, String),
}

impl<'a> Reading<'a> {
    pub(super) fn of(memory: &'a Memory, name: &str) -> Self {
        if let Some(column) = memory.column(name) {
            return Self::Field(column);
        }
        let inside = name.strip_prefix('/').and_then(|path| {
            let end = path.find('/').unwrap_or(path.len());
            let column = memory.column(&path[..end].replace("~1", "/").replace("~0", "~"))?;
            Some(if end == path.len() { Self::Field(column) } else { Self::Inside(column, path[end..].to_owned()) })
        });
        inside.unwrap_or(Self::Absent(memory.rows.len()))
    }

    pub(super) fn column(&self) -> Option<&'a Column> {
        match self {
            Self::Field(column) => Some(column),
            _ => None,
        }
    }

    /// The scalars that a row has in the column's own type, or as JSON.
    pub(super) fn scalars<T>(
        &self,
        own: impl Fn(&Cell) -> Option<T>,
        raw: impl Fn(&str) -> Option<T>,
    ) -> Vec<Option<T>> {
        match self {
            Self::Absent(rows) => (0..*rows).map(|_| None).collect(),
            Self::Inside(column, path) => {
                let nested = |row| raw(json::find(column.json(row)?, path)?);
                (0..column.cells.len()).map(nested).collect()
            }
            Self::Field(column) => {
                let cells = column.cells.iter().map(|cell| match cell.as_ref()? {
                    Cell::Json(text) => raw(text),
                    cell => own(cell),
                });
                cells.collect()
            }
        }
    }

    pub(super) fn json_texts(&self) -> Vec<Option<String>> {
        match self {
            Self::Field(column) => (0..column.cells.len()).map(|row| column.json_text(row)).collect(),
            _ => self.scalars(|_| None, |text| Some(text.to_owned())),
        }
    }

    /// Number of elements of each array.
    pub(super) fn lengths(&self) -> Vec<i32> {
        self.counts(|_, cell| match cell {
            Cell::Array(array) => Some(array.len()),
            _ => None,
        })
    }

    /// Dimension of each vector, or of each array of numbers.
    pub(super) fn dims(&self) -> Vec<i32> {
        self.counts(|_, cell| match cell {
            Cell::Array(Array::Ints(numbers)) => Some(numbers.len()),
            Cell::Array(Array::Floats(numbers)) => Some(numbers.len()),
            Cell::Dense(_, dim) => Some(*dim),
            Cell::Sparse(pairs) => Some(pairs.len()),
            _ => None,
        })
    }

    fn counts(&self, count: impl Fn(&Column, &Cell) -> Option<usize>) -> Vec<i32> {
        let number = |count: Option<usize>| count.map_or(-1, |count| i32::try_from(count).expect("a test has few"));
        match self {
            Self::Field(column) => {
                column.cells.iter().map(|cell| number(cell.as_ref().and_then(|cell| count(column, cell)))).collect()
            }
            Self::Absent(rows) => vec![-1; *rows],
            Self::Inside(column, _) => vec![-1; column.cells.len()],
        }
    }

    pub(super) fn vectors(&self) -> Vec<f32> {
        let Some(column) = self.column() else { return Vec::new() };
        let numbers = column.cells.iter().flatten().flat_map(|cell| match cell {
            Cell::Array(Array::Ints(numbers)) => numbers.iter().map(|number| *number as f32).collect(),
            Cell::Array(Array::Floats(numbers)) => numbers.iter().map(|number| *number as f32).collect(),
            Cell::Dense(bytes, _) => floats(column.ty, bytes),
            _ => Vec::new(),
        });
        numbers.collect()
    }
}
