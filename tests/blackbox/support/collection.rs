//! Collections of the tests.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use kiteline::batch::VectorType;
use kiteline::sink::{Client, Described, Index, Options, Query, Schema, SinkError};
use kiteline::target::{Collection, Field, FieldType};
use milvus::proto::milvus::milvus_service_client::MilvusServiceClient;
use milvus::proto::milvus::{AlterAliasRequest, CreateAliasRequest, CreateCollectionRequest};
use milvus::proto::schema::CollectionSchema;
use prost::Message;
use serde_json::{Map, Value};
use tokio::runtime::Runtime;
use tonic::transport::Endpoint;

/// Rows that one query asks for; Milvus allows 16,384 and answers up to 64 MiB.
const PAGE: usize = 4000;

/// A Milvus as a test sees it.
pub(crate) struct Milvus {
    runtime: Runtime,
    client: Client,
    pub(crate) uri: String,
}

impl Milvus {
    /// The real Milvus 2.3.5.
    pub(crate) fn real() -> Self {
        Self::at(super::server("KITELINE_TEST_MILVUS", "milvus.sh"))
    }

    /// Milvus Lite.
    pub(crate) fn lite() -> Self {
        Self::at(super::server("KITELINE_TEST_MILVUS_LITE", "milvus-lite.sh"))
    }

    /// The one at that address.
    pub(crate) fn at(uri: String) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let runtime = runtime.expect("a runtime");
        let options =
            Options { uri: uri.clone(), token: None, tls: None, database: None, timeout: Duration::from_secs(60) };
        let client = runtime.block_on(Client::connect(&options)).expect("Milvus answers");
        Self { runtime, client, uri }
    }

    /// Makes a collection with an index on each vector, and loads it.
    pub(crate) fn create(&self, name: &str, fields: &[Field]) {
        let collection = Collection { name: name.into(), fields: fields.to_vec(), dynamic: false, loaded: false };
        self.create_schema(&Schema::new(collection));
    }

    /// The same, with all that a schema can say.
    pub(crate) fn create_schema(&self, schema: &Schema) {
        self.try_create(schema).expect("created");
    }

    /// The same, where the server may refuse it.
    pub(crate) fn try_create(&self, schema: &Schema) -> Result<(), SinkError> {
        let index = |field: &Field| {
            let FieldType::Vector { ty, .. } = &field.ty else { return None };
            let (kind, metric) = match ty {
                VectorType::SparseFloat => ("SPARSE_INVERTED_INDEX", "IP"),
                VectorType::Binary => ("BIN_FLAT", "HAMMING"),
                _ => ("FLAT", "COSINE"),
            };
            let field = field.name.to_string();
            Some(Index { field, kind: kind.into(), metric: Some(metric.into()), params: Vec::new() })
        };
        let indexes: Vec<Index> = schema.collection.fields.iter().filter_map(index).collect();
        self.runtime.block_on(async {
            self.client.create_collection(schema, &indexes).await?;
            self.client.load(&schema.collection.name, Duration::from_secs(60)).await
        })
    }

    /// Makes a collection that can only be written.
    pub(crate) fn create_unloaded(&self, name: &str, fields: &[Field]) {
        let collection = Collection { name: name.into(), fields: fields.to_vec(), dynamic: false, loaded: false };
        let schema = Schema::new(collection);
        self.runtime.block_on(self.client.create_collection(&schema, &[])).expect("created");
    }

    /// Drops a collection.
    pub(crate) fn drop(&self, name: &str) {
        self.runtime.block_on(self.client.drop_collection(name)).expect("dropped");
    }

    /// Lets an alias point to a collection, whether there is one already or not.
    pub(crate) fn alias(&self, alias: &str, collection: &str) {
        let (alias, collection_name) = (alias.to_owned(), collection.to_owned());
        self.runtime.block_on(async {
            let channel = Endpoint::from_shared(self.uri.clone()).expect("an address").connect().await;
            let mut service = MilvusServiceClient::new(channel.expect("connects"));
            let create = CreateAliasRequest {
                alias: alias.clone(),
                collection_name: collection_name.clone(),
                ..CreateAliasRequest::default()
            };
            if service.create_alias(create).await.expect("answers").into_inner().code != 0 {
                let alter = AlterAliasRequest { alias, collection_name, ..AlterAliasRequest::default() };
                assert_eq!(service.alter_alias(alter).await.expect("answers").into_inner().code, 0);
            }
        });
    }

    /// All rows by their primary key, a text.
    pub(crate) fn rows(&self, collection: &str, key: &str) -> HashMap<String, Map<String, Value>> {
        let query = Query { fields: &["*"], limit: PAGE, ..Query::default() };
        self.by_key(collection, key, &format!("{key} >= \"\""), query)
    }

    /// The primary keys of all rows, integers in a field `id`.
    pub(crate) fn ids(&self, collection: &str) -> Vec<i64> {
        let query = Query { filter: "id >= -9223372036854775807", fields: &["id"], limit: PAGE, ..Query::default() };
        let rows = self.runtime.block_on(self.client.query(collection, &query)).expect("read");
        let mut ids: Vec<i64> = rows.iter().map(|row| row["id"].as_i64().expect("an integer")).collect();
        ids.sort_unstable();
        ids
    }

    /// All rows by their primary key, an integer in a field `id`.
    pub(crate) fn rows_by_id(&self, collection: &str) -> BTreeMap<i64, Value> {
        let query = Query { filter: "id >= -9223372036854775807", fields: &["*"], limit: PAGE, ..Query::default() };
        let rows = self.runtime.block_on(self.client.query(collection, &query)).expect("read");
        rows.into_iter().map(|row| (row["id"].as_i64().expect("an integer"), row.into())).collect()
    }

    /// All rows, with all fields, of a collection with that primary key, which is a text or an integer.
    pub(crate) fn all_rows(&self, collection: &str, (key, is_text): (&str, bool)) -> Vec<Map<String, Value>> {
        let least = if is_text { "\"\"" } else { "-9223372036854775807" };
        let filter = format!("{key} >= {least}");
        let query = Query { filter: &filter, fields: &["*"], limit: PAGE, ..Query::default() };
        self.runtime.block_on(self.client.query(collection, &query)).expect("read")
    }

    /// The rows of one partition by their primary key, a text.
    pub(crate) fn rows_of_partition(
        &self,
        collection: &str,
        key: &str,
        partition: &str,
    ) -> HashMap<String, Map<String, Value>> {
        let query = Query { fields: &[key], partitions: &[partition], limit: PAGE, ..Query::default() };
        self.by_key(collection, key, &format!("{key} >= \"\""), query)
    }

    fn by_key(
        &self,
        collection: &str,
        key: &str,
        filter: &str,
        query: Query<'_>,
    ) -> HashMap<String, Map<String, Value>> {
        let query = Query { filter, ..query };
        let rows = self.runtime.block_on(self.client.query(collection, &query)).expect("read");
        assert!(rows.len() < PAGE, "more rows than a page has");
        let count = rows.len();
        let by_key: HashMap<String, Map<String, Value>> =
            rows.into_iter().map(|row| (row[key].as_str().expect("a text").to_owned(), row)).collect();
        assert_eq!(by_key.len(), count, "each key is there once");
        by_key
    }

    /// The collection as it is, where it is there.
    pub(crate) fn try_describe(&self, collection: &str) -> Result<Described, SinkError> {
        self.runtime.block_on(self.client.describe(collection))
    }

    /// The names of the partitions.
    pub(crate) fn partitions(&self, collection: &str) -> Vec<String> {
        self.runtime.block_on(self.client.describe(collection)).expect("described").partitions
    }
}

