//! Milvus' types and defaults: its protocol's on the one side, ours on the other.

use milvus::proto::common::KeyValuePair;
use milvus::proto::schema::value_field::Data;
use milvus::proto::schema::{DataType, FieldSchema, StructArrayFieldSchema, ValueField};

use crate::batch::VectorType;
use crate::target::{CAPACITY_MAX as MAX_CAPACITY, Field, FieldType, LENGTH_MAX as MAX_LENGTH};

/// The value that a row gets that goes without one.
#[derive(Debug, Clone, PartialEq)]
pub enum DefaultValue {
    /// Of Bool.
    Bool(bool),
    /// Of the integer types.
    Int(i64),
    /// Of Float.
    Float(f32),
    /// Of Double.
    Double(f64),
    /// Of VarChar and of the types that Milvus takes as text.
    Text(String),
}

/// A field of Milvus' protocol as ours, and its default value.
pub(super) fn field_of(proto: &FieldSchema, collection_auto_id: bool) -> (Field, Option<DefaultValue>) {
    let ty = type_of(proto.data_type, Some(proto.element_type), &proto.type_params);
    let default =
        proto.default_value.as_ref().and_then(|value| value.data.as_ref()).and_then(|value| default_of(value, &ty));
    let field = Field {
        name: proto.name.as_str().into(),
        ty,
        primary: proto.is_primary_key,
        auto_id: proto.is_primary_key && (proto.auto_id || collection_auto_id),
        partition_key: proto.is_partition_key,
        nullable: proto.nullable,
        has_default: default.is_some(),
        function_output: proto.is_function_output,
    };
    (field, default)
}

/// An Array of Struct of Milvus' protocol, where it stands beside the fields, as one of ours. A row must bring it even
/// where it may be null: pymilvus 2.6 sends no null either, so there is nothing to go by.
pub(super) fn structs_of(proto: &StructArrayFieldSchema) -> Field {
    let members = proto.fields.iter().map(|member| {
        // Some servers give a member the name that they store it by.
        let stored = member.name.strip_prefix(&*proto.name).and_then(|name| name.strip_prefix('[')?.strip_suffix(']'));
        let ty = match DataType::try_from(member.data_type) {
            Ok(DataType::Array | DataType::ArrayOfVector) => type_of(member.element_type, None, &member.type_params),
            _ => type_of(member.data_type, Some(member.element_type), &member.type_params),
        };
        Field::new(stored.unwrap_or(&member.name), ty)
    });
    let params = proto.fields.iter().flat_map(|member| &member.type_params).chain(&proto.type_params);
    let max_capacity = params.filter(|param| param.key == "max_capacity").find_map(|param| param.value.parse().ok());
    let element = Box::new(FieldType::Struct(members.collect()));
    Field::new(proto.name.as_str(), FieldType::Array { element, max_capacity: max_capacity.unwrap_or(MAX_CAPACITY) })
}

/// A field of ours as Milvus' protocol has it, to create it.
pub(super) fn proto_of(field: &Field, default: Option<&DefaultValue>) -> FieldSchema {
    let mut type_params = Vec::new();
    let mut param = |key: &str, value: u32| {
        type_params.push(KeyValuePair { key: key.into(), value: value.to_string() });
    };
    let mut element_type = DataType::None;
    match &field.ty {
        FieldType::VarChar { max_length } => param("max_length", *max_length),
        FieldType::Array { element, max_capacity } => {
            element_type = data_type(element);
            param("max_capacity", *max_capacity);
            if let FieldType::VarChar { max_length } = **element {
                param("max_length", max_length);
            }
        }
        FieldType::Vector { ty, dim } if *ty != VectorType::SparseFloat => param("dim", *dim),
        _ => {}
    }
    FieldSchema {
        name: field.name.to_string(),
        is_primary_key: field.primary,
        auto_id: field.auto_id,
        data_type: data_type(&field.ty).into(),
        element_type: element_type.into(),
        type_params,
        is_partition_key: field.partition_key,
        nullable: field.nullable,
        default_value: default.map(|value| ValueField { data: Some(default_proto(value, &field.ty)) }),
        ..FieldSchema::default()
    }
}

