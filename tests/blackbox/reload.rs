//! Plugins that change while a pipeline runs: taken at the next batch where they can be used, kept out where not.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Value, json};

use super::support::admin::Admin;
use super::support::kafka::{self, ToSend};
use super::support::kiteline::{Running, start};
use super::support::line::Line;
use super::support::pipeline::PipelineFile;
use super::support::wait_until;

const WAIT: Duration = Duration::from_secs(60);
/// Writes into `number` the digits in its bytes, and the number of its configuration.
const STAMP: &str = "mode = \"stamp\", number = 1";
/// Traps on every record of these tests, and on no empty batch.
const TRAP: &str = "mode = \"panic-on-text\", field = \"kind\", text = \"any\"";

/// A pipeline with a plugin that can be told apart by what it writes.
struct Reloading {
    line: Line,
    file: PipelineFile,
    running: Running,
    admin: Admin,
}

/// The test's plugin with a number in its code.
fn code(number: u8) -> Vec<u8> {
    marked(format!("{number:02}").as_bytes())
}

/// The test's plugin with two bytes changed.
fn marked(with: &[u8]) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../plugins/dist/test/misbehave.wasm");
    let mut wasm = fs::read(path).expect("cargo xtask plugins has made it");
    let mark = b"misbehave-code=00";
    let at = wasm.windows(mark.len()).position(|bytes| bytes == mark).expect("it is there") + mark.len() - 2;
    wasm[at..at + 2].copy_from_slice(with);
    wasm
}

/// A component with cases for its self-test: a custom section at its end.
fn with_cases(mut wasm: Vec<u8>, cases: &Value) -> Vec<u8> {
    let name = "kiteline:cases";
    let section = [&[name.len() as u8], name.as_bytes(), cases.to_string().as_bytes()].concat();
    assert!(section.len() < 1 << 14, "the size has two bytes");
    wasm.extend([0, section.len() as u8 | 0x80, (section.len() >> 7) as u8]);
    wasm.extend(section);
    wasm
}

fn tables(line: &Line, watch: &str, config: &str) -> String {
    format!(
        "[write]\nage = \"50ms\"\n[dead_letter]\ntopic = \"{}\"\ncreate = true\n[admin]\nlisten = \"127.0.0.1:0\"\n\
         [reload]\nwatch = \"{watch}\"\n[[plugin]]\npath = \"p.wasm\"\nconfig = {{ {config} }}\n",
        line.dead()
    )
}

impl Reloading {
    fn start(test: &str, watch: &str) -> Self {
        let line = Line::new(test, 2);
        let file = line.names.file("unknown_fields = \"drop\"", &tables(&line, watch, STAMP));
        fs::write(file.folder().join("p.wasm"), code(10)).expect("written");
        let running = start(&["run", file.path()]);
        let admin = Admin::of(&running);
        let it = Self { line, file, running, admin };
        it.stamps("first", 11);
        it
    }

    fn plugin(&self) -> PathBuf {
        self.file.folder().join("p.wasm")
    }

    /// Puts a file in the place of the plugin, as `mv` does.
    fn replace(&self, wasm: &[u8]) {
        let new = self.file.folder().join("new");
        fs::write(&new, wasm).expect("written");
        fs::rename(new, self.plugin()).expect("renamed");
    }

    /// Writes the pipeline file with that plugin configuration.
    fn configure(&self, config: &str, change: impl Fn(String) -> String) {
        let text = fs::read_to_string(self.file.path()).expect("read");
        let (head, _) = text.split_once("config = ").expect("it is there");
        fs::write(self.file.path(), change(format!("{head}config = {{ {config} }}\n"))).expect("written");
    }

    fn send(&self, id: &str) {
        let value = json!({"id": id, "number": 0, "kind": "any", "v": [1, 2]}).to_string().into_bytes();
        kafka::produce(&self.line.names.topic, [ToSend { key: id, value: Some(&value) }].into_iter());
    }

