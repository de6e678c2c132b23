//! A write request as Milvus' protocol has it, column by column.

mod structs;
mod vectors;

use std::ops::Range;

use arrow_array::cast::AsArray;
use arrow_array::types::{Float32Type, Float64Type, Int64Type};
use arrow_array::{Array, ArrayRef, BooleanArray, Float32Array, Float64Array, Int64Array, ListArray, StringArray};
use bytes::Buf;
use milvus::proto::milvus::{DeleteRequest, InsertRequest, UpsertRequest};
use milvus::proto::schema::scalar_field::Data as Scalars;
use milvus::proto::schema::{
    ArrayArray, BoolArray, DataType, DoubleArray, FieldData, FloatArray, IntArray, LongArray, ScalarField,
    StringArray as TextArray, VectorField,
};
use prost::encoding::{WireType, encode_key, encode_varint};

use self::vectors::{Items, SparseVectors, float_numbers, vector_bytes};
use super::expression;
use super::parts::Parts;
use super::present::Present;
use super::request::{Request, Segment};
use super::schema::{DYNAMIC_FIELD, Writable};
use super::size::NO_DYNAMIC;
use super::types::{DefaultValue, data_type};
use crate::batch::{Operation, VectorType};
use crate::target::FieldType;

/// Numbers of fields in Milvus' messages, of those that are not made by their generated types.
mod number {
    /// Of `InsertRequest` and `UpsertRequest`.
    pub(super) const FIELDS: u32 = 5;
    /// Of `FieldData`.
    pub(super) const SCALARS: u32 = 3;
    pub(super) const VECTORS: u32 = 4;
    pub(super) const STRUCTS: u32 = 8;
    /// Of `VectorField`.
    pub(super) const FLOAT_VECTOR: u32 = 2;
    pub(super) const BINARY_VECTOR: u32 = 3;
    pub(super) const FLOAT16_VECTOR: u32 = 4;
    pub(super) const BFLOAT16_VECTOR: u32 = 5;
    pub(super) const SPARSE_VECTOR: u32 = 6;
    pub(super) const INT8_VECTOR: u32 = 7;
    /// Of `ScalarField`.
    pub(super) const TEXTS: u32 = 6;
    pub(super) const JSON: u32 = 9;
    pub(super) const GEOMETRY: u32 = 12;
    /// Of `FloatArray`, `SparseFloatArray`, `StringArray`, `JSONArray` and `GeometryWktArray`.
    pub(super) const DATA: u32 = 1;
}

/// The bytes of a request as they are sent, for whoever measures what making them takes.
pub fn encoded(request: &Request) -> Vec<u8> {
    let mut message = if request.operation() == Operation::Insert { insert(request) } else { upsert(request) };
    let mut bytes = vec![0; message.bytes()];
    message.copy_to_slice(&mut bytes);
    bytes
}

/// The rows as an insert request.
pub(super) fn insert(request: &Request) -> Parts {
    let schema = request.schema();
    let head = InsertRequest {
        collection_name: schema.collection.name.to_string(),
        partition_name: request.partition().map(ToString::to_string).unwrap_or_default(),
        num_rows: request.rows() as u32,
        schema_timestamp: schema.version,
        ..InsertRequest::default()
    };
    Parts::of(&head).then(fields(request))
}

/// The rows as an upsert request. It has the fields of an insert request, by the same numbers, and one of its own.
pub(super) fn upsert(request: &Request) -> Parts {
    let partial_update = request.group().present != Present::Row;
    insert(request).then(Parts::of(&UpsertRequest { partial_update, ..UpsertRequest::default() }))
}

/// A request to delete the rows with these primary keys, whatever was to be done with them. It names no partition, so
/// a row goes wherever it is. `sums` says whether the server takes sums in a list.
pub(super) fn delete(request: &Request, sums: bool) -> DeleteRequest {
    DeleteRequest {
        collection_name: request.schema().collection.name.to_string(),
        expr: expression::rows_of(request, sums),
        ..DeleteRequest::default()
    }
}

/// The columns of all fields that the rows have.
fn fields(request: &Request) -> Parts {
    let present = request.group().present;
    let writable = request.schema().writable().enumerate().filter(|(index, _)| present.has(*index));
    let mut fields = Parts::default();
    for (index, writable) in writable {
        fields = fields.then(field(request, index, writable).within(number::FIELDS));
    }
    // Where no row has anything for it, Milvus makes the column itself.
    if present.has_dynamic() && request.segments().iter().any(|segment| segment.prepared.dynamic.is_some()) {
        fields = fields.then(dynamic(request).within(number::FIELDS));
    }
    fields
}

