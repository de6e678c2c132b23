//! The whole line: Kafka, decode, plugins, validation, write requests, and a sink that acknowledges at once. Broker and
//! sink run in this process, on the same processors, and are counted apart.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use kiteline::config::{self, PipelineFile};
use kiteline::delivery::{self, Options};
use kiteline::metrics::Metrics;
use kiteline::plugin::SHIPPED;
use kiteline::reload::Reload;
use kiteline::sink::{self, Schema};
use kiteline::source::kafka::LocalKafka;
use tokio::runtime::Runtime;

use crate::ack::Ack;
use crate::feed::{Feed, collection};
use crate::process::Process;
use crate::stages::PLUGINS;
use crate::threads::{KITELINE, Spent, Work};

const TOPIC: &str = "records";
/// The broker keeps 5 MB of each partition.
const PARTITIONS: i32 = 64;
const RECORDS: u64 = 20_000;
/// Runs of each kind; the medians are told. An odd number.
const RUNS: usize = 3;
/// How often the counts are looked at, for the time of the last acknowledgement.
const POLL: Duration = Duration::from_millis(2);
/// After so many polls the threads' times are read.
const POLLS: u32 = 10;

/// One kind of run.
struct Kind {
    lanes: usize,
    plugins: usize,
}

/// What a run took.
struct Took {
    /// Seconds from the first record that was read to the last one acknowledged.
    wall: f64,
    threads: BTreeMap<Work, Spent>,
}

/// The servers, with the records in them.
struct Servers {
    kafka: LocalKafka,
    ack: Ack,
    runtime: Runtime,
    payload_bytes: usize,
}

/// Runs all kinds; a table.
pub(crate) fn measure(feed: &Feed) -> String {
    let servers = Servers::start(feed);
    let mut text = format!(
        "{RECORDS} records, µs per record (medians of {RUNS} runs). Kiteline's CPU time is that of its lanes, of gRPC, of\n\
         librdkafka and of the rest; broker and sink share the processors, but not this sum. `waited` is how long lanes\n\
         that could run were kept from a processor: it is in the wall time, divided by the lanes.\n\n\
         | lanes | plugins | records/s | MB/s | wall | CPU of Kiteline | lanes | gRPC | librdkafka | rest | \
         sink | waited |\n|---|---|---|---|---|---|---|---|---|---|---|---|\n"
    );
    for (lanes, plugins) in [(1, 0), (1, PLUGINS.len()), (2, 0), (2, PLUGINS.len())] {
        let kind = Kind { lanes, plugins };
        let runs: Vec<Took> = (0..RUNS).map(|run| servers.run(&kind, run)).collect();
        text += &row(&kind, &runs, servers.payload_bytes);
    }
    text
}