/// Milvus' number for a type. `None` for one that Kiteline does not know.
pub(super) fn data_type(ty: &FieldType) -> DataType {
    match ty {
        FieldType::Bool => DataType::Bool,
        FieldType::Int8 => DataType::Int8,
        FieldType::Int16 => DataType::Int16,
        FieldType::Int32 => DataType::Int32,
        FieldType::Int64 => DataType::Int64,
        FieldType::Float => DataType::Float,
        FieldType::Double => DataType::Double,
        FieldType::VarChar { .. } => DataType::VarChar,
        FieldType::Text => DataType::Text,
        FieldType::Timestamptz => DataType::Timestamptz,
        FieldType::Geometry => DataType::Geometry,
        FieldType::Json => DataType::Json,
        FieldType::Array { .. } if ty.members().is_some() => DataType::ArrayOfStruct,
        FieldType::Array { .. } => DataType::Array,
        FieldType::Vector { ty, .. } => match ty {
            VectorType::Float => DataType::FloatVector,
            VectorType::Float16 => DataType::Float16Vector,
            VectorType::BFloat16 => DataType::BFloat16Vector,
            VectorType::Int8 => DataType::Int8Vector,
            VectorType::Binary => DataType::BinaryVector,
            VectorType::SparseFloat => DataType::SparseFloatVector,
        },
        FieldType::Struct(_) => DataType::Struct,
        FieldType::Other(_) => DataType::None,
    }
}

fn type_of(data_type: i32, element: Option<i32>, params: &[KeyValuePair]) -> FieldType {
    let param = |key: &str, without: u32| {
        let value = params.iter().find(|param| param.key == key).map(|param| param.value.as_str());
        value.and_then(|value| value.parse().ok()).unwrap_or(without)
    };
    // Milvus Lite does not tell what was set for an Array's texts.
    let max_length = || param("max_length", MAX_LENGTH);
    let vector = |ty| FieldType::Vector { ty, dim: param("dim", 0) };
    match DataType::try_from(data_type) {
        Ok(DataType::Bool) => FieldType::Bool,
        Ok(DataType::Int8) => FieldType::Int8,
        Ok(DataType::Int16) => FieldType::Int16,
        Ok(DataType::Int32) => FieldType::Int32,
        Ok(DataType::Int64) => FieldType::Int64,
        Ok(DataType::Float) => FieldType::Float,
        Ok(DataType::Double) => FieldType::Double,
        Ok(DataType::VarChar) => FieldType::VarChar { max_length: max_length() },
        Ok(DataType::Text) => FieldType::Text,
        Ok(DataType::Timestamptz) => FieldType::Timestamptz,
        Ok(DataType::Geometry) => FieldType::Geometry,
        Ok(DataType::Json) => FieldType::Json,
        Ok(DataType::Array) => FieldType::Array {
            element: Box::new(type_of(element.unwrap_or_default(), None, params)),
            max_capacity: param("max_capacity", MAX_CAPACITY),
        },
        Ok(DataType::FloatVector) => vector(VectorType::Float),
        Ok(DataType::Float16Vector) => vector(VectorType::Float16),
        Ok(DataType::BFloat16Vector) => vector(VectorType::BFloat16),
        Ok(DataType::Int8Vector) => vector(VectorType::Int8),
        Ok(DataType::BinaryVector) => vector(VectorType::Binary),
        Ok(DataType::SparseFloatVector) => vector(VectorType::SparseFloat),
        Ok(other) => FieldType::Other(other.as_str_name().into()),
        Err(_) => FieldType::Other(format!("type {data_type}")),
    }
}

