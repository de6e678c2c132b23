//! The delivery core of a lane: which rows are sent when and in which order, what is done where that fails, and which
//! offsets may be committed. A state machine: records, rows, acknowledgements, revocations and the time go in; write
//! requests, dead letters and positions come out. It reads no clock and does no input or output.
//!
//! Closed requests wait in their order, and none is sent while an operation on one of its keys is under way, so operations
//! on a key reach Milvus in the order in which they were read.

mod failure;
mod gather;
mod ledger;
#[cfg(test)]
mod model;
mod pace;
mod under_way;

pub(super) use gather::Limits;
pub use ledger::{BatchId, Ledger};
pub(super) use pace::{Ceiling, Pace};

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use self::gather::Gather;
use self::under_way::UnderWay;
use super::error::RunError;
use crate::batch::{Records, Rejection, Stage};
use crate::pauses::Pauses;
use crate::pipeline::memory::{OPEN, WAITING};
use crate::sink::{Prepared, Request, RowToken, Schema, WriteError};
use crate::source::TopicPartition;

/// How an attempt to write a request ended.
#[derive(Debug)]
pub(super) enum Outcome {
    /// Milvus has all of it.
    Written,
    /// It has not, or may have all the same.
    Failed {
        error: WriteError,
        /// Milvus answered another question afterwards.
        answers: bool,
    },
    /// There is no such partition, and there will be none, for this reason.
    NoPartition(String),
}

/// A record that goes to the dead letter. It is held until [`Core::delivered`].
#[derive(Debug)]
pub(super) struct Letter {
    pub(super) batch: BatchId,
    pub(super) records: Arc<Records>,
    pub(super) rejection: Rejection,
}

pub(super) struct Core {
    ledger: Ledger,
    /// One for each collection.
    gathers: Vec<Gather>,
    closed: VecDeque<Request>,
    under_way: UnderWay,
    /// Before this nothing is sent.
    not_before: Option<Instant>,
    /// The first of the closed requests has its time already.
    paced: bool,
    pauses: Pauses,
    /// Until when nothing is sent because something failed.
    paused_until: Option<Instant>,
    pace: Arc<Mutex<Pace>>,
    limits: Limits,
    /// The share of its limits that a request has.
    share: f64,
    letters: VecDeque<Letter>,
    failed: bool,
}

