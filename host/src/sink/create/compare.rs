//! A collection that is there, held field by field against what the file says.

use std::collections::HashMap;

use milvus::proto::common::KeyValuePair;
use milvus::proto::milvus::{DescribeCollectionResponse, IndexDescription};
use milvus::proto::schema::FieldSchema;

use super::wanted::{AUTOINDEX, Wanted, WantedField};
use crate::sink::schema::DYNAMIC_FIELD;
use crate::sink::types::field_of;
use crate::target::{Field, FieldType};

/// In what a collection is another than the file says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Differences {
    /// What rows are written or found by; no pipeline starts with it.
    pub(super) grave: Vec<String>,
    /// What may be as it is.
    pub(super) slight: Vec<String>,
}

/// Holds the collection against the file.
pub(super) fn collection(wanted: &Wanted, there: &DescribeCollectionResponse) -> Differences {
    let mut found = Differences::default();
    let Some(schema) = &there.schema else { return found };
    #[expect(deprecated, reason = "Milvus Lite and servers before 2.3 say it here and not at the field")]
    let auto_id = schema.auto_id;
    let outputs: Vec<&str> =
        schema.functions.iter().flat_map(|function| &function.output_field_names).map(String::as_str).collect();
    let fields: Vec<&FieldSchema> =
        schema.fields.iter().filter(|field| !field.is_dynamic && field.name != DYNAMIC_FIELD).collect();
    for wanted in &wanted.fields {
        match fields.iter().find(|field| *field.name == *wanted.field.name) {
            Some(proto) => {
                let (mut field, default) = field_of(proto, auto_id);
                field.function_output |= outputs.contains(&proto.name.as_str());
                let is_same_default = default == wanted.default || field.ty == FieldType::Timestamptz;
                compare(wanted, &field, is_same_default, proto, &mut found);
            }
            None => found.grave.push(format!(
                "field `{}`: {} in the file, and the collection does not have it",
                wanted.field.name, wanted.field.ty
            )),
        }
    }
    for proto in fields {
        if wanted.fields.iter().all(|wanted| *wanted.field.name != *proto.name) {
            let (field, _) = field_of(proto, auto_id);
            let text = format!("field `{}`: {} in the collection, and the file does not have it", field.name, field.ty);
            // Such a field was added since; rows may go without it.
            let may_lack = field.nullable || field.has_default || outputs.contains(&proto.name.as_str());
            if may_lack { &mut found.slight } else { &mut found.grave }.push(text);
        }
    }
    for structs in &schema.struct_array_fields {
        found.grave.push(format!(
            "field `{}`: Array of Struct in the collection, and the file does not have it",
            structs.name
        ));
    }
    if wanted.dynamic != schema.enable_dynamic_field {
        found.grave.push(has("the dynamic field", wanted.dynamic));
    }
    if there.shards_num > 0 && i64::from(there.shards_num) != i64::from(wanted.shards) {
        let (ours, theirs) = (wanted.shards, there.shards_num);
        found.slight.push(format!("shards: {ours} in the file, {theirs} in the collection"));
    }
    if let Some(count) = wanted.partition_count.filter(|count| i64::from(*count) != there.num_partitions) {
        found.slight.push(format!(
            "partitions of the partition key: {count} in the file, {} in the collection",
            there.num_partitions
        ));
    }
    found
}