    /// A record that is sent now gets this number.
    fn stamps(&self, id: &str, number: i64) {
        self.send(id);
        self.stamped(id, number);
    }

    fn stamped(&self, id: &str, number: i64) {
        let mut found = None;
        wait_until(&format!("there is no row {id}"), WAIT, || {
            found = self.line.milvus.rows(&self.line.names.collection, "id").get(id).map(|row| row["number"].clone());
            found.is_some()
        });
        assert_eq!(found, Some(json!(number)), "{id}: {}", self.running.log());
    }

    fn page(&self) -> Value {
        serde_json::from_str(&self.admin.get("/plugins").body).expect("JSON")
    }

    /// Waits for the result of a reload that comes after that one.
    fn ended(&self, before: &Value, result: &str) -> Value {
        let mut page = Value::Null;
        wait_until(&format!("no reload is {result}"), WAIT, || {
            page = self.page();
            page["last_reload"] != before["last_reload"] && page["last_reload"]["result"] == result
        });
        page
    }

    fn end(self) -> String {
        self.running.terminate();
        let (code, log) = self.running.wait();
        assert_eq!(code, Some(0), "{log}");
        log
    }
}

#[test]
fn a_plugin_that_changes_is_taken_however_its_file_changes() {
    let it = Reloading::start("reload_file", "100ms");
    let before = it.page();
    it.replace(&code(20));
    let page = it.ended(&before, "swapped");
    assert_eq!(page["last_reload"]["by"], "file");
    assert_ne!(page["plugins"][0]["digest"], before["plugins"][0]["digest"]);
    it.stamps("renamed over", 21);

    fs::write(it.plugin(), code(30)).expect("written");
    let page = it.ended(&page, "swapped");
    it.stamps("written in place", 31);

    let folder = it.file.folder();
    fs::write(folder.join("v4.wasm"), code(40)).expect("written");
    symlink("v4.wasm", folder.join("link")).expect("linked");
    fs::rename(folder.join("link"), it.plugin()).expect("switched");
    let page = it.ended(&page, "swapped");
    it.stamps("linked", 41);

    // As Kubernetes does it: the file's link leads through a folder's, and that one is switched.
    for number in [50, 60] {
        fs::create_dir(folder.join(format!("..{number}"))).expect("made");
        fs::write(folder.join(format!("..{number}/p.wasm")), code(number)).expect("written");
    }
    symlink("..50", folder.join("..data")).expect("linked");
    symlink("..data/p.wasm", folder.join("link")).expect("linked");
    fs::rename(folder.join("link"), it.plugin()).expect("switched");
    let page = it.ended(&page, "swapped");
    it.stamps("config map", 51);
    symlink("..60", folder.join("..tmp")).expect("linked");
    fs::rename(folder.join("..tmp"), folder.join("..data")).expect("switched");
    it.ended(&page, "swapped");
    it.stamps("config map switched", 61);

    let metrics = it.admin.metrics();
    assert_eq!(metrics.sum("kiteline_reloads_total", &["swapped"]), 5.0);
    assert_eq!(metrics.sum("kiteline_reload_duration_seconds_count", &[]), 5.0);
    assert_eq!(metrics.count("kiteline_plugin_info"), 1);
    assert_eq!(metrics.count("kiteline_plugin_rows_total"), 2, "of the plugins that run, and ran before");
    assert_eq!(metrics.sum("kiteline_assigned_partitions", &[]), 2.0);
    assert_eq!(metrics.sum("kiteline_rebalances_total", &[]), 1.0);
    let log = it.end();
    let told = |what: &str| log.lines().filter(|line| line.contains(what)).count();
    assert_eq!((told("plugins swapped"), told("first batch by new plugins")), (5, 5), "{log}");
    assert!(told("records from here on by new plugins") >= 5, "{log}");
}

