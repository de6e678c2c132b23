//! Sends write requests, on the runtime's threads.

use std::sync::Arc;
use std::time::Instant;

use tokio::runtime::Handle;

use super::core::Outcome;
use crate::batch::Operation;
use crate::metrics::{Write, Writes};
use crate::pipeline::{Pipeline, Writable};
use crate::sink::{Class, Client, PartitionError, Request, SinkError, WriteError};

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
    metrics: Writes,
    /// Whether a key may come to another partition than before, as the pipeline file says.
    keys_move: bool,
    /// Whether a plugin decides the partitions of rows.
    routed: bool,
}

impl Sender {
    pub(super) fn new(pipeline: &Pipeline, metrics: Writes, runtime: Handle, notify: Notify) -> Self {
        let milvus = pipeline.milvus().expect("a pipeline that runs is connected");
        Self {
            client: milvus.client.clone(),
            collections: milvus.collections.clone(),
            runtime,
            notify,
            metrics,
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
    pub(super) fn send(&mut self, request: Request) {
        let of_request = |known: &&Arc<Writable>| Arc::ptr_eq(&known.described.schema, request.schema());
        let collection = Arc::clone(self.collections.iter().find(of_request).expect("rows are of these collections"));
        let (client, notify) = (self.client.clone(), Arc::clone(&self.notify));
        let delete_first = self.keys_move && self.routed && request.operation() == Operation::Upsert;
        let metrics = self.metrics.of(&request.schema().collection.name, request.operation()).clone();
        self.runtime.spawn(async move {
            let start = Instant::now();
            let outcome = attempt(&client, &collection, &request, delete_first).await;
            count(&metrics, &request, &outcome, start);
            if let Outcome::Failed { error, .. } = &outcome {
                let (rows, attempts) = (request.rows(), request.attempts());
                tracing::warn!(collection = %request.schema().collection.name, rows, attempts, %error, "write request");
            }
            notify(Box::new(Ended { request, outcome }));
        });
    }
}

fn count(metrics: &Write, request: &Request, outcome: &Outcome, start: Instant) {
    match outcome {
        Outcome::Written => metrics.acknowledged(request.rows(), request.bytes(), start.elapsed()),
        Outcome::Failed { error, .. } => metrics.failed(error, error.class.sends_again(request.rows())),
        Outcome::NoPartition(_) => {}
    }
}

async fn attempt(client: &Client, collection: &Writable, request: &Request, delete_first: bool) -> Outcome {
    if let Some(name) = request.partition() {
        match collection.partitions.ensure(name).await {
            Ok(()) => {}
            Err(PartitionError::Rejected(reason)) => return Outcome::NoPartition(reason),
            Err(PartitionError::Failed(error)) => return Outcome::Failed { error, answers: false },
        }
    }
    match write(client, request, delete_first).await {
        Ok(()) => Outcome::Written,
        Err(error) => {
            if let (Class::NoPartition, Some(name)) = (error.class, request.partition()) {
                collection.partitions.forget(name);
            }
            match look_again(client, request, &error).await {
                Seen::Other => Outcome::Failed { error: error.of_change(), answers: true },
                Seen::Same => Outcome::Failed { error, answers: true },
                Seen::Nothing => Outcome::Failed { error, answers: false },
            }
        }
    }
}

/// A collection after a request failed.
enum Seen {
    /// It is what the rows were held against.
    Same,
    /// It is gone, or another.
    Other,
    /// Milvus did not answer, or was not asked.
    Nothing,
}

/// A request may fail for what it is, or because the collection is gone or another.
async fn look_again(client: &Client, request: &Request, error: &WriteError) -> Seen {
    if !matches!(error.class, Class::Refused | Class::Unclear | Class::Stop) {
        return Seen::Nothing;
    }
    let schema = request.schema();
    match client.describe(&schema.collection.name).await {
        Ok(now) if schema.is_same(&now.schema) => Seen::Same,
        Ok(_) | Err(SinkError::NoCollection { .. }) => Seen::Other,
        Err(_) => Seen::Nothing,
    }
}

async fn write(client: &Client, request: &Request, delete_first: bool) -> Result<(), WriteError> {
    if delete_first {
        client.delete_before(request).await?;
    }
    client.write(request).await
}
