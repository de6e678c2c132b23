//! The interface `target`.

use wasmtime::Result;

use crate::plugin::bindings::kiteline::plugin::target::Host;
use crate::plugin::state::State;
use crate::target::{Collection, Field, FieldType};

impl State {
    fn collection(&self, name: &str) -> Option<&Collection> {
        self.target.collection(name).map(AsRef::as_ref)
    }

    fn field(&self, collection: &str, field: &str) -> Option<&Field> {
        self.collection(collection)?.field(field)
    }
}

impl Host for State {
    fn collections(&mut self) -> Result<Vec<String>> {
        Ok(self.target.collections().iter().map(|collection| collection.name.to_string()).collect())
    }

    fn fields(&mut self, collection: String) -> Result<Vec<String>> {
        let fields = self.collection(&collection).into_iter().flat_map(Collection::writable);
        Ok(fields.map(|field| field.name.to_string()).collect())
    }

    fn field_type(&mut self, collection: String, field: String) -> Result<Option<String>> {
        Ok(self.field(&collection, &field).map(|field| field.ty.name().to_owned()))
    }

    fn element_type(&mut self, collection: String, field: String) -> Result<Option<String>> {
        Ok(match self.field(&collection, &field).map(|field| &field.ty) {
            Some(FieldType::Array { element, .. }) => Some(element.name().to_owned()),
            _ => None,
        })
    }

    fn dim(&mut self, collection: String, field: String) -> Result<Option<u32>> {
        Ok(match self.field(&collection, &field).map(|field| &field.ty) {
            Some(FieldType::Vector { dim, .. }) if *dim > 0 => Some(*dim),
            _ => None,
        })
    }

    fn max_length(&mut self, collection: String, field: String) -> Result<Option<u32>> {
        Ok(match self.field(&collection, &field).map(|field| &field.ty) {
            Some(FieldType::VarChar { max_length }) => Some(*max_length),
            Some(FieldType::Array { element, .. }) => match **element {
                FieldType::VarChar { max_length } => Some(max_length),
                _ => None,
            },
            _ => None,
        })
    }

    fn max_capacity(&mut self, collection: String, field: String) -> Result<Option<u32>> {
        Ok(match self.field(&collection, &field).map(|field| &field.ty) {
            Some(FieldType::Array { max_capacity, .. }) => Some(*max_capacity),
            _ => None,
        })
    }

    fn nullable(&mut self, collection: String, field: String) -> Result<bool> {
        Ok(self.field(&collection, &field).is_some_and(|field| field.nullable))
    }

    fn has_default(&mut self, collection: String, field: String) -> Result<bool> {
        Ok(self.field(&collection, &field).is_some_and(|field| field.has_default))
    }

    fn primary_key(&mut self, collection: String) -> Result<Option<String>> {
        Ok(self.collection(&collection).and_then(Collection::primary_key).map(|field| field.name.to_string()))
    }

    fn auto_id(&mut self, collection: String) -> Result<bool> {
        Ok(self.collection(&collection).and_then(Collection::primary_key).is_some_and(|field| field.auto_id))
    }

    fn partition_key(&mut self, collection: String) -> Result<Option<String>> {
        Ok(self.collection(&collection).and_then(Collection::partition_key).map(|field| field.name.to_string()))
    }

    fn dynamic(&mut self, collection: String) -> Result<bool> {
        Ok(self.collection(&collection).is_some_and(|collection| collection.dynamic))
    }
}
