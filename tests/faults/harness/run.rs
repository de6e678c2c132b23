//! A scenario's run: its topic, its collection, its pipeline file, its ledger, and the question what became of it all.

use std::cell::{Cell, RefCell};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::account::{self, Account, Allowed};
use super::collection::{Collection, Rows};
use super::folder::Folder;
use super::kiteline::Kiteline;
use super::ledger::Ledger;
use super::letters::Letters;
use super::offsets::Offsets;
use super::producer::{Plan, Producer};
use super::profile::Profile;
use super::random::{self, Random};
use super::report;
use super::servers::{Operator, Server};
use super::setup::Setup;
use super::topics;
use crate::support;

/// How long it may take until something more is done, on a machine that has other work as well.
const PROGRESS: Duration = Duration::from_secs(180);
/// How long a Milvus that was frozen may take nothing.
const THAW: Duration = Duration::from_secs(45);

/// A scenario at work.
pub(crate) struct Run {
    scenario: &'static str,
    pub(crate) profile: Profile,
    pub(crate) random: RefCell<Random>,
    folder: Folder,
    pub(crate) collection: Collection,
    brokers: String,
    topic: String,
    ledger: Arc<Ledger>,
    offsets: Offsets,
    letters: RefCell<Letters>,
    partitions: Cell<i32>,
    keys: Cell<u32>,
    pub(crate) allowed: RefCell<Allowed>,
    processes: Cell<u32>,
    /// A Milvus that was frozen.
    thawed: RefCell<Option<Operator>>,
    started: Instant,
}

impl Run {
    /// Makes topic, dead-letter topic, collection and pipeline file; nothing runs yet.
    pub(crate) fn new(scenario: &'static str, setup: Setup) -> (Self, Producer) {
        println!("{scenario}: KITELINE_SEED={}", random::seed());
        let mut random = Random::of(scenario);
        let name = support::unique(scenario);
        let partitions = setup.plan.partitions();
        topics::create(&setup.brokers, &[(&name, partitions), (&format!("{name}.dead"), 1)], setup.replicas);
        let collection = Collection::new(&setup.milvus, &name, setup.plan.shape.dim);
        collection.create(&[]);
        let folder = Folder::new();
        std::fs::write(folder.path().join("pipeline.toml"), setup.pipeline(&name)).expect("written");
        let ledger = Arc::<Ledger>::default();
        let allowed = Allowed { shape: setup.plan.shape, ..Allowed::default() };
        let keys = setup.plan.keys();
        let producer = Producer::new(&setup.brokers, &name, Arc::clone(&ledger), setup.plan, random.fork());
        let run = Self {
            scenario,
            profile: Profile::of_run(),
            random: RefCell::new(random),
            folder,
            collection,
            offsets: Offsets::new(&setup.brokers, &name, &name),
            letters: RefCell::new(Letters::new(&setup.brokers, &format!("{name}.dead"))),
            brokers: setup.brokers,
            topic: name,
            ledger,
            partitions: Cell::new(partitions),
            keys: Cell::new(keys),
            allowed: RefCell::new(allowed),
            processes: Cell::new(0),
            thawed: RefCell::default(),
            started: Instant::now(),
        };
        (run, producer)
    }

    /// Starts one more process of the pipeline.
    pub(crate) fn start(&self) -> Kiteline {
        let number = self.processes.get() + 1;
        self.processes.set(number);
        Kiteline::start(&self.file(), &self.folder.path().join(format!("kiteline-{number}.log")))
    }

    /// The pipeline file.
    pub(crate) fn file(&self) -> PathBuf {
        self.folder.path().join("pipeline.toml")
    }

    /// The committed offset of each partition.
    pub(crate) fn committed(&self) -> Vec<i64> {
        self.offsets.committed(self.partitions.get())
    }

    /// Waits until so many records more than now are committed.
    pub(crate) fn progress(&self, kiteline: &mut [Kiteline], more: i64) {
        let goal = self.committed().iter().sum::<i64>() + more;
        self.until(kiteline, |committed| goal - committed.iter().sum::<i64>());
    }

    /// Waits until all that was sent is committed.
    pub(crate) fn settle(&self, kiteline: &mut [Kiteline]) {
        let ends = self.offsets.ends(self.partitions.get());
        self.until(kiteline, |committed| ends.iter().zip(committed).map(|(end, committed)| end - committed).sum());
    }

