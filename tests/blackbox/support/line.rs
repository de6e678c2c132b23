//! A topic, a group and a collection whose rows are an id, a small number and a vector.

use std::collections::BTreeSet;

use kiteline::target::{Field, FieldType};
use serde_json::json;

use super::collection::{Milvus, field, text, vector};
use super::kafka::{self, ToSend};
use super::pipeline::Names;

/// A topic, a group and a collection of a test's own, on the real Kafka and on Milvus Lite.
pub(crate) struct Line {
    pub(crate) milvus: Milvus,
    pub(crate) names: Names,
}

/// The value of a record that becomes a row.
pub(crate) fn value(id: &str, number: i64) -> Vec<u8> {
    json!({"id": id, "number": number, "v": [1, 2]}).to_string().into_bytes()
}

impl Line {
    pub(crate) fn new(test: &str, partitions: i32) -> Self {
        let milvus = Milvus::lite();
        let names = Names::unique(test, kafka::brokers(), milvus.uri.clone());
        kafka::create_topics(&[(&names.topic, partitions)]);
        let key = Field { primary: true, ..field("id", text(64)) };
        milvus.create(&names.collection, &[key, field("number", FieldType::Int8), field("v", vector(2))]);
        Self { milvus, names }
    }

    /// The name of its dead letter's topic.
    pub(crate) fn dead(&self) -> String {
        format!("{}.dead", self.names.topic)
    }

    /// Writes records that become rows, by their keys.
    pub(crate) fn produce<'a>(&self, ids: impl IntoIterator<Item = &'a str>) {
        let records: Vec<_> = ids.into_iter().map(|id| (id, value(id, 1))).collect();
        kafka::produce(&self.names.topic, records.iter().map(|(key, value)| ToSend { key, value: Some(value) }));
    }

    /// The ids of the rows.
    pub(crate) fn ids(&self) -> BTreeSet<String> {
        self.milvus.rows(&self.names.collection, "id").into_keys().collect()
    }

    /// The offset that the group has committed, over all partitions.
    pub(crate) fn committed(&self) -> i64 {
        kafka::committed(&self.names.group, &self.names.topic)
    }
}