#[test]
fn a_configuration_that_changes_is_taken_and_other_keys_need_a_restart() {
    let it = Reloading::start("reload_config", "100ms");
    let before = it.page();
    it.configure("mode = \"stamp\", number = 2", |text| text);
    let page = it.ended(&before, "swapped");
    it.stamps("configured", 12);
    assert_eq!(page["restart_needed_for"], json!([]));

    it.configure("mode = \"stamp\", number = 3", |text| text.replace("age = \"50ms\"", "age = \"60ms\""));
    let page = it.ended(&page, "swapped");
    it.stamps("configured again", 13);
    assert_eq!(page["restart_needed_for"], json!(["write.age"]));

    // One more plugin, before the other one.
    it.configure("mode = \"stamp\", number = 3", |text| {
        let more = "[[plugin]]\nuse = \"rename\"\nconfig = { rename = { kind = \"sort\" } }\n[[plugin]]\npath";
        text.replace("age = \"60ms\"", "age = \"50ms\"").replace("[[plugin]]\npath", more)
    });
    let page = it.ended(&page, "swapped");
    assert_eq!(page["plugins"].as_array().map(Vec::len), Some(2));
    assert_eq!(page["restart_needed_for"], json!([]));
    it.stamps("one more", 13);
    let log = it.end();
    assert!(log.contains("need a restart") && log.contains("write.age"), "{log}");
}

#[test]
fn sighup_and_post_reload_ask_for_it() {
    let it = Reloading::start("reload_asked", "1h");
    it.replace(&code(20));
    let before = it.page();
    it.running.hang_up();
    let page = it.ended(&before, "swapped");
    assert_eq!(page["last_reload"]["by"], "SIGHUP");
    it.stamps("by a signal", 21);

    it.replace(&code(30));
    let answer = it.admin.ask("POST", "/reload");
    assert_eq!((answer.status, &*answer.body), (202, "{\"reloads_asked\": 2}\n"));
    let page = it.ended(&page, "swapped");
    assert_eq!((&page["last_reload"]["by"], &page["reloads_answered"]), (&json!("POST /reload"), &json!(2)));
    it.stamps("by a question", 31);

    it.admin.ask("POST", "/reload");
    it.ended(&page, "unchanged");
    it.end();
}

