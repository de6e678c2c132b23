//! Short ways to write down collections and batches in tests.

use std::sync::Arc;

use crate::batch::{Batch, Column, Operation, Origin, Records, VectorType};
use crate::target::{Collection, Field, FieldType};

use super::schema::Schema;

pub(super) fn field(name: &str, ty: FieldType) -> Field {
    Field::new(name, ty)
}

/// A primary key of Int64 that rows bring.
pub(super) fn key(name: &str) -> Field {
    Field { primary: true, ..field(name, FieldType::Int64) }
}

pub(super) fn varchar(max_length: u32) -> FieldType {
    FieldType::VarChar { max_length }
}

pub(super) fn array(element: FieldType, max_capacity: u32) -> FieldType {
    FieldType::Array { element: Box::new(element), max_capacity }
}

pub(super) fn vector(ty: VectorType, dim: u32) -> FieldType {
    FieldType::Vector { ty, dim }
}

pub(super) fn float_vector(dim: u32) -> FieldType {
    vector(VectorType::Float, dim)
}

pub(super) fn schema(fields: impl IntoIterator<Item = Field>) -> Arc<Schema> {
    Arc::new(Schema::new(collection("books", fields)))
}

pub(super) fn collection(name: &str, fields: impl IntoIterator<Item = Field>) -> Collection {
    Collection { name: name.into(), fields: fields.into_iter().collect(), dynamic: false, loaded: true }
}

/// A batch of upserts with these columns, one row a record.
pub(super) fn batch<'a>(columns: impl IntoIterator<Item = (&'a str, Column)>) -> Batch {
    let columns: Vec<_> = columns.into_iter().collect();
    let mut records = Records::default();
    for offset in 0..columns.first().map_or(0, |(_, column)| column.len()) {
        let origin = Origin { topic: "books".into(), partition: 0, offset: offset as i64 };
        records.push(origin, None, None, None, std::iter::empty());
    }
    let mut batch = Batch::new(Arc::new(records), Operation::Upsert);
    for (name, column) in columns {
        batch.set(name, column);
    }
    batch
}
