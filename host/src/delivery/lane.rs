//! A lane: a thread with its own partitions, plugin instances and open write requests.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

use tokio::runtime::Handle;

use super::counters::Counters;
use super::dead_letter::{DeadLetter, Delivered, Notify};
use super::error::RunError;
use super::ledger::{BatchId, Ledger};
use super::outbox::{Acknowledged, AddedRows, Outbox};
use super::reader::Reader;
use crate::batch::{Batch, Names, Operation, Operations, Records, Rejection};
use crate::decode::Decoder;
use crate::pipeline::Pipeline;
use crate::plugin::Chain;
use crate::source::TopicPartition;
use crate::source::kafka::{Ends, KafkaSource, Queue};

/// How long a lane may take to finish what it read of revoked partitions. The other members of the group wait.
pub(super) const REVOKE: Duration = Duration::from_secs(10);
/// How long an idle lane sleeps when nothing wakes it.
const IDLE: Duration = Duration::from_secs(1);

/// What a lane is told.
pub(super) enum Event {
    /// A queue is no longer empty.
    Ready,
    /// These partitions are the lane's from now on.
    Assigned(Vec<Queue>),
    /// These partitions are about to be lost; the lane answers when what it read of them is stored, or when the time
    /// is over until which the group waits.
    Revoked(Vec<TopicPartition>, Instant, Sender<()>),
    /// A write request ended.
    Written(Box<Acknowledged>),
    /// A dead letter was delivered, or not.
    Delivered(Delivered),
    /// Read no more, finish what was read, and end.
    Drain,
}

/// What all lanes share.
pub(super) struct Shared {
    pub(super) pipeline: Arc<Pipeline>,
    pub(super) source: Arc<KafkaSource>,
    pub(super) dead_letter: Option<DeadLetter>,
    pub(super) counters: Arc<Counters>,
    /// Where partitions end, in a bounded run.
    pub(super) ends: Option<Ends>,
    /// Queues that have not reached the end of a bounded run.
    pub(super) short_of_end: Arc<AtomicUsize>,
    /// Lanes that have read something that is not done.
    pub(super) busy: AtomicUsize,
    pub(super) runtime: Handle,
}

/// A lane's mailbox, with the flag that keeps `Ready` from piling up in it.
#[derive(Clone)]
pub(super) struct Mailbox {
    events: Sender<Event>,
    ready: Arc<AtomicBool>,
}

pub(super) struct Lane {
    shared: Arc<Shared>,
    mailbox: Mailbox,
    events: Receiver<Event>,
    /// Rebalances that came while another was being answered.
    postponed: VecDeque<Event>,
    reader: Reader,
    decoder: Decoder,
    chain: Chain,
    outbox: Outbox,
    ledger: Ledger,
    notify: Notify,
    draining: bool,
    busy: bool,
    /// Why the lane ends, once it finished what can be finished.
    failed: Option<RunError>,
}

impl Mailbox {
    pub(super) fn new() -> (Self, Receiver<Event>) {
        let (events, receiver) = mpsc::channel();
        (Self { events, ready: Arc::default() }, receiver)
    }

    /// Puts an event in. A lane that is gone needs none.
    pub(super) fn send(&self, event: Event) {
        let _ = self.events.send(event);
    }

    fn wake(&self) {
        if !self.ready.swap(true, Ordering::AcqRel) {
            self.send(Event::Ready);
        }
    }
}

impl Lane {
    pub(super) fn new(shared: Arc<Shared>, mailbox: Mailbox, events: Receiver<Event>) -> Result<Self, RunError> {
        let pipeline = &shared.pipeline;
        let chain = Chain::new(pipeline.plugins(), pipeline.target())?;
        let to = mailbox.clone();
        let outbox = Outbox::new(pipeline, shared.runtime.clone(), Arc::clone(&shared.counters), {
            let to = mailbox.clone();
            Arc::new(move |written| to.send(Event::Written(written)))
        });
        Ok(Self {
            reader: Reader::new(Arc::clone(&shared.short_of_end)),
            decoder: pipeline.decoder(),
            chain,
            outbox,
            ledger: Ledger::default(),
            notify: Arc::new(move |delivered| to.send(Event::Delivered(delivered))),
            mailbox,
            events,
            postponed: VecDeque::new(),
            draining: false,
            busy: false,
            failed: None,
            shared,
        })
    }

