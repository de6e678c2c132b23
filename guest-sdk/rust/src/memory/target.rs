//! The schema that a test gives.

use std::cell::RefCell;

use crate::testing::{Collection, Field};

thread_local! {
    static TARGET: RefCell<Vec<Collection>> = const { RefCell::new(Vec::new()) };
}

pub(crate) fn set(collections: Vec<Collection>) {
    TARGET.with(|target| *target.borrow_mut() = collections);
}

fn of<T>(collection: &str, read: impl FnOnce(&Collection) -> Option<T>) -> Option<T> {
    TARGET.with(|target| read(target.borrow().iter().find(|there| there.name == collection)?))
}

fn of_field<T>(collection: &str, field: &str, read: impl FnOnce(&Field) -> Option<T>) -> Option<T> {
    of(collection, |collection| read(collection.fields.iter().find(|there| there.name == field)?))
}

pub fn collections() -> Vec<String> {
    TARGET.with(|target| target.borrow().iter().map(|collection| collection.name.clone()).collect())
}

pub fn fields(collection: &str) -> Vec<String> {
    let names = |collection: &Collection| collection.fields.iter().map(|field| field.name.clone()).collect();
    of(collection, |collection| Some(names(collection))).unwrap_or_default()
}

pub fn field_type(collection: &str, field: &str) -> Option<String> {
    of_field(collection, field, |field| Some(field.ty.clone()))
}

pub fn element_type(collection: &str, field: &str) -> Option<String> {
    of_field(collection, field, |field| field.element_type.clone())
}

pub fn dim(collection: &str, field: &str) -> Option<u32> {
    of_field(collection, field, |field| field.dim)
}

pub fn max_length(collection: &str, field: &str) -> Option<u32> {
    of_field(collection, field, |field| field.max_length)
}

pub fn max_capacity(collection: &str, field: &str) -> Option<u32> {
    of_field(collection, field, |field| field.max_capacity)
}

pub fn nullable(collection: &str, field: &str) -> bool {
    of_field(collection, field, |field| Some(field.nullable)).unwrap_or_default()
}

pub fn has_default(collection: &str, field: &str) -> bool {
    of_field(collection, field, |field| Some(field.has_default)).unwrap_or_default()
}

pub fn primary_key(collection: &str) -> Option<String> {
    of(collection, |collection| collection.primary_key.clone())
}

pub fn auto_id(collection: &str) -> bool {
    of(collection, |collection| Some(collection.auto_id)).unwrap_or_default()
}

pub fn partition_key(collection: &str) -> Option<String> {
    of(collection, |collection| collection.partition_key.clone())
}

pub fn dynamic(collection: &str) -> bool {
    of(collection, |collection| Some(collection.dynamic)).unwrap_or_default()
}
