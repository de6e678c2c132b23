//! Reloads plugins beside the lanes: loads what has changed, hands it to each lane, and takes it back where it fails.
//!
//! All that takes time (reading, compiling, configuring, the self-test, an instance for each lane) happens here. A lane
//! only exchanges its chain for another one, between two batches, so no record is lost, doubled or done by two versions.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant, SystemTime};

use super::mailbox::{Event, Mailbox};
use super::swap::{Done, Swap, Ticket};
use crate::metrics::Metrics;
use crate::pipeline::{Pipeline, StartError, Version};
use crate::plugin::{Plugin, Trial};
use crate::reload::{Cause, Ended, Refusal, Reload};

/// How often new plugins on trial are looked at: at full speed a lane does some ten thousand records meanwhile.
const TRIAL: Duration = Duration::from_millis(50);
/// How long a lane's answer is waited for before the run's end is looked for.
const ANSWER: Duration = Duration::from_millis(100);

/// A thread that reloads the plugins of a run, until this is dropped.
pub(super) struct Reloader {
    reload: Arc<Reload>,
    stop: Arc<AtomicBool>,
}

struct Work {
    reload: Arc<Reload>,
    stop: Arc<AtomicBool>,
    pipeline: Arc<Pipeline>,
    metrics: Arc<Metrics>,
    mailboxes: Vec<Mailbox>,
    running: Version,
    tried: Option<Tried>,
    /// Plugins that were replaced last; their numbers are still told.
    replaced: Vec<Arc<Plugin>>,
}

/// New plugins on trial.
struct Tried {
    trial: Arc<Trial>,
    since: Instant,
    /// What ran before them.
    before: Version,
}

impl Reloader {
    pub(super) fn start(
        reload: &Arc<Reload>,
        pipeline: &Arc<Pipeline>,
        metrics: &Arc<Metrics>,
        mailboxes: &[Mailbox],
    ) -> Self {
        let stop = Arc::<AtomicBool>::default();
        let work = Work {
            reload: Arc::clone(reload),
            stop: Arc::clone(&stop),
            pipeline: Arc::clone(pipeline),
            metrics: Arc::clone(metrics),
            mailboxes: mailboxes.to_vec(),
            running: pipeline.version().clone(),
            tried: None,
            replaced: Vec::new(),
        };
        tell_running(metrics, &work.running);
        reload.started(&work.running);
        if reload.is_on() {
            // Nobody waits for its end: it may be compiling, and the group would wait as well.
            let thread = std::thread::Builder::new().name("reload".into()).spawn(move || work.run());
            thread.expect("a thread can be started");
        }
        Self { reload: Arc::clone(reload), stop }
    }
}

impl Drop for Reloader {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Release);
        self.reload.wake();
    }
}

impl Work {
    fn run(mut self) {
        let watch = self.pipeline.file().reload.watch.get();
        while !self.stop.load(Ordering::Acquire) {
            let pause = if self.tried.is_some() { watch.min(TRIAL) } else { watch };
            let cause = self.reload.wait(pause, &self.stop);
            self.look_after_trial();
            if let Some(cause) = cause {
                self.attempt(cause);
            }
        }
    }

    /// Loads what is new, and hands it to the lanes where it can be used.
    fn attempt(&mut self, cause: Cause) {
        let loaded = self.load(cause);
        if self.stop.load(Ordering::Acquire) {
            return self.reload.postpone(cause);
        }
        let ended = match loaded {
            Ok(None) => Ok(Ended::Unchanged),
            Ok(Some(version)) => self.replace(version, cause).map(|()| Ended::Swapped),
            Err(refusal) => Err(refusal),
        };
        match ended {
            Ok(Ended::Unchanged) => self.reload.ended(cause, Ended::Unchanged, None),
            Ok(ended) => self.ended(cause, ended, None),
            Err(refusal) => {
                let why = refusal.to_string();
                tracing::error!(by = cause.by.name(), why, "new plugins are not used, those before them go on");
                self.ended(cause, Ended::Refused, Some(why));
            }
        }
    }

    fn load(&self, cause: Cause) -> Result<Option<Version>, Refusal> {
        let tables = self.reload.read()?;
        let version = self.pipeline.next_version(&tables, &self.running)?;
        if let Some(version) = &version
            && !cause.is_wish()
            && let Some(refusal) = self.reload.has_failed(&version.plugins)
        {
            return Err(refusal);
        }
        Ok(version)
    }

    /// Swaps new plugins in and begins their trial.
    fn replace(&mut self, version: Version, cause: Cause) -> Result<(), Refusal> {
        let trial = Arc::<Trial>::default();
        let before = self.running.clone();
        self.swap(version, &trial, cause.at)?;
        let (since, within) = (Instant::now(), self.pipeline.file().reload.rollback.within.get());
        self.reload.swapped(self.running.clone(), Some((Arc::clone(&trial), since + within)));
        self.tried = Some(Tried { trial, since, before });
        Ok(())
    }