#[test]
fn what_can_not_be_used_is_kept_out_and_the_reason_is_told() {
    let it = Reloading::start("reload_bad", "100ms");
    let cases = json!([{ "name": "a stamp", "case.toml": "config = { mode = 'stamp', number = 5 }",
        "input.jsonl": r#"{"id": "a", "number": 1}"#,
        "expected.jsonl": r#"{"record": 1, "fields": {"id": "a", "number": 99}}"# }]);
    let mut page = it.page();
    let bad: [(&str, Vec<u8>, &str); 6] = [
        ("script", b"#!/bin/sh\n".to_vec(), "not a WebAssembly component, but something else"),
        ("core", b"\0asm\x01\0\0\0".to_vec(), "but a core module"),
        ("world", b"\0asm\x0d\0\x01\0".to_vec(), "not a plugin for kiteline:plugin@0.1.0: no export `configure` found"),
        ("truncated", code(20)[..50_000].to_vec(), "not a plugin for kiteline:plugin@0.1.0"),
        ("describe", marked(b"!!"), "describe failed: it trapped"),
        ("cases", with_cases(code(20), &cases), "its self-test failed: case `a stamp`: record 1"),
    ];
    for (name, wasm, why) in bad {
        it.replace(&wasm);
        let refused = it.ended(&page, "refused");
        assert!(refused["last_reload"]["why"].as_str().is_some_and(|text| text.contains(why)), "{refused}");
        assert_eq!(refused["plugins"], page["plugins"], "{name}");
        it.stamps(name, 11);
        page = refused;
    }
    fs::remove_file(it.plugin()).expect("removed");
    page = it.ended(&page, "refused");
    it.stamps("gone", 11);
    it.replace(&code(10));
    page = it.ended(&page, "unchanged");
    for (config, why) in [
        ("mode = \"error-in-configure\"", "refuses its configuration: as configured"),
        ("mode = \"panic-in-configure\"", "configure failed: it trapped"),
        ("mode = \"wrong-count\"", "on an empty batch: it broke a rule"),
        ("mode = ", "not TOML"),
    ] {
        it.configure(config, |text| text);
        page = it.ended(&page, "refused");
        assert!(page["last_reload"]["why"].as_str().is_some_and(|text| text.contains(why)), "{page}");
        it.stamps(config, 11);
    }
    // Without the key no row can be written.
    it.configure(STAMP, |text| text + "[[plugin]]\nuse = \"rename\"\nconfig = { rename = { id = \"name\" } }\n");
    page = it.ended(&page, "refused");
    let why = page["last_reload"]["why"].as_str().unwrap_or_default();
    assert!(why.contains("every row must bring the field `id`, and the plugins take it away"), "{why}");
    it.stamps("no key", 11);
    assert_eq!(it.admin.metrics().sum("kiteline_reloads_total", &["refused"]), 12.0);
    assert_eq!(it.admin.metrics().sum("kiteline_dead_lettered_records_total", &[]), 0.0);
    let log = it.end();
    assert!(log.contains("new plugins are not used"), "{log}");
}

#[test]
fn cases_that_pass_let_a_plugin_in() {
    let it = Reloading::start("reload_cases", "100ms");
    let before = it.page();
    let cases = json!([
        { "name": "a stamp", "case.toml": "config = { mode = 'stamp', number = 5 }",
          "input.jsonl": r#"{"id": "a", "number": 1}"#,
          "expected.jsonl": r#"{"record": 1, "fields": {"id": "a", "number": 25}}"# },
        { "name": "rejected", "case.toml": "config = { mode = 'reject-all', reason = 'no' }\ndecode.format = 'raw'",
          "input.jsonl": r#"{"$base64": "AQI=", "$key": "k", "$headers": {"h": "v"}}"#,
          "expected.jsonl": r#"{"record": 1, "rejected": "no"}"# }
    ]);
    it.replace(&with_cases(code(20), &cases));
    it.ended(&before, "swapped");
    it.stamps("with cases", 21);
    it.end();
}

#[test]
fn a_plugin_that_traps_at_once_is_rolled_back() {
    let it = Reloading::start("reload_trap", "100ms");
    let before = it.page();
    it.configure(TRAP, |text| text);
    let swapped = it.ended(&before, "swapped");
    assert_eq!(swapped["trial"]["plugins"][0]["faults"], 0);
    (0..20).for_each(|number| it.send(&format!("lost {number}")));
    let page = it.ended(&swapped, "rolled-back");
    let why = page["last_reload"]["why"].as_str().unwrap_or_default();
    assert!(why.contains("the new plugin ") && why.contains(" failed on "), "{why}");
    assert_eq!(page["plugins"], before["plugins"]);
    it.stamps("after", 11);

    // It comes again only where somebody asks for it.
    it.configure(TRAP, |text| text + "# changed\n");
    let page = it.ended(&page, "refused");
    assert!(page["last_reload"]["why"].as_str().is_some_and(|why| why.contains("was rolled back")), "{page}");
    it.admin.ask("POST", "/reload");
    it.ended(&page, "swapped");

    let failed = kafka::read_all(&it.line.dead());
    assert!((10..=20).contains(&failed.len()), "{}", failed.len());
    for letter in &failed {
        let digest = letter.header("kiteline.plugin.digest");
        assert_eq!(digest, before["plugins"][0]["digest"].as_str(), "the file is the same, its configuration is not");
    }
    assert_eq!(it.admin.metrics().sum("kiteline_reloads_total", &["rolled-back"]), 1.0);
    it.end();
}
