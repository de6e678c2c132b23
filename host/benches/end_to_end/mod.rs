//! End to end on real servers: Kiteline beside requests that were made before and beside a plain program, with the same
//! rows, by turns. What each process takes of the processors stands beside it, as all of them share these.

mod account;
pub(crate) mod collection;
mod kiteline;
mod python;
mod ready;
mod rows;
mod table;

use std::time::{Duration, Instant};

use tokio::runtime::Runtime;

use self::account::{Account, Took};
use self::collection::Fresh;
use self::python::Program;
use self::ready::Sending;
use self::rows::Rows;
use self::table::Results;
use crate::feed::{self, Feed};
use crate::servers::{KAFKA, LITE, MILVUS, Server, process_at};
use crate::topic::{Topic, unique};
use crate::{Options, pipeline};

const PARTITIONS: i32 = 8;
/// Rows in a request of the loop before Kiteline has shown how many it sends.
const REQUEST_ROWS: f64 = 2000.0;
/// A server counts as at rest when it takes less than this share of a processor, or has had this long.
const AT_REST: f64 = 0.3;
const REST: Duration = Duration::from_secs(15);
const REST_LOOK: Duration = Duration::from_millis(500);

/// How rows are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    Upsert,
    Insert,
}

/// What writes them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Writer {
    Kiteline,
    /// Requests that were made before.
    Ready,
    Python,
}

/// What is measured on one server.
struct Case {
    server: &'static Server,
    records: u64,
    modes: &'static [Mode],
    /// Requests that Kiteline may have under way at a time.
    in_flight: usize,
}

const CASES: [Case; 2] = [
    Case { server: &MILVUS, records: 100_000, modes: &[Mode::Upsert, Mode::Insert], in_flight: 2 * pipeline::LANES },
    // An insert is an upsert there, and two writes at once lose rows.
    Case { server: &LITE, records: 20_000, modes: &[Mode::Upsert], in_flight: 1 },
];

/// What all runs on one server share.
struct Bench<'a> {
    case: &'a Case,
    uri: String,
    topic: Topic,
    account: Account,
    rows: Rows,
    python: Option<&'a Program>,
    runtime: Runtime,
}

/// Runs it all; a table a server.
pub(crate) fn measure(feed: &Feed, options: &Options) -> Result<String, String> {
    let runs = options.runs;
    let brokers = KAFKA.address()?;
    let mut text = String::new();
    let python = Program::install();
    for case in &CASES {
        let uri = case.server.address()?;
        let bench = Bench::new(feed, case, uri, &brokers, python.as_ref().ok())?;
        text += &table::of(case, runs, &bench.measure(runs)?);
    }
    text += table::NOTES;
    if let Err(why) = python {
        text += &format!("\nThe plain program is missing, as its environment could not be made: {why}\n");
    }
    Ok(text)
}

impl<'a> Bench<'a> {
    fn new(
        feed: &Feed,
        case: &'a Case,
        uri: String,
        brokers: &str,
        python: Option<&'a Program>,
    ) -> Result<Self, String> {
        eprintln!("{}: {} records into a topic", case.server.name, case.records);
        let topic = Topic::create("records", brokers, PARTITIONS)?;
        topic.fill((0..case.records).map(|id| feed.payload(id)))?;
        let account = Account { broker: process_at(brokers), milvus: process_at(&uri) };
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
        let runtime = runtime.map_err(|error| error.to_string())?;
        Ok(Self { case, uri, topic, account, rows: Rows::of(feed, case.records), python, runtime })
    }

    /// All kinds by turns, in one order and in the other.
    fn measure(&self, runs: usize) -> Result<Results, String> {
        let mut kinds = Vec::new();
        for mode in self.case.modes {
            kinds.extend([(*mode, Writer::Kiteline), (*mode, Writer::Ready)]);
        }
        if self.python.is_some() {
            kinds.push((self.case.modes[self.case.modes.len() - 1], Writer::Python));
        }
        let mut results: Results = kinds.iter().map(|(mode, writer)| (*mode, *writer, Vec::new())).collect();
        for run in 0..runs {
            for turn in 0..kinds.len() {
                let kind = if run % 2 == 0 { turn } else { kinds.len() - 1 - turn };
                let (mode, writer) = kinds[kind];
                let known = results.iter().find(|(of, by, _)| *of == mode && *by == Writer::Kiteline);
                let known = known.and_then(|(_, _, took)| took.last()).map_or(REQUEST_ROWS, |took| took.request_rows);
                let took = self.run(mode, writer, known)?;
                let name = self.case.server.name;
                let rate = took.rows / took.wall;
                eprintln!("{name}, run {} of {runs}: {mode:?} by {writer:?}: {rate:.0} rows/s", run + 1);
                results[kind].2.push(took);
            }
        }
        Ok(results)
    }

    /// One run, into a collection of its own, which must hold all rows in the end.
    fn run(&self, mode: Mode, writer: Writer, request_rows: f64) -> Result<Took, String> {
        let records = self.case.records;
        let fresh = Fresh::create(&self.runtime, &self.uri, feed::collection("", "embedding"))?;
        self.rest();
        let group = unique("group");
        let took = match writer {
            Writer::Kiteline => {
                let mode = if mode == Mode::Upsert { "mode = \"upsert\"" } else { "mode = \"insert\"" };
                let file = pipeline::text(&self.topic, &group, &self.uri, &fresh.name, mode, "");
                kiteline::run(&self.account, &file, records)
            }
            Writer::Ready => {
                let rows = request_rows.round() as usize;
                let sending = Sending { collection: &fresh.name, mode, rows, in_flight: self.case.in_flight };
                ready::send(self, &sending)
            }
            Writer::Python => {
                let python = self.python.ok_or("there is no Python")?;
                python.run(self, &group, &fresh.name)
            }
        }?;
        match fresh.rows()? {
            rows if rows == records => Ok(took),
            rows => Err(format!("{mode:?} by {writer:?}: {rows} of {records} rows are there")),
        }
    }

    /// Waits until the server has done what it does behind an acknowledgement.
    fn rest(&self) {
        let Some(milvus) = self.account.milvus else { return std::thread::sleep(REST / 5) };
        let start = Instant::now();
        while start.elapsed() < REST {
            let before = milvus.times();
            std::thread::sleep(REST_LOOK);
            if milvus.times().ran_since(&before) < AT_REST * REST_LOOK.as_secs_f64() {
                return;
            }
        }
    }
}