fn compare(wanted: &WantedField, there: &Field, is_same_default: bool, proto: &FieldSchema, found: &mut Differences) {
    let name = &wanted.field.name;
    if !is_same_type(&wanted.field.ty, there, proto) {
        let (ours, theirs) = (&wanted.field.ty, &there.ty);
        found.grave.push(format!("field `{name}`: {ours} in the file, {theirs} in the collection"));
        return;
    }
    for (what, ours, theirs) in [
        ("the primary key", wanted.field.primary, there.primary),
        ("made by Milvus (auto id)", wanted.field.auto_id, there.auto_id),
        ("the partition key", wanted.field.partition_key, there.partition_key),
        ("nullable", wanted.field.nullable, there.nullable),
        ("made by a function", wanted.field.function_output, there.function_output),
    ] {
        if ours != theirs {
            found.grave.push(format!("field `{name}`: {}", has(what, ours)));
        }
    }
    if !is_same_default {
        found.grave.push(format!("field `{name}`: its default is another one in the collection, or there is none"));
    }
    if wanted.clustering_key != proto.is_clustering_key {
        found.slight.push(format!("field `{name}`: {}", has("the clustering key", wanted.clustering_key)));
    }
    let analyzes = param(&proto.type_params, "enable_analyzer") == Some("true");
    if wanted.analyzer.is_some() != analyzes {
        found.slight.push(format!("field `{name}`: {}", has("with an analyzer", wanted.analyzer.is_some())));
    }
}

fn has(what: &str, in_file: bool) -> String {
    if in_file {
        format!("{what} in the file, and not in the collection")
    } else {
        format!("{what} in the collection, and not in the file")
    }
}

/// What a server does not tell of a type is taken as it should be: Milvus Lite forgets how long an Array's texts may be.
fn is_same_type(wanted: &FieldType, there: &Field, proto: &FieldSchema) -> bool {
    let tells = |key| param(&proto.type_params, key).is_some();
    match (wanted, &there.ty) {
        (FieldType::VarChar { .. }, FieldType::VarChar { .. }) if !tells("max_length") => true,
        (FieldType::Array { element, max_capacity }, FieldType::Array { element: of_theirs, max_capacity: theirs }) => {
            let is_same_element = match (&**element, &**of_theirs) {
                (FieldType::VarChar { .. }, FieldType::VarChar { .. }) if !tells("max_length") => true,
                (ours, theirs) => ours == theirs,
            };
            is_same_element && (max_capacity == theirs || !tells("max_capacity"))
        }
        (ours, theirs) => ours == theirs,
    }
}

/// The indexes of other kinds or metrics than the file says.
pub(super) fn indexes(wanted: &Wanted, there: &HashMap<String, IndexDescription>) -> Vec<String> {
    let mut found = Vec::new();
    for (wanted, index) in wanted.fields.iter().filter_map(|wanted| Some((wanted, wanted.index.as_ref()?))) {
        let name = &*wanted.field.name;
        let Some(there) = there.get(name) else { continue };
        let mut compare = |what: &str, ours: Option<&str>, key: &str| {
            let theirs = param(&there.params, key);
            if let (Some(ours), Some(theirs)) = (ours, theirs)
                && !ours.eq_ignore_ascii_case(theirs)
            {
                found.push(format!("index of `{name}`: {what} {ours} in the file, {theirs} in the collection"));
            }
        };
        // What was left to Milvus may be anything.
        let kind = Some(index.kind.as_str()).filter(|kind| *kind != AUTOINDEX);
        compare("kind", kind, "index_type");
        compare("metric", index.metric.as_deref(), "metric_type");
    }
    found
}

fn param<'a>(params: &'a [KeyValuePair], key: &str) -> Option<&'a str> {
    params.iter().find(|param| param.key == key).map(|param| param.value.as_str())
}

#[cfg(test)]
mod tests {
    use milvus::proto::schema::CollectionSchema;
    use prost::Message;

    use super::*;
    use crate::sink::create::request;

    fn wanted(text: &str) -> Wanted {
        Wanted::of(&toml::from_str(text).expect("the table is right")).expect("it can be created")
    }

    /// A collection as it is there after it was created so.
    fn created(wanted: &Wanted) -> DescribeCollectionResponse {
        let request = request::collection("books", wanted);
        DescribeCollectionResponse {
            schema: Some(CollectionSchema::decode(&*request.schema).expect("a schema")),
            shards_num: request.shards_num,
            num_partitions: request.num_partitions,
            ..DescribeCollectionResponse::default()
        }
    }

