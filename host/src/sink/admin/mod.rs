//! Making, loading and reading collections: what `kiteline demo` and the tests need besides writing.

mod read;
mod values;

use std::time::Duration;

use milvus::proto::common::{ConsistencyLevel, KeyValuePair};
use milvus::proto::milvus as proto;
use milvus::proto::schema::CollectionSchema;
use prost::Message;

pub use read::{Hit, Query, Search};

use super::connect::Client;
use super::error::SinkError;
use super::fault::Fault;
use super::schema::Schema;
use super::types::proto_of;

/// How often the progress of loading is asked for.
const ASK_AGAIN: Duration = Duration::from_millis(200);

/// An index of a collection. Milvus loads a collection only if its vectors have one.
#[derive(Debug, Clone)]
pub struct Index {
    /// The field.
    pub field: String,
    /// Milvus' name of the kind of index, such as `FLAT` or `HNSW`.
    pub kind: String,
    /// Milvus' name of the metric, such as `COSINE`; none for fields that are no vectors.
    pub metric: Option<String>,
    /// Parameters of the kind, such as `("M", "16")`.
    pub params: Vec<(String, String)>,
}

impl Client {
    /// Creates a collection with indexes, not loaded.
    pub async fn create_collection(&self, schema: &Schema, indexes: &[Index]) -> Result<(), SinkError> {
        let collection = &schema.collection;
        let fields = collection.fields.iter().zip(&schema.defaults);
        #[expect(deprecated, reason = "Milvus Lite reads it here and not at the field")]
        let message = CollectionSchema {
            name: collection.name.to_string(),
            auto_id: collection.primary_key().is_some_and(|key| key.auto_id),
            fields: fields.map(|(field, default)| proto_of(field, default.as_ref())).collect(),
            enable_dynamic_field: collection.dynamic,
            ..CollectionSchema::default()
        };
        let request = proto::CreateCollectionRequest {
            collection_name: collection.name.to_string(),
            schema: message.encode_to_vec(),
            shards_num: 1,
            consistency_level: ConsistencyLevel::Bounded.into(),
            ..proto::CreateCollectionRequest::default()
        };
        let what = format!("create the collection `{}`", collection.name);
        self.ask(&what, request, async |mut service, request| service.create_collection(request).await).await?;
        for index in indexes {
            self.create_index(&collection.name, index).await?;
        }
        Ok(())
    }

    async fn create_index(&self, collection: &str, index: &Index) -> Result<(), SinkError> {
        let Index { field, kind, metric, params } = index;
        let mut extra_params = vec![pair("index_type", kind)];
        extra_params.extend(metric.iter().map(|metric| pair("metric_type", metric)));
        extra_params.extend(params.iter().map(|(key, value)| pair(key, value)));
        let request = proto::CreateIndexRequest {
            collection_name: collection.into(),
            field_name: field.clone(),
            extra_params,
            ..proto::CreateIndexRequest::default()
        };
        let what = format!("create the index of `{field}` in `{collection}`");
        self.ask(&what, request, async |mut service, request| service.create_index(request).await).await?;
        Ok(())
    }

    /// Loads a collection and waits until it can be searched, at most so long.
    pub async fn load(&self, collection: &str, at_most: Duration) -> Result<(), SinkError> {
        let what = format!("load the collection `{collection}`");
        let request = proto::LoadCollectionRequest {
            collection_name: collection.into(),
            replica_number: 1,
            ..proto::LoadCollectionRequest::default()
        };
        self.ask(&what, request, async |mut service, request| service.load_collection(request).await).await?;
        let loaded = async {
            while self.loading_progress(collection, &what).await? < 100 {
                tokio::time::sleep(ASK_AGAIN).await;
            }
            Ok(())
        };
        let late = |_| self.error(&Fault::Answer(format!("it is not done after {at_most:?}")), &what);
        tokio::time::timeout(at_most, loaded).await.map_err(late)?
    }

    async fn loading_progress(&self, collection: &str, what: &str) -> Result<i64, SinkError> {
        let request = proto::GetLoadingProgressRequest {
            collection_name: collection.into(),
            ..proto::GetLoadingProgressRequest::default()
        };
        let answer =
            self.ask(what, request, async |mut service, request| service.get_loading_progress(request).await).await?;
        Ok(answer.progress)
    }

    /// True where there is such a collection.
    pub async fn has_collection(&self, collection: &str) -> Result<bool, SinkError> {
        let request = proto::HasCollectionRequest {
            collection_name: collection.into(),
            ..proto::HasCollectionRequest::default()
        };
        let what = format!("say whether it has the collection `{collection}`");
        Ok(self.ask(&what, request, async |mut service, request| service.has_collection(request).await).await?.value)
    }

    /// Drops a collection with all its rows.
    pub async fn drop_collection(&self, collection: &str) -> Result<(), SinkError> {
        let request = proto::DropCollectionRequest {
            collection_name: collection.into(),
            ..proto::DropCollectionRequest::default()
        };
        let what = format!("drop the collection `{collection}`");
        self.ask(&what, request, async |mut service, request| service.drop_collection(request).await).await?;
        Ok(())
    }

    /// Creates a database.
    pub async fn create_database(&self, database: &str) -> Result<(), SinkError> {
        let request =
            proto::CreateDatabaseRequest { db_name: database.into(), ..proto::CreateDatabaseRequest::default() };
        let what = format!("create the database `{database}`");
        self.ask(&what, request, async |mut service, request| service.create_database(request).await).await?;
        Ok(())
    }
}

fn pair(key: &str, value: &str) -> KeyValuePair {
    KeyValuePair { key: key.into(), value: value.into() }
}
