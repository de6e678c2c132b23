//! Reloading plugins while a pipeline runs: who asks for it, which files are watched, what runs, and what became of the
//! last attempt. `delivery` does the work, as it has the lanes; this is there once a process, however often the
//! pipeline starts over.

mod attempt;
mod difference;
mod files;
mod page;
mod versions;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use toml::Table;

use self::attempt::Outcome;
pub use self::attempt::{By, Ended};
pub(crate) use self::attempt::{Cause, Refusal};
use self::files::{Files, Look};
pub(crate) use self::versions::Failed;
use self::versions::Versions;
use crate::config::{self, PipelineFile, Rollback};
use crate::pipeline::Version;
use crate::plugin::{Plugin, SHIPPED};

/// Reloading in this process.
#[derive(Debug)]
pub struct Reload {
    /// The pipeline file; none where nothing is reloaded.
    path: Option<PathBuf>,
    /// The file as it was when the process started.
    started_with: Table,
    /// Apart from the state: looking at a file on a mount that is gone may block, and a run that ends must not wait.
    files: Mutex<Files>,
    state: Mutex<State>,
    wake: Condvar,
}

#[derive(Debug)]
struct State {
    /// How often a reload was asked for, and how many of these were done.
    asked: u64,
    answered: u64,
    /// The last one who asked, and when.
    ask: Option<Cause>,
    versions: Versions,
    /// Since when the running plugins do.
    since: SystemTime,
    last: Option<Outcome>,
    /// Keys of the file that have changed and need a restart.
    restart: Vec<String>,
}

impl Reload {
    /// Watches a pipeline file that was just read, and the files of its plugins.
    pub fn watching(path: &Path, file: &PipelineFile) -> Arc<Self> {
        let table = std::fs::read_to_string(path).ok().and_then(|text| text.parse().ok());
        let files = Files::new(paths(path, &file.plugins), Instant::now());
        Self::new(Some(path.to_owned()), table.unwrap_or_default(), files)
    }

    /// Reloads nothing.
    pub fn never() -> Arc<Self> {
        Self::new(None, Table::new(), Files::new(Vec::new(), Instant::now()))
    }

    fn new(path: Option<PathBuf>, started_with: Table, files: Files) -> Arc<Self> {
        let state = State {
            asked: 0,
            answered: 0,
            ask: None,
            versions: Versions::default(),
            since: SystemTime::now(),
            last: None,
            restart: Vec::new(),
        };
        Arc::new(Self { path, started_with, files: Mutex::new(files), state: Mutex::new(state), wake: Condvar::new() })
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
        self.lock().versions.running().cloned()
    }

    /// Whether there is anything to reload.
    pub(crate) fn is_on(&self) -> bool {
        self.path.is_some()
    }

    /// The pipeline runs with these plugins. What was refused under another schema is tried again.
    pub(crate) fn started(&self, version: &Version, rules: &Rollback) {
        let mut state = self.lock();
        if state.versions.running().is_none() {
            state.since = SystemTime::now();
        }
        state.versions.started(version.clone(), rules, Instant::now());
        if state.last.as_ref().is_some_and(|last| last.result == Ended::Refused) {
            let cause = Cause { by: By::StartOver, at: SystemTime::now(), asked: state.asked };
            state.postpone(cause);
        }
    }

    /// Waits until there is a cause for an attempt; none after `pause`, or where `stop` is set and this was woken. Files
    /// are looked at every `watch`, however often this is called.
    pub(crate) fn wait(&self, watch: Duration, pause: Duration, stop: &AtomicBool) -> Option<Cause> {
        let pause = pause.min(self.files().until_look(Instant::now(), watch));
        let mut state = self.lock();
        if state.ask.is_none() && !stop.load(Ordering::Acquire) {
            state = self.wake.wait_timeout(state, pause).unwrap_or_else(PoisonError::into_inner).0;
        }
        if stop.load(Ordering::Acquire) {
            return None;
        }
        let (ask, asked) = (state.ask.take(), state.asked);
        drop(state);
        let mut files = self.files();
        if ask.is_some() {
            files.reading();
            return ask;
        }
        let now = Instant::now();
        if !files.until_look(now, watch).is_zero() {
            return None;
        }
        match files.look(now) {
            Look::Changed(at) => Some(Cause { by: By::File, at, asked }),
            Look::Same | Look::Moving => None,
        }
    }

    /// Wakes whoever waits, to see that it is to stop. Nobody of its run records anything after this.
    pub(crate) fn stop(&self, stop: &AtomicBool) {
        // With the lock, so that nobody is between looking and waiting, or between looking and recording.
        let _state = self.lock();
        stop.store(true, Ordering::Release);
        self.wake.notify_all();
    }

