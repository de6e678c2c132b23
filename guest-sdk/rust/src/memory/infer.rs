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
    let none = if values.iter().all(Option::is_none) { "json" } else { "text[]" };
    let inferred = || values.iter().flatten().find_map(|value| type_of(value)).unwrap_or(none);
    let mut ty = declared.unwrap_or_else(inferred);
    if declared.is_none() && values.iter().flatten().any(|value| cell(value, ty, true).is_none()) {
        let wider = match ty {
            "int" => "float64",
            "int[]" => "float64[]",
            _ => ty,
        };
        let fit = |of: &str| values.iter().flatten().filter(|value| cell(value, of, true).is_some()).count();
        let kept =
            values.iter().flatten().all(|value| cell(value, ty, true).is_none() || cell(value, wider, true).is_some());
        if kept && fit(wider) > fit(ty) {
            ty = wider;
        }
    }
    let cells = values.iter().map(|value| {
        let value = (*value)?;
        Some(cell(value, ty, declared.is_none()).unwrap_or_else(|| Cell::Json(value.to_owned())))
    });
    Column { ty, cells: cells.collect() }
}

/// The type of a value; none for an empty array, which is of any array type.
fn type_of(raw: &str) -> Option<&'static str> {
    if json::elements(raw).is_some_and(|elements| elements.is_empty()) {
        return None;
    }
    let types = ["bool", "int", "float64", "text", "bool[]", "int[]", "float64[]", "text[]"];
    Some(types.into_iter().find(|ty| cell(raw, ty, true).is_some()).unwrap_or("json"))
}

/// A value as one of that type. An inferred column never rounds an integer.
fn cell(raw: &str, ty: &str, exact: bool) -> Option<Cell> {
    let float = |raw: &str| if exact { json::float(raw) } else { serde_json::from_str(raw).ok() };
    let elements = || json::elements(raw).map(|elements| elements.into_iter().map(RawValue::get));
    Some(match ty {
        "bool" => Cell::Bool(json::bool(raw)?),
        "int" => Cell::Int(json::int(raw)?),
        "float32" | "float64" => Cell::Float(float(raw)?),
        "text" => Cell::Text(json::text(raw)?),
        "json" => Cell::Json(raw.to_owned()),
        "bool[]" => Cell::Array(Array::Bools(elements()?.map(json::bool).collect::<Option<_>>()?)),
        "int[]" => Cell::Array(Array::Ints(elements()?.map(json::int).collect::<Option<_>>()?)),
        "float32[]" | "float64[]" => Cell::Array(Array::Floats(elements()?.map(float).collect::<Option<_>>()?)),
        "text[]" => Cell::Array(Array::Texts(elements()?.map(json::text).collect::<Option<_>>()?)),
        "float-vector" => {
            let numbers: Vec<f32> = elements()?.map(|raw| serde_json::from_str(raw).ok()).collect::<Option<_>>()?;
            Cell::Dense(numbers.iter().flat_map(|number| number.to_le_bytes()).collect(), numbers.len())
        }
        _ => return None,
    })
}
