//! Whether the file and the live schema fit each other.

use super::{Milvus, StartError};
use crate::config::{Mode, PipelineFile, PrimaryKey};
use crate::sink::{self, Described, check_supported};
use crate::target::{Collection, FieldType};

/// What the file asks of the collections and they don't have.
pub(super) fn check(file: &PipelineFile, milvus: &Milvus) -> Result<(), StartError> {
    let mut mistakes = Vec::new();
    for writable in &milvus.collections {
        let Described { schema, partitions } = &writable.described;
        let collection = &schema.collection;
        let name = &collection.name;
        if let Err(fields) = check_supported(collection) {
            mistakes.extend(fields.iter().map(|field| format!("collection `{name}`: {field}")));
        }
        if file.milvus.mode == Some(Mode::PartialUpdate) {
            mistakes.extend(partial_update_fits(milvus, collection).err());
        }
        let upserts = matches!(file.milvus.mode, Some(Mode::Upsert | Mode::PartialUpdate));
        if upserts && collection.primary_key().is_some_and(|key| key.auto_id) {
            mistakes.push(format!(
                "collection `{name}` makes its own primary keys (auto id), so nothing can be upserted by key: set `milvus.mode` to \"insert\" or leave it out"
            ));
        }
        if file.milvus.primary_key == PrimaryKey::Origin {
            mistakes.extend(origin_fits(file, collection).err());
        }
        if let Some(partition) = &file.milvus.partition {
            if let Some(key) = collection.partition_key() {
                mistakes.push(format!(
                    "collection `{name}` has a partition key (`{}`), so rows can't name a partition: leave `milvus.partition` out",
                    key.name
                ));
            } else if !file.milvus.create_partitions && !partitions.contains(partition) {
                mistakes.push(format!(
                    "collection `{name}` has no partition `{partition}`: create it, or set `milvus.create_partitions` to true"
                ));
            }
        }
    }
    if mistakes.is_empty() { Ok(()) } else { Err(StartError::Target(mistakes)) }
}

/// Whether rows of a collection can be updated in part.
fn partial_update_fits(milvus: &Milvus, collection: &Collection) -> Result<(), String> {
    let fields = collection.writable().count();
    if !milvus.client.takes_partial_updates() {
        return Err(format!(
            "Milvus {} updates no rows in part, which 2.6.0 and later do: set `milvus.mode` to \"upsert\", or take a newer Milvus",
            milvus.client.server()
        ));
    }
    if fields > sink::PARTIAL_FIELDS_MAX {
        return Err(format!(
            "collection `{}` has {fields} fields, and rows of at most {} are updated in part: set `milvus.mode` to \"upsert\"",
            collection.name,
            sink::PARTIAL_FIELDS_MAX
        ));
    }
    Ok(())
}

/// Whether keys made from topic/partition/offset can be the collection's primary keys.
fn origin_fits(file: &PipelineFile, collection: &Collection) -> Result<(), String> {
    let name = &collection.name;
    let Some(key) = collection.primary_key() else { return Ok(()) };
    let topics = file.kafka.topics.iter();
    let topic = topics.map(|topic| if topic.starts_with('^') { sink::TOPIC_MAX } else { topic.len() }).max();
    let needed = sink::longest_origin(topic.unwrap_or(sink::TOPIC_MAX), !file.plugins.is_empty());
    let what = match key.ty {
        _ if key.auto_id => "is made by Milvus (auto id)".to_owned(),
        FieldType::VarChar { max_length } if max_length as usize >= needed => return Ok(()),
        FieldType::VarChar { max_length } => format!("holds {max_length} bytes only"),
        _ => format!("is {}", key.ty.name()),
    };
    Err(format!(
        "collection `{name}`: the primary key `{}` {what}, and keys made from topic/partition/offset need a VarChar of {needed} bytes: make the collection anew with one, or leave `milvus.primary_key` out",
        key.name
    ))
}
