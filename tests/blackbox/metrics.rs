//! What a run tells of itself over HTTP, against what is known to have been sent.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use kiteline::target::{Field, FieldType};
use serde_json::json;

use super::support::admin::{Admin, Metrics};
use super::support::collection::{Milvus, field, text, vector};
use super::support::kafka::{self, ToSend};
use super::support::kiteline::{kiteline, start};
use super::support::pipeline::{Names, PipelineFile};
use super::support::wait_until;

const WAIT: Duration = Duration::from_secs(90);
const PARTITIONS: i32 = 3;
const GOOD: usize = 200;

/// Stands before a server and lets bytes through while it is open. Its threads end with the test process.
struct Gate {
    address: SocketAddr,
    open: Arc<AtomicBool>,
}

impl Gate {
    fn before(uri: &str) -> Self {
        let to = uri.strip_prefix("http://").expect("an address over http").to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let address = listener.local_addr().expect("bound");
        let open = Arc::<AtomicBool>::default();
        let gate = Self { address, open: Arc::clone(&open) };
        std::thread::spawn(move || {
            for client in listener.incoming() {
                let (client, server) = (client.expect("accepted"), TcpStream::connect(&to).expect("it listens"));
                for (from, to) in [(&client, &server), (&server, &client)] {
                    let (from, to) = (from.try_clone().expect("cloned"), to.try_clone().expect("cloned"));
                    let open = Arc::clone(&open);
                    std::thread::spawn(move || pass(from, to, &open));
                }
            }
        });
        gate
    }

    fn uri(&self) -> String {
        format!("http://{}", self.address)
    }

    fn set_open(&self, open: bool) {
        self.open.store(open, Ordering::Release);
    }
}

fn pass(mut from: TcpStream, mut to: TcpStream, open: &AtomicBool) {
    let mut buffer = [0; 4096];
    while let Ok(count @ 1..) = from.read(&mut buffer) {
        while !open.load(Ordering::Acquire) {
            std::thread::park_timeout(Duration::from_millis(20));
        }
        if to.write_all(&buffer[..count]).is_err() {
            break;
        }
    }
    // One side is gone, so the other has nobody any more.
    let _ = (from.shutdown(Shutdown::Both), to.shutdown(Shutdown::Both));
}

/// Good records and, among them, one that the JSON decoder rejects, two that the plugin `dimension` rejects, three that
/// don't fit the schema and four on which the plugin `misbehave` panics.
fn records() -> Vec<(String, Vec<u8>)> {
    let record = |id: String, number: usize, dimension: usize| {
        let value = json!({"id": id, "number": number, "v": vec![1; dimension]}).to_string();
        (id, value.into_bytes())
    };
    let mut records: Vec<_> = (0..GOOD).map(|number| record(format!("row-{number}"), number % 100, 4)).collect();
    records.insert(150, ("undecodable".into(), b"{\"id\": ".to_vec()));
    (0..2).for_each(|number| records.insert(30 * number, record(format!("short-{number}"), 1, 3)));
    (0..3).for_each(|number| records.insert(40 * number, record(format!("large-{number}"), 300, 4)));
    (0..4).for_each(|number| records.insert(50 * number, record("panic".into(), number, 4)));
    records
}

const REJECTED: [(&[&str], f64); 5] = [
    (&["stage=\"decode\"", "plugin=\"\""], 1.0),
    (&["stage=\"plugin\"", "plugin=\"dimension\""], 2.0),
    (&["stage=\"validate\"", "plugin=\"\""], 3.0),
    (&["stage=\"plugin\"", "plugin=\"misbehave\""], 4.0),
    (&[], 10.0),
];

