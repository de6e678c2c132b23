//! Reloading plugins while a pipeline runs: who asks for it, which files are watched, what runs, and what became of the
//! last attempt. `delivery` does the work, as it has the lanes; this is there once a process, however often the
//! pipeline starts over.

mod difference;
mod files;
mod page;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use toml::Table;

use self::files::{Files, Look};
use crate::config::{self, Mistakes, PipelineFile};
use crate::pipeline::{StartError, Version};
use crate::plugin::{Plugin, SHIPPED, Trial};

/// How often files are looked at that are changing.
const SOON: Duration = Duration::from_millis(100);

/// Reloading in this process.
#[derive(Debug)]
pub struct Reload {
    /// The pipeline file; none where nothing is reloaded.
    path: Option<PathBuf>,
    /// The file as it was when the process started.
    started_with: Table,
    state: Mutex<State>,
    wake: Condvar,
}

#[derive(Debug)]
struct State {
    files: Files,
    /// How often a reload was asked for, and how many of these were done.
    asked: u64,
    answered: u64,
    /// The last one who asked, and when.
    ask: Option<Cause>,
    /// What runs; none before the pipeline starts.
    running: Option<Version>,
    since: SystemTime,
    /// The new plugins' trial, and when it ends.
    trial: Option<(Arc<Trial>, Instant)>,
    /// New plugins that were rolled back: they come again only where someone asks.
    failed: Vec<Arc<Plugin>>,
    last: Option<Outcome>,
    /// Keys of the file that have changed and need a restart.
    restart: Vec<String>,
}

/// Who or what asks for a reload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// A file has changed.
    File,
    /// SIGHUP.
    Signal,
    /// `POST /reload`.
    Http,
    /// The pipeline has started over, after plugins were refused.
    StartOver,
    /// New plugins fail too often.
    Faults,
}

/// Why a reload is attempted.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cause {
    pub(crate) by: By,
    /// Since when there is something new.
    pub(crate) at: SystemTime,
    /// How often a reload had been asked for when the attempt began: all of these are answered by it.
    asked: u64,
}

/// What became of an attempt.
#[derive(Debug, Clone)]
pub(crate) struct Outcome {
    pub(crate) at: SystemTime,
    pub(crate) by: By,
    pub(crate) result: Ended,
    /// Why it was refused or rolled back.
    pub(crate) why: Option<String>,
}

/// How an attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// The lanes have new plugins.
    Swapped,
    /// What is new can't be used; the lanes go on with what they have.
    Refused,
    /// The new plugins failed; the lanes have the ones before them again.
    RolledBack,
    /// There was nothing new.
    Unchanged,
}

/// Why new plugins are not used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    /// The pipeline file can't be read.
    #[error("{0}")]
    File(#[from] Mistakes),
    /// The plugins can't be used, or don't fit the target.
    #[error("{0}")]
    Start(#[from] StartError),
    /// They failed before.
    #[error(
        "plugin {0} was rolled back for its faults; change it, or ask for it with SIGHUP or POST /reload to try it again"
    )]
    Failed(String),
}

impl By {
    /// As logs and pages have it.
    pub fn name(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Signal => "SIGHUP",
            Self::Http => "POST /reload",
            Self::StartOver => "start over",
            Self::Faults => "faults",
        }
    }
}

impl Cause {
    /// Whether somebody wants it, rather than that something has changed.
    pub(crate) fn is_wish(&self) -> bool {
        matches!(self.by, By::Signal | By::Http)
    }

    /// New plugins fail too often.
    pub(crate) fn of_faults() -> Self {
        Self { by: By::Faults, at: SystemTime::now(), asked: 0 }
    }
}

impl Ended {
    /// As metrics and pages have it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Swapped => "swapped",
            Self::Refused => "refused",
            Self::RolledBack => "rolled-back",
            Self::Unchanged => "unchanged",
        }
    }
}

impl Reload {
    /// Watches a pipeline file that was just read, and the files of its plugins.
    pub fn watching(path: &Path, file: &PipelineFile) -> Arc<Self> {
        let table = std::fs::read_to_string(path).ok().and_then(|text| text.parse().ok());
        Self::new(Some(path.to_owned()), table.unwrap_or_default(), Files::new(paths(path, &file.plugins)))
    }

    /// Reloads nothing.
    pub fn never() -> Arc<Self> {
        Self::new(None, Table::new(), Files::new(Vec::new()))
    }

    fn new(path: Option<PathBuf>, started_with: Table, files: Files) -> Arc<Self> {
        let state = State {
            files,
            asked: 0,
            answered: 0,
            ask: None,
            running: None,
            since: SystemTime::now(),
            trial: None,
            failed: Vec::new(),
            last: None,
            restart: Vec::new(),
        };
        Arc::new(Self { path, started_with, state: Mutex::new(state), wake: Condvar::new() })
    }