    /// Reads the pipeline file: the tables of its plugins. Notes which other keys have changed.
    pub(crate) fn read(&self) -> Result<Vec<config::Plugin>, Refusal> {
        let path = self.path.as_deref().unwrap_or(Path::new(""));
        let file = config::load(path, SHIPPED, &|name| std::env::var(name).ok())?;
        let now = std::fs::read_to_string(path).ok().and_then(|text| text.parse().ok());
        let restart = now.map(|now: Table| difference::beside_plugins(&self.started_with, &now)).unwrap_or_default();
        self.files().watch(paths(path, &file.plugins));
        let mut state = self.lock();
        if !restart.is_empty() && state.restart != restart {
            tracing::warn!(keys = restart.join(", "), "changes of the pipeline file beside its plugins need a restart");
        }
        state.restart = restart;
        Ok(file.plugins)
    }

    /// Plugins that are loaded, to be taken where the file says the same: those that run, and those that a trial may
    /// lead back to.
    pub(crate) fn loaded(&self) -> Vec<Arc<Plugin>> {
        self.lock().versions.loaded()
    }

    /// Refuses plugins of which one was taken back.
    pub(crate) fn refuse_taken_back(&self, version: &Version) -> Result<(), Refusal> {
        match self.lock().versions.taken_back(version) {
            Some(plugin) => Err(Refusal::Failed(versions::named(plugin))),
            None => Ok(()),
        }
    }

    /// Whether new plugins are on trial.
    pub(crate) fn is_on_trial(&self) -> bool {
        self.lock().versions.is_on_trial()
    }

    /// The new plugins that fail too often. A trial whose time is over ends.
    pub(crate) fn judge(&self, rules: &Rollback) -> Option<Failed> {
        self.lock().versions.judge(rules, Instant::now())
    }

    /// The lanes have new plugins.
    pub(crate) fn swapped(&self, version: Version, rules: &Rollback, cause: Cause, stop: &AtomicBool) -> bool {
        self.record(cause, Ended::Swapped, None, stop, |state| {
            state.since = SystemTime::now();
            state.versions.swapped(version, rules, Instant::now());
        })
    }

    /// The lanes have the plugins again that ran before those that failed.
    pub(crate) fn went_back(&self, version: Version, failed: &Failed, cause: Cause, stop: &AtomicBool) -> bool {
        self.record(cause, Ended::RolledBack, Some(failed.why.clone()), stop, |state| {
            state.since = SystemTime::now();
            state.versions.went_back(version, &failed.plugins);
        })
    }

    /// The new plugins fail, and those before them can't run any more.
    pub(crate) fn stays(&self, why: String, cause: Cause, stop: &AtomicBool) -> bool {
        self.record(cause, Ended::Refused, Some(why), stop, |state| state.versions.stay())
    }

    /// What is new can't be used.
    pub(crate) fn refused(&self, why: String, cause: Cause, stop: &AtomicBool) -> bool {
        self.record(cause, Ended::Refused, Some(why), stop, |_| ())
    }

    /// There was nothing new.
    pub(crate) fn unchanged(&self, cause: Cause, stop: &AtomicBool) -> bool {
        self.record(cause, Ended::Unchanged, None, stop, |_| ())
    }

    /// Records what became of an attempt; all that was asked for until it began is done. False where the run has ended
    /// meanwhile: then the lanes are gone, and the next run makes the attempt again.
    fn record(
        &self,
        cause: Cause,
        result: Ended,
        why: Option<String>,
        stop: &AtomicBool,
        change: impl FnOnce(&mut State),
    ) -> bool {
        let mut state = self.lock();
        if stop.load(Ordering::Acquire) {
            // Plugins that fail are judged again, as their trial goes on.
            if cause.by != By::Faults {
                state.postpone(cause);
                self.wake.notify_all();
            }
            return false;
        }
        change(&mut state);
        state.answered = state.answered.max(cause.asked);
        state.last = Some(Outcome { at: SystemTime::now(), by: cause.by, result, why });
        true
    }

    fn files(&self) -> MutexGuard<'_, Files> {
        self.files.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Has the next run make an attempt. A wish goes before anything else, the newest before others.
    fn postpone(&mut self, cause: Cause) {
        if self.ask.is_none_or(|ask| cause.is_wish() && !ask.is_wish()) {
            self.ask = Some(cause);
        }
    }
}

fn paths(file: &Path, plugins: &[config::Plugin]) -> Vec<PathBuf> {
    std::iter::once(file.to_owned()).chain(plugins.iter().filter_map(|plugin| plugin.path.clone())).collect()
}

#[cfg(test)]
mod tests;
