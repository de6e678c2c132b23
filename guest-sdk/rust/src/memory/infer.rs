//! Columns from JSON values, as Kiteline's decoder makes them.

use std::borrow::Cow;

use serde::Deserializer;
use serde::de::{MapAccess, Visitor};
use serde_json::value::RawValue;

use super::column::{Array, Cell, Column};
use super::json;

/// The members of a JSON object, in their order.
pub(crate) fn members(text: &str) -> Vec<(String, &str)> {
    struct Members;
    impl<'a> Visitor<'a> for Members {
        type Value = Vec<(String, &'a str)>;

        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("a JSON object")
        }
        fn visit_map<A: MapAccess<'a>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut members: Self::Value = Vec::new();
            while let Some((name, value)) = map.next_entry::<Cow<'a, str>, &'a RawValue>()? {
                members.retain(|(earlier, _)| *earlier != name);
                members.push((name.into_owned(), value.get()));
            }
            Ok(members)
        }
    }
    let read = serde_json::Deserializer::from_str(text).deserialize_map(Members);
    read.unwrap_or_else(|error| panic!("a row of a test is a JSON object: {error}"))
}

/// A column of JSON values: of the type that is given, or of the first value that tells one. Values of another type
/// stay beside it.
pub(crate) fn column_of_json(values: &[Option<&str>], ty: Option<&str>) -> Column {
    let values: Vec<Option<&str>> = values.iter().map(|value| value.filter(|value| *value != "null")).collect();
    let declared = ty.map(Column::ty);
    let mut ty = declared.unwrap_or_else(|| inferred(&values));
    if declared.is_none() && values.iter().flatten().any(|value| cell(value, ty, true).is_none()) {
        let wider = match ty {
            "int" => "float64",
            "int[]" => "float64[]",
            _ => ty,
        };
        let fits = |value: &&str| cell(value, ty, true).is_none() && cell(value, wider, true).is_some();
        if values.iter().flatten().any(fits) {
            ty = wider;
        }
    }
    let cells = values.iter().map(|value| {
        let value = (*value)?;
        Some(cell(value, ty, declared.is_none()).unwrap_or_else(|| Cell::Json(value.to_owned())))
    });
    Column { ty, cells: cells.collect() }
}

/// The type of the first value that tells one. Behind an empty array it is an array's.
fn inferred(values: &[Option<&str>]) -> &'static str {
    let mut values = values.iter().flatten().map(|value| type_of(value));
    match values.next() {
        None => "json",
        Some(Some(ty)) => ty,
        Some(None) => values.flatten().next().filter(|ty| ty.ends_with("[]")).unwrap_or("text[]"),
    }
}

/// The type of a value; none for an empty array, which is of any array type.
fn type_of(raw: &str) -> Option<&'static str> {
    if json::elements(raw).is_some_and(|elements| elements.is_empty()) {
        return None;
    }
    let types = ["bool", "int", "float64", "text", "bool[]", "int[]", "float64[]", "text[]"];
    Some(types.into_iter().find(|ty| cell(raw, ty, true).is_some()).unwrap_or("json"))
}

/// A value as one of that type; 32-bit floats are rounded at once. An inferred column never rounds an integer.
fn cell(raw: &str, ty: &str, exact: bool) -> Option<Cell> {
    let float = |raw: &str| if exact { json::short_float(raw) } else { serde_json::from_str(raw).ok() };
    let narrow = |raw: &str| json::float32(raw).map(f64::from);
    let elements = || json::elements(raw).map(|elements| elements.into_iter().map(RawValue::get));
    Some(match ty {
        "bool" => Cell::Bool(json::bool(raw)?),
        "int" => Cell::Int(json::int(raw)?),
        "float32" => Cell::Float(narrow(raw)?),
        "float64" => Cell::Float(float(raw)?),
        "text" => Cell::Text(json::text(raw)?),
        "json" => Cell::Json(raw.to_owned()),
        "bool[]" => Cell::Array(Array::Bools(elements()?.map(json::bool).collect::<Option<_>>()?)),
        "int[]" => Cell::Array(Array::Ints(elements()?.map(json::int).collect::<Option<_>>()?)),
        "float32[]" => Cell::Array(Array::Floats(elements()?.map(narrow).collect::<Option<_>>()?)),
        "float64[]" => Cell::Array(Array::Floats(elements()?.map(float).collect::<Option<_>>()?)),
        "text[]" => Cell::Array(Array::Texts(elements()?.map(json::text).collect::<Option<_>>()?)),
        "float-vector" => float_vector(raw)?,
        "bytes" => Cell::Bytes(json::base64(&json::text(raw)?)?),
        _ => panic!("a row of a test is JSON, which this batch does not read as {ty}: write it in `process`"),
    })
}

/// A vector: an array of numbers, a text that has one in it, or the base64 of its bytes.
fn float_vector(raw: &str) -> Option<Cell> {
    let text = json::text(raw);
    let array: &str = match &text {
        Some(text) if text.trim_ascii_start().starts_with('[') => text,
        Some(text) => {
            let bytes = json::base64(text).filter(|bytes| !bytes.is_empty() && bytes.len().is_multiple_of(4))?;
            let numbers = bytes.len() / 4;
            return Some(Cell::Dense(bytes, numbers));
        }
        None => raw,
    };
    let numbers = json::elements(array)?.into_iter().map(|number| json::float32(number.get()));
    let numbers: Vec<f32> = numbers.collect::<Option<_>>()?;
    Some(Cell::Dense(numbers.iter().flat_map(|number| number.to_le_bytes()).collect(), numbers.len()))
}
