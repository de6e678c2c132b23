//! Plugins in other languages than Rust: the example of each is built by its own toolchain and changes rows in a pipeline.
//!
//! A language whose toolchain is not there is passed over, and the test says why; `guest-sdk/LANGUAGE/setup.sh` gets it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use kiteline::target::{Field, FieldType};
use serde_json::{Value, json};

use super::support::collection::{Milvus, field, text, vector};
use super::support::kafka::{self, ToSend};
use super::support::kiteline::kiteline;
use super::support::pipeline::Names;

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
fn built(language: &str, folder: &str) -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let script = |name: &str| root.join("guest-sdk").join(language).join(name);
    let check = Command::new(script("setup.sh")).arg("check").output().expect("the script runs");
    if !check.status.success() {
        println!("skipped: {}", String::from_utf8_lossy(&check.stderr).trim());
        return None;
    }
    let out = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{}.wasm", super::support::unique(language)));
    let build = Command::new(script("build.sh")).arg(root.join("plugins").join(folder)).arg(&out).output();
    let build = build.expect("the script runs");
    assert!(build.status.success(), "{}", String::from_utf8_lossy(&build.stderr));
    Some(out)
}

/// What became of the records.
struct Rows {
    by_id: BTreeMap<i64, Value>,
    reasons: Vec<String>,
}

impl Rows {
    fn ids(&self) -> Vec<i64> {
        self.by_id.keys().copied().collect()
    }

    fn of(&self, id: i64) -> &Value {
        &self.by_id[&id]
    }
}

/// Runs records through the plugin into Milvus Lite.
fn run(test: &str, plugin: &Path, config: &str, records: &[Value]) -> Rows {
    let milvus = Milvus::lite();
    let names = Names::unique(test, kafka::brokers(), milvus.uri.clone());
    let dead = format!("{}.dead", names.topic);
    kafka::create_topics(&[(&names.topic, 1), (&dead, 1)]);
    let key = Field { primary: true, ..field("id", FieldType::Int64) };
    let title = Field { nullable: true, ..field("title", text(16)) };
    let number = Field { nullable: true, ..field("number", FieldType::Int64) };
    milvus.create(&names.collection, &[key, title, number, field("v", vector(2))]);
    let values: Vec<Vec<u8>> = records.iter().map(|record| record.to_string().into_bytes()).collect();
    kafka::produce(&names.topic, values.iter().map(|value| ToSend { key: "", value: Some(value) }));
    let file = names.file(
        "",
        &format!(
            "[dead_letter]\ntopic = \"{dead}\"\n\n[[plugin]]\npath = \"{}\"\nconfig = {config}\n",
            plugin.display()
        ),
    );
    let ended = kiteline(&["run", file.path(), "--until-end"]);
    std::fs::remove_file(plugin).expect("it was built");
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    let by_id = milvus.rows_by_id(&names.collection);
    let reasons = kafka::read_all(&dead);
    let reasons = reasons.iter().map(|got| got.header("__connect.errors.exception.message").unwrap_or("").to_owned());
    Rows { by_id, reasons: reasons.collect() }
}
