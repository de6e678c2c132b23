//! Reading a field whose rows may hold values of any type, at the cost of the type that most of them have.

use kiteline_guest::{Batch, Texts};

use crate::object;
use crate::value::Value;

/// Whether a field is there to be worked on. In an empty batch every field is: Kiteline asks what becomes of it.
pub fn is_there(batch: &Batch, field: &str) -> bool {
    batch.is_empty() || batch.field_type(field).is_some() || field.starts_with('/')
}

/// Calls with the value of each row. Vectors are JSON here; what is about them reads them itself.
pub fn each(batch: &Batch, field: &str, mut work: impl FnMut(usize, Option<Value<'_>>)) {
    let rows = batch.len();
    match batch.field_type(field).as_deref() {
        Some("text") => {
            let texts = batch.texts(field);
            let others = others(batch, field, texts.has_absent());
            for row in 0..rows {
                let text = texts.get(row).map(|text| Value::Text(text.into()));
                work(row, text.or_else(|| other(&others, row)));
            }
        }
        Some("int") => scalars(batch, field, batch.ints(field), Value::Int, work),
        Some("float32" | "float64") => scalars(batch, field, batch.floats(field), Value::Float, work),
        Some("bool") => scalars(batch, field, batch.bools(field), Value::Bool, work),
        Some("bytes") => {
            let bytes = batch.bytes(field);
            (0..rows).for_each(|row| work(row, bytes.get(row).map(Value::Bytes)));
        }
        _ => {
            let texts = batch.json_texts(field);
            (0..rows).for_each(|row| work(row, texts.get(row).and_then(|text| object::value(text, false))));
        }
    }
}

fn scalars<T>(
    batch: &Batch,
    field: &str,
    values: Vec<Option<T>>,
    value: fn(T) -> Value<'static>,
    mut work: impl FnMut(usize, Option<Value<'_>>),
) {
    let others = others(batch, field, values.iter().any(Option::is_none));
    for (row, own) in values.into_iter().enumerate() {
        work(row, own.map(value).or_else(|| other(&others, row)));
    }
}

/// What rows hold that is not of the column's type, where some may.
fn others(batch: &Batch, field: &str, some: bool) -> Option<Texts> {
    some.then(|| batch.json_texts(field))
}

fn other(others: &Option<Texts>, row: usize) -> Option<Value<'_>> {
    object::value(others.as_ref()?.get(row)?, false)
}
