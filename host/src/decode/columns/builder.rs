//! The column of one field while it grows.

use arrow_array::Array;
use arrow_buffer::NullBuffer;

use super::lists::Room;
use super::{NextValue, Values};
use crate::batch::{Column, Element, Others, Reading, Type};
use crate::decode::Settled;
use crate::json::{Mistake, Scanner, Unread};

/// A column that values are read into, row after row. A row that is left out has no value.
#[derive(Debug)]
pub(super) struct Builder {
    typing: Typing,
    /// The values of the column's type; none as long as nothing tells the type.
    values: Option<Values>,
    /// The row that told the type, where one of this batch did.
    told_by: Option<usize>,
    /// Which rows have a value of the column's type. Where the type is not known, those are empty arrays.
    valid: Vec<bool>,
    /// The values of other types.
    others: Others,
    /// What the last batch had, and this one mostly has too, until there is room for it.
    expected: Option<Room>,
}

/// How the column gets its type.
#[derive(Debug, Clone, Copy)]
enum Typing {
    Settled(Type, Settled),
    /// From its values, in this batch or in an earlier one.
    Inferred(Option<Type>),
}

impl Builder {
    /// A column without rows, of the settled type or else of the one that its values tell.
    pub(super) fn new(settled: Option<(Type, Settled)>) -> Self {
        Self::typed(settled.map_or(Typing::Inferred(None), |(ty, by)| Typing::Settled(ty, by)))
    }

    fn typed(typing: Typing) -> Self {
        let known = match typing {
            Typing::Settled(ty, _) => Some(ty),
            Typing::Inferred(ty) => ty,
        };
        let values = known.map(|ty| Values::new(ty, 0));
        Self { typing, values, told_by: None, valid: Vec::new(), others: Others::new(), expected: None }
    }

    /// Reads the next value into the row, in place of what the row had. Fails where the record is not of its format,
    /// and where a value is not of the type that is declared, or of another type and not to be kept as JSON; then
    /// nothing is added.
    pub(super) fn read<V: NextValue>(&mut self, next: &mut V, row: usize) -> Result<(), Unread> {
        self.truncate(row);
        self.pad(row);
        if next.skip_null()? {
            self.push_null();
            return Ok(());
        }
        let start = next.clone();
        match self.read_value(next) {
            Ok(()) => self.valid.push(true),
            Err(Unread::Misfit(misfit)) => {
                *next = start;
                if let Typing::Settled(_, Settled::Declared) = self.typing {
                    next.skip()?;
                    return Err(Unread::Misfit(misfit));
                }
                self.others.insert(row as u32, json_text(next)?);
                self.push_null();
            }
            mistake => return mistake,
        }
        Ok(())
    }

    /// Bytes of what a row has.
    pub(super) fn bytes_of(&self, row: usize) -> usize {
        let value = self.values.as_ref().filter(|_| row < self.valid.len()).map_or(0, |values| values.bytes_of(row));
        value + self.others.get(&(row as u32)).map_or(0, |other| other.len())
    }

    /// Takes back all but the first `rows` rows, and what they told of the type.
    pub(super) fn truncate(&mut self, rows: usize) {
        if self.told_by.is_some_and(|row| row >= rows) {
            self.told_by = None;
            self.values = None;
        }
        if self.valid.len() > rows {
            self.valid.truncate(rows);
            self.others.split_off(&(rows as u32));
            if let Some(values) = &mut self.values {
                values.cut(rows);
            }
        }
    }

    /// The column of so many rows. The builder is left without rows, for the next batch.
    pub(super) fn finish(&mut self, rows: usize) -> Column {
        self.pad(rows);
        let nulls = NullBuffer::from(std::mem::take(&mut self.valid));
        let empty_arrays = nulls.null_count() < rows;
        let nulls = Some(nulls).filter(|nulls| nulls.null_count() > 0);
        let others = std::mem::take(&mut self.others);

        let Some(values) = self.values.take() else {
            let ty = if empty_arrays { Type::Array(Element::Text) } else { Type::Json };
            return Values::new(ty, rows).finish(nulls);
        };
        let expected = Some(values.room());
        let mut column = values.finish(nulls).with_others(others);
        if self.is_inferred() {
            column = widened(column);
            // A type that no value has any more is not kept for the next batch.
            let outdated = column.others().is_some() && column.array().null_count() == rows;
            self.typing = Typing::Inferred((!outdated).then(|| column.ty()));
        }
        *self = Self { expected, ..Self::typed(self.typing) };
        column
    }

    /// Reads the next value, which is not null, where it is of the column's type.
    fn read_value<V: NextValue>(&mut self, next: &mut V) -> Result<(), Unread> {
        let exact = self.is_inferred();
        let values = match &mut self.values {
            Some(values) => {
                if let Some(room) = self.expected.take() {
                    values.reserve(room);
                }
                values
            }
            None => {
                let Some(ty) = self.infer(next)? else {
                    return Ok(next.skip()?);
                };
                let rows = self.valid.len();
                self.told_by = Some(rows);
                self.values.insert(Values::new(ty, rows))
            }
        };
        values.read(next, exact)
    }

    /// The type that the next value tells; none for an empty array. Where there have been empty arrays, it is an array
    /// type.
    fn infer<V: NextValue>(&self, next: &V) -> Result<Option<Type>, Mistake> {
        Ok(next.column_type()?.map(|ty| match ty {
            Type::Array(_) => ty,
            _ if self.valid.contains(&true) => Type::Array(Element::Text),
            _ => ty,
        }))
    }

    fn is_inferred(&self) -> bool {
        matches!(self.typing, Typing::Inferred(_))
    }

    fn pad(&mut self, rows: usize) {
        while self.valid.len() < rows {
            self.push_null();
        }
    }

    fn push_null(&mut self) {
        self.valid.push(false);
        if let Some(values) = &mut self.values {
            values.push_blank();
        }
    }
}

/// The next value as JSON.
fn json_text<V: NextValue>(next: &mut V) -> Result<Box<str>, Unread> {
    let mut text = Vec::new();
    next.read_json(&mut text)?;
    Ok(String::from_utf8(text).expect("JSON text is UTF-8").into_boxed_str())
}

/// The same column, or a wider one where values beside it need that.
fn widened(column: Column) -> Column {
    let fits = |ty| {
        let others = column.others().into_iter().flat_map(|others| others.values());
        others.map(|text| Values::new(ty, 0).read(&mut Scanner::new(text), true)).any(|read| read.is_ok())
    };
    let Some(wider) = wider(column.ty()).filter(|ty| fits(*ty)) else {
        return column;
    };
    let mut builder = Builder::typed(Typing::Inferred(Some(wider)));
    for row in 0..column.len() {
        if let Some(text) = Reading::Field(&column).json_text(row) {
            builder.read(&mut Scanner::new(&text), row).expect("any JSON finds a place in an inferred column");
        }
    }
    builder.finish(column.len())
}

/// The type that values beside a column may turn it into.
fn wider(ty: Type) -> Option<Type> {
    match ty {
        Type::Int => Some(Type::Float64),
        Type::Array(Element::Int) => Some(Type::Array(Element::Float64)),
        _ => None,
    }
}
