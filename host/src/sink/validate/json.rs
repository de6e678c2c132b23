//! JSON fields, and the dynamic field, which is one JSON object a row.

use std::borrow::Cow;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Float32Type, Float64Type};
use arrow_array::{ArrayRef, StringArray};

use super::flaw::{Flaw, Flaws, JSON_MAX, Report};
use super::value::{Value, is_null, json_kind};
use crate::batch::{Column, Element, Reading, Type};
use crate::json;
use crate::sink::server::JsonValues;
use crate::target::FieldType;

/// A JSON field's column as its field has it: the texts of JSON values. A text becomes a JSON string, any other value
/// what it is in JSON.
pub(super) fn ready(column: &Column, values: JsonValues, report: Report<'_>) -> ArrayRef {
    if column.ty() == Type::Json && column.others().is_none() {
        let texts = column.array().as_string::<i32>();
        if !texts.iter().flatten().any(is_null) {
            for (row, text) in texts.iter().enumerate() {
                let checked = text.map(|text| check(text).and_then(|()| check_kind(text, values)));
                if let Some(Err(flaw)) = checked {
                    report(row, flaw);
                }
            }
            return Arc::clone(column.array());
        }
    }
    let texts = (0..column.len()).map(|row| {
        let text = text_of(column, row);
        let kind = |text: &str| check_kind(text, values);
        text.and_then(|text| text.as_deref().map_or(Ok(()), kind).map(|()| text)).unwrap_or_else(|flaw| {
            report(row, flaw);
            None
        })
    });
    Arc::new(texts.collect::<StringArray>())
}

/// The fields that the schema does not have as one object a row; none where a row has none of them.
pub(super) fn dynamic(fields: &[(&Arc<str>, &Column)], rows: usize, flaws: &mut Flaws<'_>) -> Option<StringArray> {
    if fields.is_empty() {
        return None;
    }
    let keys: Vec<String> = fields.iter().map(|(name, _)| quoted(name)).collect();
    let mut object = String::new();
    let objects = (0..rows).map(|row| {
        object.clear();
        for ((name, column), key) in fields.iter().zip(&keys) {
            match text_of(column, row) {
                Ok(None) => {}
                Ok(Some(text)) => {
                    object.push(if object.is_empty() { '{' } else { ',' });
                    object.push_str(key);
                    object.push(':');
                    object.push_str(&text);
                }
                Err(flaw) => flaws.add_field(row, name, || flaw.text(&FieldType::Json)),
            }
        }
        if object.is_empty() {
            return None;
        }
        object.push('}');
        if object.len() > JSON_MAX {
            flaws.add_row(row, || {
                let bytes = object.len();
                format!(
                    "the fields that the schema does not have take {bytes} bytes of JSON where {JSON_MAX} are the most"
                )
            });
        }
        Some(object.clone())
    });
    Some(objects.collect())
}

/// A row's value as JSON.
fn text_of(column: &Column, row: usize) -> Result<Option<Cow<'_, str>>, Flaw> {
    let Some(value) = Value::of(column, row) else { return Ok(None) };
    if !is_finite(&value) {
        return Err(Flaw::NotFinite);
    }
    let Some(text) = Reading::Field(column).json_text(row) else { return Ok(None) };
    // What was made from a value of another type is JSON but where a 16-bit float is not finite.
    match check(&text) {
        Err(Flaw::NotJson(_)) if !matches!(value, Value::Json(_)) => Err(Flaw::NotFinite),
        Err(flaw) => Err(flaw),
        Ok(()) => Ok(Some(text)),
    }
}

fn check(text: &str) -> Result<(), Flaw> {
    if text.len() > JSON_MAX {
        return Err(Flaw::JsonBytes(text.len()));
    }
    json::check(text).map_err(|mistake| Flaw::NotJson(mistake.to_string()))
}

/// Not every server takes every JSON value.
fn check_kind(text: &str, values: JsonValues) -> Result<(), Flaw> {
    let takes = match values {
        JsonValues::Any => return Ok(()),
        JsonValues::Objects => "objects",
        JsonValues::ObjectsAndArrays => "objects and arrays",
    };
    match json_kind(text) {
        "an object" => Ok(()),
        "an array" if values == JsonValues::ObjectsAndArrays => Ok(()),
        kind => Err(Flaw::JsonKind { kind, takes }),
    }
}

/// JSON has no NaN and no infinity.
fn is_finite(value: &Value<'_>) -> bool {
    match value {
        Value::Float32(number) => number.is_finite(),
        Value::Float64(number) => number.is_finite(),
        Value::List(numbers, Element::Float32) => {
            numbers.as_primitive::<Float32Type>().iter().flatten().all(f32::is_finite)
        }
        Value::List(numbers, Element::Float64) => {
            numbers.as_primitive::<Float64Type>().iter().flatten().all(f64::is_finite)
        }
        _ => true,
    }
}

fn quoted(text: &str) -> String {
    let mut out = String::new();
    json::quote(text, &mut out);
    out
}