    /// Gives every lane other plugins, and waits until all have them.
    fn swap(&mut self, version: Version, trial: &Arc<Trial>, changed: SystemTime) -> Result<(), Refusal> {
        let chains = self.pipeline.successors(&version, &self.running, trial).map_err(StartError::from)?;
        let ticket = Arc::new(Ticket {
            changed: Instant::now().checked_sub(changed.elapsed().unwrap_or_default()).unwrap_or_else(Instant::now),
            digests: digests(&version),
            begun: AtomicBool::new(false),
            metrics: Arc::clone(&self.metrics),
        });
        let (done, answers) = mpsc::channel();
        for (mailbox, chain) in self.mailboxes.iter().zip(chains) {
            let decoder = (version.plan != self.running.plan).then(|| self.pipeline.decoder_of(&version.plan));
            let (ticket, done) = (Arc::clone(&ticket), done.clone());
            mailbox.send(Event::Swap(Box::new(Swap { chain, decoder, ticket, done })));
        }
        drop(done);
        let pause = self.answers(&answers);
        tracing::info!(
            old = digests(&self.running),
            new = ticket.digests,
            lanes = self.mailboxes.len(),
            longest_pause_us = pause.as_micros() as u64,
            "plugins swapped"
        );
        let old = std::mem::replace(&mut self.running, version);
        tell_running(&self.metrics, &self.running);
        self.forget(old.plugins);
        Ok(())
    }

    /// The longest pause of a lane. A lane that has ended answers nothing, and its sender is gone with it.
    fn answers(&self, answers: &mpsc::Receiver<Done>) -> Duration {
        let mut longest = Duration::ZERO;
        while !self.stop.load(Ordering::Acquire) {
            match answers.recv_timeout(ANSWER) {
                Ok(Done { pause, old }) => {
                    self.metrics.lane_swapped(pause);
                    longest = longest.max(pause);
                    drop(old);
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        longest
    }

    /// Takes new plugins back that fail too often, or lets them stay once they had their time.
    fn look_after_trial(&mut self) {
        let rules = self.pipeline.file().reload.rollback;
        let Some(Tried { trial, since, .. }) = &self.tried else { return };
        if trial.has_failed(rules.records, rules.percent) {
            let (faults, records) = trial.counts();
            let why = format!(
                "the new plugins failed on {faults} of {} records within {:.1} s",
                records.max(faults),
                since.elapsed().as_secs_f64()
            );
            self.roll_back(why);
        } else if since.elapsed() > rules.within.get() {
            self.tried = None;
            self.reload.tried(Vec::new());
        }
    }

    fn roll_back(&mut self, why: String) {
        let Some(Tried { before, .. }) = self.tried.take() else { return };
        let is_new = |plugin: &&Arc<Plugin>| !before.plugins.iter().any(|other| Arc::ptr_eq(plugin, other));
        let failed = self.running.plugins.iter().filter(is_new).cloned().collect();
        let cause = Cause::of_faults();
        match self.swap(before, &Arc::default(), cause.at) {
            Ok(()) => {
                tracing::error!(why, "new plugins are rolled back, those before them go on");
                self.reload.swapped(self.running.clone(), None);
                self.reload.tried(failed);
                self.ended(cause, Ended::RolledBack, Some(why));
            }
            Err(refusal) => {
                let why = format!("{why}, and those before them do not start again: {refusal}");
                tracing::error!(why, "new plugins that fail go on");
                self.reload.tried(Vec::new());
                self.ended(cause, Ended::Refused, Some(why));
            }
        }
    }

    fn ended(&self, cause: Cause, ended: Ended, why: Option<String>) {
        self.metrics.reloaded(ended.name());
        self.reload.ended(cause, ended, why);
    }

    /// Of plugins that run no more the last ones' numbers are told on, so that the last scrape has them.
    fn forget(&mut self, old: Vec<Arc<Plugin>>) {
        let gone = std::mem::replace(&mut self.replaced, old);
        let is_told = |plugin: &Plugin| {
            let told = self.running.plugins.iter().chain(&self.replaced);
            told.into_iter().any(|other| other.info().name == plugin.info().name && other.digest() == plugin.digest())
        };
        for plugin in gone.iter().filter(|plugin| !is_told(plugin)) {
            self.metrics.forget_plugin(&plugin.info().name, plugin.digest());
        }
    }
}

fn digests(version: &Version) -> String {
    let of = |plugin: &Arc<Plugin>| format!("{}:{}", plugin.info().name, &plugin.digest()[..12]);
    version.plugins.iter().map(of).collect::<Vec<_>>().join(" ")
}

fn tell_running(metrics: &Metrics, version: &Version) {
    metrics.plugins(version.plugins.iter().map(|plugin| {
        let info = plugin.info();
        (&*info.name, &*info.version, plugin.digest())
    }));
}
