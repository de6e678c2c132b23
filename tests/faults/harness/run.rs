//! A scenario's run: its topic, its collection, its pipeline file, its ledger, and the question what became of it all.

use std::cell::{Cell, RefCell};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rdkafka::ClientConfig;
use rdkafka::admin::{AdminClient, AdminOptions, NewPartitions, NewTopic, TopicReplication};
use rdkafka::client::DefaultClientContext;
use tempfile::TempDir;

use super::account::{self, Account, Allowed};
use super::collection::Collection;
use super::kiteline::Kiteline;
use super::ledger::Ledger;
use super::letters::Letters;
use super::offsets::Offsets;
use super::producer::{Plan, Producer};
use super::profile::Profile;
use super::random::{self, Random};
use super::report;
use crate::support::{self, wait_until};

/// How long it may take until something more is done.
const PROGRESS: Duration = Duration::from_secs(90);

/// The servers of a scenario, and what it sends.
pub(crate) struct Setup {
    /// What the harness uses.
    pub(crate) brokers: String,
    pub(crate) milvus: String,
    /// What Kiteline is told, where that is a proxy.
    pub(crate) seen_brokers: Option<String>,
    pub(crate) seen_milvus: Option<String>,
    pub(crate) plan: Plan,
    pub(crate) lanes: u32,
    pub(crate) replicas: i32,
    /// How soon, in milliseconds, the group does without a member that is not heard of.
    pub(crate) session: u32,
    /// More keys of the tables `[kafka]` and `[milvus]`, and more tables.
    pub(crate) kafka_keys: String,
    pub(crate) milvus_keys: String,
    pub(crate) tables: String,
}

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
    started: Instant,
}

/// A folder that stays where the scenario fails.
pub(crate) struct Folder(Option<TempDir>);

impl Setup {
    /// The same with Milvus Lite.
    pub(crate) fn shared_lite(plan: Plan) -> Self {
        Self { milvus: server("KITELINE_TEST_MILVUS_LITE"), ..Self::shared(plan) }
    }

    /// The servers that `cargo xtask test` starts, for scenarios that do them no harm.
    pub(crate) fn shared(plan: Plan) -> Self {
        Self {
            brokers: server("KITELINE_TEST_KAFKA"),
            milvus: server("KITELINE_TEST_MILVUS"),
            seen_brokers: None,
            seen_milvus: None,
            plan,
            lanes: 2,
            replicas: 1,
            session: 4000,
            kafka_keys: String::new(),
            milvus_keys: String::new(),
            tables: String::new(),
        }
    }
}

impl Folder {
    pub(crate) fn new() -> Self {
        Self(Some(tempfile::Builder::new().prefix("kiteline-faults-").tempdir().expect("a folder")))
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.as_ref().expect("kept until it is dropped").path()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if std::thread::panicking()
            && let Some(folder) = self.0.take()
        {
            println!("logs of this scenario: {}", folder.keep().display());
        }
    }
}

