//! What a run prints: as JSON where that is asked for, and never what is in the records nor a secret.

use std::time::Duration;

use kiteline::target::Field;
use serde_json::{Value, json};

use super::support::admin::Admin;
use super::support::collection::{Milvus, field, text, vector};
use super::support::kafka::{self, ToSend};
use super::support::kiteline::{kiteline, start};
use super::support::pipeline::{Names, PipelineFile};
use super::support::wait_until;

const WAIT: Duration = Duration::from_secs(90);
/// Each stands for what may not be printed.
const MARKS: [&str; 5] = ["MARK-payload", "MARK-key", "MARK-token", "MARK-password", TOKEN];
/// `root:MARK-token` in base64, as it is sent.
const TOKEN: &str = "cm9vdDpNQVJLLXRva2Vu";
/// A good record, one for each stage that rejects, and one on which a plugin panics with its text.
const RECORDS: usize = 5;

fn records() -> Vec<String> {
    let record = |id: &str, dimension: usize| json!({"id": id, "v": vec![1; dimension]}).to_string();
    let records = vec![
        record("MARK-payload good", 2),
        r#"{"id": "MARK-payload", MARK-payload}"#.into(),
        record("MARK-payload short", 1),
        record(&"MARK-payload too long ".repeat(10), 2),
        record("MARK-payload panic", 2),
    ];
    assert_eq!(records.len(), RECORDS);
    records
}

fn file(names: &Names, rest: &str) -> PipelineFile {
    let misbehave = concat!(env!("CARGO_MANIFEST_DIR"), "/../plugins/dist/test/misbehave.wasm");
    names.file(
        "token = \"root:MARK-token\"",
        &format!(
            "[kafka.client]\n\"sasl.password\" = \"MARK-password\"\n\n\
             [[plugin]]\nuse = \"dimension\"\nconfig = {{ field = \"v\" }}\n\n\
             [[plugin]]\npath = \"{misbehave}\"\n\
             config = {{ mode = \"panic-on-text\", field = \"id\", text = \"MARK-payload panic\" }}\n\n{rest}"
        ),
    )
}

fn assert_clean(what: &str, printed: &str) {
    for mark in MARKS {
        let found = printed.lines().find(|line| line.contains(mark));
        assert_eq!(found, None, "{mark} is in {what}");
    }
}

#[test]
fn nothing_of_the_records_and_no_secret_is_printed() {
    let milvus = Milvus::real();
    let names = Names::unique("logs", kafka::brokers(), milvus.uri.clone());
    let dead = format!("{}.dead", names.topic);
    kafka::create_topics(&[(&names.topic, 1), (&dead, 1)]);
    let key = Field { primary: true, ..field("id", text(64)) };
    milvus.create(&names.collection, &[key, field("v", vector(2))]);
    let records = records();
    let send = |value: &'static str| ToSend { key: "MARK-key", value: Some(value.as_bytes()) };
    kafka::produce(&names.topic, records.iter().map(|value| send(String::leak(value.clone()))));

    let with_dead_letter = format!("[dead_letter]\ntopic = \"{dead}\"\n\n[admin]\nlisten = \"127.0.0.1:0\"\n");
    let text = file(&names, &with_dead_letter);
    let running = start(&["--log", "trace", "--log-format", "json", "run", text.path()]);
    let admin = Admin::of(&running);
    wait_until("the dead letters are not there", WAIT, || {
        admin.metrics().sum("kiteline_dead_lettered_records_total", &[]) >= (RECORDS - 1) as f64
    });
    for path in ["/", "/metrics", "/readyz", "/healthz", "/MARK-payload"] {
        assert_clean(path, &admin.get(path).body);
    }
    running.terminate();
    let (code, log) = running.wait();
    assert_eq!(code, Some(0), "{log}");
    // What may not be printed is there to be printed: the plugin said it as it panicked.
    let said = |letter: &kafka::Got| letter.header("kiteline.plugin.said").is_some_and(|said| said.contains(MARKS[0]));
    assert!(kafka::read_all(&dead).iter().any(said));
    assert_clean("the log", &log);
    assert_json(&log);

    // The first rejected record ends it with an error; another group reads all of them.
    let names = Names { group: format!("{}.second", names.group), ..names };
    let ended = kiteline(&["run", file(&names, "").path(), "--until-end", "--log", "debug"]);
    assert_eq!(ended.code, Some(1));
    assert!(ended.stderr.contains("was rejected by "), "{}", ended.stderr);
    assert_clean("what it printed", &format!("{}{}", ended.stdout, ended.stderr));
    assert!(!ended.stderr.contains('\x1b'), "no colours where no terminal is");
}

/// Each line is an object with a time in UTC, a level, and what happened; a rejection names its record.
fn assert_json(log: &str) {
    let lines: Vec<Value> =
        log.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {line}"))).collect();
    for line in &lines {
        let time = line["timestamp"].as_str().expect("a time");
        assert!(time.len() >= 20 && time.as_bytes()[10] == b'T' && time.ends_with('Z'), "{line}");
        assert!(["ERROR", "WARN", "INFO", "DEBUG", "TRACE"].contains(&line["level"].as_str().expect("a level")));
        assert!(line["message"].is_string() && line["target"].is_string(), "{line}");
    }
    let of = |message: &'static str| lines.iter().filter(move |line| line["message"] == message);
    assert_eq!(of("rejected").count(), RECORDS - 1, "{log}");
    for line in of("rejected") {
        assert_eq!((&line["level"], &line["target"]), (&json!("DEBUG"), &json!("kiteline::delivery::lane")), "{line}");
        let (record, stage) = (line["record"].as_str().expect("a record"), line["stage"].as_str().expect("a stage"));
        assert!(record.contains("/0/") && ["decode", "plugin", "validate"].contains(&stage), "{line}");
    }
}

#[test]
fn a_failure_is_a_line_of_json_too() {
    let ended = kiteline(&["--log-format", "json", "run", "no-such.toml"]);
    assert_eq!(ended.code, Some(2));
    let last = ended.stderr.lines().last().expect("a line");
    let line: Value = serde_json::from_str(last).expect("a line of JSON");
    assert_eq!(line["level"], "ERROR");
    assert!(line["message"].as_str().is_some_and(|message| message.starts_with("no-such.toml: ")), "{line}");
}

#[test]
fn a_level_that_is_none_is_told_with_what_to_write() {
    let ended = kiteline(&["--log", "=,=", "schema"]);
    assert_eq!(ended.code, Some(2));
    assert!(
        ended.stderr.contains("--log or KITELINE_LOG: ") && ended.stderr.contains("write off, error"),
        "{}",
        ended.stderr
    );
}
