//! Reading rows back: by filter, by vector, and how many there are.

use milvus::proto::common::{ConsistencyLevel, DslType, PlaceholderGroup, PlaceholderType, PlaceholderValue};
use milvus::proto::milvus as proto;
use milvus::proto::milvus::search_request::SearchInput;
use milvus::proto::schema::i_ds::IdField;
use prost::Message;
use serde_json::{Map, Value, json};

use super::pair;
use super::values::rows_of;
use crate::sink::connect::Client;
use crate::sink::error::SinkError;
use crate::sink::fault::Fault;

/// Which rows are wanted, and what of them.
#[derive(Debug, Clone, Default)]
pub struct Query<'a> {
    /// Milvus' filter expression, such as `id in [1, 2]`. Empty, it means all rows.
    pub filter: &'a str,
    /// The fields wanted; `*` is all of them.
    pub fields: &'a [&'a str],
    /// Only these partitions; empty is all.
    pub partitions: &'a [&'a str],
    /// At most so many rows; Milvus allows 16,384.
    pub limit: usize,
}

/// Which vectors are wanted.
#[derive(Debug, Clone, Copy)]
pub struct Search<'a> {
    /// The vector field.
    pub field: &'a str,
    /// The vector that the others are near to.
    pub vector: &'a [f32],
    /// Milvus' filter expression; empty, it means all rows.
    pub filter: &'a str,
    /// At most so many.
    pub limit: usize,
    /// The fields wanted of each.
    pub fields: &'a [&'a str],
}

/// What a search found.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// Its primary key.
    pub key: Value,
    /// How near it is, by the metric of the index.
    pub score: f32,
    /// The fields that were wanted.
    pub fields: Map<String, Value>,
}

impl Client {
    /// Reads rows of a loaded collection, with all that was written before. Numbers, texts, arrays and vectors are
    /// what they are in JSON, the fields of the dynamic field stand among the others.
    pub async fn query(&self, collection: &str, query: &Query<'_>) -> Result<Vec<Map<String, Value>>, SinkError> {
        let mut request = query_request(collection, query);
        request.output_fields = query.fields.iter().map(ToString::to_string).collect();
        request.query_params = vec![pair("limit", &query.limit.to_string())];
        let what = format!("query the collection `{collection}`");
        let answer = self.ask(&what, request, async |mut service, request| service.query(request).await).await?;
        rows_of(&answer.fields_data).map_err(|text| self.error(&Fault::Answer(text), &what))
    }

    /// How many rows of a loaded collection pass a filter; all of them where it is empty.
    pub async fn count(&self, collection: &str, filter: &str) -> Result<u64, SinkError> {
        let mut request = query_request(collection, &Query { filter, ..Query::default() });
        request.output_fields = vec!["count(*)".into()];
        let what = format!("count the rows of `{collection}`");
        let answer = self.ask(&what, request, async |mut service, request| service.query(request).await).await?;
        let rows = rows_of(&answer.fields_data).map_err(|text| self.error(&Fault::Answer(text), &what))?;
        let count = rows.first().and_then(|row| row.values().next()).and_then(Value::as_u64);
        count.ok_or_else(|| self.error(&Fault::Answer("no count".into()), &what))
    }

    /// The nearest vectors of a loaded collection, the best first.
    pub async fn search(&self, collection: &str, search: &Search<'_>) -> Result<Vec<Hit>, SinkError> {
        let value = search.vector.iter().flat_map(|number| number.to_le_bytes()).collect();
        let placeholder = PlaceholderValue {
            tag: "$0".into(),
            r#type: PlaceholderType::FloatVector.into(),
            values: vec![value],
            ..PlaceholderValue::default()
        };
        let group = PlaceholderGroup { placeholders: vec![placeholder] }.encode_to_vec();
        let request = proto::SearchRequest {
            collection_name: collection.into(),
            dsl: search.filter.to_owned(),
            dsl_type: DslType::BoolExprV1.into(),
            output_fields: search.fields.iter().map(ToString::to_string).collect(),
            search_params: vec![
                pair("anns_field", search.field),
                pair("topk", &search.limit.to_string()),
                pair("params", "{}"),
                pair("round_decimal", "-1"),
            ],
            nq: 1,
            consistency_level: ConsistencyLevel::Strong.into(),
            search_input: Some(SearchInput::PlaceholderGroup(group)),
            ..proto::SearchRequest::default()
        };
        let what = format!("search the collection `{collection}`");
        let answer = self.ask(&what, request, async |mut service, request| service.search(request).await).await?;
        let results = answer.results.unwrap_or_default();
        let mut fields = rows_of(&results.fields_data).map_err(|text| self.error(&Fault::Answer(text), &what))?;
        let keys: Vec<Value> = match results.ids.and_then(|ids| ids.id_field) {
            Some(IdField::IntId(ids)) => ids.data.into_iter().map(|id| json!(id)).collect(),
            Some(IdField::StrId(ids)) => ids.data.into_iter().map(|id| json!(id)).collect(),
            _ => Vec::new(),
        };
        fields.resize_with(keys.len(), Map::new);
        let hits = keys.into_iter().zip(results.scores).zip(fields);
        Ok(hits.map(|((key, score), fields)| Hit { key, score, fields }).collect())
    }
}

fn query_request(collection: &str, query: &Query<'_>) -> proto::QueryRequest {
    proto::QueryRequest {
        collection_name: collection.into(),
        expr: query.filter.into(),
        partition_names: query.partitions.iter().map(ToString::to_string).collect(),
        consistency_level: ConsistencyLevel::Strong.into(),
        ..proto::QueryRequest::default()
    }
}