#[test]
fn every_number_is_what_was_sent() {
    let milvus = Milvus::real();
    let gate = Gate::before(&milvus.uri);
    let names = Names::unique("metrics", kafka::brokers(), gate.uri());
    let dead = format!("{}.dead", names.topic);
    kafka::create_topics(&[(&names.topic, PARTITIONS), (&dead, 1)]);
    let key = Field { primary: true, ..field("id", text(64)) };
    milvus.create(&names.collection, &[key, field("number", FieldType::Int8), field("v", vector(4))]);
    let records = records();
    kafka::produce(&names.topic, records.iter().map(|(key, value)| ToSend { key, value: Some(value) }));
    let bytes: usize = records.iter().map(|(key, value)| key.len() + value.len()).sum();

    let misbehave = concat!(env!("CARGO_MANIFEST_DIR"), "/../plugins/dist/test/misbehave.wasm");
    let rest = format!(
        "[[plugin]]\nuse = \"dimension\"\nconfig = {{ field = \"v\" }}\n\n\
         [[plugin]]\npath = \"{misbehave}\"\nconfig = {{ mode = \"panic-on-text\", field = \"id\", text = \"panic\" }}\n\n\
         [dead_letter]\ntopic = \"{dead}\"\n\n[admin]\nlisten = \"127.0.0.1:0\"\n"
    );
    let file = names.file("", &rest);
    let running = start(&["run", file.path()]);
    let admin = Admin::of(&running);

    // Milvus does not answer yet.
    let ready = admin.get("/readyz");
    assert!(ready.status == 503 && ready.body.starts_with("starting: "), "{ready:?}");
    assert_eq!(admin.get("/healthz").status, 200);
    assert_eq!(admin.metrics().count("kiteline_read_records_total"), 0);
    gate.set_open(true);
    wait_until("it is not ready", WAIT, || admin.get("/readyz").status == 200);

    let mut metrics = admin.metrics();
    wait_until("it does not come to the end", WAIT, || {
        metrics = admin.metrics();
        metrics.sum("kiteline_dead_lettered_records_total", &[]) >= 10.0
            && metrics.sum("kiteline_written_rows_total", &[]) >= GOOD as f64
            && metrics.count("kiteline_lag_records") == PARTITIONS as usize
            && metrics.sum("kiteline_lag_records", &[]) == 0.0
            && metrics.sum("kiteline_lane_busy", &[]) == 0.0
    });
    assert_numbers(&metrics, &names, records.len(), bytes);
    assert_eq!(admin.get("/healthz").status, 200);
    assert_pages(&admin);

    // A second process can't listen there.
    let taken = names.file("", &rest.replace("127.0.0.1:0", &admin.0.to_string()));
    let ended = kiteline(&["run", taken.path()]);
    assert_eq!(ended.code, Some(2), "{}", ended.stderr);
    assert!(ended.stderr.contains(&format!("nothing can listen at {}", admin.0)), "{}", ended.stderr);
    assert!(ended.stderr.contains("set `admin.listen` to a free address"), "{}", ended.stderr);

    running.terminate();
    let (code, log) = running.wait();
    assert_eq!(code, Some(0), "{log}");
    assert_eq!(kafka::committed(&names.group, &names.topic), records.len() as i64);
    assert_eq!(kafka::read_all(&dead).len(), 10);
}

fn assert_numbers(metrics: &Metrics, names: &Names, records: usize, bytes: usize) {
    let topic = format!("topic=\"{}\"", names.topic);
    let write = [&*format!("collection=\"{}\"", names.collection), "operation=\"upsert\""];
    let numbers = [
        ("kiteline_read_records_total", &[&*topic][..], records as f64),
        ("kiteline_read_records_total", &[], records as f64),
        ("kiteline_read_bytes_total", &[&topic], bytes as f64),
        ("kiteline_batch_records_sum", &[], records as f64),
        ("kiteline_written_rows_total", &write, GOOD as f64),
        ("kiteline_written_rows_total", &[], GOOD as f64),
        ("kiteline_write_request_rows_sum", &write, GOOD as f64),
        ("kiteline_dead_lettered_records_total", &[], 10.0),
        ("kiteline_discarded_records_total", &[], 0.0),
        ("kiteline_assigned_partitions", &[], f64::from(PARTITIONS)),
        ("kiteline_rebalances_total", &["event=\"assigned\""], 1.0),
        ("kiteline_lag_seconds", &[&topic], 0.0),
        ("kiteline_write_failures_total", &[], 0.0),
        ("kiteline_write_retries_total", &[], 0.0),
        ("kiteline_plugin_faults_total", &["plugin=\"dimension\""], 0.0),
        ("kiteline_plugin_faults_total", &["kind=\"timeout\""], 0.0),
        ("kiteline_milvus_up", &[], 1.0),
        ("kiteline_memory_in_flight_bytes", &[], 0.0),
        ("kiteline_starts_total", &[], 1.0),
        ("kiteline_pipeline_info", &["pipeline=\"test\"", &*format!("group=\"{}\"", names.group)], 1.0),
        ("kiteline_build_info", &[concat!("version=\"", env!("CARGO_PKG_VERSION"))], 1.0),
    ];
    for (name, labels, expected) in numbers {
        assert_eq!(metrics.sum(name, labels), expected, "{name} {labels:?}");
    }
    for (labels, expected) in REJECTED {
        assert_eq!(metrics.sum("kiteline_rejected_records_total", labels), expected, "{labels:?}");
    }
    assert!(metrics.sum("kiteline_memory_limit_bytes", &[]) > 0.0);
    // How the records are cut into batches and requests is up to the run.
    let requests = metrics.sum("kiteline_write_requests_total", &write);
    assert!(requests >= 1.0 && requests == metrics.sum("kiteline_write_duration_seconds_count", &write));
    assert!(metrics.sum("kiteline_write_request_bytes_total", &write) > (GOOD * 16) as f64);
    let traps = metrics.sum("kiteline_plugin_faults_total", &["plugin=\"misbehave\"", "kind=\"trap\""]);
    assert!(traps >= 4.0, "{traps}");
    let decoded = (records - 1) as f64;
    assert_eq!(metrics.sum("kiteline_plugin_rows_total", &["plugin=\"dimension\""]), decoded);
    assert_eq!(
        metrics.sum("kiteline_batch_records_count", &[]),
        metrics.sum("kiteline_decode_duration_seconds_count", &[])
    );
    let (start, write) = ("kiteline_start_time_seconds", "kiteline_last_write_timestamp_seconds");
    assert!(metrics.sum(write, &[]) > metrics.sum(start, &[]));
}

