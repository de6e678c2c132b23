//! A run: starts the lanes, hands partitions to them, serves the consumer, and ends in order.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use tokio::runtime::Handle;

use super::bounded::Share;
use super::core::{Ceiling, Pace};
use super::dead_letter::DeadLetter;
use super::ends::EndWatch;
use super::error::RunError;
use super::lane::{Lane, REVOKE, Shared};
use super::mailbox::{Event, Mailbox};
use super::reloader::Reloader;
use super::watch::Watch;
use crate::batch::Memory;
use crate::config::Bytes;
use crate::metrics::{Beat, Metrics, Phase, Totals};
use crate::pipeline::Pipeline;
use crate::reload::Reload;
use crate::source::TopicPartition;
use crate::source::kafka::{Assignments, Ends, Fetched, KafkaSource, Queue};

/// How long the consumer is served at a time before the run looks after its lanes.
const SERVE: Duration = Duration::from_millis(20);
/// How often a line of progress is logged.
const PROGRESS: Duration = Duration::from_secs(10);

/// What a run did.
#[derive(Debug, Clone, Copy)]
pub struct Report {
    /// What it counted.
    pub totals: Totals,
    /// How long it took, from joining the group.
    pub took: Duration,
}

/// Runs a pipeline until it is at its end, is told to stop, or fails.
pub(super) fn run(
    pipeline: Arc<Pipeline>,
    source: KafkaSource,
    ends: Option<Ends>,
    metrics: &Arc<Metrics>,
    reload: &Arc<Reload>,
    stop: &AtomicBool,
    runtime: Handle,
) -> Result<Totals, RunError> {
    let source = Arc::new(source);
    let watch = Watch::start(&pipeline, &runtime);
    let dead_letter = pipeline.file().dead_letter.as_ref().map(|config| {
        let topic = config.topic.clone();
        DeadLetter::connect(pipeline.kafka(), topic, pipeline.name(), config.stop_after).map(Arc::new)
    });
    let shared = Arc::new(Shared {
        source: Arc::clone(&source),
        dead_letter: dead_letter.transpose()?,
        metrics: Arc::clone(metrics),
        ends,
        short_of_end: Arc::default(),
        busy: AtomicUsize::new(0),
        pace: Arc::new(Mutex::new(Pace::new(Ceiling::of(&pipeline.file().write)))),
        memory: Memory::new(pipeline.memory().batches),
        runtime,
        pipeline,
    });
    metrics.memory(&shared.memory);
    let mut lanes = Lanes::start(&shared)?;
    metrics.status().enter(Phase::Joining);
    source.subscribe(Arc::clone(&lanes.assignments) as Arc<dyn Assignments>)?;
    let _ends = EndWatch::start(&source, metrics);
    let reloader = Reloader::start(reload, &shared.pipeline, metrics, &lanes.assignments.mailboxes);

    let served = lanes.serve(&shared, stop, &watch);
    drop(reloader);
    metrics.status().enter(Phase::Ending);
    let ended = lanes.end(&source, shared.pipeline.file().limits.shutdown_timeout.get());
    // What is done is committed, whatever failed; what failed first is the cause of what failed later.
    let committed = source.commit().map_err(RunError::from);
    metrics.left();
    served.and(ended).and(committed)?;
    Ok(metrics.totals())
}

struct Lanes {
    threads: Vec<Option<JoinHandle<Result<(), RunError>>>>,
    assignments: Arc<Handing>,
    /// Numbers of lanes that ended.
    ended: Receiver<usize>,
    /// The sign of life of the thread that serves the consumer.
    beat: Beat,
}

/// Hands partitions to lanes: to the one that has fewest.
struct Handing {
    mailboxes: Vec<Mailbox>,
    short_of_end: Arc<AtomicUsize>,
    bounded: bool,
    share: Mutex<Share>,
    lane_of: Mutex<HashMap<TopicPartition, usize>>,
    memory: Arc<Memory>,
    fetch_memory: u64,
    /// That what is fetched takes all memory is said once.
    warned: AtomicBool,
    metrics: Arc<Metrics>,
}

impl Lanes {
    fn start(shared: &Arc<Shared>) -> Result<Self, RunError> {
        let (tell_ended, ended) = mpsc::channel();
        let (mut threads, mut mailboxes) = (Vec::new(), Vec::new());
        for number in 0..shared.pipeline.lanes() {
            let (mailbox, events) = Mailbox::new();
            let lane = Lane::new(number, Arc::clone(shared), mailbox.clone(), events)?;
            let tell = EndOf(number, tell_ended.clone());
            let work = move || {
                let _tell = tell;
                lane.run()
            };
            let thread = std::thread::Builder::new().name(format!("lane-{number}")).spawn(work);
            threads.push(Some(thread.expect("a thread can be started")));
            mailboxes.push(mailbox);
        }
        let assignments = Arc::new(Handing {
            mailboxes,
            short_of_end: Arc::clone(&shared.short_of_end),
            bounded: shared.ends.is_some(),
            share: Mutex::default(),
            lane_of: Mutex::default(),
            memory: Arc::clone(&shared.memory),
            fetch_memory: shared.pipeline.kafka().fetch_memory,
            warned: AtomicBool::new(false),
            metrics: Arc::clone(&shared.metrics),
        });
        let beat = shared.metrics.status().beat("the consumer".into());
        Ok(Self { threads, assignments, ended, beat })
    }

    /// Serves the consumer until the run is to end.
    fn serve(&mut self, shared: &Shared, stop: &AtomicBool, watch: &Watch) -> Result<(), RunError> {
        let mut progress = Progress::new();
        loop {
            self.beat.round();
            shared.source.serve(SERVE)?;
            progress.log(&shared.metrics);
            while let Ok(number) = self.ended.try_recv() {
                // A lane ends by itself only when it failed.
                self.join(number)?;
            }
            if stop.load(Ordering::Acquire) || self.is_at_end(shared) {
                return Ok(());
            }
            if let Some(changed) = watch.changed() {
                return Err(changed);
            }
        }
    }

