//! A write request as Milvus' protocol has it, column by column.

use arrow_array::cast::AsArray;
use arrow_array::types::{Float32Type, Float64Type, Int64Type};
use arrow_array::{Array, BooleanArray, Float32Array, Float64Array, Int64Array, ListArray, StringArray};
use milvus::proto::milvus::{DeleteRequest, InsertRequest, UpsertRequest};
use milvus::proto::schema::field_data::Field as Data;
use milvus::proto::schema::scalar_field::Data as Scalars;
use milvus::proto::schema::vector_field::Data as Vectors;
use milvus::proto::schema::{
    ArrayArray, BoolArray, DataType, DoubleArray, FieldData, FloatArray, IntArray, JsonArray, LongArray, ScalarField,
    StringArray as TextArray, VectorField,
};

use super::expression;
use super::present::Present;
use super::request::{Request, Segment};
use super::schema::{DYNAMIC_FIELD, Writable};
use super::size::NO_DYNAMIC;
use super::types::{DefaultValue, data_type};
use crate::target::FieldType;

/// The rows as an insert request. An upsert has the same fields.
pub(super) fn insert(request: &Request) -> InsertRequest {
    let schema = request.schema();
    let present = request.group().present;
    let writable = schema.writable().enumerate().filter(|(index, _)| present.has(*index));
    let mut fields_data: Vec<FieldData> = writable.map(|(index, writable)| field(request, index, writable)).collect();
    // Where no row has anything for it, Milvus makes the column itself.
    if present.has_dynamic() && request.segments().iter().any(|segment| segment.prepared.dynamic.is_some()) {
        fields_data.push(dynamic(request));
    }
    InsertRequest {
        collection_name: schema.collection.name.to_string(),
        partition_name: request.partition().map(ToString::to_string).unwrap_or_default(),
        fields_data,
        num_rows: request.rows() as u32,
        schema_timestamp: schema.version,
        ..InsertRequest::default()
    }
}

/// The rows as an upsert request.
pub(super) fn upsert(request: &Request) -> UpsertRequest {
    let InsertRequest { collection_name, partition_name, fields_data, num_rows, schema_timestamp, .. } =
        insert(request);
    UpsertRequest {
        collection_name,
        partition_name,
        fields_data,
        num_rows,
        schema_timestamp,
        partial_update: request.group().present != Present::Row,
        ..UpsertRequest::default()
    }
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

/// The values of a field: only those that there are, and beside them which rows have one. A row without one gets the
/// default here, as servers before 2.5 only know one for all rows or for none.
fn field(request: &Request, index: usize, Writable { field, default }: Writable<'_>) -> FieldData {
    let marks = field.nullable || default.is_some();
    let column = Gathered { segments: request.segments(), rows: request.rows(), index, marks };
    let (data, valid) = match &field.ty {
        FieldType::Vector { dim, .. } => {
            let (numbers, valid) = column.vectors(*dim as usize);
            let data = Some(Vectors::FloatVector(FloatArray { data: numbers }));
            (Data::Vectors(VectorField { dim: i64::from(*dim), data, valid_data: valid.clone() }), valid)
        }
        ty => {
            let (data, valid) = column.scalars(ty, default);
            (Data::Scalars(ScalarField { data: Some(data), valid_data: valid.clone() }), valid)
        }
    };
    FieldData {
        r#type: data_type(&field.ty).into(),
        field_name: field.name.to_string(),
        field: Some(data),
        valid_data: valid,
        ..FieldData::default()
    }
}

fn dynamic(request: &Request) -> FieldData {
    let mut data = Vec::with_capacity(request.rows());
    for segment in request.segments() {
        let objects = segment.prepared.dynamic.as_ref();
        data.extend(segment.rows().map(|row| match objects {
            Some(objects) if objects.is_valid(row) => objects.value(row).into(),
            _ => NO_DYNAMIC.into(),
        }));
    }
    FieldData {
        r#type: DataType::Json.into(),
        field_name: DYNAMIC_FIELD.into(),
        is_dynamic: true,
        field: Some(Data::Scalars(scalars(Scalars::JsonData(JsonArray { data })))),
        ..FieldData::default()
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

impl Gathered<'_> {
    fn scalars(self, ty: &FieldType, default: Option<&DefaultValue>) -> (Scalars, Vec<bool>) {
        match ty {
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
            FieldType::VarChar { .. } => {
                let default = default.and_then(|d| if let DefaultValue::Text(d) = d { Some(d.clone()) } else { None });
                let (data, valid) = self.values(default, |array: &StringArray, row| array.value(row).to_owned());
                (Scalars::StringData(TextArray { data }), valid)
            }
            FieldType::Json => {
                let (data, valid) = self.values(None, |array: &StringArray, row| array.value(row).into());
                (Scalars::JsonData(JsonArray { data }), valid)
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
        }
    }

    fn vectors(self, dim: usize) -> (Vec<f32>, Vec<bool>) {
        let mut numbers = Vec::with_capacity(self.rows * dim);
        let mut valid = Vec::new();
        for segment in self.segments {
            let lists = segment.prepared.columns[self.index].as_ref().map(|array| array.as_list::<i32>());
            let values = lists.map(|lists| lists.values().as_primitive::<Float32Type>().values());
            for row in segment.rows() {
                let has = lists.zip(values).filter(|(lists, _)| lists.is_valid(row));
                if let Some((lists, values)) = has {
                    let offsets = lists.value_offsets();
                    numbers.extend_from_slice(&values[offsets[row] as usize..offsets[row + 1] as usize]);
                }
                if self.marks {
                    valid.push(has.is_some());
                }
            }
        }
        (numbers, valid)
    }

    fn values<A: Array + 'static, T: Clone>(
        self,
        default: Option<T>,
        read: impl Fn(&A, usize) -> T,
    ) -> (Vec<T>, Vec<bool>) {
        let mut values = Vec::with_capacity(self.rows);
        let mut valid = Vec::new();
        for segment in self.segments {
            let array = segment.prepared.columns[self.index].as_ref();
            let array =
                array.map(|array| array.as_any().downcast_ref::<A>().expect("columns are of their field's type"));
            for row in segment.rows() {
                let value = array.filter(|array| array.is_valid(row)).map(|array| read(array, row));
                let value = value.or_else(|| default.clone());
                if self.marks {
                    valid.push(value.is_some());
                }
                values.extend(value);
            }
        }
        (values, valid)
    }
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
