//! A lane: a thread with its own partitions, plugin instances and open write requests.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::runtime::Handle;

use super::core::{Core, Letter, Limits, Pace};
use super::dead_letter::{DeadLetter, Delivered, Letters};
use super::error::RunError;
use super::mailbox::{Event, Mailbox};
use super::reader::Reader;
use super::rows;
use super::sender::{Ended, Sender};
use super::swap::{Done, Swap, Told};
use super::waiting::Waiting;
use crate::batch::{Kept, Memory, Names, Operation, Records};
use crate::decode::Decoder;
use crate::metrics::{self, Metrics};
use crate::pipeline::Pipeline;
use crate::plugin::Chain;
use crate::source::TopicPartition;
use crate::source::kafka::{Ends, KafkaSource, Queue};

/// How long a lane may take to finish what it read of revoked partitions. The other members of the group wait.
pub(super) const REVOKE: Duration = Duration::from_secs(10);
/// How long an idle lane sleeps when nothing wakes it.
const IDLE: Duration = Duration::from_secs(1);
/// How long a lane sleeps when there is no memory for another batch, or no room for a dead letter.
const CROWDED: Duration = Duration::from_millis(20);

/// What all lanes share.
pub(super) struct Shared {
    pub(super) pipeline: Arc<Pipeline>,
    pub(super) source: Arc<KafkaSource>,
    pub(super) dead_letter: Option<Arc<DeadLetter>>,
    pub(super) metrics: Arc<Metrics>,
    /// Where partitions end, in a bounded run.
    pub(super) ends: Option<Ends>,
    /// Queues that have not reached the end of a bounded run.
    pub(super) short_of_end: Arc<AtomicUsize>,
    /// Lanes that have read something that is not done.
    pub(super) busy: AtomicUsize,
    /// How fast rows are sent.
    pub(super) pace: Arc<Mutex<Pace>>,
    /// What batches may take until they are done.
    pub(super) memory: Arc<Memory>,
    pub(super) runtime: Handle,
}

pub(super) struct Lane {
    shared: Arc<Shared>,
    mailbox: Mailbox,
    events: Receiver<Event>,
    /// Rebalances that came while another was being answered.
    postponed: VecDeque<Event>,
    reader: Reader,
    decoder: Decoder,
    waiting: Waiting,
    chain: Chain,
    /// What is still to be told of the last swap of plugins.
    told: Option<Told>,
    core: Core,
    sender: Sender,
    letters: Option<Letters>,
    metrics: metrics::Lane,
    draining: bool,
    busy: bool,
    /// Why the lane ends, once it finished what can be finished, and since when.
    failed: Option<(RunError, Instant)>,
}

