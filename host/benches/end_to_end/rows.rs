//! The rows that the records become, as columns.

use serde::Deserialize;

use crate::feed::{DIM, Feed};

/// Columns of the rows; the vectors stand behind each other.
pub(super) struct Rows {
    pub(super) ids: Vec<i64>,
    pub(super) titles: Vec<String>,
    pub(super) tenants: Vec<String>,
    pub(super) vectors: Vec<f32>,
    pub(super) dim: usize,
}

#[derive(Deserialize)]
struct Record {
    id: i64,
    title: String,
    tenant: String,
    emb: Vec<f32>,
}

impl Rows {
    /// Of the first records.
    pub(super) fn of(feed: &Feed, records: u64) -> Self {
        let [titles, tenants] = [(); 2].map(|()| Vec::new());
        let mut rows = Self { ids: Vec::new(), titles, tenants, vectors: Vec::new(), dim: DIM };
        for id in 0..records {
            let Record { id, title, tenant, emb } = serde_json::from_slice(&feed.payload(id)).expect("it is JSON");
            rows.ids.push(id);
            rows.titles.push(title);
            rows.tenants.push(tenant);
            rows.vectors.extend(emb);
        }
        rows
    }
}
