//! Sends write requests, on the runtime's threads.

use std::sync::Arc;

use tokio::runtime::Handle;

use super::core::Outcome;
use crate::batch::Operation;
use crate::pipeline::{Pipeline, Writable};
use crate::sink::{Class, Client, PartitionError, Request, WriteError};

/// A request that ended, for the lane that sent it.
pub(super) struct Ended {
    pub(super) request: Request,
    pub(super) outcome: Outcome,
}

/// Who is told that a request ended; called from the runtime's threads.
pub(super) type Notify = Arc<dyn Fn(Box<Ended>) + Send + Sync>;

pub(super) struct Sender {
    client: Client,
    collections: Vec<Arc<Writable>>,
    runtime: Handle,
    notify: Notify,
    /// Whether a key may come to another partition than before, as the pipeline file says.
    keys_move: bool,
    /// Whether a plugin decides the partitions of rows.
    routed: bool,
}

impl Sender {
    pub(super) fn new(pipeline: &Pipeline, runtime: Handle, notify: Notify) -> Self {
        let milvus = pipeline.milvus().expect("a pipeline that runs is connected");
        Self {
            client: milvus.client.clone(),
            collections: milvus.collections.clone(),
            runtime,
            notify,
            // What a part of a row is put into must still be there.
            keys_move: pipeline.file().milvus.keys_move && !pipeline.rules().partial,
            routed: false,
        }
    }

    /// A plugin decided the partitions of rows: from now on a key may be in another one already.
    pub(super) fn note_routes(&mut self) {
        self.routed = true;
    }

    /// Sends a request once. Its end is told.
    pub(super) fn send(&self, request: Request) {
        let of_request = |known: &&Arc<Writable>| Arc::ptr_eq(&known.described.schema, request.schema());
        let collection = Arc::clone(self.collections.iter().find(of_request).expect("rows are of these collections"));
        let (client, notify) = (self.client.clone(), Arc::clone(&self.notify));
        let delete_first = self.keys_move && self.routed && request.operation() == Operation::Upsert;
        self.runtime.spawn(async move {
            let outcome = attempt(&client, &collection, &request, delete_first).await;
            if let Outcome::Failed(error) = &outcome {
                let (rows, attempts) = (request.rows(), request.attempts());
                tracing::warn!(collection = %request.schema().collection.name, rows, attempts, %error, "write request");
            }
            notify(Box::new(Ended { request, outcome }));
        });
    }
}

async fn attempt(client: &Client, collection: &Writable, request: &Request, delete_first: bool) -> Outcome {
    if let Some(name) = request.partition() {
        match collection.partitions.ensure(name).await {
            Ok(()) => {}
            Err(PartitionError::Rejected(reason)) => return Outcome::NoPartition(reason),
            Err(PartitionError::Failed(error)) => return Outcome::Failed(error),
        }
    }
    match write(client, request, delete_first).await {
        Ok(()) => Outcome::Written,
        Err(error) => {
            if let (Class::NoPartition, Some(name)) = (error.class, request.partition()) {
                collection.partitions.forget(name);
            }
            Outcome::Failed(if is_outdated(client, request, &error).await { error.of_change() } else { error })
        }
    }
}

/// Rows may be refused for what they are, or because they were held against a schema that the collection no longer has.
async fn is_outdated(client: &Client, request: &Request, error: &WriteError) -> bool {
    let schema = request.schema();
    error.class == Class::Refused
        && client.describe(&schema.collection.name).await.is_ok_and(|now| !schema.is_same(&now.schema))
}

async fn write(client: &Client, request: &Request, delete_first: bool) -> Result<(), WriteError> {
    if delete_first {
        client.delete_before(request).await?;
    }
    client.write(request).await
}