impl Lane {
    pub(super) fn new(
        number: usize,
        shared: Arc<Shared>,
        mailbox: Mailbox,
        events: Receiver<Event>,
    ) -> Result<Self, RunError> {
        let pipeline = &shared.pipeline;
        let metrics = shared.metrics.lane(number);
        let mut chain = Chain::new(pipeline.plugins(), pipeline.target())?;
        chain.count_for(&metrics);
        let letters = shared.dead_letter.as_ref().map(|dead_letter| {
            let to = mailbox.clone();
            Letters::new(Arc::clone(dead_letter), Arc::new(move |delivered| to.send(Event::Delivered(delivered))))
        });
        let sender = Sender::new(pipeline, shared.metrics.writes(), shared.runtime.clone(), {
            let to = mailbox.clone();
            Arc::new(move |ended| to.send(Event::Written(ended)))
        });
        let schemas = pipeline.collections().iter().map(|writable| &writable.described.schema);
        let core =
            Core::new(schemas, Limits::of(&pipeline.file().write, pipeline.memory().request), Arc::clone(&shared.pace));
        // Without a dead letter nobody asks for what came once it is processed.
        let kept = if letters.is_some() { Kept::Whole } else { Kept::Origins };
        Ok(Self {
            reader: Reader::new(Arc::clone(&shared.short_of_end), kept),
            decoder: pipeline.decoder(),
            waiting: Waiting::new(mailbox.clone()),
            chain,
            told: None,
            core,
            sender,
            letters,
            metrics,
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
        let patience = self.shared.pipeline.file().limits.shutdown_timeout.get();
        loop {
            self.metrics.round();
            let read = self.step();
            if self.failed.as_ref().is_some_and(|(_, since)| self.core.is_idle() || since.elapsed() > patience) {
                break;
            }
            if self.draining && self.core.is_settled() {
                break;
            }
            if !read {
                self.wait();
            }
        }
        self.store();
        self.failed.map_or(Ok(()), |(error, _)| Err(error))
    }

    /// Reads and processes one batch, where there is one and room for it; true where there may be more.
    fn step(&mut self) -> bool {
        self.handle_all();
        let mut read = !self.waiting.is_empty();
        // Told before anything is read, or a bounded run could end between its last record and this lane's word.
        self.tell_busy(self.is_busy() || self.shared.ends.is_some());
        if self.may_process()
            && let Some(records) = self.waiting.take()
        {
            self.offer(records);
        } else if self.may_read() {
            let limits = self.shared.pipeline.batch_limits();
            let mut records = self.reader.read(limits.rows, limits.bytes).unwrap_or_else(|error| {
                self.fail(error.into());
                Records::default()
            });
            read = self.reader.was_cut_short();
            if !records.is_empty() {
                read = true;
                self.decoder.unpack(&mut records);
                records.charge(&self.shared.memory);
                self.offer(Arc::new(records));
            }
        }
        self.metrics.paused(!self.waiting.is_empty() || self.is_behind());
        // Nothing more will come that a request could wait for, or nothing more can come before it is sent.
        let at_end = self.shared.ends.is_some() && self.reader.is_at_end();
        self.advance(self.draining || self.failed.is_some() || at_end || !self.shared.memory.has_room());
        self.store();
        self.tell_busy(self.is_busy());
        read && self.waiting.is_empty()
    }

    /// Processes a batch, or keeps it until its schemas are known.
    fn offer(&mut self, records: Arc<Records>) {
        let Some(records) = self.waiting.pass(records, &mut self.decoder, &self.shared.memory) else { return };
        self.process(records);
        // A plugin may have taken so long that partitions are another's by now.
        self.handle_all();
    }

    fn may_read(&self) -> bool {
        self.waiting.is_empty() && self.may_process() && self.shared.memory.has_room()
    }

    fn may_process(&self) -> bool {
        !self.draining && self.failed.is_none() && !self.core.is_full() && self.has_room_for_letters()
    }

    /// True where no more may be read until Milvus, or the dead letter's topic, has more of what was read.
    fn is_behind(&self) -> bool {
        self.core.is_full() || !self.shared.memory.has_room() || !self.has_room_for_letters()
    }

    fn has_room_for_letters(&self) -> bool {
        self.letters.as_ref().is_none_or(Letters::has_room)
    }

    /// Sends what is to be sent.
    fn advance(&mut self, flush: bool) {
        if let Some(Err(error)) = self.letters.as_mut().map(Letters::pump) {
            self.fail(error);
        }
        while self.has_room_for_letters() && self.failed.is_none() {
            let Some(letter) = self.core.next_letter() else { break };
            self.dead_letter(letter);
        }
        let now = Instant::now();
        if let Some(until) = self.shared.pipeline.held_until(now) {
            self.core.hold(until);
        }
        while let Some(request) = self.core.next_request(now, flush) {
            self.sender.send(request);
        }
    }

    /// Sleeps until something happens or a write request is due.
    fn wait(&mut self) {
        // Memory or room that another lane gives back wakes nobody.
        let is_crowded = !self.shared.memory.has_room() || !self.has_room_for_letters();
        let longest = if is_crowded { CROWDED } else { IDLE };
        let due = self.core.due().map_or(longest, |due| due.saturating_duration_since(Instant::now())).min(longest);
        match self.events.recv_timeout(due) {
            Ok(event) => self.handle(event),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => unreachable!("the lane has a sender of its own"),
        }
    }

    fn handle_all(&mut self) {
        while let Some(event) = self.postponed.pop_front().or_else(|| self.events.try_recv().ok()) {
            self.handle(event);
        }
    }

    fn handle(&mut self, event: Event) {
        match event {
            Event::Ready => self.mailbox.woke(),
            Event::Assigned(queues) => self.assign(queues),
            Event::Revoked(partitions, until, answer) => self.revoke(&partitions, until, &answer),
            Event::Written(written) => self.written(written),
            Event::Delivered(delivered) => self.delivered(delivered),
            Event::Swap(swap) => self.swap(*swap),
            Event::Drain => self.draining = true,
        }
    }

    /// Takes other plugins. A lane handles events between batches only, so every batch is done by one version.
    fn swap(&mut self, swap: Swap) {
        let start = Instant::now();
        let Swap { mut chain, decoder, ticket, done } = swap;
        chain.take_over(&mut self.chain);
        chain.count_for(&self.metrics);
        let old = std::mem::replace(&mut self.chain, chain);
        if let Some(decoder) = decoder {
            self.decoder = decoder;
        }
        self.told = Some(Told::new(ticket, self.reader.partitions().cloned()));
        let _ = done.send(Done { pause: start.elapsed(), old });
    }

    fn assign(&mut self, queues: Vec<Queue>) {
        for queue in queues {
            self.core.assign(queue.partition().clone());
            self.metrics.assigned(queue.partition());
            let mailbox = self.mailbox.clone();
            queue.on_ready(move || mailbox.wake());
            let end = self.shared.ends.as_ref().map(|ends| ends.get(queue.partition()).copied().unwrap_or(0));
            self.reader.add(queue, end);
        }
        // What came before `on_ready` woke nobody.
        self.mailbox.wake();
    }

    /// Finishes what was read of the partitions, as far as the waiting rebalance allows, and gives them up.
    fn revoke(&mut self, partitions: &[TopicPartition], until: Instant, answer: &mpsc::Sender<()>) {
        for partition in partitions {
            self.reader.remove(partition);
        }
        self.waiting.revoke(partitions, &self.shared.memory);
        while !self.core.is_settled() && self.failed.is_none() && Instant::now() < until {
            self.advance(true);
            let mut next = self.core.due().map_or(until, |due| due.min(until));
            if !self.has_room_for_letters() {
                next = next.min(Instant::now() + CROWDED);
            }
            match self.events.recv_timeout(next.saturating_duration_since(Instant::now())) {
                Ok(Event::Written(written)) => self.written(written),
                Ok(Event::Delivered(delivered)) => self.delivered(delivered),
                Ok(Event::Ready) => self.mailbox.woke(),
                Ok(Event::Swap(swap)) => self.swap(*swap),
                Ok(Event::Drain) => self.draining = true,
                // The next rebalance is here already: its time is not ours any more.
                Ok(event @ (Event::Assigned(_) | Event::Revoked(..))) => {
                    self.postponed.push_back(event);
                    break;
                }
                Err(_) => {}
            }
        }
        self.store();
        self.core.revoke(partitions);
        self.metrics.revoked(partitions);
        if let Some(told) = &mut self.told {
            told.revoked(partitions);
        }
        let _ = answer.send(());
        self.mailbox.wake();
    }

    /// One batch: decode, plugins, validation, write requests; what is rejected on the way goes to the dead letter.
    fn process(&mut self, records: Arc<Records>) {
        self.metrics.read(&records);
        tracing::debug!(records = records.len(), bytes = records.bytes(), "read");
        if self.told.as_mut().is_some_and(|told| told.batch(&records)) {
            self.told = None;
        }
        let id = self.core.enter(Arc::clone(&records));
        let start = Instant::now();
        let decoded = self.decoder.decode(Arc::clone(&records), Operation::Upsert);
        self.metrics.decoded(start.elapsed());
        let mut batch = decoded.batch;
        let mut rejected = decoded.rejected;
        self.shared.pipeline.route(&mut batch);
        let processed = self.chain.process(batch);
        rejected.extend(processed.rejected);
        records.charge_more(processed.batch.memory());
        let pipeline = &self.shared.pipeline;
        if !matches!(processed.batch.partitions(), Names::All(name) if name.as_ref() == pipeline.partition()) {
            self.sender.note_routes();
        }
        let start = Instant::now();
        let (prepared, flawed) = rows::prepare(&processed.batch, pipeline.collections(), pipeline.rules());
        rejected.extend(flawed);
        self.metrics.validated(start.elapsed());
        self.metrics.discarded(rows::discarded(records.len(), &prepared, &rejected));
        for (collection, prepared) in &prepared {
            self.core.add(*collection, prepared, id, Instant::now());
        }
        self.core.reject(id, rejected);
        drop((processed.batch, records));
        self.core.finish(id);
    }

    /// Sends a record to the dead letter. Without one, it ends the lane.
    fn dead_letter(&mut self, letter: Letter) {
        let Letter { records, rejection, .. } = &letter;
        self.metrics.rejected(rejection);
        let record = records.get(rejection.record as usize).origin();
        let Some(letters) = &mut self.letters else {
            return self.fail(RunError::rejected(record, rejection));
        };
        tracing::debug!(%record, stage = rejection.stage.name(), field = rejection.field.as_deref(), "rejected");
        if let Err(error) = letters.send(letter) {
            self.fail(error);
        }
    }

    fn written(&mut self, ended: Box<Ended>) {
        let Ended { request, outcome } = *ended;
        if let Err(error) = self.core.ended(request, outcome, Instant::now()) {
            self.fail(error);
        }
    }

    fn delivered(&mut self, delivered: Delivered) {
        match self.letters.as_mut().map_or(Ok(None), |letters| letters.delivered(delivered)) {
            Ok(Some((batch, record))) => {
                self.metrics.dead_lettered();
                self.core.delivered(batch, record);
            }
            Ok(None) => {}
            Err(error) => self.fail(error),
        }
    }

    fn fail(&mut self, error: RunError) {
        // The first error is the cause; later ones follow from it.
        self.failed.get_or_insert((error, Instant::now()));
    }

    /// Hands on which offsets may be committed.
    fn store(&mut self) {
        let moved = self.core.take_moved();
        if !moved.is_empty() {
            self.shared.source.store(&moved);
            self.metrics.stored(&moved);
        }
    }

    fn is_busy(&self) -> bool {
        !self.waiting.is_empty() || !self.core.is_settled()
    }

    fn tell_busy(&mut self, busy: bool) {
        if busy != self.busy {
            self.busy = busy;
            self.metrics.busy(busy);
            if busy {
                self.shared.busy.fetch_add(1, Ordering::AcqRel)
            } else {
                self.shared.busy.fetch_sub(1, Ordering::AcqRel)
            };
        }
    }
}