impl Servers {
    fn start(feed: &Feed) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("milvus")
            .enable_all()
            .build()
            .expect("a runtime");
        let ack = Ack::start(None);
        runtime.block_on(create_collections(&ack.uri()));
        let kafka = LocalKafka::start().expect("a Kafka inside this process");
        kafka.create_topic(TOPIC, PARTITIONS).expect("a topic");
        let records: Vec<(String, Vec<u8>)> = (0..RECORDS).map(|id| (id.to_string(), feed.payload(id))).collect();
        let payload_bytes = records.iter().map(|(_, payload)| payload.len()).sum();
        let records = records.iter().map(|(key, payload)| (key.as_str(), payload.as_slice()));
        kafka.produce(TOPIC, PARTITIONS, records).expect("the partitions hold all records");
        Self { kafka, ack, runtime, payload_bytes }
    }

    fn run(&self, kind: &Kind, run: usize) -> Took {
        let file = self.pipeline_file(kind, run);
        let metrics = Metrics::new(&file.name, &file.kafka.group);
        let acknowledged_before = self.ack.rows();
        let before = Process::own().times();
        let mut usage = before.clone();
        let running = {
            let (metrics, handle) = (Arc::clone(&metrics), self.runtime.handle().clone());
            let work = move || {
                let reload = Reload::never();
                let stop = AtomicBool::new(false);
                delivery::run(&file, &Options::UntilEnd, &metrics, &reload, &stop, &handle, |_, _| {})
            };
            std::thread::Builder::new().name("run".into()).spawn(work).expect("a thread can be started")
        };
        let (mut first, mut last) = (None, None);
        let mut polls = 0;
        while !running.is_finished() {
            std::thread::sleep(POLL);
            polls += 1;
            let totals = metrics.totals();
            if first.is_none() && totals.read > 0 {
                first = Some(Instant::now());
            }
            if last.is_none() && totals.written == RECORDS {
                last = Some(Instant::now());
            }
            if polls % POLLS == 0 {
                usage = Process::own().times();
            }
        }
        // Where the run ended between two polls, it ended just now.
        let last = last.unwrap_or_else(Instant::now);
        let report = running.join().expect("no panic").expect("it runs");
        assert_eq!((report.totals.read, report.totals.written), (RECORDS, RECORDS));
        assert_eq!(self.ack.rows() - acknowledged_before, RECORDS);
        let wall = last - first.expect("records were read");
        Took { wall: wall.as_secs_f64(), threads: usage.since(&before) }
    }

    fn pipeline_file(&self, kind: &Kind, run: usize) -> PipelineFile {
        let Kind { lanes, plugins } = kind;
        let mut text = format!(
            "name = \"line\"\nlanes = {lanes}\n\
             [kafka]\nbrokers = \"{}\"\ntopics = [\"{TOPIC}\"]\ngroup = \"line-{lanes}-{plugins}-{run}\"\n\
             start = \"earliest\"\n\
             [milvus]\nuri = \"{}\"\ncollection = \"{}\"\ncreate_partitions = true\n",
            self.kafka.brokers(),
            self.ack.uri(),
            if *plugins == 0 { "plain" } else { "items" },
        );
        for (name, config) in &PLUGINS[..*plugins] {
            let config: toml::Table = serde_json::from_str(config).expect("JSON");
            write!(text, "[[plugin]]\nuse = \"{name}\"\n").expect("writing to a String");
            writeln!(text, "config = {}", toml::Value::Table(config)).expect("writing to a String");
        }
        config::parse(&text, "line.toml", SHIPPED, &|_| None).expect("it has no mistakes")
    }
}

/// `plain` takes the records as they come, `items` has the vector by the name that `rename` gives it.
async fn create_collections(uri: &str) {
    let options =
        sink::Options { uri: uri.to_owned(), token: None, tls: None, database: None, timeout: Duration::from_secs(10) };
    let client = sink::Client::connect(&options).await.expect("the sink is there");
    for (name, vector) in [("plain", "emb"), ("items", "embedding")] {
        client.create_collection(&Schema::new(collection(name, vector)), &[]).await.expect("it is made");
    }
}

fn row(Kind { lanes, plugins }: &Kind, runs: &[Took], payload_bytes: usize) -> String {
    let records = RECORDS as f64;
    let micros = |of: &dyn Fn(&Took) -> f64| median(runs.iter().map(of)) * 1e6 / records;
    let spent = |run: &Took, work: Work| run.threads.get(&work).copied().unwrap_or_default();
    let all = micros(&|run| KITELINE.iter().map(|work| spent(run, *work).ran).sum());
    let wall = micros(&|run| run.wall);
    let (per_second, megabytes) = (1e6 / wall, payload_bytes as f64 / records / wall);
    let mut cells = vec![
        lanes.to_string(),
        plugins.to_string(),
        format!("{per_second:.0}"),
        format!("{megabytes:.0}"),
        format!("{wall:.1}"),
        format!("{all:.1}"),
    ];
    let of_work = |work: Work| format!("{:.1}", micros(&|run| spent(run, work).ran));
    cells.extend(KITELINE.into_iter().chain([Work::Sink]).map(of_work));
    cells.push(format!("{:.1}", micros(&|run| spent(run, Work::Lanes).waited)));
    format!("| {} |\n", cells.join(" | "))
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
