//! The type of Milvus that a field's values fit, and why.

use arrow_array::cast::AsArray;
use serde_json::Value;

use crate::batch::{Column, Element, Type, VectorType};
use crate::json::from_base64;
use crate::sample::Found;
use crate::target::{CAPACITY_MAX, DIM_MAX, FieldType, LENGTH_MAX};

/// Numbers in an array that make it a vector whatever its name is, where all arrays have as many.
const VECTOR_FROM: usize = 16;
/// Least that texts and arrays get, as others may come that are longer.
const LENGTH_MIN: usize = 64;
const CAPACITY_MIN: usize = 16;

/// A type, and what made it that; or why there is none.
pub(super) type Guessed = Result<(FieldType, &'static str), &'static str>;

/// The type that fits what was found.
pub(super) fn type_of(found: &Found, column: &Column) -> Guessed {
    if found.is_empty() {
        return Err("null in all of them, so its type can't be told");
    }
    if !found.others.is_empty() {
        return Ok((FieldType::Json, "several kinds of values"));
    }
    let most = found.lengths.as_ref().map_or(0, |lengths| *lengths.end());
    match found.ty {
        Type::Bool => Ok((FieldType::Bool, "")),
        Type::Int => Ok((FieldType::Int64, "")),
        Type::Float32 => Ok((FieldType::Float, "")),
        Type::Float64 => Ok((FieldType::Double, "")),
        Type::Text => Ok(text(found, column, most)),
        Type::Bytes => bytes(found, column),
        Type::Json => Ok(json(column)),
        Type::Array(Element::Text) if most == 0 => Err("empty in all of them, so its type can't be told"),
        Type::Array(Element::Text) => {
            let texts = column.as_lists().map(|lists| lists.values().as_string::<i32>());
            let longest = texts.into_iter().flat_map(|texts| texts.iter().flatten()).map(str::len).max();
            Ok(array(FieldType::VarChar { max_length: roomy(longest.unwrap_or(0), LENGTH_MIN, LENGTH_MAX) }, most))
        }
        Type::Array(Element::Bool) => Ok(array(FieldType::Bool, most)),
        Type::Array(element) => Ok(numbers(found, element, most)),
        Type::Vector(VectorType::SparseFloat) => Ok((sparse(), "")),
        Type::Vector(ty) => Ok((FieldType::Vector { ty, dim: u32::try_from(most).unwrap_or(DIM_MAX) }, "")),
    }
}

/// True for a name that vectors have.
pub(super) fn is_vector_name(name: &str) -> bool {
    let name = name.to_lowercase();
    name == "v" || ["vec", "emb"].iter().any(|part| name.contains(part))
}

fn vector(dim: usize) -> FieldType {
    FieldType::Vector { ty: VectorType::Float, dim: u32::try_from(dim).unwrap_or(DIM_MAX) }
}

fn sparse() -> FieldType {
    FieldType::Vector { ty: VectorType::SparseFloat, dim: 0 }
}

fn is_dim(dim: usize) -> bool {
    (2..=DIM_MAX as usize).contains(&dim)
}

/// An array of numbers is a vector where all have as many, and enough or the name of one.
fn numbers(found: &Found, element: Element, most: usize) -> (FieldType, &'static str) {
    let is_even = found.lengths.as_ref().is_some_and(|lengths| lengths.start() == lengths.end());
    if is_even && is_dim(most) {
        if most >= VECTOR_FROM {
            return (vector(most), "as many numbers in each: a vector");
        }
        if is_vector_name(&found.name) {
            return (vector(most), "by its name a vector");
        }
    }
    let element = match element {
        Element::Int => FieldType::Int64,
        Element::Float32 => FieldType::Float,
        _ => FieldType::Double,
    };
    array(element, most)
}

fn array(element: FieldType, most: usize) -> (FieldType, &'static str) {
    if most > CAPACITY_MAX as usize {
        return (FieldType::Json, "more elements than an Array has");
    }
    (FieldType::Array { element: Box::new(element), max_capacity: roomy(most, CAPACITY_MIN, CAPACITY_MAX) }, "")
}

/// A text, or a vector written as one.
fn text(found: &Found, column: &Column, longest: usize) -> (FieldType, &'static str) {
    let texts = || column.as_texts().into_iter().flat_map(|texts| texts.iter().flatten());
    if let Some(dim) = even(texts().map(|text| {
        let numbers = text.trim_start().starts_with('[').then(|| serde_json::from_str::<Vec<f32>>(text).ok()).flatten();
        numbers.map(|numbers| numbers.len())
    })) {
        return (vector(dim), "texts of as many numbers: a vector");
    }
    let mut packed = Vec::new();
    if is_vector_name(&found.name)
        && let Some(dim) = even(texts().map(|text| {
            packed.clear();
            (from_base64(text, &mut packed) && packed.len().is_multiple_of(4)).then_some(packed.len() / 4)
        }))
    {
        return (vector(dim), "base64 of 32-bit floats, by its name a vector");
    }
    (FieldType::VarChar { max_length: roomy(longest, LENGTH_MIN, LENGTH_MAX) }, "")
}

/// Milvus has no bytes, but vectors of them.
fn bytes(found: &Found, column: &Column) -> Guessed {
    let values = column.as_bytes().into_iter().flat_map(|bytes| bytes.iter().flatten());
    let dim = even(values.map(|bytes| bytes.len().is_multiple_of(4).then_some(bytes.len() / 4)));
    match dim.filter(|_| is_vector_name(&found.name)) {
        Some(dim) => Ok((vector(dim), "bytes of 32-bit floats, by its name a vector")),
        None => Err("bytes, which Milvus has no type for"),
    }
}

/// An object is a sparse vector where it has indices and values, or numbers by indices.
fn json(column: &Column) -> (FieldType, &'static str) {
    let texts = column.as_texts().into_iter().flat_map(|texts| texts.iter().flatten());
    let mut count = 0;
    for text in texts {
        let Ok(Value::Object(object)) = serde_json::from_str::<Value>(text) else { return (FieldType::Json, "") };
        let numbers = |key: &str| {
            let list = object.get(key).and_then(Value::as_array);
            list.is_some_and(|list| list.iter().all(Value::is_number))
        };
        let is_pair = object.len() == 2 && numbers("indices") && numbers("values");
        let is_by_index = object.iter().all(|(key, value)| key.parse::<u32>().is_ok() && value.is_number());
        if object.is_empty() || !(is_pair || is_by_index) {
            return (FieldType::Json, "");
        }
        count += 1;
    }
    if count > 0 { (sparse(), "numbers by indices: a sparse vector") } else { (FieldType::Json, "") }
}

/// The dimension that all values have; none where one is no vector, or two differ.
fn even(dims: impl Iterator<Item = Option<usize>>) -> Option<usize> {
    let mut first = None;
    for dim in dims {
        let dim = dim.filter(|dim| is_dim(*dim))?;
        if *first.get_or_insert(dim) != dim {
            return None;
        }
    }
    first
}

/// Twice as much as was seen, as others may come that are longer; a power of two, within what Milvus takes.
fn roomy(seen: usize, least: usize, most: u32) -> u32 {
    u32::try_from((seen * 2).max(least).next_power_of_two()).unwrap_or(most).min(most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_room_for_twice_what_was_seen() {
        let length = |seen| roomy(seen, LENGTH_MIN, LENGTH_MAX);
        assert_eq!([0, 32, 33, 100, 40_000].map(length), [64, 64, 128, 256, 65_535]);
    }
}
