//! Reading a field as a type: the values of that type, and none for every other row.

use std::borrow::Cow;

use arrow_array::cast::AsArray;
use arrow_array::types::{Float32Type, Float64Type, Int64Type};
use arrow_array::{Array, BinaryArray, BooleanArray, Float64Array, Int64Array, ListArray, StringArray};

use super::{Batch, Column, Element, Type, VectorType};
use crate::json;

/// A field that is being read, found by its name or by a JSON Pointer.
#[derive(Debug, Clone, Copy)]
pub enum Reading<'a> {
    /// There is no such field in that many rows.
    Absent(usize),
    /// A field.
    Field(&'a Column),
    /// A place inside the nested JSON of a field.
    Inside(&'a Column, &'a str),
}

impl<'a> Reading<'a> {
    pub(super) fn of(batch: &'a Batch, name: &'a str) -> Self {
        if let Some(column) = batch.column(name) {
            return Self::Field(column);
        }
        let inside = name.strip_prefix('/').and_then(|path| {
            let end = path.find('/').unwrap_or(path.len());
            let column = batch.column(&json::unescape_token(&path[..end]))?;
            Some(if end == path.len() { Self::Field(column) } else { Self::Inside(column, &path[end..]) })
        });
        inside.unwrap_or(Self::Absent(batch.rows()))
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        match self {
            Self::Absent(rows) => *rows,
            Self::Field(column) | Self::Inside(column, _) => column.len(),
        }
    }

    /// The field's type; none for a place inside JSON.
    pub fn ty(&self) -> Option<Type> {
        match self {
            Self::Field(column) => Some(column.ty()),
            _ => None,
        }
    }

    /// The values that are texts.
    pub fn texts(&self) -> StringArray {
        match self {
            Self::Field(column) if column.ty() == Type::Text && column.others().is_none() => {
                column.as_texts().expect("texts").clone()
            }
            _ => self.scalars(|column, row| texts_of(column, row).map(Cow::Borrowed), json::text).collect(),
        }
    }

    /// The values that are integers.
    pub fn ints(&self) -> Int64Array {
        match self {
            Self::Field(column) if column.ty() == Type::Int && column.others().is_none() => {
                column.as_ints().expect("integers").clone()
            }
            _ => self.scalars(|column, row| Some(column.as_ints()?.value(row)), json::int).collect(),
        }
    }

    /// The values that are floats, and the integers that are exact as one.
    pub fn floats(&self) -> Float64Array {
        match self {
            Self::Field(column) if column.ty() == Type::Float64 && column.others().is_none() => {
                column.as_float64s().expect("floats").clone()
            }
            _ => self.scalars(float_of, json::float).collect(),
        }
    }

    /// The values that are booleans.
    pub fn bools(&self) -> BooleanArray {
        match self {
            Self::Field(column) if column.ty() == Type::Bool && column.others().is_none() => {
                column.as_bools().expect("booleans").clone()
            }
            _ => self.scalars(|column, row| Some(column.as_bools()?.value(row)), json::bool).collect(),
        }
    }

    /// The values that are bytes.
    pub fn bytes(&self) -> BinaryArray {
        match self {
            Self::Field(column) if column.ty() == Type::Bytes => column.as_bytes().expect("bytes").clone(),
            _ => BinaryArray::new_null(self.rows()),
        }
    }

    /// Any value as JSON text.
    pub fn json_texts(&self) -> StringArray {
        match self {
            Self::Field(column) if column.ty() == Type::Json && column.others().is_none() => {
                column.as_texts().expect("JSON texts").clone()
            }
            _ => (0..self.rows()).map(|row| self.json_text(row)).collect(),
        }
    }