fn assert_pages(admin: &Admin) {
    let index = admin.get("/");
    assert!(
        index.status == 200 && index.body.contains("pipeline test") && index.body.contains("/healthz"),
        "{index:?}"
    );
    let missing = admin.get("/metric");
    assert!(missing.status == 404 && missing.body.contains("/metrics"), "{missing:?}");
    let posted = admin.ask("POST", "/metrics");
    assert!(posted.status == 405 && posted.head.contains("\r\nallow: get, head"), "{posted:?}");
    let head = admin.ask("HEAD", "/metrics");
    assert!(head.status == 200 && head.body.is_empty(), "{head:?}");
}

#[test]
fn an_outage_shows_as_a_lag_that_grows_and_passes() {
    const DURING: usize = 3000;
    let milvus = Milvus::lite();
    let gate = Gate::before(&milvus.uri);
    gate.set_open(true);
    // Far less memory than the records take, so most of them stay with the brokers.
    let names = Names::unique("outage", kafka::brokers(), gate.uri());
    kafka::create_topics(&[(&names.topic, 1)]);
    let key = Field { primary: true, ..field("id", text(64)) };
    milvus.create(&names.collection, &[key, field("note", text(1000)), field("v", vector(2))]);
    let send = |ids: std::ops::Range<usize>| {
        let record = |id| json!({"id": format!("row-{id}"), "note": "x".repeat(500), "v": [1, 2]}).to_string();
        let records: Vec<String> = ids.map(record).collect();
        kafka::produce(&names.topic, records.iter().map(|value| ToSend { key: "k", value: Some(value.as_bytes()) }));
    };
    let rest = "[batch]\nrows = 50\n\n[write]\nrows = 50\n\n[admin]\nlisten = \"127.0.0.1:0\"\n";
    let text = std::fs::read_to_string(names.file("timeout = \"1s\"", rest).path()).expect("written");
    let file = PipelineFile::new(&text.replace("[kafka]\n", "[kafka]\nfetch_memory = \"64KiB\"\n"));
    let running = start(&["run", file.path()]);
    let admin = Admin::of(&running);
    send(0..10);
    let lag = |records: f64| {
        let metrics = admin.metrics();
        metrics.count("kiteline_lag_records") == 1 && metrics.sum("kiteline_lag_records", &[]) == records
    };
    let written = || admin.metrics().sum("kiteline_written_rows_total", &[]);
    wait_until("the first rows are not written", WAIT, || written() == 10.0 && lag(0.0));

    gate.set_open(false);
    send(10..10 + DURING);
    wait_until("the lag is not what it is", WAIT, || lag(DURING as f64));
    let metrics = admin.metrics();
    assert_eq!(metrics.sum("kiteline_written_rows_total", &[]), 10.0);
    assert!(metrics.sum("kiteline_read_records_total", &[]) < (10 + DURING) as f64, "they were all read");
    assert!(metrics.sum("kiteline_lag_seconds", &[]) > 0.0);
    wait_until("no call failed", WAIT, || {
        let metrics = admin.metrics();
        let failed = ["code=\"gRPC DeadlineExceeded\"", "class=\"retry\""];
        metrics.sum("kiteline_write_retries_total", &failed) >= 1.0
            && metrics.sum("kiteline_write_failures_total", &failed) >= 1.0
            && metrics.count("kiteline_milvus_up") == 1
            && metrics.sum("kiteline_milvus_up", &[]) == 0.0
    });
    let metrics = admin.metrics();
    assert_eq!(metrics.sum("kiteline_lane_paused", &[]), 1.0);
    assert!(metrics.sum("kiteline_memory_in_flight_bytes", &[]) > 0.0);
    // It waits, and there is nothing that a new start would mend.
    assert_eq!((admin.get("/healthz").status, admin.get("/readyz").status), (200, 200));

    gate.set_open(true);
    wait_until("the lag does not pass", WAIT, || lag(0.0) && written() >= (10 + DURING) as f64);
    let metrics = admin.metrics();
    assert_eq!((metrics.sum("kiteline_lane_paused", &[]), metrics.sum("kiteline_milvus_up", &[])), (0.0, 1.0));
    assert!(metrics.sum("kiteline_lane_pauses_total", &[]) >= 1.0);
    running.terminate();
    assert_eq!(running.wait().0, Some(0));
    assert_eq!(milvus.rows(&names.collection, "id").len(), 10 + DURING);
}
