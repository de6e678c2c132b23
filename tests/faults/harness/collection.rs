//! The collection that a scenario writes to, read back whole.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use kiteline::batch::VectorType;
use kiteline::sink::{Client, Index, Options, Query, Schema, SinkError};
use kiteline::target::{self, Field, FieldType};
use serde_json::{Map, Value};
use tokio::runtime::Runtime;

use super::record;

/// Keys that one query asks for; Milvus answers up to 64 MiB.
const PAGE: u32 = 2000;
/// How long Milvus may take to answer after a fault: after a kill, collections load only when the old session is over.
const RECOVERY: Duration = Duration::from_secs(120);

/// A collection as the harness sees it: beside every proxy.
pub(crate) struct Collection {
    runtime: Runtime,
    client: Client,
    name: String,
    dim: u32,
}

/// All that a collection holds.
#[derive(Debug, Default)]
pub(crate) struct Rows {
    /// The rows that a query gives, by their keys.
    pub(crate) by_key: HashMap<String, Vec<Map<String, Value>>>,
    /// How many rows the collection counts. A query gives a key once, even where it is there twice.
    pub(crate) count: u64,
}

impl Collection {
    pub(crate) fn new(uri: &str, name: &str, dim: u32) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let runtime = runtime.expect("a runtime");
        let timeout = Duration::from_secs(20);
        let options = Options { uri: uri.to_owned(), token: None, database: None, tls: None, timeout };
        let client = again("Milvus does not answer", || runtime.block_on(Client::connect(&options)));
        Self { runtime, client, name: name.to_owned(), dim }
    }

    /// Makes the collection and loads it.
    pub(crate) fn create(&self, more: &[Field]) {
        let mut fields = vec![
            Field { primary: true, ..Field::new("id", FieldType::VarChar { max_length: 64 }) },
            Field::new("seq", FieldType::Int64),
            Field::new("level", FieldType::Int8),
            Field::new("note", FieldType::VarChar { max_length: record::NOTE }),
            Field::new("v", FieldType::Vector { ty: VectorType::Float, dim: self.dim }),
        ];
        fields.extend_from_slice(more);
        let collection = target::Collection { name: self.name.as_str().into(), fields, dynamic: false, loaded: false };
        let index = Index { field: "v".into(), kind: "FLAT".into(), metric: Some("COSINE".into()), params: Vec::new() };
        self.runtime
            .block_on(self.client.create_collection(&Schema::new(collection), &[index]))
            .expect("the collection is made");
        self.load();
    }

    /// Loads the collection, as an operator does where Milvus does not by itself.
    pub(crate) fn load(&self) {
        again("the collection is not loaded", || self.runtime.block_on(self.client.load(&self.name, RECOVERY)));
    }

    /// Drops it with all its rows.
    pub(crate) fn remove(&self) {
        self.runtime.block_on(self.client.drop_collection(&self.name)).expect("dropped");
    }

    /// How many rows it has.
    pub(crate) fn count(&self) -> u64 {
        again("no count", || self.runtime.block_on(self.client.count(&self.name, "")))
    }

    /// True where Milvus answers questions about rows before the time is over.
    pub(crate) fn answers_within(&self, time: Duration) -> bool {
        let deadline = Instant::now() + time;
        let query = Query { filter: "", fields: &["id"], limit: 1, ..Query::default() };
        while self.runtime.block_on(self.client.query(&self.name, &query)).is_err() {
            if Instant::now() > deadline {
                return false;
            }
            std::thread::park_timeout(Duration::from_millis(200));
        }
        true
    }

    /// All rows of keys below a number, and how many rows there are in all.
    pub(crate) fn rows(&self, keys: u32) -> Rows {
        let mut rows = Rows { count: self.count(), ..Rows::default() };
        for from in (0..keys).step_by(PAGE as usize) {
            let filter = format!("id >= \"{}\" and id < \"{}\"", record::key(from), record::key(from + PAGE));
            let query = Query { filter: &filter, fields: &["*"], limit: 2 * PAGE as usize, ..Query::default() };
            let page = again("no rows", || self.runtime.block_on(self.client.query(&self.name, &query)));
            assert!(page.len() < query.limit, "a page has more rows than keys, twice");
            for row in page {
                let id = row["id"].as_str().expect("a text").to_owned();
                rows.by_key.entry(id).or_default().push(row);
            }
        }
        rows
    }
}

/// Asks until there is an answer.
fn again<T>(what: &str, mut ask: impl FnMut() -> Result<T, SinkError>) -> T {
    let deadline = Instant::now() + RECOVERY;
    loop {
        match ask() {
            Ok(answer) => return answer,
            Err(error) => assert!(Instant::now() < deadline, "{what}: {error}"),
        }
        std::thread::park_timeout(Duration::from_millis(200));
    }
}
