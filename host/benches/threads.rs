//! CPU time by the threads of a process, told apart by their names.

use std::collections::{BTreeMap, HashMap};
use std::fs;

/// Whose work a thread does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Work {
    /// Decode, plugins, validation, gathering requests.
    Lanes,
    /// Encoding requests and sending them.
    Grpc,
    /// librdkafka's threads: receiving records.
    Kafka,
    /// All other threads of Kiteline: serving the consumer, keeping the plugins' time.
    Rest,
    /// In the benchmark's own process: the sink that acknowledges.
    Sink,
}

/// Kiteline's, in the order of tables.
pub(crate) const KITELINE: [Work; 4] = [Work::Lanes, Work::Grpc, Work::Kafka, Work::Rest];

/// Seconds on a processor, and seconds that were spent waiting for one.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Spent {
    pub(crate) ran: f64,
    pub(crate) waited: f64,
}

/// What each thread of a process has spent since it was started. Threads that ended are not in it, so what is measured
/// by the difference of two is the work of threads that live through both.
#[derive(Debug, Clone)]
pub(crate) struct Times(HashMap<u32, (Work, Spent)>);

impl Times {
    /// Empty where there is no such process any more.
    pub(crate) fn of(process: u32) -> Self {
        let tasks = fs::read_dir(format!("/proc/{process}/task")).into_iter().flatten().flatten();
        Self(
            tasks
                .filter_map(|task| {
                    // A thread that ends meanwhile is left out.
                    let name = fs::read_to_string(task.path().join("comm")).ok()?;
                    let times = fs::read_to_string(task.path().join("schedstat")).ok()?;
                    let mut nanos = times.split_ascii_whitespace().map_while(|nanos| nanos.parse::<u64>().ok());
                    let mut seconds = || nanos.next().map(|nanos| nanos as f64 / 1e9);
                    let spent = Spent { ran: seconds()?, waited: seconds()? };
                    Some((task.file_name().to_str()?.parse().ok()?, (work(name.trim_end()), spent)))
                })
                .collect(),
        )
    }

    /// What was spent since an earlier look, by work.
    pub(crate) fn since(&self, before: &Self) -> BTreeMap<Work, Spent> {
        let mut sums = BTreeMap::<Work, Spent>::new();
        for (thread, (work, spent)) in &self.0 {
            let before = before.0.get(thread).map(|(_, spent)| *spent).unwrap_or_default();
            let sum = sums.entry(*work).or_default();
            sum.ran += spent.ran - before.ran;
            sum.waited += spent.waited - before.waited;
        }
        sums
    }

    /// Seconds on a processor since an earlier look, of all threads: what a server took.
    pub(crate) fn ran_since(&self, before: &Self) -> f64 {
        self.since(before).values().map(|spent| spent.ran).sum()
    }
}

fn work(thread: &str) -> Work {
    match thread {
        "ack" => Work::Sink,
        "milvus" => Work::Grpc,
        _ if thread.starts_with("lane-") => Work::Lanes,
        _ if thread.starts_with("rdk:") => Work::Kafka,
        _ => Work::Rest,
    }
}
