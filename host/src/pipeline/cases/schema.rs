//! The collections of a case, as its author writes them.

use serde::Deserialize;

use crate::batch::VectorType;
use crate::target::{self, FieldType};

/// A collection with its fields.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Collection {
    name: String,
    #[serde(default)]
    dynamic: bool,
    fields: Vec<Field>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Field {
    name: String,
    /// By Milvus' name.
    #[serde(rename = "type")]
    ty: String,
    max_length: Option<u32>,
    dim: Option<u32>,
    element: Option<String>,
    max_capacity: Option<u32>,
    #[serde(default)]
    primary: bool,
    #[serde(default)]
    auto_id: bool,
    #[serde(default)]
    partition_key: bool,
    #[serde(default)]
    nullable: bool,
    #[serde(default)]
    has_default: bool,
}

impl Collection {
    pub(super) fn resolve(&self) -> Result<target::Collection, String> {
        let fields = self.fields.iter().map(|field| {
            let Field { primary, auto_id, partition_key, nullable, has_default, .. } = *field;
            let ty = field
                .resolved()
                .map_err(|what| format!("collection `{}`, field `{}`: {what}", self.name, field.name))?;
            Ok(target::Field {
                primary,
                auto_id,
                partition_key,
                nullable,
                has_default,
                ..target::Field::new(field.name.as_str(), ty)
            })
        });
        Ok(target::Collection {
            name: self.name.as_str().into(),
            fields: fields.collect::<Result<_, String>>()?,
            dynamic: self.dynamic,
            loaded: true,
        })
    }
}

impl Field {
    fn resolved(&self) -> Result<FieldType, String> {
        match self.ty.as_str() {
            "Array" => {
                let element = self.element.as_deref().ok_or("an Array needs `element`")?;
                let max_capacity = self.max_capacity.ok_or("an Array needs `max_capacity`")?;
                Ok(FieldType::Array { element: Box::new(self.scalar(element)?), max_capacity })
            }
            "SparseFloatVector" => Ok(FieldType::Vector { ty: VectorType::SparseFloat, dim: 0 }),
            name => match vector(name) {
                Some(ty) => Ok(FieldType::Vector { ty, dim: self.dim.ok_or("a vector needs `dim`")? }),
                None => self.scalar(name),
            },
        }
    }

    fn scalar(&self, name: &str) -> Result<FieldType, String> {
        Ok(match name {
            "Bool" => FieldType::Bool,
            "Int8" => FieldType::Int8,
            "Int16" => FieldType::Int16,
            "Int32" => FieldType::Int32,
            "Int64" => FieldType::Int64,
            "Float" => FieldType::Float,
            "Double" => FieldType::Double,
            "JSON" => FieldType::Json,
            "Text" => FieldType::Text,
            "Timestamptz" => FieldType::Timestamptz,
            "Geometry" => FieldType::Geometry,
            "VarChar" => FieldType::VarChar { max_length: self.max_length.ok_or("a VarChar needs `max_length`")? },
            _ => return Err(format!("`{name}` is no type; write it as Milvus does, as VarChar, Int64 or FloatVector")),
        })
    }
}

fn vector(name: &str) -> Option<VectorType> {
    let all = [VectorType::Float, VectorType::Float16, VectorType::BFloat16, VectorType::Int8, VectorType::Binary];
    all.into_iter().find(|ty| FieldType::Vector { ty: *ty, dim: 0 }.name() == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolve(field: &str) -> Result<FieldType, String> {
        let collection: Collection = toml::from_str(&format!("name = 'c'\nfields = [{field}]")).expect("a collection");
        collection.resolve().map(|collection| collection.fields[0].ty.clone())
    }

    #[test]
    fn fields_are_written_by_milvus_names() {
        for (field, ty) in [
            ("{ name = 'a', type = 'VarChar', max_length = 9 }", FieldType::VarChar { max_length: 9 }),
            ("{ name = 'a', type = 'FloatVector', dim = 4 }", FieldType::Vector { ty: VectorType::Float, dim: 4 }),
            (
                "{ name = 'a', type = 'Array', element = 'Int64', max_capacity = 3 }",
                FieldType::Array { element: Box::new(FieldType::Int64), max_capacity: 3 },
            ),
        ] {
            assert_eq!(resolve(field), Ok(ty));
        }
        assert_eq!(
            resolve("{ name = 'a', type = 'Decimal' }").expect_err("refused"),
            "collection `c`, field `a`: `Decimal` is no type; write it as Milvus does, as VarChar, Int64 or FloatVector"
        );
        assert!(resolve("{ name = 'a', type = 'VarChar' }").expect_err("refused").ends_with("needs `max_length`"));
    }
}