    /// Works until it is told to drain, or something fails.
    pub(super) fn run(mut self) -> Result<(), RunError> {
        loop {
            let read = self.step();
            if self.failed.is_some() && !self.outbox.is_working() {
                break;
            }
            if self.draining && self.ledger.is_settled() {
                break;
            }
            if !read {
                self.wait();
            }
        }
        self.store();
        self.failed.map_or(Ok(()), Err)
    }

    /// Reads and processes one batch, where there is one and room for it; true where there may be more.
    fn step(&mut self) -> bool {
        while let Some(event) = self.postponed.pop_front().or_else(|| self.events.try_recv().ok()) {
            self.handle(event);
        }
        let mut read = false;
        if self.may_read() {
            let limits = self.shared.pipeline.batch_limits();
            let records = self.reader.read(limits.rows, limits.bytes).unwrap_or_else(|error| {
                self.fail(error.into());
                Records::default()
            });
            if !records.is_empty() {
                read = true;
                self.process(Arc::new(records));
            }
        }
        // Nothing more will come that a request could wait for.
        let flush = self.draining || self.failed.is_some() || self.shared.ends.is_some() && self.reader.is_at_end();
        self.outbox.advance(Instant::now(), flush);
        self.store();
        self.tell_busy();
        read
    }

    fn may_read(&self) -> bool {
        !self.draining && self.failed.is_none() && !self.outbox.is_full()
    }

    /// Sleeps until something happens or a write request is due.
    fn wait(&mut self) {
        let due = self.outbox.due().map_or(IDLE, |due| due.saturating_duration_since(Instant::now())).min(IDLE);
        match self.events.recv_timeout(due) {
            Ok(event) => self.handle(event),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => unreachable!("the lane has a sender of its own"),
        }
    }

    fn handle(&mut self, event: Event) {
        match event {
            Event::Ready => self.mailbox.ready.store(false, Ordering::Release),
            Event::Assigned(queues) => self.assign(queues),
            Event::Revoked(partitions, until, answer) => self.revoke(&partitions, until, &answer),
            Event::Written(written) => self.written(written),
            Event::Delivered(delivered) => self.delivered(delivered),
            Event::Drain => self.draining = true,
        }
    }

    fn assign(&mut self, queues: Vec<Queue>) {
        for mut queue in queues {
            self.ledger.assign(queue.partition().clone());
            let mailbox = self.mailbox.clone();
            queue.on_ready(move || mailbox.wake());
            let end = self.shared.ends.as_ref().map(|ends| ends.get(queue.partition()).copied().unwrap_or(0));
            self.reader.add(queue, end);
        }
        // What came before `on_ready` woke nobody.
        self.mailbox.wake();
    }

    /// Finishes what was read of the partitions, as far as the waiting rebalance allows, and gives them up.
    fn revoke(&mut self, partitions: &[TopicPartition], until: Instant, answer: &Sender<()>) {
        for partition in partitions {
            self.reader.remove(partition);
        }
        while !self.ledger.is_settled() && self.failed.is_none() && Instant::now() < until {
            self.outbox.advance(Instant::now(), true);
            match self.events.recv_timeout(until.saturating_duration_since(Instant::now())) {
                Ok(Event::Written(written)) => self.written(written),
                Ok(Event::Delivered(delivered)) => self.delivered(delivered),
                Ok(Event::Ready) => self.mailbox.ready.store(false, Ordering::Release),
                Ok(Event::Drain) => self.draining = true,
                // The next rebalance is here already: its time is not ours any more.
                Ok(event @ (Event::Assigned(_) | Event::Revoked(..))) => {
                    self.postponed.push_back(event);
                    break;
                }
                Err(_) => break,
            }
        }
        self.store();
        for partition in partitions {
            self.ledger.revoke(partition);
        }
        let _ = answer.send(());
        self.mailbox.wake();
    }

