//! A golden case: a folder with what goes in and what is to come out.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Deserialize;
use serde_json::Value;

use super::schema;
use crate::cli::records;
use crate::config::{Bytes, Decode, Time};
use crate::plugin::Limits;
use crate::target::Target;

/// What goes in.
pub(super) const INPUT: &str = "input.jsonl";
/// What is to come out.
pub(super) const EXPECTED: &str = "expected.jsonl";
/// What the plugin is set up with; may be missing.
pub(super) const SETUP: &str = "case.toml";

/// A golden case.
#[derive(Debug)]
pub(super) struct Case {
    pub(super) folder: PathBuf,
    pub(super) name: String,
    pub(super) setup: Setup,
    pub(super) target: Arc<Target>,
}

/// `case.toml`: what a pipeline file would say.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Setup {
    /// The plugin's own configuration.
    pub(super) config: toml::Table,
    /// The plugin must refuse its configuration, with this text in what it says.
    pub(super) refuses: Option<String>,
    /// How values become fields, as `[decode]` of a pipeline file.
    pub(super) decode: Decode,
    /// The plugin's limits, by the names that they have in a pipeline file.
    limits: GivenLimits,
    /// The topic of records that name none.
    topic: Option<String>,
    /// The collections that the plugin sees; rows go to the first.
    collection: Vec<schema::Collection>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct GivenLimits {
    memory: Option<Bytes>,
    record_timeout: Option<Time>,
    answer: Option<Bytes>,
}

impl Case {
    /// All cases of a folder, by name.
    pub(super) fn all(folder: &Path) -> Result<Vec<Self>, String> {
        let entries = std::fs::read_dir(folder).map_err(|error| format!("{}: {error}; {HOW}", folder.display()))?;
        let folders = entries.filter_map(Result::ok).map(|entry| entry.path()).filter(|path| path.is_dir());
        let mut cases = folders.map(Self::open).collect::<Result<Vec<_>, _>>()?;
        if cases.is_empty() {
            return Err(format!("{}: no case in it; {HOW}", folder.display()));
        }
        cases.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(cases)
    }

    fn open(folder: PathBuf) -> Result<Self, String> {
        let path = folder.join(SETUP);
        let setup: Setup = match std::fs::read_to_string(&path) {
            Ok(text) => toml::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Setup::default(),
            Err(error) => return Err(format!("{}: {error}", path.display())),
        };
        let collections = setup.collection.iter().map(|given| given.resolve().map(Arc::new));
        let collections =
            collections.collect::<Result<_, _>>().map_err(|error| format!("{}: {error}", path.display()))?;
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Ok(Self { folder, name, setup, target: Arc::new(Target::new(collections)) })
    }

    pub(super) fn input(&self) -> Result<crate::batch::Records, String> {
        let path = self.folder.join(INPUT);
        let text = std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}; {HOW}", path.display()))?;
        let topic = self.setup.topic.as_deref().unwrap_or(records::TOPIC);
        records::read(&text, topic, usize::MAX).map_err(|error| format!("{}, {error}", path.display()))
    }

    /// The lines that are to come out; none where nothing was recorded yet.
    pub(super) fn expected(&self) -> Result<Option<Vec<Value>>, String> {
        let path = self.folder.join(EXPECTED);
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(format!("{}: {error}", path.display())),
        };
        let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
        let read = lines.map(|(number, line)| {
            serde_json::from_str(line).map_err(|error| format!("{}, line {}: {error}", path.display(), number + 1))
        });
        read.collect::<Result<_, _>>().map(Some)
    }

    pub(super) fn limits(&self) -> Limits {
        let GivenLimits { memory, record_timeout, answer } = &self.setup.limits;
        let default = Limits::default();
        Limits {
            memory: memory.map_or(default.memory, Bytes::as_usize),
            record_timeout: record_timeout.map_or(default.record_timeout, Time::get),
            answer: answer.map_or(default.answer, Bytes::as_usize),
        }
    }
}

/// How a case is made.
const HOW: &str = "a case is a folder cases/NAME with input.jsonl, a record's value a line; \
                   `kiteline plugin test --record` writes its expected.jsonl, for you to read";