impl Run {
    /// Makes topic, dead-letter topic, collection and pipeline file; nothing runs yet.
    pub(crate) fn new(scenario: &'static str, setup: Setup) -> (Self, Producer) {
        println!("{scenario}: KITELINE_SEED={}", random::seed());
        let mut random = Random::of(scenario);
        let name = support::unique(scenario);
        let partitions = setup.plan.partitions();
        create_topics(&setup.brokers, &[(&name, partitions), (&format!("{name}.dead"), 1)], setup.replicas);
        let collection = Collection::new(&setup.milvus, &name, setup.plan.shape.dim);
        collection.create(&[]);
        let folder = Folder::new();
        std::fs::write(folder.path().join("pipeline.toml"), pipeline(&name, &setup)).expect("written");
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
        let sum = || self.committed().iter().sum::<i64>();
        let from = sum();
        wait_until("nothing more is committed", PROGRESS, || {
            kiteline.iter_mut().for_each(Kiteline::must_run);
            sum() >= from + more
        });
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
        let rows = self.collection.rows(self.keys.get());
        let (sent, mut letters) = (self.ledger.all(), self.letters.borrow_mut());
        let missing = account::missing_below(&sent, &committed, &rows, letters.all(), &self.allowed.borrow());
        assert!(
            missing.is_empty(),
            "{} of what is committed:\n{}",
            missing.len(),
            missing[..missing.len().min(5)].join("\n")
        );
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

    /// Waits until all that was sent is committed.
    pub(crate) fn settle(&self, kiteline: &mut [Kiteline]) {
        let partitions = self.partitions.get();
        let ends = self.offsets.ends(partitions);
        let (mut least, mut since) = (i64::MAX, Instant::now());
        loop {
            kiteline.iter_mut().for_each(Kiteline::must_run);
            let committed = self.committed();
            let left: i64 = ends.iter().zip(&committed).map(|(end, committed)| end - committed).sum();
            if left == 0 {
                return;
            }
            if left < least {
                (least, since) = (left, Instant::now());
            }
            assert!(since.elapsed() < PROGRESS, "{left} records are not committed, for {PROGRESS:?}");
            std::thread::sleep(Duration::from_millis(200));
        }
    }

    /// Accounts for every record; nothing may be lost, doubled or wrong.
    pub(crate) fn account(&self, faults: &str) -> Account {
        let rows = self.collection.rows(self.keys.get());
        let account = account::of(&self.ledger.all(), &rows, self.letters.borrow_mut().all(), &self.allowed.borrow());
        report::tell(self.scenario, faults, &account, self.started.elapsed());
        assert!(account.is_clean(), "{}: {account}", self.scenario);
        account
    }

    /// Adds partitions to the topic, with keys of their own.
    pub(crate) fn grow(&self, plan: &mut Plan, keys: u32, partitions: i32) {
        let total = plan.partitions() + partitions;
        let new = NewPartitions::new(&self.topic, total as usize);
        admin(&self.brokers, async |admin| {
            admin
                .create_partitions(&[new], &AdminOptions::new())
                .await
                .expect("asked")
                .pop()
                .expect("one")
                .expect("made");
        });
        plan.grow(keys, partitions);
        self.partitions.set(total);
        self.keys.set(plan.keys());
    }
}

fn server(variable: &str) -> String {
    std::env::var(variable).unwrap_or_else(|_| panic!("{variable} is not set: see tests/blackbox/main.rs"))
}

/// The file of a pipeline: small batches and requests, so that faults come between them.
fn pipeline(name: &str, setup: &Setup) -> String {
    let brokers = setup.seen_brokers.as_ref().unwrap_or(&setup.brokers);
    let milvus = setup.seen_milvus.as_ref().unwrap_or(&setup.milvus);
    let Setup { lanes, session, kafka_keys, milvus_keys, tables, .. } = setup;
    let unknown_fields =
        if setup.plan.shape.more { "unknown_fields = \"drop\"" } else { "unknown_fields = \"reject\"" };
    format!(
        r#"name = "{name}"
lanes = {lanes}

[kafka]
brokers = "{brokers}"
topics = ["{name}"]
group = "{name}"
{kafka_keys}

[kafka.client]
"session.timeout.ms" = {session}
"heartbeat.interval.ms" = 500
"topic.metadata.refresh.interval.ms" = 2000
"reconnect.backoff.max.ms" = 1000

[milvus]
uri = "{milvus}"
collection = "{name}"
timeout = "5s"
watch = "1s"
{unknown_fields}
{milvus_keys}

[decode.key]
format = "text"

[batch]
rows = 200

[write]
rows = 200
bytes = "1MiB"
age = "50ms"

[dead_letter]
topic = "{name}.dead"

{tables}
"#
    )
}

/// Makes topics.
fn create_topics(brokers: &str, topics: &[(&str, i32)], replicas: i32) {
    let topics: Vec<NewTopic<'_>> =
        topics.iter().map(|(name, count)| NewTopic::new(name, *count, TopicReplication::Fixed(replicas))).collect();
    admin(brokers, async |admin| {
        for result in admin.create_topics(&topics, &AdminOptions::new()).await.expect("asked") {
            result.expect("made");
        }
        // A broker hears of them a little later than the controller.
        wait_until("the topics have no leaders", PROGRESS, || {
            topics.iter().all(|topic| {
                let metadata = admin.inner().fetch_metadata(Some(topic.name), Duration::from_secs(5));
                metadata.is_ok_and(|metadata| {
                    let partitions = metadata.topics()[0].partitions();
                    partitions.len() == topic.num_partitions as usize && partitions.iter().all(|p| p.leader() >= 0)
                })
            })
        });
    });
}

fn admin(brokers: &str, work: impl AsyncFnOnce(AdminClient<DefaultClientContext>)) {
    let mut config = ClientConfig::new();
    let admin = config.set("bootstrap.servers", brokers).create().expect("an admin client");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(work(admin));
}
