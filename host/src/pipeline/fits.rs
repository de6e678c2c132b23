//! Whether the file and the live schema fit each other.

use super::{Milvus, StartError};
use crate::config::{Format, Mode, PipelineFile, PrimaryKey};
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
    let several = !file.plugins.is_empty() || matches!(file.decode.format, Format::Json | Format::JsonSchema);
    let needed = sink::longest_origin(topic.unwrap_or(sink::TOPIC_MAX), several);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::parse;
    use crate::target::Field;

    /// What is said of a collection with that primary key, by a pipeline that reads these topics.
    fn said(key: Field, topics: &str, plugins: &str) -> Result<(), String> {
        let text = format!(
            "name = 'p'\nkafka = {{ brokers = 'b', topics = {topics}, group = 'g' }}\n{plugins}\n\
             [milvus]\nuri = 'http://m'\ncollection = 'books'\nprimary_key = 'origin'"
        );
        let file = parse(&text, "p.toml", &["rename"], &|_| None).expect("the file is right");
        let fields = vec![Field { primary: true, ..key }];
        origin_fits(&file, &Collection { name: "books".into(), fields, dynamic: false, loaded: true })
    }

    fn text(max_length: u32) -> Field {
        Field::new("id", FieldType::VarChar { max_length })
    }

    #[test]
    fn a_key_made_from_the_origin_needs_a_text_that_is_long_enough() {
        let plugin = "plugin = [{ use = 'rename' }]";
        let avro = "decode = { format = 'avro', schema_file = 'book.avsc' }";
        assert_eq!(said(text(5 + 31), "['a', 'books']", avro), Ok(()));
        assert_eq!(said(text(5 + 42), "['books']", &format!("{avro}\n{plugin}")), Ok(()));
        assert_eq!(said(text(5 + 42), "['books']", ""), Ok(()), "JSON may be several rows a record");
        assert_eq!(said(text(249 + 31), "['^b.*']", avro), Ok(()));
        for (field, topics, plugins, what, needed) in [
            (text(35), "['a', 'books']", avro, "holds 35 bytes only", 36),
            (text(46), "['books']", "", "holds 46 bytes only", 47),
            (text(46), "['books']", &format!("{avro}\n{plugin}"), "holds 46 bytes only", 47),
            (text(200), "['^b.*']", avro, "holds 200 bytes only", 280),
            (Field::new("id", FieldType::Int64), "['a']", avro, "is Int64", 32),
            (Field { auto_id: true, ..text(300) }, "['a']", avro, "is made by Milvus (auto id)", 32),
        ] {
            let expected = format!(
                "collection `books`: the primary key `id` {what}, and keys made from topic/partition/offset need a VarChar \
                 of {needed} bytes: make the collection anew with one, or leave `milvus.primary_key` out"
            );
            assert_eq!(said(field, topics, plugins), Err(expected));
        }
    }
}
