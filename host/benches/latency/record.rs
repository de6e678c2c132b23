//! The records of this part: their key is a text, which the sink that acknowledges can read.

use kiteline::target::{Collection, FieldType};

use crate::feed::{Feed, Item, collection};

/// The payload of a record.
pub(super) fn payload(feed: &Feed, number: u64) -> Vec<u8> {
    let Item { id, title, tenant, text, .. } = feed.item(number);
    format!(r#"{{"id": "{id}", "title": "{title}", "tenant": "{tenant}", "emb": {text}}}"#).into_bytes()
}

/// The collection that they fit.
pub(super) fn rows(name: &str) -> Collection {
    let mut collection = collection(name, "embedding");
    for field in collection.fields.iter_mut().filter(|field| field.primary) {
        field.ty = FieldType::VarChar { max_length: 64 };
    }
    collection
}
