//! CPU time by the threads of this process, told apart by their names.

use std::collections::{BTreeMap, HashMap};
use std::fs;

/// Whose work a thread does. The first four are Kiteline's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Work {
    /// Decode, plugins, validation, gathering requests.
    Lanes,
    /// Encoding requests and sending them.
    Grpc,
    /// librdkafka's threads: receiving records.
    Kafka,
    /// Serving the consumer, keeping the plugins' time.
    Rest,
    /// The Kafka inside this process.
    Broker,
    /// The sink that acknowledges.
    Sink,
    /// The benchmark itself.
    Bench,
}

/// Seconds on a processor, and seconds that were spent waiting for one.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Spent {
    pub(crate) ran: f64,
    pub(crate) waited: f64,
}

/// What the threads spent since it was started, those included that ended since. What a thread used after the last
/// [`Usage::look`] that met it is lost.
pub(crate) struct Usage {
    before: HashMap<String, Spent>,
    now: HashMap<String, (Work, Spent)>,
}

impl Usage {
    pub(crate) fn start() -> Self {
        let before = threads().map(|(id, _, spent)| (id, spent)).collect();
        Self { before, now: HashMap::new() }
    }

    /// Reads the times of each thread that runs.
    pub(crate) fn look(&mut self) {
        self.now.extend(threads().map(|(id, work, spent)| (id, (work, spent))));
    }

    /// The sums by work.
    pub(crate) fn by_work(&self) -> BTreeMap<Work, Spent> {
        let mut sums = BTreeMap::<Work, Spent>::new();
        for (id, (work, spent)) in &self.now {
            let before = self.before.get(id).copied().unwrap_or_default();
            let sum = sums.entry(*work).or_default();
            sum.ran += spent.ran - before.ran;
            sum.waited += spent.waited - before.waited;
        }
        sums
    }
}

/// Each thread's id, its work, and what it has spent. A thread that ends meanwhile is left out.
fn threads() -> impl Iterator<Item = (String, Work, Spent)> {
    let tasks = fs::read_dir("/proc/self/task").expect("Linux tells of threads").flatten();
    tasks.filter_map(|task| {
        let name = fs::read_to_string(task.path().join("comm")).ok()?;
        let times = fs::read_to_string(task.path().join("schedstat")).ok()?;
        let mut nanos = times.split_ascii_whitespace().map_while(|nanos| nanos.parse::<u64>().ok());
        let mut seconds = || nanos.next().map(|nanos| nanos as f64 / 1e9);
        let spent = Spent { ran: seconds()?, waited: seconds()? };
        Some((task.file_name().to_string_lossy().into_owned(), work(name.trim_end()), spent))
    })
}

fn work(thread: &str) -> Work {
    match thread {
        "rdk:mock" => Work::Broker,
        "ack" => Work::Sink,
        "milvus" => Work::Grpc,
        "run" | "epochs" => Work::Rest,
        _ if thread.starts_with("lane-") => Work::Lanes,
        _ if thread.starts_with("rdk:") => Work::Kafka,
        _ => Work::Bench,
    }
}