/// Makes a collection of that name as another client described it.
pub(crate) fn create_as_given(uri: &str, name: &str, schema: &[u8]) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let channel = Endpoint::from_shared(uri.to_owned()).expect("an address").connect().await;
        let mut service = MilvusServiceClient::new(channel.expect("connects"));
        let mut given = CollectionSchema::decode(schema).expect("a schema");
        given.name = name.into();
        let request = CreateCollectionRequest {
            collection_name: name.into(),
            schema: given.encode_to_vec(),
            ..CreateCollectionRequest::default()
        };
        let status = service.create_collection(request).await.expect("answers").into_inner();
        assert_eq!(status.code, 0, "{}", status.reason);
    });
}

/// A field without any mark.
pub(crate) fn field(name: &str, ty: FieldType) -> Field {
    Field::new(name, ty)
}

/// A text of at most so many bytes.
pub(crate) fn text(max_length: u32) -> FieldType {
    FieldType::VarChar { max_length }
}

/// A vector.
pub(crate) fn vector(dim: u32) -> FieldType {
    FieldType::Vector { ty: VectorType::Float, dim }
}

/// The fields of the packages, as the demo has them.
pub(crate) fn package_fields() -> Vec<Field> {
    let tags = FieldType::Array { element: Box::new(text(64)), max_capacity: 48 };
    vec![
        Field { primary: true, ..field("name", text(64)) },
        field("version", text(64)),
        field("section", text(32)),
        field("size_kb", FieldType::Int64),
        field("summary", text(256)),
        field("tags", tags),
        field("homepage", text(256)),
        field("arch", text(32)),
        field("priority", text(32)),
        field("meta", FieldType::Json),
        field("embedding", vector(384)),
    ]
}
