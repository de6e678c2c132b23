//! Arrays of structs as they stand in a message: a field a member, each with an array or the vectors of a row.

use arrow_array::cast::AsArray;
use arrow_array::types::Float32Type;
use arrow_array::{ListArray, StructArray};
use milvus::proto::schema::field_data::Field as Data;
use milvus::proto::schema::scalar_field::Data as Scalars;
use milvus::proto::schema::vector_field::Data as Vectors;
use milvus::proto::schema::{ArrayArray, DataType, FieldData, FloatArray, StructArrayField, VectorArray, VectorField};

use super::{Gathered, elements, scalars};
use crate::batch::VectorType;
use crate::sink::parts::Parts;
use crate::sink::types::data_type;
use crate::target::{Field, FieldType};

/// The message `StructArrayField` of all rows. It is small beside the vectors of a row, or has few of them, so it is
/// made as the generated types make it.
pub(super) fn members(column: Gathered<'_>, members: &[Field]) -> Parts {
    let fields = members.iter().enumerate().map(|(place, member)| {
        let rows = column.places::<StructArray>().flatten().map(|(array, row)| (array.column(place).as_list(), row));
        let (ty, data) = match &member.ty {
            FieldType::Vector { ty, dim } => {
                let data = rows.map(|(lists, row)| vectors(lists, row, *ty, *dim)).collect();
                let element_type = data_type(&member.ty).into();
                let array = VectorArray { dim: i64::from(*dim), data, element_type };
                let field = VectorField { data: Some(Vectors::VectorArray(array)), ..VectorField::default() };
                (DataType::ArrayOfVector, Data::Vectors(field))
            }
            ty => {
                let data = rows.map(|(lists, row)| elements(lists, row, ty)).collect();
                let array = ArrayArray { data, element_type: data_type(ty).into() };
                (DataType::Array, Data::Scalars(scalars(Scalars::ArrayData(array))))
            }
        };
        FieldData { r#type: ty.into(), field_name: member.name.to_string(), field: Some(data), ..FieldData::default() }
    });
    Parts::of(&StructArrayField { fields: fields.collect() })
}

/// The vectors of one row's elements, one after the other.
fn vectors(lists: &ListArray, row: usize, ty: VectorType, dim: u32) -> VectorField {
    let vectors = lists.value(row);
    let bytes = || vectors.as_binary::<i32>().iter().flatten().collect::<Vec<_>>().concat();
    let data = match ty {
        VectorType::Float16 => Vectors::Float16Vector(bytes()),
        VectorType::BFloat16 => Vectors::Bfloat16Vector(bytes()),
        VectorType::Int8 => Vectors::Int8Vector(bytes()),
        VectorType::Binary => Vectors::BinaryVector(bytes()),
        _ => {
            let vectors = vectors.as_list::<i32>().iter().flatten();
            let numbers = vectors.flat_map(|vector| vector.as_primitive::<Float32Type>().values().to_vec());
            Vectors::FloatVector(FloatArray { data: numbers.collect() })
        }
    };
    VectorField { dim: i64::from(dim), data: Some(data), ..VectorField::default() }
}