/// The values of a field: only those that there are, and beside them which rows have one. A row without one gets the
/// default here, as servers before 2.5 only know one for all rows or for none.
fn field(request: &Request, index: usize, Writable { field, default }: Writable<'_>) -> Parts {
    let marks = field.nullable || default.is_some();
    let column = Gathered { segments: request.segments(), rows: request.rows(), index, marks };
    let (data, valid_data) = match (field.ty.members(), &field.ty) {
        (Some(members), _) => (structs::members(column, members).within(number::STRUCTS), Vec::new()),
        (_, FieldType::Vector { ty, dim }) => {
            let (dim, data, valid) = column.vectors(*ty, *dim);
            let head = VectorField { dim, data: None, valid_data: valid.clone() };
            (Parts::of(&head).then(data).within(number::VECTORS), valid)
        }
        (_, ty) => {
            let (data, valid) = column.scalars(ty, default);
            let head = ScalarField { data: None, valid_data: valid.clone() };
            (Parts::of(&head).then(data).within(number::SCALARS), valid)
        }
    };
    let head = FieldData {
        r#type: data_type(&field.ty).into(),
        field_name: field.name.to_string(),
        valid_data,
        ..FieldData::default()
    };
    Parts::of(&head).then(data)
}

fn dynamic(request: &Request) -> Parts {
    let mut objects = Texts::default();
    for segment in request.segments() {
        let array = segment.prepared.dynamic.as_ref();
        for row in segment.rows() {
            objects.push(array.filter(|array| array.is_valid(row)).map_or(NO_DYNAMIC, |array| array.value(row)));
        }
    }
    let head = FieldData {
        r#type: DataType::Json.into(),
        field_name: DYNAMIC_FIELD.into(),
        is_dynamic: true,
        ..FieldData::default()
    };
    Parts::of(&head).then(objects.into_parts().within(number::JSON).within(number::SCALARS))
}

/// Texts as they stand in a message.
#[derive(Default)]
struct Texts(Vec<u8>);

impl Texts {
    fn push(&mut self, text: &str) {
        encode_key(number::DATA, WireType::LengthDelimited, &mut self.0);
        encode_varint(text.len() as u64, &mut self.0);
        self.0.extend_from_slice(text.as_bytes());
    }

    fn into_parts(self) -> Parts {
        self.0.into()
    }
}

impl<'a> Extend<&'a str> for Texts {
    fn extend<I: IntoIterator<Item = &'a str>>(&mut self, texts: I) {
        texts.into_iter().for_each(|text| self.push(text));
    }
}

/// One column of all batches in a request.
#[derive(Clone, Copy)]
struct Gathered<'a> {
    segments: &'a [Segment],
    /// Rows in all of them.
    rows: usize,
    index: usize,
    /// Whether rows are marked as having a value.
    marks: bool,
}

impl<'a> Gathered<'a> {
    /// The field of `ScalarField` that has the values.
    fn scalars(self, ty: &FieldType, default: Option<&'a DefaultValue>) -> (Parts, Vec<bool>) {
        let (data, valid) = match ty {
            FieldType::VarChar { .. } | FieldType::Text | FieldType::Timestamptz | FieldType::Geometry => {
                let default = default.and_then(|d| if let DefaultValue::Text(d) = d { Some(&**d) } else { None });
                let (texts, valid) = self.texts(default);
                let place = if *ty == FieldType::Geometry { number::GEOMETRY } else { number::TEXTS };
                return (texts.within(place), valid);
            }
            FieldType::Json => {
                let (texts, valid) = self.texts(None);
                return (texts.within(number::JSON), valid);
            }
            FieldType::Bool => {
                let default = default.and_then(|d| if let DefaultValue::Bool(d) = d { Some(*d) } else { None });
                let (data, valid) = self.values(default, |array: &BooleanArray, row| array.value(row));
                (Scalars::BoolData(BoolArray { data }), valid)
            }
            FieldType::Float => {
                let default = default.and_then(|d| if let DefaultValue::Float(d) = d { Some(*d) } else { None });
                let (data, valid) = self.values(default, |array: &Float32Array, row| array.value(row));
                (Scalars::FloatData(FloatArray { data }), valid)
            }
            FieldType::Double => {
                let default = default.and_then(|d| if let DefaultValue::Double(d) = d { Some(*d) } else { None });
                let (data, valid) = self.values(default, |array: &Float64Array, row| array.value(row));
                (Scalars::DoubleData(DoubleArray { data }), valid)
            }
            FieldType::Array { element, .. } => {
                let (data, valid) = self.values(None, |array: &ListArray, row| elements(array, row, element));
                (Scalars::ArrayData(ArrayArray { data, element_type: data_type(element).into() }), valid)
            }
            ty => {
                let default = default.and_then(|d| if let DefaultValue::Int(d) = d { Some(*d) } else { None });
                let (data, valid) = self.values(default, |array: &Int64Array, row| array.value(row));
                (integers(data, ty), valid)
            }
        };
        (Parts::of(&scalars(data)), valid)
    }

