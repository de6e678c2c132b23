//! A golden case: a few files with what goes in and what is to come out.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{records, schema};
use crate::config::{Bytes, Decode, Time};
use crate::plugin::Limits;
use crate::target::Target;

/// What goes in.
const INPUT: &str = "input.jsonl";
/// What is to come out.
pub(crate) const EXPECTED: &str = "expected.jsonl";
/// What the plugin is set up with; may be missing.
const SETUP: &str = "case.toml";

/// The files of a case as they are, which is also how a component carries them.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Files {
    pub(crate) name: String,
    #[serde(rename = "case.toml", skip_serializing_if = "Option::is_none")]
    setup: Option<String>,
    #[serde(rename = "input.jsonl", skip_serializing_if = "Option::is_none")]
    input: Option<String>,
    #[serde(rename = "expected.jsonl", skip_serializing_if = "Option::is_none")]
    expected: Option<String>,
}

/// A golden case.
#[derive(Debug)]
pub(crate) struct Case {
    /// Where its files lie, or came from.
    pub(crate) folder: PathBuf,
    pub(crate) name: String,
    pub(super) setup: Setup,
    pub(crate) target: Arc<Target>,
    input: Option<String>,
    expected: Option<String>,
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

impl Files {
    /// The files of each case in a folder, by name.
    pub(crate) fn all(folder: &Path) -> Result<Vec<Self>, String> {
        let entries = std::fs::read_dir(folder).map_err(|error| format!("{}: {error}; {HOW}", folder.display()))?;
        let folders = entries.filter_map(Result::ok).map(|entry| entry.path()).filter(|path| path.is_dir());
        let mut cases = folders.map(|folder| Self::read(&folder)).collect::<Result<Vec<_>, _>>()?;
        cases.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(cases)
    }

    fn read(folder: &Path) -> Result<Self, String> {
        let read = |name: &str| match std::fs::read_to_string(folder.join(name)) {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(format!("{}: {error}", folder.join(name).display())),
        };
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Ok(Self { name, setup: read(SETUP)?, input: read(INPUT)?, expected: read(EXPECTED)? })
    }
}

impl Case {
    /// All cases of a folder, by name.
    pub(crate) fn all(folder: &Path) -> Result<Vec<Self>, String> {
        let cases = Files::all(folder)?;
        if cases.is_empty() {
            return Err(format!("{}: no case in it; {HOW}", folder.display()));
        }
        cases.into_iter().map(|files| Self::new(files, folder)).collect()
    }

    /// The case of these files, which lie in a folder of its name in `cases`.
    pub(crate) fn new(files: Files, cases: &Path) -> Result<Self, String> {
        let Files { name, setup, input, expected } = files;
        let folder = cases.join(&name);
        let path = folder.join(SETUP);
        let setup: Setup = toml::from_str(setup.as_deref().unwrap_or_default())
            .map_err(|error| format!("{}: {error}", path.display()))?;
        let collections = setup.collection.iter().map(|given| given.resolve().map(Arc::new));
        let collections =
            collections.collect::<Result<_, _>>().map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(Self { folder, name, setup, target: Arc::new(Target::new(collections)), input, expected })
    }

    /// Whether there is something to hold what comes out against.
    pub(crate) fn is_recorded(&self) -> bool {
        self.expected.is_some() || self.setup.refuses.is_some()
    }

    /// Whether it has no records, as the plugin is to refuse its configuration.
    pub(super) fn only_refuses(&self) -> bool {
        self.setup.refuses.is_some()
    }

    pub(crate) fn input(&self) -> Result<crate::batch::Records, String> {
        let path = self.folder.join(INPUT);
        let text = self.input.as_ref().ok_or_else(|| format!("{}: there is no such file; {HOW}", path.display()))?;
        let topic = self.setup.topic.as_deref().unwrap_or(records::TOPIC);
        records::read(text, topic, usize::MAX).map_err(|error| format!("{}, {error}", path.display()))
    }

    /// The lines that are to come out; none where nothing was recorded yet.
    pub(crate) fn expected(&self) -> Result<Option<Vec<Value>>, String> {
        let path = self.folder.join(EXPECTED);
        let Some(text) = &self.expected else { return Ok(None) };
        let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
        let read = lines.map(|(number, line)| {
            serde_json::from_str(line).map_err(|error| format!("{}, line {}: {error}", path.display(), number + 1))
        });
        read.collect::<Result<_, _>>().map(Some)
    }

    /// What the plugin may use: what the case says, and else these.
    pub(super) fn limits(&self, default: Limits) -> Limits {
        let GivenLimits { memory, record_timeout, answer } = &self.setup.limits;
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