    fn is_at_end(&self, shared: &Shared) -> bool {
        self.assignments.bounded
            && self.assignments.share().is_settled(Instant::now())
            && shared.short_of_end.load(Ordering::Acquire) == 0
            && shared.busy.load(Ordering::Acquire) == 0
    }

    /// Lets the lanes finish what they read, while the consumer is still served: the group keeps this member.
    fn end(&mut self, source: &KafkaSource, timeout: Duration) -> Result<(), RunError> {
        for mailbox in &self.assignments.mailboxes {
            mailbox.send(Event::Drain);
        }
        let deadline = Instant::now() + timeout;
        let mut first = Ok(());
        while self.threads.iter().any(Option::is_some) {
            if Instant::now() >= deadline {
                return first.and(Err(RunError::Shutdown { seconds: timeout.as_secs() }));
            }
            self.beat.round();
            first = first.and(source.serve(SERVE).map_err(RunError::from));
            while let Ok(number) = self.ended.try_recv() {
                first = first.and(self.join(number));
            }
        }
        first
    }

    fn join(&mut self, number: usize) -> Result<(), RunError> {
        match self.threads[number].take().map(JoinHandle::join) {
            Some(Ok(result)) => result,
            Some(Err(_)) => Err(RunError::Panicked(number)),
            None => Ok(()),
        }
    }
}

/// Tells, when its thread ends by whatever way, which lane it was.
struct EndOf(usize, Sender<usize>);

impl Drop for EndOf {
    fn drop(&mut self) {
        let _ = self.1.send(self.0);
    }
}

impl Handing {
    fn share(&self) -> MutexGuard<'_, Share> {
        self.share.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Assignments for Handing {
    fn assigned(&self, queues: Vec<Queue>) {
        let partitions = queues.len();
        tracing::info!(partitions, "assigned");
        self.metrics.assigned(queues.iter().map(|queue| queue.partition().clone()));
        if self.bounded {
            self.short_of_end.fetch_add(partitions, Ordering::AcqRel);
        }
        let mut shares: Vec<Vec<Queue>> = self.mailboxes.iter().map(|_| Vec::new()).collect();
        let mut lane_of = self.lane_of.lock().unwrap_or_else(PoisonError::into_inner);
        let mut counts = vec![0usize; shares.len()];
        lane_of.values().for_each(|lane| counts[*lane] += 1);
        for queue in queues {
            let lane = (0..counts.len()).min_by_key(|lane| counts[*lane]).expect("there is a lane");
            counts[lane] += 1;
            lane_of.insert(queue.partition().clone(), lane);
            shares[lane].push(queue);
        }
        for (mailbox, share) in self.mailboxes.iter().zip(shares).filter(|(_, share)| !share.is_empty()) {
            mailbox.send(Event::Assigned(share));
        }
        self.share().assigned(partitions, Instant::now());
    }

    fn revoked(&self, partitions: &[TopicPartition], lost: bool) {
        tracing::info!(partitions = partitions.len(), lost, "revoked");
        self.share().revoked(partitions.len());
        let mut shares: Vec<Vec<TopicPartition>> = self.mailboxes.iter().map(|_| Vec::new()).collect();
        let mut lane_of = self.lane_of.lock().unwrap_or_else(PoisonError::into_inner);
        for partition in partitions {
            if let Some(lane) = lane_of.remove(partition) {
                shares[lane].push(partition.clone());
            }
        }
        let (answer, answers) = mpsc::channel();
        // Whoever has lost partitions already would write old rows over what their new owner wrote.
        let until = Instant::now() + if lost { Duration::ZERO } else { REVOKE };
        for (mailbox, share) in self.mailboxes.iter().zip(shares).filter(|(_, share)| !share.is_empty()) {
            mailbox.send(Event::Revoked(share, until, answer.clone()));
        }
        drop(answer);
        // A lane that is gone drops its sender, so this ends when all have answered or the time is over.
        while answers.recv_timeout((until + SERVE).saturating_duration_since(Instant::now())).is_ok() {}
        self.metrics.revoked(partitions);
    }

    fn fetched(&self, fetched: Vec<(TopicPartition, Fetched)>) {
        let held: u64 = fetched.iter().map(|(_, fetched)| fetched.held).sum();
        self.memory.set_excess(usize::try_from(held.saturating_sub(self.fetch_memory)).unwrap_or(usize::MAX));
        if !self.memory.has_room_for_excess() && !self.warned.swap(true, Ordering::Relaxed) {
            let (fetched, partitions) = (Bytes::new(held), fetched.len());
            tracing::warn!(
                %fetched,
                partitions,
                "of each partition at least one batch of its producer is held: raise `limits.memory`, or give each \
                 process fewer partitions"
            );
        }
        self.metrics.fetched(fetched.into_iter());
    }
}

/// A line now and then that says how far the run is.
struct Progress {
    next: Instant,
    logged: Totals,
}

impl Progress {
    fn new() -> Self {
        Self { next: Instant::now() + PROGRESS, logged: Totals::default() }
    }

    fn log(&mut self, metrics: &Metrics) {
        if Instant::now() < self.next {
            return;
        }
        self.next += PROGRESS;
        let totals = metrics.totals();
        if totals != self.logged {
            let Totals { read, written, dead_lettered, discarded, retries, .. } = totals;
            tracing::info!(read, written, dead_lettered, discarded, retries, "progress");
            self.logged = totals;
        }
    }
}