/// A default that Kiteline can't write itself counts as none: then a row must bring the value.
fn default_of(value: &Data, ty: &FieldType) -> Option<DefaultValue> {
    Some(match (value, ty) {
        (Data::BoolData(value), FieldType::Bool) => DefaultValue::Bool(*value),
        (Data::IntData(value), FieldType::Int8 | FieldType::Int16 | FieldType::Int32) => {
            DefaultValue::Int(i64::from(*value))
        }
        (Data::LongData(value), FieldType::Int64) => DefaultValue::Int(*value),
        (Data::FloatData(value), FieldType::Float) => DefaultValue::Float(*value),
        (Data::DoubleData(value), FieldType::Double) => DefaultValue::Double(*value),
        // A moment comes as a text with its offset, whatever it was set as.
        (
            Data::StringData(value),
            FieldType::VarChar { .. } | FieldType::Text | FieldType::Timestamptz | FieldType::Geometry,
        ) => DefaultValue::Text(value.clone()),
        _ => return None,
    })
}

fn default_proto(value: &DefaultValue, ty: &FieldType) -> Data {
    match value {
        DefaultValue::Bool(value) => Data::BoolData(*value),
        DefaultValue::Int(value) if *ty == FieldType::Int64 => Data::LongData(*value),
        DefaultValue::Int(value) => Data::IntData(*value as i32),
        DefaultValue::Float(value) => Data::FloatData(*value),
        DefaultValue::Double(value) => Data::DoubleData(*value),
        DefaultValue::Text(value) => Data::StringData(value.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sink::testing::{array, field, varchar, vector};

    fn through(field: &Field, default: Option<DefaultValue>) {
        let (back, default_back) = field_of(&proto_of(field, default.as_ref()), false);
        assert_eq!((&back, default_back), (field, default));
    }

    #[test]
    fn every_type_comes_back_from_milvus_protocol_as_it_went() {
        let scalars = [
            FieldType::Bool,
            FieldType::Int8,
            FieldType::Int16,
            FieldType::Int32,
            FieldType::Int64,
            FieldType::Float,
            FieldType::Double,
            varchar(300),
        ];
        for ty in [FieldType::Text, FieldType::Timestamptz, FieldType::Geometry] {
            through(&field("f", ty), None);
        }
        for ty in &scalars {
            through(&field("f", ty.clone()), None);
            through(&field("f", array(ty.clone(), 16)), None);
        }
        through(&field("f", FieldType::Json), None);
        for ty in [VectorType::Float, VectorType::Float16, VectorType::BFloat16, VectorType::Int8, VectorType::Binary] {
            through(&field("f", vector(ty, 8)), None);
        }
        through(&field("f", vector(VectorType::SparseFloat, 0)), None);
    }

    #[test]
    fn flags_and_defaults_come_back_as_they_went() {
        through(&Field { primary: true, auto_id: true, ..field("f", FieldType::Int64) }, None);
        through(&Field { partition_key: true, nullable: true, ..field("f", varchar(9)) }, None);
        for (ty, default) in [
            (FieldType::Bool, DefaultValue::Bool(true)),
            (FieldType::Int8, DefaultValue::Int(-3)),
            (FieldType::Int64, DefaultValue::Int(1 << 60)),
            (FieldType::Float, DefaultValue::Float(0.5)),
            (FieldType::Double, DefaultValue::Double(0.1)),
            (varchar(9), DefaultValue::Text("none".into())),
            (FieldType::Timestamptz, DefaultValue::Text("2026-01-01T00:00:00Z".into())),
        ] {
            through(&Field { has_default: true, ..field("f", ty) }, Some(default));
        }
    }

    #[test]
    fn a_type_that_kiteline_does_not_know_keeps_its_name() {
        let ty = |data_type: i32| field_of(&FieldSchema { data_type, ..FieldSchema::default() }, false).0.ty;
        assert_eq!(ty(DataType::Decimal.into()), FieldType::Other("Decimal".into()));
        assert_eq!(ty(9999), FieldType::Other("type 9999".into()));
    }
}
