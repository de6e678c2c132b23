//! What rows wrote, as columns.

use std::mem;

use crate::{Batch, Bytes, Operation, Texts, Vectors};

/// What a row wrote to a field.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) enum Cell {
    /// Nothing: it keeps what it has.
    #[default]
    Unset,
    Null,
    Text(String),
    Int(i64),
    Float(f64),
    Bool(bool),
    Bytes(Vec<u8>),
    Json(String),
    Vector(Vec<f32>),
}

/// What all rows wrote so far.
#[derive(Debug, Default)]
pub(super) struct Written {
    fields: Vec<(String, Vec<Cell>)>,
    pub(super) operations: Option<Vec<Operation>>,
    pub(super) partitions: Option<Vec<Option<String>>>,
}

impl Written {
    pub(super) fn put(&mut self, field: String, row: usize, cell: Cell, rows: usize) {
        let place = self.fields.iter().position(|(name, _)| *name == field).unwrap_or_else(|| {
            self.fields.push((field, vec![Cell::Unset; rows]));
            self.fields.len() - 1
        });
        self.fields[place].1[row] = cell;
    }

    pub(super) fn write(self, batch: &mut Batch) {
        for (field, cells) in self.fields {
            write(batch, &field, cells);
        }
        if let Some(operations) = self.operations {
            batch.set_operations(&operations);
        }
        if let Some(partitions) = self.partitions {
            batch.set_partitions(&partitions.into_iter().collect());
        }
    }
}

/// A cell of a type that no value is looked at of.
type Sample = Cell;

/// Writes a column of the type that the rows wrote; as JSON where they, and the rows that wrote nothing, have several.
fn write(batch: &mut Batch, field: &str, mut cells: Vec<Cell>) {
    let sample = sample(&cells).or_else(|| sample_of_field(batch, field, &cells));
    let one_type = sample.is_some_and(|sample| keep(batch, field, &mut cells, &sample));
    if !one_type {
        keep_as_json(batch, field, &mut cells);
    }
    macro_rules! column {
        ($kind:ident) => {
            cells.into_iter().map(|cell| if let Cell::$kind(value) = cell { Some(value) } else { None })
        };
    }
    match cells.iter().find(|cell| !matches!(cell, Cell::Null)) {
        Some(Cell::Text(_)) => batch.set_texts(field, &column!(Text).collect::<Texts>()),
        Some(Cell::Int(_)) => batch.set_ints(field, &column!(Int).collect::<Vec<_>>()),
        Some(Cell::Float(_)) => batch.set_floats(field, &column!(Float).collect::<Vec<_>>()),
        Some(Cell::Bool(_)) => batch.set_bools(field, &column!(Bool).collect::<Vec<_>>()),
        Some(Cell::Bytes(_)) => batch.set_bytes(field, &column!(Bytes).collect::<Bytes>()),
        Some(Cell::Vector(_)) => batch.set_vectors(field, &column!(Vector).collect::<Vectors>()),
        Some(Cell::Json(_) | Cell::Unset | Cell::Null) | None => {
            batch.set_json_texts(field, &column!(Json).collect::<Texts>());
        }
    }
}

/// A value of the one type that the rows wrote; none where they wrote several, or null only.
fn sample(cells: &[Cell]) -> Option<Sample> {
    let mut values = cells.iter().filter(|cell| !matches!(cell, Cell::Unset | Cell::Null));
    let first = values.next()?;
    values.all(|cell| mem::discriminant(cell) == mem::discriminant(first)).then(|| first.clone())
}

/// The same of what the field has, where the rows wrote null only.
fn sample_of_field(batch: &Batch, field: &str, cells: &[Cell]) -> Option<Sample> {
    if cells.iter().any(|cell| !matches!(cell, Cell::Unset | Cell::Null)) {
        return None;
    }
    Some(match batch.field_type(field)?.as_str() {
        "text" => Cell::Text(String::new()),
        "int" => Cell::Int(0),
        "float32" | "float64" => Cell::Float(0.0),
        "bool" => Cell::Bool(false),
        "bytes" => Cell::Bytes(Vec::new()),
        "float-vector" => Cell::Vector(Vec::new()),
        _ => return None,
    })
}

/// Gives the rows that wrote nothing what they have. False where that is of another type.
fn keep(batch: &Batch, field: &str, cells: &mut [Cell], sample: &Sample) -> bool {
    if !cells.contains(&Cell::Unset) {
        return true;
    }
    let old: Vec<Option<Cell>> = match sample {
        Cell::Text(_) => batch.texts(field).iter().map(|text| Some(Cell::Text(text?.to_owned()))).collect(),
        Cell::Int(_) => batch.ints(field).into_iter().map(|int| int.map(Cell::Int)).collect(),
        Cell::Float(_) => batch.floats(field).into_iter().map(|float| float.map(Cell::Float)).collect(),
        Cell::Bool(_) => batch.bools(field).into_iter().map(|bool| bool.map(Cell::Bool)).collect(),
        Cell::Bytes(_) => batch.bytes(field).iter().map(|bytes| Some(Cell::Bytes(bytes?.to_vec()))).collect(),
        Cell::Vector(_) => batch.vectors(field).iter().map(|vector| Some(Cell::Vector(vector?.to_vec()))).collect(),
        _ => return false,
    };
    let unset = |cells: &[Cell], row: usize| cells[row] == Cell::Unset;
    if (0..cells.len()).any(|row| unset(cells, row) && old[row].is_none()) {
        let any = batch.json_texts(field);
        if (0..cells.len()).any(|row| unset(cells, row) && old[row].is_none() && any.get(row).is_some()) {
            return false;
        }
    }
    for (cell, old) in cells.iter_mut().zip(old).filter(|(cell, _)| **cell == Cell::Unset) {
        *cell = old.unwrap_or(Cell::Null);
    }
    true
}

/// Makes each value JSON.
fn keep_as_json(batch: &Batch, field: &str, cells: &mut [Cell]) {
    let old = if cells.contains(&Cell::Unset) { batch.json_texts(field) } else { Texts::default() };
    for (row, cell) in cells.iter_mut().enumerate() {
        let json = match &*cell {
            Cell::Null => continue,
            Cell::Unset => match old.get(row) {
                Some(text) => text.to_owned(),
                None => {
                    *cell = Cell::Null;
                    continue;
                }
            },
            Cell::Json(_) => continue,
            Cell::Text(text) => json(text),
            Cell::Int(int) => json(int),
            Cell::Float(float) => json(float),
            Cell::Bool(bool) => json(bool),
            Cell::Bytes(bytes) => json(bytes),
            Cell::Vector(vector) => json(vector),
        };
        *cell = Cell::Json(json);
    }
}

fn json(value: &(impl serde::Serialize + ?Sized)) -> String {
    serde_json::to_string(value).expect("every value is one of JSON's")
}