    /// The value of a row as JSON text.
    pub fn json_text(&self, row: usize) -> Option<Cow<'a, str>> {
        match self {
            Self::Absent(_) => None,
            Self::Field(column) => super::text::json_text(column, row),
            Self::Inside(column, path) => nested(column, row, path).map(Cow::Borrowed),
        }
    }

    /// Number of elements of each array, -1 for none.
    pub fn lengths(&self) -> Vec<i32> {
        match self {
            Self::Field(column) if matches!(column.ty(), Type::Array(_)) => list_lengths(column),
            _ => vec![-1; self.rows()],
        }
    }

    /// Dimension of each vector, -1 for none.
    pub fn dims(&self) -> Vec<i32> {
        let Self::Field(column) = self else { return vec![-1; self.rows()] };
        match column.ty() {
            Type::Vector(VectorType::Float | VectorType::SparseFloat)
            | Type::Array(Element::Float32 | Element::Float64 | Element::Int) => list_lengths(column),
            Type::Vector(ty) => {
                let bytes = column.as_bytes().expect("vectors kept as bytes");
                bytes.iter().map(|vector| vector.map_or(-1, |bytes| ty.dim(bytes.len()) as i32)).collect()
            }
            _ => vec![-1; self.rows()],
        }
    }

    /// The elements of all arrays of that type, as an Arrow array; none where the field holds no such arrays.
    pub fn elements(&self, wanted: &[Element]) -> Option<&'a ListArray> {
        match self {
            Self::Field(column) => match column.ty() {
                Type::Array(element) if wanted.contains(&element) => column.as_lists(),
                _ => None,
            },
            _ => None,
        }
    }

    /// The numbers of all vectors as 32-bit floats, row after row.
    pub fn vectors(&self) -> Vec<f32> {
        let Self::Field(column) = self else { return Vec::new() };
        match column.ty() {
            Type::Vector(VectorType::Float) | Type::Array(Element::Float32) => {
                items(column).as_primitive::<Float32Type>().values().to_vec()
            }
            Type::Array(Element::Float64) => {
                items(column).as_primitive::<Float64Type>().values().iter().map(|number| *number as f32).collect()
            }
            Type::Array(Element::Int) => {
                items(column).as_primitive::<Int64Type>().values().iter().map(|number| *number as f32).collect()
            }
            Type::Vector(VectorType::Float16) => {
                widen(column, |pair| half::f16::from_le_bytes([pair[0], pair[1]]).to_f32(), 2)
            }
            Type::Vector(VectorType::BFloat16) => {
                widen(column, |pair| half::bf16::from_le_bytes([pair[0], pair[1]]).to_f32(), 2)
            }
            Type::Vector(VectorType::Int8) => widen(column, |byte| f32::from(byte[0].cast_signed()), 1),
            _ => Vec::new(),
        }
    }

    /// The bytes of all vectors as Milvus takes them, row after row.
    pub fn vector_bytes(&self) -> Vec<u8> {
        let Self::Field(column) = self else { return Vec::new() };
        match column.ty() {
            Type::Vector(VectorType::Float) => {
                items(column).as_primitive::<Float32Type>().values().iter().flat_map(|n| n.to_le_bytes()).collect()
            }
            Type::Vector(VectorType::SparseFloat) => Vec::new(),
            Type::Vector(_) => {
                column.as_bytes().expect("vectors kept as bytes").iter().flatten().flatten().copied().collect()
            }
            _ => Vec::new(),
        }
    }

    /// The indices and values of all sparse vectors, row after row.
    pub fn sparse(&self) -> (Vec<u32>, Vec<f32>) {
        let Self::Field(column) = self else { return Default::default() };
        let Some((indices, values)) = column.as_pairs() else { return Default::default() };
        let range = used(column.as_lists().expect("sparse vectors are lists"));
        (indices.values()[range.clone()].to_vec(), values.values()[range].to_vec())
    }

    /// Reads row by row: from the array, from the values of other types, from the JSON texts, or from inside them.
    fn scalars<T>(
        &self,
        own: impl Fn(&'a Column, usize) -> Option<T>,
        from_json: impl Fn(&'a str) -> Option<T>,
    ) -> impl Iterator<Item = Option<T>> {
        (0..self.rows()).map(move |row| match self {
            Self::Absent(_) => None,
            Self::Inside(column, path) => from_json(nested(column, row, path)?),
            Self::Field(column) if column.array().is_null(row) => from_json(column.other(row)?),
            Self::Field(column) if column.ty() == Type::Json => from_json(column.as_texts()?.value(row)),
            Self::Field(column) => own(column, row),
        })
    }
}

fn nested<'a>(column: &'a Column, row: usize, path: &str) -> Option<&'a str> {
    let text = match column.other(row) {
        Some(text) => text,
        None if column.ty() == Type::Json && column.array().is_valid(row) => column.as_texts()?.value(row),
        None => return None,
    };
    json::find(text, path).filter(|text| *text != "null")
}

fn texts_of(column: &Column, row: usize) -> Option<&str> {
    (column.ty() == Type::Text).then(|| column.as_texts().expect("texts").value(row))
}

fn float_of(column: &Column, row: usize) -> Option<f64> {
    match column.ty() {
        Type::Float32 => Some(f64::from(column.as_float32s()?.value(row))),
        Type::Float64 => Some(column.as_float64s()?.value(row)),
        Type::Int => exact(column.as_ints()?.value(row)),
        _ => None,
    }
}

fn exact(number: i64) -> Option<f64> {
    let float = number as f64;
    (float as i128 == i128::from(number)).then_some(float)
}

fn list_lengths(column: &Column) -> Vec<i32> {
    let lists = column.as_lists().expect("lists");
    (0..lists.len()).map(|row| if lists.is_null(row) { -1 } else { lists.value_length(row) }).collect()
}

/// The elements that the rows of a list use: a slice has more below it.
fn used(lists: &ListArray) -> std::ops::Range<usize> {
    let offsets = lists.offsets();
    offsets[0] as usize..offsets[lists.len()] as usize
}

fn items(column: &Column) -> arrow_array::ArrayRef {
    let lists = column.as_lists().expect("lists");
    let range = used(lists);
    lists.values().slice(range.start, range.len())
}

fn widen(column: &Column, number: impl Fn(&[u8]) -> f32, width: usize) -> Vec<f32> {
    let vectors = column.as_bytes().expect("vectors kept as bytes");
    vectors.iter().flatten().flat_map(|bytes| bytes.chunks_exact(width).map(&number)).collect()
}
