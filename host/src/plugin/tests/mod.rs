//! The engine with real components: the shipped plugins, and one that does what no plugin should.

mod conformance;
mod contained;
mod fields;
mod interface;
mod loading;
mod reaching;
mod sandbox;
mod saying;
mod shipped;
mod swapping;
mod written;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use arrow_array::StringArray;

use super::{Chain, Engine, Limits, LoadError, Plugin};
use crate::batch::{Batch, Column, Operation, Origin, Records};
use crate::target::Target;

/// One engine for all tests: each has a thread that keeps time.
fn engine() -> &'static Engine {
    static ENGINE: std::sync::LazyLock<Engine> = std::sync::LazyLock::new(|| Engine::new().expect("an engine"));
    &ENGINE
}

fn limits() -> Limits {
    Limits { memory: 64 << 20, record_timeout: Duration::from_secs(1), answer: 16 << 20 }
}

fn misbehave_path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../plugins/dist/test/misbehave.wasm")
}

fn load_misbehave(config: &str, limits: Limits) -> Result<Plugin, LoadError> {
    Plugin::from_file(engine(), &misbehave_path(), config.to_owned(), limits, &Arc::default())
}

fn misbehave(config: &str) -> Chain {
    chain_of(load_misbehave(config, limits()).expect("loads"))
}

fn chain_of(plugin: Plugin) -> Chain {
    Chain::new(&[Arc::new(plugin)], &Arc::default()).expect("starts")
}

fn shipped(name: &str, config: &str, target: &Arc<Target>) -> Chain {
    let plugin = Plugin::shipped(engine(), name, config.to_owned(), limits(), target).expect("loads");
    Chain::new(&[Arc::new(plugin)], target).expect("starts")
}

/// Records with these payloads, and a batch without fields.
fn batch_of_payloads(payloads: &[&[u8]]) -> Batch {
    let mut records = Records::default();
    for (offset, payload) in payloads.iter().enumerate() {
        let origin = Origin { topic: "items".into(), partition: 2, offset: offset as i64 };
        let key = format!("key {offset}");
        let headers = [("header", Some(&b"value"[..]))];
        records.push(origin, Some(1000), Some(key.as_bytes()), Some(payload), headers.into_iter());
    }
    Batch::new(Arc::new(records), Operation::Upsert)
}

/// A batch of rows with the texts `name`.
fn batch_of_names(names: &[&str]) -> Batch {
    let mut batch = batch_of_payloads(&vec![&b"{}"[..]; names.len()]);
    batch.set("name", Column::texts(StringArray::from(names.to_vec())));
    batch
}

/// The names `row 0`, `row 1`, …, with `bad` in some rows.
fn names(rows: usize, bad: &[usize]) -> Vec<String> {
    (0..rows).map(|row| if bad.contains(&row) { "bad".into() } else { format!("row {row}") }).collect()
}

fn batch_with_bad(rows: usize, bad: &[usize]) -> Batch {
    let names = names(rows, bad);
    batch_of_names(&names.iter().map(String::as_str).collect::<Vec<_>>())
}

fn texts(batch: &Batch, field: &str) -> Vec<Option<String>> {
    batch.read(field).texts().iter().map(|text| text.map(str::to_owned)).collect()
}
