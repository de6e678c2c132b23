//! Looks at the collections' schemas while a run goes on.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::task::JoinHandle;

use super::error::RunError;
use crate::pipeline::{Pipeline, Writable};
use crate::sink::{Client, SinkError};

/// A task of the runtime, ended when this is dropped.
pub(super) struct Watch {
    changed: Arc<OnceLock<Changed>>,
    task: JoinHandle<()>,
}

struct Changed {
    collection: String,
    why: &'static str,
}

impl Watch {
    pub(super) fn start(pipeline: &Pipeline, runtime: &Handle) -> Self {
        let milvus = pipeline.milvus().expect("a pipeline that runs is connected");
        let (client, collections) = (milvus.client.clone(), milvus.collections.clone());
        let changed = Arc::<OnceLock<Changed>>::default();
        let interval = pipeline.file().milvus.watch.get();
        let task = runtime.spawn(look(client, collections, interval, Arc::clone(&changed)));
        Self { changed, task }
    }

    /// Which collection is not what it was at the start.
    pub(super) fn changed(&self) -> Option<RunError> {
        self.changed.get().map(|Changed { collection, why }| RunError::Changed {
            collection: collection.clone(),
            why: (*why).to_owned(),
        })
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn look(client: Client, collections: Vec<Arc<Writable>>, interval: Duration, changed: Arc<OnceLock<Changed>>) {
    while changed.get().is_none() {
        tokio::time::sleep(interval).await;
        for collection in &collections {
            let schema = &collection.described.schema;
            let why = match client.describe(&schema.collection.name).await {
                Ok(now) if schema.is_same(&now.schema) => continue,
                Ok(_) => "its schema is another than at the start",
                Err(SinkError::NoCollection { .. }) => "it is gone",
                // Writes meet an outage as well, and deal with it.
                Err(error) => {
                    tracing::debug!(%error, "the schema could not be looked at");
                    continue;
                }
            };
            let _ = changed.set(Changed { collection: schema.collection.name.to_string(), why });
            return;
        }
    }
}