    /// Asks for a reload, whether or not something is known to have changed. Gives how often it was asked for.
    pub fn ask(&self, by: By) -> u64 {
        let mut state = self.lock();
        state.asked += 1;
        state.ask = Some(Cause { by, at: SystemTime::now(), asked: state.asked });
        self.wake.notify_all();
        state.asked
    }

    /// What ran last, so that the pipeline starts over with it.
    pub(crate) fn running(&self) -> Option<Version> {
        self.lock().running.clone()
    }

    /// Whether there is anything to reload.
    pub(crate) fn is_on(&self) -> bool {
        self.path.is_some()
    }

    /// The pipeline runs with these plugins. What was refused under another schema is tried again.
    pub(crate) fn started(&self, version: &Version) {
        let mut state = self.lock();
        if state.running.is_none() {
            state.since = SystemTime::now();
        }
        state.running = Some(version.clone());
        state.trial = None;
        if state.last.as_ref().is_some_and(|last| last.result == Ended::Refused) {
            state.ask = Some(Cause { by: By::StartOver, at: SystemTime::now(), asked: state.asked });
        }
    }

    /// Waits until there is a cause for an attempt; none after `pause`, or where `stop` is set and this was woken.
    pub(crate) fn wait(&self, pause: Duration, stop: &AtomicBool) -> Option<Cause> {
        let mut state = self.lock();
        let soon = state.files.is_moving();
        if state.ask.is_none() && !stop.load(Ordering::Acquire) {
            let pause = if soon { pause.min(SOON) } else { pause };
            state = self.wake.wait_timeout(state, pause).unwrap_or_else(PoisonError::into_inner).0;
        }
        if stop.load(Ordering::Acquire) {
            return None;
        }
        if let Some(cause) = state.ask.take() {
            state.files.reading();
            return Some(cause);
        }
        match state.files.look(Instant::now()) {
            Look::Changed(at) => Some(Cause { by: By::File, at, asked: state.asked }),
            Look::Same | Look::Moving => None,
        }
    }

    /// Wakes whoever waits, to see that it is to stop.
    pub(crate) fn wake(&self) {
        // With the lock, so that nobody is between looking and waiting.
        let _state = self.lock();
        self.wake.notify_all();
    }

    /// An attempt that was cut short is made again by the next run.
    pub(crate) fn postpone(&self, cause: Cause) {
        self.lock().ask.get_or_insert(cause);
    }

    /// Reads the pipeline file: the tables of its plugins. Notes which other keys have changed.
    pub(crate) fn read(&self) -> Result<Vec<config::Plugin>, Refusal> {
        let path = self.path.as_deref().unwrap_or(Path::new(""));
        let file = config::load(path, SHIPPED, &|name| std::env::var(name).ok())?;
        let now = std::fs::read_to_string(path).ok().and_then(|text| text.parse().ok());
        let restart = now.map(|now: Table| difference::beside_plugins(&self.started_with, &now)).unwrap_or_default();
        let mut state = self.lock();
        state.files.watch(paths(path, &file.plugins));
        if !restart.is_empty() && state.restart != restart {
            tracing::warn!(keys = restart.join(", "), "changes of the pipeline file beside its plugins need a restart");
        }
        state.restart = restart;
        Ok(file.plugins)
    }

    /// Whether plugins that failed are among these.
    pub(crate) fn has_failed(&self, plugins: &[Arc<Plugin>]) -> Option<Refusal> {
        let state = self.lock();
        let failed = plugins.iter().find(|plugin| state.failed.iter().any(|failed| failed.is_same(plugin)));
        failed.map(|plugin| Refusal::Failed(format!("{} ({})", plugin.named(), &plugin.digest()[..12])))
    }

    /// The lanes have new plugins, which are on trial until then.
    pub(crate) fn swapped(&self, version: Version, trial: Option<(Arc<Trial>, Instant)>) {
        let mut state = self.lock();
        state.running = Some(version);
        state.since = SystemTime::now();
        state.trial = trial;
    }

    /// The trial is over, well or badly.
    pub(crate) fn tried(&self, failed: Vec<Arc<Plugin>>) {
        let mut state = self.lock();
        state.trial = None;
        state.failed = failed;
    }

    /// What became of an attempt; all that was asked for until it began is done.
    pub(crate) fn ended(&self, cause: Cause, result: Ended, why: Option<String>) {
        let mut state = self.lock();
        state.answered = state.answered.max(cause.asked);
        state.last = Some(Outcome { at: SystemTime::now(), by: cause.by, result, why });
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn paths(file: &Path, plugins: &[config::Plugin]) -> Vec<PathBuf> {
    std::iter::once(file.to_owned()).chain(plugins.iter().filter_map(|plugin| plugin.path.clone())).collect()
}
