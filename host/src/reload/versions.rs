//! Which plugins run, which of them are on trial, and which were taken back: what is decided, without doing any of it.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Instant;

use crate::config::Rollback;
use crate::pipeline::Version;
use crate::plugin::{Plugin, Setup};

/// Most plugins that are remembered as taken back. Each cost a good many records, so there are few; the oldest goes.
const REMEMBERED: usize = 100;

/// Which plugins run, and which did.
#[derive(Debug, Default)]
pub(super) struct Versions {
    /// None before the pipeline starts.
    running: Option<Version>,
    trial: Option<Trial>,
    taken_back: VecDeque<Identity>,
}

/// New plugins have to prove themselves: those that run and are not among the ones before them.
#[derive(Debug)]
struct Trial {
    /// What ran before the first of them came.
    before: Version,
    since: Instant,
    until: Instant,
}

/// A component with its configuration, limits and grants.
#[derive(Debug, PartialEq, Eq)]
struct Identity {
    digest: String,
    setup: Setup,
}

/// New plugins that fail too often.
#[derive(Debug)]
pub(crate) struct Failed {
    /// What ran before they came.
    pub(crate) before: Version,
    pub(crate) plugins: Vec<Arc<Plugin>>,
    pub(crate) why: String,
}

impl Versions {
    pub(super) fn running(&self) -> Option<&Version> {
        self.running.as_ref()
    }

    pub(super) fn is_on_trial(&self) -> bool {
        self.trial.is_some()
    }

    /// The plugins that are on trial, and until when.
    pub(super) fn on_trial(&self) -> Option<(impl Iterator<Item = &Arc<Plugin>>, Instant)> {
        let Trial { before, until, .. } = self.trial.as_ref()?;
        Some((self.running.iter().flat_map(move |running| new_in(running, before)), *until))
    }

    /// Plugins that are loaded: those that run, and those that a trial may lead back to.
    pub(super) fn loaded(&self) -> Vec<Arc<Plugin>> {
        let mut loaded = self.running.iter().flat_map(|running| running.plugins.clone()).collect::<Vec<_>>();
        if let (Some(running), Some(Trial { before, .. })) = (&self.running, &self.trial) {
            loaded.extend(new_in(before, running).cloned());
        }
        loaded
    }

    /// The pipeline starts, or starts over, with these plugins. A trial goes on, with as much time as at its beginning:
    /// nothing was tried meanwhile.
    pub(super) fn started(&mut self, version: Version, rules: &Rollback, now: Instant) {
        self.running = Some(version);
        if let Some(trial) = &mut self.trial {
            trial.until = now + rules.within.get();
        }
    }

    /// The lanes have other plugins. They come on trial; where others still are, all of them lead back to what ran
    /// before the first.
    pub(super) fn swapped(&mut self, version: Version, rules: &Rollback, now: Instant) {
        let old = self.running.take().unwrap_or_default();
        let (before, since) = self.trial.take().map_or((old, now), |trial| (trial.before, trial.since));
        if new_in(&version, &before).next().is_some() {
            self.trial = Some(Trial { before, since, until: now + rules.within.get() });
        }
        // Those that were taken back came because somebody asked for them.
        self.taken_back.retain(|of| !version.plugins.iter().any(|plugin| of.is(plugin)));
        self.running = Some(version);
    }

    /// Each new plugin is judged by its own records: one that gets few would hide behind one that gets many. A trial
    /// whose time is over without a fault to speak of ends.
    pub(super) fn judge(&mut self, rules: &Rollback, now: Instant) -> Option<Failed> {
        let Trial { before, since, until } = self.trial.as_ref()?;
        let failed = |plugin: &&Arc<Plugin>| plugin.tally().has_failed(rules.records, rules.percent);
        let plugins: Vec<_> =
            self.running.iter().flat_map(|running| new_in(running, before)).filter(failed).cloned().collect();
        if !plugins.is_empty() {
            let within = now.saturating_duration_since(*since).as_secs_f64();
            let why = plugins.iter().map(|plugin| {
                let (faults, records) = plugin.tally().counts();
                format!("the new plugin {} failed on {faults} of {records} records", named(plugin))
            });
            let why = format!("{} within {within:.1} s", why.collect::<Vec<_>>().join(", "));
            return Some(Failed { before: before.clone(), plugins, why });
        }
        if now > *until {
            self.trial = None;
        }
        None
    }

    /// The lanes have the plugins again that ran before those that failed.
    pub(super) fn went_back(&mut self, version: Version, failed: &[Arc<Plugin>]) {
        self.running = Some(version);
        self.trial = None;
        self.taken_back.extend(failed.iter().map(|plugin| Identity::of(plugin)));
        let more = self.taken_back.len().saturating_sub(REMEMBERED);
        self.taken_back.drain(..more);
    }

    /// The plugins that fail can't be taken back.
    pub(super) fn stay(&mut self) {
        self.trial = None;
    }

    /// One of a version's plugins that would come and was taken back.
    pub(super) fn taken_back<'a>(&self, version: &'a Version) -> Option<&'a Arc<Plugin>> {
        let was = |plugin: &&Arc<Plugin>| self.taken_back.iter().any(|of| of.is(plugin));
        new_in(version, self.running.as_ref()?).find(was)
    }
}

impl Identity {
    fn of(plugin: &Plugin) -> Self {
        Self { digest: plugin.digest().to_owned(), setup: plugin.setup().clone() }
    }

    fn is(&self, plugin: &Plugin) -> bool {
        self.digest == plugin.digest() && self.setup == *plugin.setup()
    }
}

/// The plugins of one version that are not in the other.
fn new_in<'a>(version: &'a Version, other: &Version) -> impl Iterator<Item = &'a Arc<Plugin>> {
    version.plugins.iter().filter(move |plugin| !other.plugins.iter().any(|old| Arc::ptr_eq(plugin, old)))
}

/// A plugin as messages name it.
pub(super) fn named(plugin: &Plugin) -> String {
    format!("{} ({})", plugin.named(), &plugin.digest()[..12])
}

#[cfg(test)]
mod tests;
