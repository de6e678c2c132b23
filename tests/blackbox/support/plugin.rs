//! Plugins of other languages than Rust: their toolchains, and a pipeline that runs one.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use kiteline::target::{Field, FieldType};
use serde_json::Value;

use super::collection::{Milvus, field, text, vector};
use super::kafka::{self, ToSend};
use super::kiteline::kiteline;
use super::pipeline::Names;

/// The command of a language's compiler, where it has one beside the language; none where the toolchain is not there.
pub(crate) fn toolchain(language: &str) -> Option<String> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../guest-sdk").join(language).join("setup.sh");
    let check = Command::new(script).arg("check").output().expect("the script runs");
    if !check.status.success() {
        println!("skipped: {}", String::from_utf8_lossy(&check.stderr).trim());
        return None;
    }
    Some(String::from_utf8(check.stdout).expect("a command").trim().to_owned())
}

/// What became of the records.
pub(crate) struct Rows {
    by_id: BTreeMap<i64, Value>,
    /// Why the others were rejected.
    pub(crate) reasons: Vec<String>,
}

impl Rows {
    /// The ids of the rows.
    pub(crate) fn ids(&self) -> Vec<i64> {
        self.by_id.keys().copied().collect()
    }

    /// The row with that id.
    pub(crate) fn of(&self, id: i64) -> &Value {
        &self.by_id[&id]
    }
}

/// Runs records through the plugin into Milvus Lite.
pub(crate) fn run(test: &str, plugin: &Path, config: &str, records: &[Value]) -> Rows {
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
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    let by_id = milvus.rows_by_id(&names.collection);
    let reasons = kafka::read_all(&dead);
    let reasons = reasons.iter().map(|got| got.header("__connect.errors.exception.message").unwrap_or("").to_owned());
    Rows { by_id, reasons: reasons.collect() }
}
