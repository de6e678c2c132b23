//! A lane's write requests: open ones that gather rows, closed ones that wait, and the one that is under way.
//!
//! One request is sent at a time and the next one is gathered meanwhile, so rows of a partition reach Milvus in the
//! order in which they were read.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

use arrow_array::BooleanArray;
use tokio::runtime::Handle;

use super::counters::Counters;
use super::error::RunError;
use super::ledger::{BatchId, Ledger};
use super::retry::{self, Pauses};
use crate::batch::{Batch, Operation, Rejection, Stage};
use crate::config::UnknownFields;
use crate::pipeline::{Pipeline, Writable};
use crate::sink::{
    Added, Class, Client, PartitionError, Partitions, Prepared, Request, RequestLimits, RowToken, WriteError, validate,
};

/// Closed requests that may wait. With one under way and one waiting, Milvus never waits for the lane.
const WAITING: usize = 2;
/// Open requests together may hold this many times the bytes of one, however many partitions rows go to.
const OPEN: usize = 4;

/// A request that ended, for the lane that sent it.
pub(super) struct Acknowledged {
    request: Request,
    result: Result<(), WriteError>,
}

/// Who is told that a request ended; called from the runtime's threads.
pub(super) type Notify = Arc<dyn Fn(Box<Acknowledged>) + Send + Sync>;

pub(super) struct Outbox {
    client: Client,
    collections: Vec<Arc<Writable>>,
    unknown_fields: UnknownFields,
    limits: RequestLimits,
    age: Duration,
    runtime: Handle,
    counters: Arc<Counters>,
    notify: Notify,
    open: HashMap<Key, Open>,
    closed: VecDeque<Request>,
    under_way: bool,
}

/// What became of a batch's rows.
#[derive(Default)]
pub(super) struct AddedRows {
    /// Of each row that is on its way, the record that it came from.
    pub(super) rows: Vec<u32>,
    pub(super) rejected: Vec<Rejection>,
}

/// Rows of one key go into one request.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Key {
    collection: usize,
    partition: Option<Arc<str>>,
    operation: Operation,
}

struct Open {
    request: Request,
    due: Instant,
}

impl Outbox {
    pub(super) fn new(pipeline: &Pipeline, runtime: Handle, counters: Arc<Counters>, notify: Notify) -> Self {
        let milvus = pipeline.milvus().expect("a pipeline that runs is connected");
        let limits = pipeline.write_limits();
        Self {
            client: milvus.client.clone(),
            collections: milvus.collections.clone(),
            unknown_fields: pipeline.file().milvus.unknown_fields,
            limits: RequestLimits { rows: limits.rows, bytes: limits.bytes },
            age: pipeline.write_age(),
            runtime,
            counters,
            notify,
            open: HashMap::new(),
            closed: VecDeque::new(),
            under_way: false,
        }
    }

    /// Validates the rows and puts them into open requests; each holds its record in the ledger from then on.
    pub(super) fn add(&mut self, batch: &Batch, id: BatchId, ledger: &mut Ledger) -> Result<AddedRows, RunError> {
        let mut added = AddedRows::default();
        for (collection, part) in self.by_collection(batch, &mut added.rejected) {
            let schema = &self.collections[collection].described.schema;
            let (prepared, rejected) = validate(&part, schema, self.unknown_fields);
            added.rejected.extend(rejected);
            self.add_prepared(collection, &prepared, id, ledger, &mut added)?;
        }
        Ok(added)
    }

    /// Closes what is due, or everything where nothing more will come, and sends the next request.
    pub(super) fn advance(&mut self, now: Instant, flush: bool) {
        let due = self.open.iter().filter(|(_, open)| flush || open.due <= now);
        let mut due: Vec<(Instant, Key)> = due.map(|(key, open)| (open.due, key.clone())).collect();
        due.sort_by_key(|(due, _)| *due);
        for (_, key) in due {
            self.close(&key);
        }
        if !self.under_way
            && let Some(request) = self.closed.pop_front()
        {
            self.send(request);
        }
    }

    /// When the next open request is due.
    pub(super) fn due(&self) -> Option<Instant> {
        self.open.values().map(|open| open.due).min()
    }

    /// True where no more rows are to be read for now: Milvus is behind.
    pub(super) fn is_full(&self) -> bool {
        self.closed.len() >= WAITING
    }

    /// True while there is anything that is not acknowledged.
    pub(super) fn is_working(&self) -> bool {
        self.under_way || !self.closed.is_empty() || !self.open.is_empty()
    }

    /// Releases the rows of a request that Milvus has, and says how many were written. After a failure nothing more
    /// is sent: what is not written is not committed.
    pub(super) fn acknowledge(&mut self, ended: Box<Acknowledged>, ledger: &mut Ledger) -> Result<usize, RunError> {
        self.under_way = false;
        let Acknowledged { request, result } = *ended;
        if let Err(error) = result {
            self.open.clear();
            self.closed.clear();
            let first = request.tokens()[0];
            let records = ledger.records(BatchId(first.batch)).expect("its rows hold it");
            return Err(RunError::Write {
                collection: request.schema().collection.name.to_string(),
                error: Box::new(error),
                first: records.get(first.record as usize).origin().clone(),
            });
        }
        for token in request.tokens() {
            ledger.release(BatchId(token.batch), token.record);
        }
        Ok(request.rows())
    }

