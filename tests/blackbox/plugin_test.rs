//! `kiteline plugin test`, without any server.

use std::path::{Path, PathBuf};

use super::support::kiteline::{Ended, kiteline};

/// A component that `cargo xtask plugins` built.
fn built(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../plugins/dist").join(name)
}

/// A folder of cases; gone when it is dropped.
struct Cases(tempfile::TempDir);

impl Cases {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.0.path().join(path);
        std::fs::create_dir_all(path.parent().expect("it has one")).expect("made");
        std::fs::write(path, text).expect("written");
    }

    fn read(&self, path: &str) -> String {
        std::fs::read_to_string(self.0.path().join(path)).expect("there")
    }

    fn test(&self, component: &Path, more: &[&str]) -> Ended {
        let [component, cases] = [component, self.0.path()].map(|path| path.to_str().expect("UTF-8"));
        kiteline(&[&["plugin", "test", component, "--cases", cases], more].concat())
    }
}

#[test]
fn what_is_recorded_passes_and_a_difference_fails_by_record_and_field() {
    let cases = Cases::new();
    cases.write("swap/case.toml", "config = { rename = { a = 'b', b = 'a' }, drop = ['c'] }");
    let input = r#"{"a": 1, "b": "x", "c": true}
        {"$value": {"a": 2}, "$key": "k"}
        "not an object"
        {"$text": "not JSON"}"#;
    cases.write("swap/input.jsonl", input);
    let component = built("rename.wasm");

    let ended = cases.test(&component, &[]);
    assert_eq!(ended.code, Some(1), "{}", ended.stderr);
    assert!(ended.stdout.contains("there is no expected.jsonl yet"), "{}", ended.stdout);
    assert!(ended.stderr.contains("1 × nothing recorded yet: write it with --record"), "{}", ended.stderr);

    let ended = cases.test(&component, &["--record"]);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    let recorded = cases.read("swap/expected.jsonl");
    let lines: Vec<&str> = recorded.lines().collect();
    assert_eq!(lines[..2], [r#"{"record":1,"fields":{"b":1,"a":"x"}}"#, r#"{"record":2,"fields":{"b":2}}"#]);
    assert!(
        lines[2].starts_with(r#"{"record":3,"rejected":""#) && lines[2].ends_with(r#""by":"decode"}"#),
        "{recorded}"
    );

    let ended = cases.test(&component, &[]);
    assert_eq!(ended.code, Some(0), "{}", ended.stdout);
    assert!(ended.stdout.contains("ok    swap ") && ended.stdout.contains("4 records in "), "{}", ended.stdout);
    assert!(
        ended.stdout.contains(" ms of 200 ms, memory ") && ended.stdout.contains(" of 64.0 MiB"),
        "{}",
        ended.stdout
    );
    assert!(ended.stdout.ends_with("1 passed, 0 failed\n"), "{}", ended.stdout);

    cases.write("swap/expected.jsonl", &recorded.replace("\"x\"", "\"y\""));
    let ended = cases.test(&component, &[]);
    assert_eq!(ended.code, Some(1), "{}", ended.stdout);
    let shown =
        "FAIL  swap\n        record 1\n          field `a`: expected \"y\"\n                     but got  \"x\"\n";
    assert!(ended.stdout.contains(shown), "{}", ended.stdout);
    assert!(ended.stderr.contains("1 of 1 cases failed:\n  1 × another outcome than expected: "), "{}", ended.stderr);
}

#[test]
fn the_plugin_sees_the_collections_of_the_case() {
    let cases = Cases::new();
    let collection = "[[collection]]\nname = 'books'\nfields = [{ name = 'v', type = 'FloatVector', dim = 2 }]";
    cases.write("dim/case.toml", &format!("config.field = 'v'\n{collection}"));
    cases.write("dim/input.jsonl", "{\"v\": [1, 2]}\n{\"v\": [1, 2, 3]}");
    let ended = cases.test(&built("dimension.wasm"), &["--record"]);
    assert_eq!(ended.code, Some(0), "{}{}", ended.stdout, ended.stderr);
    let recorded = cases.read("dim/expected.jsonl");
    assert!(
        recorded.starts_with("{\"record\":1,\"fields\":{\"v\":[1.0,2.0]}}\n{\"record\":2,\"rejected\":"),
        "{recorded}"
    );
}

#[test]
fn limits_are_those_of_the_case_and_a_fault_costs_its_record_only() {
    let cases = Cases::new();
    cases.write("panic/case.toml", "config = { mode = 'panic-on-text', text = 'bad' }");
    cases.write("panic/input.jsonl", "{\"name\": \"a\"}\n{\"name\": \"bad\"}");
    cases.write("panic/expected.jsonl", "{\"record\":1,\"fields\":{\"name\":\"a\"}}\n{\"record\":2,\"fields\":{}}");
    cases.write("greedy/case.toml", "config.mode = 'allocate'\nlimits.memory = '2MiB'");
    cases.write("greedy/input.jsonl", "{\"name\": \"a\"}");
    let greedy = "it asked for more than its 2097152 bytes of memory (`memory` of the plugin)";
    cases.write("greedy/expected.jsonl", &format!("{{\"record\":1,\"rejected\":\"{greedy}\"}}"));
    cases.write("refused/case.toml", "config.mode = 'error-in-configure'\nrefuses = 'as configured'");
    let ended = cases.test(&built("test/misbehave.wasm"), &[]);
    assert_eq!(ended.code, Some(1), "{}", ended.stderr);
    for part in
        ["ok    greedy", "ok    refused", "FAIL  panic", "but got  {\"record\":2,\"rejected\":\"it trapped", "lib.rs"]
    {
        assert!(ended.stdout.contains(part), "{part} in\n{}", ended.stdout);
    }
}

#[test]
fn what_is_recorded_of_a_fault_is_shown_with_what_the_plugin_said() {
    let cases = Cases::new();
    cases.write("panic/case.toml", "config = { mode = 'panic-on-text', text = 'bad' }");
    cases.write("panic/input.jsonl", "{\"name\": \"bad\"}");
    let ended = cases.test(&built("test/misbehave.wasm"), &["--record"]);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    for part in ["mind: the plugin failed on record 1: it trapped", "as configured, in row 0: bad", "lib.rs"] {
        assert!(ended.stdout.contains(part), "{part} in\n{}", ended.stdout);
    }
}

#[test]
fn a_mistake_in_a_case_is_told_with_its_place() {
    let cases = Cases::new();
    let rename = built("rename.wasm");
    let ended = cases.test(&rename, &[]);
    assert_eq!(ended.code, Some(2));
    assert!(ended.stderr.contains("no case in it; a case is a folder cases/NAME"), "{}", ended.stderr);
    cases.write("one/case.toml", "konfig = {}");
    let ended = cases.test(&rename, &[]);
    assert!(ended.stderr.contains("case.toml") && ended.stderr.contains("konfig"), "{}", ended.stderr);
    cases.write("one/case.toml", "config.renam = {}");
    cases.write("one/input.jsonl", "{}\n{");
    let ended = cases.test(&rename, &[]);
    assert_eq!(ended.code, Some(1));
    assert!(ended.stdout.contains("the plugin refuses its configuration: "), "{}", ended.stdout);
    assert!(ended.stderr.contains("1 × a configuration that the plugin refuses: mend `config`"), "{}", ended.stderr);
    assert!(!ended.stderr.contains("--record"), "that would not help: {}", ended.stderr);
    cases.write("one/case.toml", "");
    let ended = cases.test(&rename, &[]);
    assert!(ended.stdout.contains("input.jsonl, line 2: not JSON"), "{}", ended.stdout);
}

#[test]
fn a_bench_has_a_line_for_each_size_of_batch_and_says_what_is_rejected() {
    let rename = built("rename.wasm");
    let rename = rename.to_str().expect("UTF-8");
    let ended = kiteline(&["plugin", "bench", rename, "--config", r#"{"rename": {"title": "name"}}"#]);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    let rows: Vec<&str> = ended.stdout.lines().skip(3).filter_map(|line| line.split_whitespace().next()).collect();
    assert_eq!(rows, ["1", "10", "100", "1000"], "{}", ended.stdout);

    let input = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(input.path(), "{\"v\": [1, 2]}\n{\"v\": [1]}").expect("written");
    let dimension = built("dimension.wasm");
    let [dimension, input] = [dimension.as_path(), input.path()].map(|path| path.to_str().expect("UTF-8"));
    let config = r#"{"field": "v", "dimension": 2}"#;
    let ended = kiteline(&["plugin", "bench", dimension, "--config", config, "--input", input]);
    assert!(ended.stdout.contains("mind: 500 of 1000 records are rejected"), "{}{}", ended.stdout, ended.stderr);
    let ended = kiteline(&["plugin", "bench", rename, "--config", "{"]);
    assert_eq!(ended.code, Some(2), "{}", ended.stderr);
}
