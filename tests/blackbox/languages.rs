//! Plugins in other languages than Rust: the example of each is built by its own toolchain and changes rows in a pipeline.
//!
//! A language whose toolchain is not there is passed over, and the test says why; `guest-sdk/LANGUAGE/setup.sh` gets it.

use std::path::Path;
use std::process::Command;

use serde_json::json;
use tempfile::TempPath;

use super::support::plugin::{run, toolchain};

/// An integer that no JavaScript number holds.
const LARGE: i64 = (1 << 53) + 1;

#[test]
fn a_plugin_in_python_cleans_texts() {
    let Some(plugin) = built("python", "examples/python") else { return };
    let records = [
        json!({"id": 1, "title": " a \u{0} kite\n", "v": [1, 2]}),
        json!({"id": LARGE, "title": 7, "v": [1, 2]}),
        json!({"id": 3, "title": "a title that is longer than its field", "v": [1, 2]}),
    ];
    let rows = run("python", &plugin, "{ fields = [\"title\"], cut = true }", &records);
    assert_eq!(rows.ids(), [1, 3]);
    assert_eq!((&rows.of(1)["title"], &rows.of(3)["title"]), (&json!("a kite"), &json!("a title that is ")));
    assert_eq!(rows.reasons, ["title is not a text"]);
}

#[test]
fn a_plugin_in_javascript_renames_fields_and_keeps_large_ids() {
    let Some(plugin) = built("javascript", "examples/javascript") else { return };
    let records = [json!({"itemId": LARGE, "Title": "a kite", "V": [1, 2]})];
    let rows = run("javascript", &plugin, "{ rename = { itemId = \"id\" } }", &records);
    assert_eq!(rows.of(LARGE)["title"], "a kite");
}

/// Reading and writing such an id is the SDK's own doing, so a plugin that only renames would not show it.
#[test]
fn a_plugin_in_javascript_counts_with_large_ids() {
    let Some(plugin) = built("javascript", "../guest-sdk/javascript/test/ids") else { return };
    let records = [LARGE, 7, -LARGE].map(|id| json!({"id": id, "title": "a", "v": [1, 2]}));
    let rows = run("javascript_ids", &plugin, "{}", &records);
    assert_eq!(rows.ids(), [-LARGE + 1, 8, LARGE + 1]);
}

#[test]
fn a_plugin_in_go_adds_where_a_record_came_from() {
    let Some(plugin) = built("go", "examples/go") else { return };
    let records = [1, LARGE].map(|id| json!({"id": id, "v": [1, 2]}));
    let rows = run("go", &plugin, "{ offset = \"number\", constants = { title = \"a kite\" } }", &records);
    assert_eq!((&rows.of(1)["title"], &rows.of(1)["number"]), (&json!("a kite"), &json!(0)));
    assert_eq!(rows.of(LARGE)["number"], 1);
}

#[test]
fn a_plugin_in_c_rejects_a_wrong_dimension() {
    let Some(plugin) = built("c", "examples/c") else { return };
    let records = [json!({"id": 1, "v": [1, 2]}), json!({"id": 2, "v": [1, 2, 3]}), json!({"id": 3, "v": [3, 4]})];
    let rows = run("c", &plugin, "{ field = \"v\" }", &records);
    assert_eq!(rows.ids(), [1, 3]);
    assert_eq!(rows.reasons, ["v has 3 dimensions, expected 2"]);
}

/// Builds the plugin of a folder below `plugins/`; none where the language's toolchain is not there.
fn built(language: &str, folder: &str) -> Option<TempPath> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    toolchain(language)?;
    let out = tempfile::Builder::new().suffix(".wasm").tempfile_in(env!("CARGO_TARGET_TMPDIR"));
    let out = out.expect("a file").into_temp_path();
    let script = root.join("guest-sdk").join(language).join("build.sh");
    let build = Command::new(script).arg(root.join("plugins").join(folder)).arg(&out).output();
    let build = build.expect("the script runs");
    assert!(build.status.success(), "{}", String::from_utf8_lossy(&build.stderr));
    Some(out)
}