impl Core {
    pub(super) fn new<'a>(
        schemas: impl IntoIterator<Item = &'a Arc<Schema>> + Clone,
        limits: Limits,
        pace: Arc<Mutex<Pace>>,
    ) -> Self {
        Self {
            ledger: Ledger::default(),
            gathers: schemas.clone().into_iter().map(Gather::new).collect(),
            closed: VecDeque::new(),
            under_way: UnderWay::new(schemas),
            not_before: None,
            paced: false,
            pauses: Pauses::default(),
            paused_until: None,
            pace,
            limits,
            share: 1.0,
            letters: VecDeque::new(),
            failed: false,
        }
    }

    /// A partition is ours from now on.
    pub(super) fn assign(&mut self, partition: TopicPartition) {
        self.ledger.assign(partition);
    }

    /// Partitions are no longer ours: what was read of them and is not under way is never sent, so that nothing old
    /// follows what their new owner writes.
    pub(super) fn revoke(&mut self, partitions: &[TopicPartition]) {
        for partition in partitions {
            self.ledger.revoke(partition);
        }
        for gather in &mut self.gathers {
            while let Some(request) = gather.close_oldest() {
                self.closed.push_back(request);
            }
        }
        for request in std::mem::take(&mut self.closed) {
            let ours = self.ours(request);
            self.closed.extend(ours);
        }
        self.paced = false;
    }

    /// Nothing is sent before then.
    pub(super) fn hold(&mut self, until: Instant) {
        self.not_before = self.not_before.max(Some(until));
    }

    /// Enters records that were read. They are held until [`Core::finish`].
    pub(super) fn enter(&mut self, records: Arc<Records>) -> BatchId {
        self.ledger.enter(records)
    }

    /// Takes the rows of a batch for a collection; each holds its record.
    pub(super) fn add(&mut self, collection: usize, prepared: &Arc<Prepared>, id: BatchId, now: Instant) {
        self.ledger.hold_each(id, prepared.rows().map(|row| row.record));
        let limits = self.scaled();
        let gather = &mut self.gathers[collection];
        gather.add(prepared, id.0, limits, now, &mut self.closed);
        while gather.held() > OPEN * limits.held {
            let Some(request) = gather.close_oldest() else { break };
            self.closed.push_back(request);
        }
    }

    /// Records go to the dead letter, each once, however many of its rows are rejected and where: a replay of one letter
    /// brings all of them.
    pub(super) fn reject(&mut self, id: BatchId, mut rejected: Vec<Rejection>) {
        rejected.sort_by_key(|rejection| rejection.record);
        for rejection in rejected {
            if !self.ledger.hold_letter(id, rejection.record) {
                continue;
            }
            let records = Arc::clone(self.ledger.records(id).expect("a record that is held keeps its batch"));
            self.letters.push_back(Letter { batch: id, records, rejection });
        }
    }

    /// All that becomes of a batch is told. Where nobody else has its records, only what is kept of them stays.
    pub(super) fn finish(&mut self, id: BatchId) {
        self.ledger.finish(id);
    }

    /// The next dead letter to send.
    pub(super) fn next_letter(&mut self) -> Option<Letter> {
        self.letters.pop_front()
    }

    /// The brokers have a dead letter.
    pub(super) fn delivered(&mut self, batch: BatchId, record: u32) {
        self.ledger.release(batch, record);
    }

    /// Closes what is due, or everything where nothing more will come, and gives the next request to send.
    pub(super) fn next_request(&mut self, now: Instant, flush: bool) -> Option<Request> {
        for gather in &mut self.gathers {
            gather.close_due(now, flush, &mut self.closed);
        }
        if self.failed || self.not_before.is_some_and(|time| now < time) {
            return None;
        }
        self.not_before = None;
        if !self.under_way.has_room() || !self.under_way.is_apart_from(self.closed.front()?) {
            return None;
        }
        let mut request = self.closed.pop_front()?;
        if !std::mem::take(&mut self.paced) {
            let at = self.pace().take(request.versions(), request.bytes(), now);
            if at > now {
                self.not_before = Some(at);
                self.paced = true;
                self.closed.push_front(request);
                return None;
            }
        }
        self.under_way.add(&request);
        request.count_attempt();
        Some(request)
    }

    /// What became of a request that was under way. Gives the rows that were written.
    pub(super) fn ended(&mut self, request: Request, outcome: Outcome, now: Instant) -> Result<usize, RunError> {
        self.under_way.remove(&request);
        match outcome {
            Outcome::Written => {
                self.pauses = Pauses::default();
                self.share = (self.share + 1.0 / 32.0).min(1.0);
                self.pace().acknowledged(request.bytes(), now);
                for token in request.tokens() {
                    self.release(token);
                }
                return Ok(request.rows());
            }
            Outcome::NoPartition(reason) => {
                let rejection = |token: RowToken| Rejection::new(token.record, Stage::Validate, reason.as_str());
                self.refuse(request, rejection);
            }
            Outcome::Failed { error, answers } => self.failed(request, error, answers, now)?,
        }
        Ok(0)
    }

    /// When something is to be done if nothing happens before.
    pub(super) fn due(&self) -> Option<Instant> {
        let waits = self.not_before.filter(|_| self.under_way.has_room() && !self.closed.is_empty());
        self.gathers.iter().filter_map(Gather::due).chain(waits).min()
    }

    /// True where no more rows are to be read for now: Milvus is behind.
    pub(super) fn is_full(&self) -> bool {
        self.closed.len() >= WAITING
    }

    /// True where nothing is under way, and nothing will be by itself.
    pub(super) fn is_idle(&self) -> bool {
        let waiting = !self.closed.is_empty() || self.gathers.iter().any(|gather| gather.due().is_some());
        self.under_way.is_empty() && (self.failed || !waiting)
    }

    /// True where everything that was read is done.
    pub(super) fn is_settled(&self) -> bool {
        self.ledger.is_settled()
    }

    /// The positions that moved since the last call.
    pub(super) fn take_moved(&mut self) -> Vec<(TopicPartition, i64)> {
        self.ledger.take_moved()
    }

    fn scaled(&self) -> Limits {
        let Limits { rows, bytes, held, age } = self.limits;
        let scaled = |limit: usize| ((limit as f64 * self.share) as usize).max(1);
        Limits { rows: scaled(rows), bytes: scaled(bytes), held, age }
    }

    fn pace(&self) -> std::sync::MutexGuard<'_, Pace> {
        self.pace.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn release(&mut self, token: RowToken) {
        self.ledger.release(BatchId(token.batch), token.record);
    }

    /// A request without the rows that are no longer ours. What they overtook may go into requests of its own.
    fn ours(&mut self, request: Request) -> VecDeque<Request> {
        if request.tokens().all(|token| self.ledger.is_ours(token)) {
            return [request].into();
        }
        let mut kept = Request::new(request.schema(), request.group().clone());
        let mut others = VecDeque::new();
        for mut versions in request.into_keys() {
            let last = versions.last().map(|version| version.token);
            versions.retain(|version| {
                let ours = self.ledger.is_ours(version.token);
                if !ours {
                    self.ledger.release(BatchId(version.token.batch), version.token.record);
                }
                ours
            });
            if versions.last().map(|version| version.token) == last {
                let row = versions.pop().expect("the last row is ours");
                kept.push(row, versions);
            } else {
                others.extend(Request::of_key(versions));
            }
        }
        if !kept.is_empty() {
            others.push_front(kept);
        }
        others
    }
}