    const BOOKS: &str = "dynamic_field = true\nfields = [
        { name = 'id', type = 'VarChar(64)', primary_key = true },
        { name = 'tags', type = 'Array(VarChar(8), 9)' },
        { name = 'size', type = 'Int32', nullable = true, default = 7 },
        { name = 'body', type = 'VarChar(999)', analyzer = { type = 'english' } },
        { name = 'words', type = 'SparseFloatVector', bm25_of = 'body' },
        { name = 'v', type = 'FloatVector(4)', index = { type = 'HNSW' } }]";

    #[test]
    fn what_was_created_by_the_file_is_as_the_file_says() {
        let wanted = wanted(BOOKS);
        assert_eq!(collection(&wanted, &created(&wanted)), Differences::default());
    }

    #[test]
    fn what_a_server_does_not_tell_is_taken_as_it_should_be() {
        let wanted = wanted(BOOKS);
        let mut there = created(&wanted);
        for field in there.schema.iter_mut().flat_map(|schema| &mut schema.fields).filter(|field| field.name == "tags")
        {
            field.type_params.retain(|param| param.key != "max_length");
        }
        assert_eq!(collection(&wanted, &there), Differences::default());
    }

    #[test]
    fn differences_are_told_field_by_field() {
        let there = created(&wanted(
            "shards = 2\nfields = [
                { name = 'id', type = 'Int64', primary_key = true, auto_id = true },
                { name = 'tags', type = 'Array(VarChar(8), 10)' },
                { name = 'size', type = 'Int32', default = 8 },
                { name = 'body', type = 'VarChar(999)', partition_key = true, clustering_key = true },
                { name = 'words', type = 'SparseFloatVector' },
                { name = 'more', type = 'Bool', nullable = true }, { name = 'must', type = 'Bool' }]",
        ));
        let Differences { grave, slight } = collection(&wanted(BOOKS), &there);
        insta::assert_snapshot!(grave.join("\n"), @r"
        field `id`: VarChar(64) in the file, Int64 in the collection
        field `tags`: Array(VarChar(8), 9) in the file, Array(VarChar(8), 10) in the collection
        field `size`: nullable in the file, and not in the collection
        field `size`: its default is another one in the collection, or there is none
        field `body`: the partition key in the collection, and not in the file
        field `words`: made by a function in the file, and not in the collection
        field `v`: FloatVector(4) in the file, and the collection does not have it
        field `must`: Bool in the collection, and the file does not have it
        the dynamic field in the file, and not in the collection
        ");
        insta::assert_snapshot!(slight.join("\n"), @r"
        field `body`: the clustering key in the collection, and not in the file
        field `body`: with an analyzer in the file, and not in the collection
        field `more`: Bool in the collection, and the file does not have it
        shards: 1 in the file, 2 in the collection
        ");
    }

    #[test]
    fn an_index_of_another_kind_is_told_and_what_was_left_to_milvus_is_not() {
        let wanted = wanted(
            &BOOKS.replace("type = 'HNSW'", "type = 'HNSW' } }, { name = 'w', type = 'FloatVector(4)', index = {"),
        );
        let index = |kind: &str, metric: &str| {
            let pair = |key: &str, value: &str| KeyValuePair { key: key.into(), value: value.into() };
            let params = vec![pair("index_type", kind), pair("metric_type", metric)];
            IndexDescription { params, ..IndexDescription::default() }
        };
        let there = HashMap::from([
            ("v".into(), index("IVF_FLAT", "L2")),
            ("w".into(), index("ANY", "COSINE")),
            ("words".into(), index("SPARSE_INVERTED_INDEX", "BM25")),
        ]);
        assert_eq!(
            indexes(&wanted, &there),
            [
                "index of `v`: kind HNSW in the file, IVF_FLAT in the collection",
                "index of `v`: metric COSINE in the file, L2 in the collection",
            ]
        );
    }
}