    /// The rows of a batch by the collection they go to; most batches go to one.
    fn by_collection(&self, batch: &Batch, rejected: &mut Vec<Rejection>) -> Vec<(usize, Batch)> {
        let of = |name: Option<&str>| {
            self.collections.iter().position(|known| Some(&*known.described.schema.collection.name) == name)
        };
        if let crate::batch::Names::All(name) = batch.collections()
            && let Some(collection) = of(name.as_deref())
        {
            return vec![(collection, batch.clone())];
        }
        let goes: Vec<Option<usize>> = (0..batch.rows()).map(|row| of(batch.collections().get(row))).collect();
        for (row, _) in goes.iter().enumerate().filter(|(_, to)| to.is_none()) {
            let reason = "it goes to a collection that the pipeline does not name; see `milvus.collection`";
            rejected.push(Rejection::new(batch.record_of()[row], Stage::Validate, reason));
        }
        let parts = (0..self.collections.len()).map(|collection| {
            let mask: BooleanArray = goes.iter().map(|to| Some(*to == Some(collection))).collect();
            (collection, mask)
        });
        parts
            .filter(|(_, mask)| mask.true_count() > 0)
            .map(|(collection, mask)| (collection, batch.filter(&mask)))
            .collect()
    }

    fn add_prepared(
        &mut self,
        collection: usize,
        prepared: &Arc<Prepared>,
        id: BatchId,
        ledger: &mut Ledger,
        added: &mut AddedRows,
    ) -> Result<(), RunError> {
        // Partitions of this batch, looked up once.
        let mut partitions: HashMap<&str, Result<Arc<str>, String>> = HashMap::new();
        for row in prepared.rows() {
            let partition = match row.partition {
                None => None,
                Some(name) => {
                    let known = match partitions.get(name) {
                        Some(known) => known,
                        None => {
                            let known = self.ensure(collection, name)?;
                            partitions.entry(name).or_insert(known)
                        }
                    };
                    match known {
                        Ok(name) => Some(Arc::clone(name)),
                        Err(reason) => {
                            added.rejected.push(Rejection::new(row.record, Stage::Validate, reason.as_str()));
                            continue;
                        }
                    }
                }
            };
            let key = Key { collection, partition, operation: row.operation };
            ledger.hold(id, row.record);
            added.rows.push(row.record);
            self.put(&key, prepared, row.index, RowToken { batch: id.0, record: row.record });
        }
        while self.open.values().map(|open| open.request.bytes()).sum::<usize>() > OPEN * self.limits.bytes {
            let oldest = self.open.iter().min_by_key(|(_, open)| open.due).map(|(key, _)| key.clone());
            self.close(&oldest.expect("there is an open request"));
        }
        Ok(())
    }

    fn put(&mut self, key: &Key, prepared: &Arc<Prepared>, row: u32, token: RowToken) {
        loop {
            let (age, limits, schema) = (self.age, self.limits, prepared.schema());
            let open = self.open.entry(key.clone()).or_insert_with(|| Open {
                request: Request::new(schema, key.partition.clone(), key.operation, limits),
                due: Instant::now() + age,
            });
            match open.request.add(prepared, row, token) {
                Added::Yes => return,
                Added::Full => self.close(key),
            }
        }
    }

    fn close(&mut self, key: &Key) {
        if let Some(open) = self.open.remove(key) {
            self.closed.push_back(open.request);
        }
    }

    /// Makes sure that a partition is there; the reason where rows can't go to it. Waits through an outage.
    fn ensure(&self, collection: usize, name: &str) -> Result<Result<Arc<str>, String>, RunError> {
        let partitions: &Partitions = &self.collections[collection].partitions;
        let mut pauses = Pauses::default();
        loop {
            match self.runtime.block_on(partitions.ensure(name)) {
                Ok(()) => return Ok(Ok(name.into())),
                Err(PartitionError::Rejected(reason)) => return Ok(Err(reason)),
                Err(PartitionError::Failed(error)) if error.class == Class::Retry => {
                    let pause = pauses.next();
                    self.counters.retried();
                    tracing::warn!(%error, ?pause, "partitions: asked again after a pause");
                    std::thread::sleep(pause);
                }
                Err(PartitionError::Failed(error)) => return Err(RunError::Partition(Box::new(error))),
            }
        }
    }

    fn send(&mut self, request: Request) {
        self.under_way = true;
        let (client, counters, notify) = (self.client.clone(), Arc::clone(&self.counters), Arc::clone(&self.notify));
        self.runtime.spawn(async move {
            let result = retry::write(&client, &request, &counters).await;
            notify(Box::new(Acknowledged { request, result }));
        });
    }
}