    /// The vectors' dimension, and the field of `VectorField` that has them.
    fn vectors(self, ty: VectorType, dim: u32) -> (i64, Parts, Vec<bool>) {
        let dim = i64::from(dim);
        let place = match ty {
            VectorType::Float => {
                let (numbers, valid) = self.together(float_numbers);
                return (dim, numbers.within(number::DATA).within(number::FLOAT_VECTOR), valid);
            }
            VectorType::SparseFloat => {
                let (vectors, valid) =
                    self.gather(SparseVectors::default(), None, |array: &ListArray, row| array.value(row));
                return (vectors.dim, vectors.into_parts().within(number::SPARSE_VECTOR), valid);
            }
            VectorType::Binary => number::BINARY_VECTOR,
            VectorType::Float16 => number::FLOAT16_VECTOR,
            VectorType::BFloat16 => number::BFLOAT16_VECTOR,
            VectorType::Int8 => number::INT8_VECTOR,
        };
        let (bytes, valid) = self.together(vector_bytes);
        (dim, bytes.within(place), valid)
    }

    /// What all rows have, which stays where it is: one part for rows that stand together.
    fn together<A: Array + 'static>(self, of: fn(&A) -> Items<'_>) -> (Parts, Vec<bool>) {
        let (mut parts, mut valid) = (Parts::default(), Vec::new());
        for segment in self.segments {
            let array = segment.prepared.columns[self.index].as_ref();
            let array: Option<&A> = array.map(own);
            let items = array.map(of);
            let mut push = |rows: Range<usize>| {
                if let Some(items) = items.as_ref().filter(|_| !rows.is_empty()) {
                    parts.push(items.of_rows(rows));
                }
            };
            let mut together = 0..0;
            for row in segment.rows() {
                let has = array.is_some_and(|array| array.is_valid(row));
                if has {
                    if row != together.end {
                        push(together);
                        together = row..row;
                    }
                    together.end = row + 1;
                }
                if self.marks {
                    valid.push(has);
                }
            }
            push(together);
        }
        (parts, valid)
    }

    fn texts(self, default: Option<&'a str>) -> (Parts, Vec<bool>) {
        let (texts, valid) = self.gather(Texts::default(), default, |array: &StringArray, row| array.value(row));
        (texts.into_parts(), valid)
    }

    fn values<A: Array + 'static, T: Clone>(
        self,
        default: Option<T>,
        read: impl Fn(&'a A, usize) -> T,
    ) -> (Vec<T>, Vec<bool>) {
        self.gather(Vec::with_capacity(self.rows), default, read)
    }

    /// Adds the values that there are to others, and marks the rows that have one.
    fn gather<A: Array + 'static, T: Clone, C: Extend<T>>(
        self,
        mut values: C,
        default: Option<T>,
        read: impl Fn(&'a A, usize) -> T,
    ) -> (C, Vec<bool>) {
        let mut valid = Vec::new();
        for place in self.places::<A>() {
            let value = place.map(|(array, row)| read(array, row)).or_else(|| default.clone());
            if self.marks {
                valid.push(value.is_some());
            }
            values.extend(value);
        }
        (values, valid)
    }

    /// Where each row has its value, if it has one.
    fn places<A: Array + 'static>(self) -> impl Iterator<Item = Option<(&'a A, usize)>> {
        self.segments.iter().flat_map(move |segment| {
            let array = segment.prepared.columns[self.index].as_ref();
            let array: Option<&A> = array.map(own);
            segment.rows().map(move |row| array.filter(|array| array.is_valid(row)).map(|array| (array, row)))
        })
    }
}

/// A column as the array of its field's type.
fn own<A: Array + 'static>(array: &ArrayRef) -> &A {
    array.as_any().downcast_ref().expect("columns are of their field's type")
}

/// The elements of one array.
fn elements(lists: &ListArray, row: usize, element: &FieldType) -> ScalarField {
    let values = lists.value(row);
    scalars(match element {
        FieldType::Bool => Scalars::BoolData(BoolArray { data: values.as_boolean().values().iter().collect() }),
        FieldType::Float => {
            Scalars::FloatData(FloatArray { data: values.as_primitive::<Float32Type>().values().to_vec() })
        }
        FieldType::Double => {
            Scalars::DoubleData(DoubleArray { data: values.as_primitive::<Float64Type>().values().to_vec() })
        }
        FieldType::VarChar { .. } => {
            let data = values.as_string::<i32>().iter().flatten().map(ToOwned::to_owned).collect();
            Scalars::StringData(TextArray { data })
        }
        _ => integers(values.as_primitive::<Int64Type>().values().to_vec(), element),
    })
}

/// Integers of less than 64 bits go as 32-bit ones; validation has seen that they fit.
fn integers(data: Vec<i64>, ty: &FieldType) -> Scalars {
    if *ty == FieldType::Int64 {
        Scalars::LongData(LongArray { data })
    } else {
        Scalars::IntData(IntArray { data: data.into_iter().map(|value| value as i32).collect() })
    }
}

fn scalars(data: Scalars) -> ScalarField {
    ScalarField { data: Some(data), valid_data: Vec::new() }
}
