//! Something for each primary key of a collection.

use arrow_array::cast::AsArray;
use arrow_array::types::Int64Type;

use super::prepared::Prepared;
use super::schema::Schema;
use crate::quick::QuickMap;

/// A value for each primary key.
#[derive(Debug)]
pub struct Keys<V> {
    /// The primary key's place among the columns.
    column: usize,
    values: Values<V>,
}

#[derive(Debug)]
enum Values<V> {
    /// Milvus makes the keys, so no two rows have the same.
    Auto,
    Ints(QuickMap<i64, V>),
    Texts(QuickMap<Box<str>, V>),
}

impl<V> Keys<V> {
    /// None yet, for rows of that collection.
    pub fn of(schema: &Schema) -> Self {
        let values = match schema.collection.primary_key() {
            Some(key) if key.auto_id => Values::Auto,
            Some(key) if key.ty.name() == "VarChar" => Values::Texts(QuickMap::default()),
            _ => Values::Ints(QuickMap::default()),
        };
        Self { column: schema.writable().position(|w| w.field.primary).unwrap_or_default(), values }
    }

    /// Sets the value of a row's key, and gives the one that it had.
    pub fn insert(&mut self, prepared: &Prepared, row: u32, value: V) -> Option<V> {
        let column = prepared.columns[self.column].as_ref();
        match &mut self.values {
            Values::Auto => None,
            Values::Ints(values) => values.insert(column?.as_primitive::<Int64Type>().value(row as usize), value),
            Values::Texts(values) => {
                let key = column?.as_string::<i32>().value(row as usize);
                match values.get_mut(key) {
                    Some(old) => Some(std::mem::replace(old, value)),
                    None => values.insert(key.into(), value),
                }
            }
        }
    }

    /// The value of a row's key.
    pub fn get(&self, prepared: &Prepared, row: u32) -> Option<&V> {
        let column = prepared.columns[self.column].as_ref();
        match &self.values {
            Values::Auto => None,
            Values::Ints(values) => values.get(&column?.as_primitive::<Int64Type>().value(row as usize)),
            Values::Texts(values) => values.get(column?.as_string::<i32>().value(row as usize)),
        }
    }

    /// Forgets a row's key.
    pub fn remove(&mut self, prepared: &Prepared, row: u32) {
        let column = prepared.columns[self.column].as_ref();
        match (&mut self.values, column) {
            (Values::Ints(values), Some(column)) => {
                values.remove(&column.as_primitive::<Int64Type>().value(row as usize));
            }
            (Values::Texts(values), Some(column)) => {
                values.remove(column.as_string::<i32>().value(row as usize));
            }
            _ => {}
        }
    }

    /// Forgets the keys whose value is not to be kept.
    pub fn retain(&mut self, mut keep: impl FnMut(&V) -> bool) {
        match &mut self.values {
            Values::Auto => {}
            Values::Ints(values) => values.retain(|_, value| keep(value)),
            Values::Texts(values) => values.retain(|_, value| keep(value)),
        }
    }

    /// Number of keys.
    pub fn count(&self) -> usize {
        match &self.values {
            Values::Auto => 0,
            Values::Ints(values) => values.len(),
            Values::Texts(values) => values.len(),
        }
    }
}
