//! The demo's pipeline files: one for the topic of packages, one for the topic of their changes.

use std::fs;
use std::path::{Path, PathBuf};

use toml::toml;

use super::COLLECTION;
use crate::cli::exit::Exit;
use crate::config::commented;

/// A topic, and the file of the pipeline that reads it.
pub(super) struct Feed {
    pub(super) topic: &'static str,
    pub(super) partitions: i32,
    file: &'static str,
    pipeline: fn() -> toml::Table,
}

/// The packages as they are at first. They do not fit into one partition of the Kafka inside the process.
pub(super) const PACKAGES: Feed = Feed { topic: "packages", partitions: 6, file: "packages.toml", pipeline: packages };

/// What changes, in the order of each key.
pub(super) const CHANGES: Feed =
    Feed { topic: "package-changes", partitions: 2, file: "package-changes.toml", pipeline: changes };

impl Feed {
    /// Writes the pipeline file, with every key explained.
    pub(super) fn write_file(&self, folder: &Path, brokers: &str, uri: &str) -> Result<PathBuf, Exit> {
        let mut pipeline = (self.pipeline)();
        let set = |table: &mut toml::Table, part: &str, key: &str, value: toml::Value| {
            if let Some(part) = table.get_mut(part).and_then(toml::Value::as_table_mut) {
                part.insert(key.to_owned(), value);
            }
        };
        set(&mut pipeline, "kafka", "brokers", brokers.into());
        set(&mut pipeline, "kafka", "topics", vec![self.topic].into());
        set(&mut pipeline, "milvus", "uri", uri.into());
        set(&mut pipeline, "milvus", "collection", COLLECTION.into());
        let path = folder.join(self.file);
        fs::write(&path, commented(&pipeline)).map_err(|error| Exit::Failed(format!("{}: {error}", path.display())))?;
        Ok(path)
    }
}

fn packages() -> toml::Table {
    toml! {
        name = "packages"

        [kafka]
        group = "kiteline-demo"

        [[plugin]]
        use = "rename"
        config = { rename = { pkg = "name", ver = "version", emb = "embedding" } }

        [[plugin]]
        path = "tidy-packages.wasm"

        [[plugin]]
        use = "dimension"
        config = { field = "embedding" }

        [[plugin]]
        use = "route"
        config = { field = "section", sanitize = true }

        [milvus]
        create_partitions = true
    }
}

/// What is in the envelopes goes the way of the packages, once `meta` is the JSON that its text holds.
fn changes() -> toml::Table {
    let mut pipeline = toml! {
        name = "package-changes"

        [kafka]
        group = "kiteline-demo-changes"

        [decode.key]
        format = "json"

        [[plugin]]
        use = "unwrap"
        config = { format = "debezium", key = ["pkg"] }

        [[plugin]]
        use = "cast"
        config = { json = ["meta"] }

        [milvus]
        create_partitions = true
    };
    if let (Some(toml::Value::Array(plugins)), Some(toml::Value::Array(then))) =
        (pipeline.get_mut("plugin"), packages().remove("plugin"))
    {
        plugins.extend(then);
    }
    pipeline
}
