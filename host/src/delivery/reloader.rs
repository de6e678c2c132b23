//! Reloads plugins beside the lanes: loads what has changed, hands it to each lane, and takes it back where it fails.
//!
//! All that takes time (reading, compiling, configuring, the self-test, an instance for each lane) happens here. A lane
//! only exchanges its chain for another one, between two batches, so no record is lost, doubled or done by two versions.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};

use super::mailbox::{Event, Mailbox};
use super::swap::{Done, Swap, Ticket};
use crate::config::Rollback;
use crate::metrics::Metrics;
use crate::pipeline::{Pipeline, StartError, Version};
use crate::plugin::Plugin;
use crate::reload::{Cause, Ended, Failed, Refusal, Reload};

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
    /// Plugins that were replaced last; their numbers are still told.
    replaced: Vec<Arc<Plugin>>,
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
            replaced: Vec::new(),
        };
        tell_running(metrics, pipeline.version());
        reload.started(pipeline.version(), work.rules());
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
        self.reload.stop(&self.stop);
    }
}

impl Work {
    fn run(mut self) {
        let watch = self.pipeline.file().reload.watch.get();
        while !self.stop.load(Ordering::Acquire) {
            let pause = if self.reload.is_on_trial() { TRIAL } else { Duration::MAX };
            let cause = self.reload.wait(watch, pause, &self.stop);
            self.judge();
            if let Some(cause) = cause {
                self.attempt(cause);
            }
        }
    }

    fn rules(&self) -> &Rollback {
        &self.pipeline.file().reload.rollback
    }

    fn running(&self) -> Version {
        self.reload.running().expect("it was told at the start")
    }

    /// Loads what is new, and hands it to the lanes where it can be used.
    fn attempt(&mut self, cause: Cause) {
        let mut loaded = self.load(cause.is_wish());
        if self.judge() {
            // What was loaded follows on plugins that run no more. And whoever asked did not know yet that these fail.
            loaded = self.load(false);
        }
        let result = match loaded {
            Ok(None) => {
                self.reload.unchanged(cause, &self.stop);
                return;
            }
            Ok(Some(version)) => self.replace(version, cause),
            Err(refusal) => Err(refusal),
        };
        if let Err(refusal) = result {
            let why = refusal.to_string();
            if self.reload.refused(why.clone(), cause, &self.stop) {
                tracing::error!(by = cause.by.name(), why, "new plugins are not used, those before them go on");
                self.metrics.reloaded(Ended::Refused.name());
            }
        }
    }

    /// The plugins as they are to be now; none where they run. Those that were taken back come only where `wished`.
    fn load(&self, wished: bool) -> Result<Option<Version>, Refusal> {
        let tables = self.reload.read()?;
        let version = self.pipeline.next_version(&tables, &self.reload.loaded(), &self.running())?;
        if let Some(version) = &version
            && !wished
        {
            self.reload.refuse_taken_back(version)?;
        }
        Ok(version)
    }

    /// Swaps new plugins in, on trial.
    fn replace(&mut self, version: Version, cause: Cause) -> Result<(), Refusal> {
        let running = self.running();
        let changed = Instant::now().checked_sub(cause.at.elapsed().unwrap_or_default()).unwrap_or_else(Instant::now);
        let pause = self.hand_out(&version, &running, Some(changed))?;
        if self.reload.swapped(version.clone(), self.rules(), cause, &self.stop) {
            self.told(&version, running, pause, Ended::Swapped);
        }
        Ok(())
    }

    /// Takes new plugins back where some of them fail too often. True where others run now than before.
    fn judge(&mut self) -> bool {
        let Some(failed) = self.reload.judge(self.rules()) else { return false };
        let (running, cause) = (self.running(), Cause::of_faults());
        let Failed { before, why, .. } = &failed;
        let back = self.pipeline.version_again(before.clone(), &running).map_err(StartError::from);
        let back = back.map_err(Refusal::from).and_then(|version| {
            let pause = self.hand_out(&version, &running, None)?;
            Ok((version, pause))
        });
        match back {
            Ok((version, pause)) => {
                let went_back = self.reload.went_back(version.clone(), &failed, cause, &self.stop);
                if went_back {
                    tracing::error!(why, "new plugins are rolled back, those before them go on");
                    self.told(&version, running, pause, Ended::RolledBack);
                }
                went_back
            }
            Err(refusal) => {
                let why = format!("{why}, and those before do not start again: {refusal}");
                if self.reload.stays(why.clone(), cause, &self.stop) {
                    tracing::error!(why, "new plugins that fail go on");
                    self.metrics.reloaded(Ended::Refused.name());
                }
                false
            }
        }
    }

    /// Gives every lane other plugins, and waits until all have them. Gives the longest pause of a lane.
    fn hand_out(&self, version: &Version, running: &Version, changed: Option<Instant>) -> Result<Duration, Refusal> {
        let chains = self.pipeline.successors(version, running).map_err(StartError::from)?;
        let ticket = Arc::new(Ticket {
            changed,
            digests: digests(version),
            begun: AtomicBool::new(false),
            metrics: Arc::clone(&self.metrics),
        });
        let (done, answers) = mpsc::channel();
        for (mailbox, chain) in self.mailboxes.iter().zip(chains) {
            let decoder = (version.plan != running.plan).then(|| self.pipeline.decoder_of(&version.plan));
            let (ticket, done) = (Arc::clone(&ticket), done.clone());
            mailbox.send(Event::Swap(Box::new(Swap { chain, decoder, ticket, done })));
        }
        drop(done);
        Ok(self.answers(&answers))
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

    /// Tells that the lanes have these plugins in the place of the old ones.
    fn told(&mut self, version: &Version, old: Version, pause: Duration, result: Ended) {
        tracing::info!(
            old = digests(&old),
            new = digests(version),
            lanes = self.mailboxes.len(),
            longest_pause_us = pause.as_micros() as u64,
            "plugins swapped"
        );
        self.metrics.reloaded(result.name());
        tell_running(&self.metrics, version);
        self.forget(old.plugins, version);
    }

    /// Of plugins that run no more the last ones' numbers are told on, so that the last scrape has them.
    fn forget(&mut self, old: Vec<Arc<Plugin>>, running: &Version) {
        let gone = std::mem::replace(&mut self.replaced, old);
        let is_told = |plugin: &Plugin| {
            let told = running.plugins.iter().chain(&self.replaced);
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
