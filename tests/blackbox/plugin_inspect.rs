//! `kiteline plugin inspect`, without any server.

use std::path::PathBuf;

use serde_json::Value;

use super::support::kiteline::kiteline;

/// A component that `cargo xtask plugins` built.
fn built(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../plugins/dist").join(name)
}

#[test]
fn it_prints_what_a_plugin_is_for_people_and_for_programs() {
    let path = built("dimension.wasm");
    let path = path.to_str().expect("UTF-8");
    let ended = kiteline(&["plugin", "inspect", path]);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    for part in ["dimension 0.1.0\n", "kiteline:plugin/plugin@0.1.0", "describe, configure, process", "field: string"] {
        assert!(ended.stdout.contains(part), "{part} in\n{}", ended.stdout);
    }
    assert!(kiteline(&["plugin", "inspect", "dimension"]).stdout.starts_with("dimension 0.1.0\n"), "a shipped one");
    let ended = kiteline(&["plugin", "inspect", path, "--json"]);
    let value: Value = serde_json::from_str(&ended.stdout).expect("JSON");
    assert_eq!((&value["plugin"], &value["describe"]["name"]), (&Value::Bool(true), &Value::from("dimension")));
    assert_eq!(value["sha256"].as_str().map(str::len), Some(64));
    assert!(value["describe"]["config_schema"]["properties"]["field"].is_object(), "{value}");
}

#[test]
fn a_file_that_is_no_plugin_is_the_callers_mistake_and_the_cause_is_said() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("half.wasm");
    let whole = std::fs::read(built("rename.wasm")).expect("built");
    std::fs::write(&file, &whole[..whole.len() / 2]).expect("written");
    let path = file.to_str().expect("UTF-8");
    let ended = kiteline(&["plugin", "inspect", path]);
    assert_eq!(ended.code, Some(2));
    assert!(ended.stderr.contains("half.wasm is no plugin") && ended.stderr.contains("cut short"), "{}", ended.stderr);
    let ended = kiteline(&["plugin", "inspect", path, "--json"]);
    let value: Value = serde_json::from_str(&ended.stdout).expect("JSON");
    assert_eq!((ended.code, &value["plugin"]), (Some(2), &Value::Bool(false)));
    let ended = kiteline(&["plugin", "inspect", "/no/such.wasm"]);
    assert_eq!(ended.code, Some(2));
    assert!(ended.stderr.contains("/no/such.wasm: No such file"), "{}", ended.stderr);
}
