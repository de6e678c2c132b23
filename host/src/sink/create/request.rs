//! What is sent to create a collection and its indexes.

use milvus::proto::common::{ConsistencyLevel, KeyValuePair};
use milvus::proto::milvus as proto;
use milvus::proto::schema::{CollectionSchema, FieldSchema, FunctionSchema, FunctionType};
use prost::Message;

use super::wanted::{Wanted, WantedField, WantedIndex};
use crate::config::Consistency;
use crate::sink::types::proto_of;

/// The request that creates the collection.
pub(super) fn collection(name: &str, wanted: &Wanted) -> proto::CreateCollectionRequest {
    let functions = wanted.fields.iter().filter_map(function_of);
    #[expect(deprecated, reason = "Milvus Lite reads it here and not at the field")]
    let schema = CollectionSchema {
        name: name.into(),
        auto_id: wanted.fields.iter().any(|wanted| wanted.field.auto_id),
        fields: wanted.fields.iter().map(field).collect(),
        enable_dynamic_field: wanted.dynamic,
        functions: functions.collect(),
        ..CollectionSchema::default()
    };
    let consistency = match wanted.consistency {
        Consistency::Strong => ConsistencyLevel::Strong,
        Consistency::Session => ConsistencyLevel::Session,
        Consistency::Bounded => ConsistencyLevel::Bounded,
        Consistency::Eventually => ConsistencyLevel::Eventually,
    };
    proto::CreateCollectionRequest {
        collection_name: name.into(),
        schema: schema.encode_to_vec(),
        shards_num: i32::try_from(wanted.shards).unwrap_or(1),
        consistency_level: consistency.into(),
        num_partitions: wanted.partition_count.map_or(0, i64::from),
        ..proto::CreateCollectionRequest::default()
    }
}

fn field(wanted: &WantedField) -> FieldSchema {
    let mut field = proto_of(&wanted.field, wanted.default.as_ref());
    field.is_clustering_key = wanted.clustering_key;
    field.is_function_output = wanted.field.function_output;
    if let Some(analyzer) = &wanted.analyzer {
        field.type_params.push(pair("enable_analyzer", "true"));
        if analyzer != "{}" {
            field.type_params.push(pair("analyzer_params", analyzer));
        }
    }
    field
}

fn function_of(wanted: &WantedField) -> Option<FunctionSchema> {
    Some(FunctionSchema {
        name: format!("bm25_{}", wanted.field.name),
        r#type: FunctionType::Bm25.into(),
        input_field_names: vec![wanted.bm25_of.clone()?],
        output_field_names: vec![wanted.field.name.to_string()],
        ..FunctionSchema::default()
    })
}

/// The request that creates an index.
pub(super) fn index(collection: &str, field: &str, index: &WantedIndex) -> proto::CreateIndexRequest {
    let mut extra_params = vec![pair("index_type", &index.kind)];
    extra_params.extend(index.metric.iter().map(|metric| pair("metric_type", metric)));
    extra_params.extend(index.params.iter().map(|params| pair("params", params)));
    proto::CreateIndexRequest {
        collection_name: collection.into(),
        field_name: field.into(),
        extra_params,
        ..proto::CreateIndexRequest::default()
    }
}

fn pair(key: &str, value: &str) -> KeyValuePair {
    KeyValuePair { key: key.into(), value: value.into() }
}