    /// One batch: decode, plugins, validation, write requests; what is rejected on the way goes to the dead letter.
    fn process(&mut self, records: Arc<Records>) {
        self.shared.counters.read(records.len());
        tracing::debug!(records = records.len(), bytes = records.bytes(), "read");
        let id = self.ledger.enter(Arc::clone(&records));
        let decoded = self.decoder.decode(Arc::clone(&records), Operation::Upsert);
        let mut batch = decoded.batch;
        let mut rejected = decoded.rejected;
        self.route(&mut batch);
        let processed = self.chain.process(batch);
        rejected.extend(processed.rejected);
        let added = self.outbox.add(&processed.batch, id, &mut self.ledger).unwrap_or_else(|error| {
            self.fail(error);
            AddedRows::default()
        });
        if self.failed.is_some() {
            // The records stay held, so nothing behind them is committed.
            return;
        }
        rejected.extend(added.rejected);

        let discarded = discarded(records.len(), added.rows.iter().copied(), &rejected);
        self.shared.counters.discarded(discarded);
        self.reject(rejected, id);
        for record in 0..records.len() as u32 {
            self.ledger.release(id, record);
        }
    }

    /// Collection, partition and operation, as the pipeline file and the live schema say.
    fn route(&self, batch: &mut Batch) {
        let pipeline = &self.shared.pipeline;
        batch.set_partitions(Names::All(pipeline.partition().cloned()));
        if let Some(name) = pipeline.only_collection() {
            batch.set_collections(Names::All(Some(Arc::clone(name))));
            batch.set_operations(Operations::All(pipeline.operation(Some(name))));
            return;
        }
        let names = (0..batch.rows()).map(|row| pipeline.collection_of(&batch.record(row).origin().topic));
        let names: Vec<Option<&str>> = names.collect();
        let operations = Operations::Each(names.iter().map(|name| pipeline.operation(*name)).collect());
        batch.set_collections(Names::Each(names.into_iter().collect()));
        batch.set_operations(operations);
    }

    /// Sends the records to the dead letter, each once; without one, the first ends the lane.
    fn reject(&mut self, mut rejected: Vec<Rejection>, id: BatchId) {
        rejected.sort_by_key(|rejection| rejection.record);
        rejected.dedup_by_key(|rejection| rejection.record);
        // All are held before the first is sent: a hold keeps the position below its record, whether its letter is
        // delivered or the lane ends before it is sent.
        for rejection in &rejected {
            self.ledger.hold(id, rejection.record);
        }
        for rejection in rejected {
            let records = Arc::clone(self.ledger.records(id).expect("its records are held while it is processed"));
            let record = records.get(rejection.record as usize);
            let Some(dead_letter) = &self.shared.dead_letter else {
                self.fail(RunError::rejected(record.origin(), &rejection));
                return;
            };
            tracing::debug!(
                record = %record.origin(), stage = rejection.stage.name(), field = rejection.field.as_deref(), "rejected"
            );
            if let Err(error) = dead_letter.send(record, &rejection, id, &self.notify) {
                self.fail(RunError::DeadLetter(error));
                return;
            }
        }
    }

    fn written(&mut self, written: Box<Acknowledged>) {
        match self.outbox.acknowledge(written, &mut self.ledger) {
            Ok(rows) => self.shared.counters.written(rows),
            Err(error) => self.fail(error),
        }
    }

    fn delivered(&mut self, delivered: Delivered) {
        match delivered.result {
            Ok(()) => {
                self.shared.counters.dead_lettered();
                self.ledger.release(delivered.batch, delivered.record);
            }
            Err(error) => self.fail(RunError::DeadLetter(error)),
        }
    }

    fn fail(&mut self, error: RunError) {
        // The first error is the cause; later ones follow from it.
        self.failed.get_or_insert(error);
    }

    /// Hands on which offsets may be committed.
    fn store(&mut self) {
        let moved = self.ledger.take_moved();
        if !moved.is_empty() {
            self.shared.source.store(&moved);
        }
    }

    fn tell_busy(&mut self) {
        let busy = !self.ledger.is_settled();
        if busy != self.busy {
            self.busy = busy;
            if busy {
                self.shared.busy.fetch_add(1, Ordering::AcqRel)
            } else {
                self.shared.busy.fetch_sub(1, Ordering::AcqRel)
            };
        }
    }
}

/// Records of which nothing is left: no row, and no rejection.
fn discarded(records: usize, rows: impl Iterator<Item = u32>, rejected: &[Rejection]) -> usize {
    let mut gone = vec![true; records];
    for record in rows.chain(rejected.iter().map(|rejection| rejection.record)) {
        gone[record as usize] = false;
    }
    gone.into_iter().filter(|gone| *gone).count()
}