    /// Waits until nothing is left, and fails where nothing happens for long.
    fn until(&self, kiteline: &mut [Kiteline], left: impl Fn(&[i64]) -> i64) {
        let (mut least, mut since) = (i64::MAX, Instant::now());
        loop {
            kiteline.iter_mut().for_each(Kiteline::must_run);
            let left = left(&self.committed());
            if left <= 0 {
                return;
            }
            if left < least {
                (least, since) = (left, Instant::now());
            }
            assert!(since.elapsed() < PROGRESS, "{left} records are not committed, for {PROGRESS:?}");
            if since.elapsed() > THAW {
                self.restart_thawed();
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Lets a time go by that is a fault's own, while the processes must go on.
    pub(crate) fn pass(&self, time: Duration, kiteline: &mut [Kiteline]) {
        let end = Instant::now() + time;
        while Instant::now() < end {
            kiteline.iter_mut().for_each(Kiteline::must_run);
            std::thread::sleep(Duration::from_millis(50).min(end.saturating_duration_since(Instant::now())));
        }
    }

    /// A random time in milliseconds.
    pub(crate) fn time(&self, from: u32, to: u32) -> Duration {
        self.random.borrow_mut().time(from, to)
    }

    /// Fails where a committed record is not accounted for. Works at any time: what is in Milvus is read after the
    /// offsets are.
    pub(crate) fn check_committed(&self) {
        let committed = self.committed();
        let missing = self.read_until(Vec::is_empty, |rows| {
            let (sent, mut letters) = (self.ledger.all(), self.letters.borrow_mut());
            account::missing_below(&sent, &committed, rows, letters.all(), &self.allowed.borrow())
        });
        assert!(
            missing.is_empty(),
            "{} of what is committed:\n{}",
            missing.len(),
            missing[..missing.len().min(5)].join("\n")
        );
    }

    /// Looks at all rows; a Milvus that was frozen is given time, and restarted then, as one that gave up a part of
    /// itself meanwhile answers without the rows of that part.
    fn read_until<T>(&self, is_good: impl Fn(&T) -> bool, look: impl Fn(&Rows) -> T) -> T {
        let since = Instant::now();
        loop {
            let (seen, is_thawed) = (look(&self.rows()), self.thawed.borrow().is_some());
            if is_good(&seen) || !is_thawed {
                return seen;
            }
            if since.elapsed() > THAW {
                self.restart_thawed();
            }
            std::thread::sleep(Duration::from_millis(500));
        }
    }

    /// The collection is gone, by the operator's own act; once nothing more is committed, what is committed went with it.
    pub(crate) fn dropped(&self, kiteline: &mut [Kiteline]) {
        let (mut committed, mut since) = (self.committed(), Instant::now());
        // Twice as long as librdkafka waits for a commit, and some.
        while since.elapsed() < Duration::from_millis(2500) {
            self.pass(Duration::from_millis(200), kiteline);
            let now = self.committed();
            if now != committed {
                (committed, since) = (now, Instant::now());
            }
        }
        self.allowed.borrow_mut().dropped_below = committed;
    }

    /// The collection was dropped and made again at once: what is in the topic by now may have gone with it.
    pub(crate) fn dropped_meanwhile(&self) {
        self.allowed.borrow_mut().dropped_below = self.offsets.ends(self.partitions.get());
    }

    /// Accounts for every record; nothing may be lost, doubled or wrong.
    pub(crate) fn account(&self, faults: &str) -> Account {
        let account = self.read_until(Account::is_clean, |rows| {
            account::of(&self.ledger.all(), rows, self.letters.borrow_mut().all(), &self.allowed.borrow())
        });
        report::tell(self.scenario, faults, &account, self.started.elapsed());
        assert!(account.is_clean(), "{}: {account}", self.scenario);
        account
    }

    /// Lets a Milvus go on that was frozen. One whose parts gave each other up meanwhile ends itself, or never takes or
    /// shows a row again: then it is restarted, as an operator would.
    pub(crate) fn thaw(&self, milvus: &Server) {
        milvus.resume(None);
        self.thawed.replace(Some(milvus.operator()));
    }

    fn restart_thawed(&self) {
        if let Some(milvus) = self.thawed.take() {
            println!("{}: Milvus does not come back from being frozen: it is restarted", self.scenario);
            milvus.restart();
        }
    }

    /// All rows that Milvus has.
    fn rows(&self) -> Rows {
        if !self.collection.answers_within(THAW) {
            self.restart_thawed();
        }
        self.collection.rows(self.keys.get())
    }

    /// Adds partitions to the topic, with keys of their own.
    pub(crate) fn grow(&self, plan: &mut Plan, keys: u32, partitions: i32) {
        let total = plan.partitions() + partitions;
        topics::grow(&self.brokers, &self.topic, total);
        plan.grow(keys, partitions);
        self.partitions.set(total);
        self.keys.set(plan.keys());
    }
}
