//! A lane's instances of all plugins, and how one bad record is told from a good batch.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::error::{Fault, FaultKind, LoadError};
use super::instance::{Done, Instance};
use super::limits::fixed;
use super::loaded::Plugin;
use super::probe::{Lineage, Source};
use crate::batch::{Batch, Operation, Records, Rejection, Stage};
use crate::metrics::{self, PluginFault};
use crate::target::Target;

/// A lane's instances of all plugins of a pipeline.
pub struct Chain {
    links: Vec<Link>,
    target: Arc<Target>,
}

/// What a chain made of a batch.
#[derive(Debug)]
pub struct Processed {
    /// The rows that go on.
    pub batch: Batch,
    /// The records that a plugin rejected or failed on.
    pub rejected: Vec<Rejection>,
}

pub(super) struct Link {
    plugin: Arc<Plugin>,
    stage: Stage,
    /// None after a trap, until the next call.
    instance: Option<Instance>,
    /// Rows that the plugin gets at once. Fewer after it took too long for a batch.
    pub(super) rows_at_once: usize,
    /// None where nobody counts, as in `check`.
    metrics: Option<metrics::Plugin>,
    /// When it ends that rows are given to the plugin at all, in a self-test.
    until: Option<Instant>,
}

impl std::fmt::Debug for Chain {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.links.iter().map(|link| &link.plugin)).finish()
    }
}

impl Chain {
    /// Instantiates all plugins for one lane.
    pub fn new(plugins: &[Arc<Plugin>], target: &Arc<Target>) -> Result<Self, LoadError> {
        let links = plugins.iter().map(|plugin| {
            let instance = Some(Instance::start(plugin, &plugin.setup.config, target)?.0);
            Ok(Link::new(plugin, instance))
        });
        Ok(Self { links: links.collect::<Result<_, _>>()?, target: Arc::clone(target) })
    }

    /// A chain to take a running one's place by [`Self::take_over`]. Only plugins that are not among `running` are
    /// instantiated.
    pub fn successor(
        plugins: &[Arc<Plugin>],
        running: &[Arc<Plugin>],
        target: &Arc<Target>,
    ) -> Result<Self, LoadError> {
        let links = plugins.iter().map(|plugin| {
            if running.iter().any(|other| Arc::ptr_eq(plugin, other)) {
                return Ok(Link::new(plugin, None));
            }
            let instance = Instance::start(plugin, &plugin.setup.config, target)?.0;
            Ok(Link::new(plugin, Some(instance)))
        });
        Ok(Self { links: links.collect::<Result<_, _>>()?, target: Arc::clone(target) })
    }

    /// Takes from the running chain the instances of the plugins that stay, with what they remember.
    pub fn take_over(&mut self, running: &mut Self) {
        for link in &mut self.links {
            let same = running.links.iter_mut().find(|other| Arc::ptr_eq(&other.plugin, &link.plugin));
            if let Some(same) = same {
                link.instance = same.instance.take();
                link.rows_at_once = same.rows_at_once;
            }
        }
    }

    /// Runs every new plugin of a successor once on an empty batch: the least that a plugin must do. Fails with the
    /// first that does not.
    pub fn pass_empty(&mut self) -> Result<(), LoadError> {
        for link in self.links.iter_mut().filter(|link| link.instance.is_some()) {
            let empty = Batch::new(Arc::new(Records::default()), Operation::Upsert);
            link.call(empty, None, fixed::CALL, &self.target).map_err(|fault| LoadError::SelfTest {
                name: link.plugin.named.to_string(),
                error: format!("on an empty batch: {}", fault.all()),
            })?;
        }
        Ok(())
    }

    /// What the plugins do from now on counts for this lane.
    pub fn count_for(&mut self, lane: &metrics::Lane) {
        for link in &mut self.links {
            link.metrics = Some(lane.plugin(&link.plugin.info().name, link.plugin.digest()));
        }
    }

    /// Sends a batch through all plugins.
    pub fn process(&mut self, mut batch: Batch) -> Processed {
        let mut rejected = Vec::new();
        for link in &mut self.links {
            if batch.rows() == 0 {
                break;
            }
            batch = link.process(batch, &self.target, &mut rejected);
        }
        Processed { batch, rejected }
    }

    /// From then on no plugin is called, and what is left is rejected: for a self-test, which must end.
    pub fn end_at(&mut self, until: Option<Instant>) {
        self.links.iter_mut().for_each(|link| link.until = until);
    }

    /// Bytes of memory of each plugin's instance, which only ever grow; none where a fault has cost it.
    pub fn memory(&self) -> Vec<Option<usize>> {
        self.links.iter().map(|link| link.instance.as_ref().map(Instance::memory)).collect()
    }

    #[cfg(test)]
    pub(super) fn links_mut(&mut self) -> &mut [Link] {
        &mut self.links
    }

    /// Where the fields at the end of the chain come from, asked of every plugin with an empty batch that acts as if
    /// it had every field. A plugin that fails on it hides nothing but its own renames.
    fn lineage(&mut self) -> Lineage {
        let mut lineage = Lineage::default();
        for link in &mut self.links {
            let empty = Batch::new(Arc::new(Records::default()), Operation::Upsert);
            match link.call(empty, Some(lineage.clone()), fixed::CALL, &self.target) {
                Ok(done) => lineage = done.lineage.unwrap_or_default(),
                Err(fault) => tracing::debug!(plugin = &*link.plugin.named, "no fields learned: {}", fault.text),
            }
        }
        lineage
    }
}

/// Where each of these fields at the end of the chain comes from.
pub fn sources<'a>(chain: &mut Chain, fields: impl Iterator<Item = &'a str>) -> Vec<(&'a str, Source)> {
    let lineage = chain.lineage();
    fields.map(|field| (field, lineage.source(field))).collect()
}

/// The fields at the end of the chain that plugins name, or these fields of a record have come to; and whether others
/// come through.
pub fn ends(chain: &mut Chain, fields: &[&str]) -> (Vec<(String, Source)>, bool) {
    let lineage = chain.lineage();
    let mut ends = lineage.named();
    for field in fields {
        let source = lineage.source(field);
        if source == Source::Field((*field).to_owned()) && ends.iter().all(|(name, _)| name != field) {
            ends.push(((*field).to_owned(), source));
        }
    }
    (ends, lineage.is_open())
}

impl Link {
    fn new(plugin: &Arc<Plugin>, instance: Option<Instance>) -> Self {
        let stage = Stage::Plugin { name: plugin.info().name.as_str().into(), digest: Arc::clone(&plugin.digest) };
        Self {
            plugin: Arc::clone(plugin),
            stage,
            instance,
            rows_at_once: fixed::ROWS_AT_ONCE,
            metrics: None,
            until: None,
        }
    }

    #[cfg(test)]
    pub(super) fn has_instance(&self) -> bool {
        self.instance.is_some()
    }

    /// The whole batch at once, or in the parts that the plugin is fast enough for.
    fn process(&mut self, batch: Batch, target: &Arc<Target>, rejected: &mut Vec<Rejection>) -> Batch {
        let mut parts = Vec::new();
        let mut start = 0;
        while start < batch.rows() {
            let rows = self.rows_at_once.min(batch.rows() - start);
            parts.push(self.isolate(batch.slice(start, rows), target, rejected));
            self.plugin.tally().count(rows);
            start += rows;
        }
        if let Some(metrics) = &self.metrics {
            metrics.given(batch.rows());
        }
        Batch::concat(parts).unwrap_or(batch)
    }

    /// Finds the rows that a plugin fails on by halving, and rejects their records; the others go on.
    fn isolate(&mut self, batch: Batch, target: &Arc<Target>, rejected: &mut Vec<Rejection>) -> Batch {
        let rows = batch.rows();
        if self.until.is_some_and(|until| Instant::now() >= until) {
            rejected.extend(batch.record_of().iter().map(|record| self.rejection(*record, "the time for it is over")));
            return batch.slice(0, 0);
        }
        let limit = self.limit(rows);
        match self.call(batch.clone(), None, limit, target) {
            Ok(done) => {
                rejected.extend(done.rejected.iter().map(|(record, reason)| self.rejection(*record, reason)));
                done.batch
            }
            Err(fault) if rows == 1 => {
                self.plugin.tally().count_fault();
                let mut rejection = self.rejection(batch.record_of()[0], &fault.text);
                rejection.said = fault.said;
                rejected.push(rejection);
                batch.slice(0, 0)
            }
            Err(Fault { kind: FaultKind::Timeout, .. }) => self.one_by_one(&batch, target, rejected),
            Err(_) => {
                let half = rows / 2;
                let first = self.isolate(batch.slice(0, half), target, rejected);
                let second = self.isolate(batch.slice(half, rows - half), target, rejected);
                Batch::concat(vec![first, second]).expect("there are two parts")
            }
        }
    }

    /// Each row by itself, within the time of one record; and fewer rows at once from now on, where the plugin is
    /// merely slow.
    fn one_by_one(&mut self, batch: &Batch, target: &Arc<Target>, rejected: &mut Vec<Rejection>) -> Batch {
        let start = Instant::now();
        let before = rejected.len();
        let parts = (0..batch.rows()).map(|row| self.isolate(batch.slice(row, 1), target, rejected)).collect();
        if rejected.len() == before {
            let of_one = start.elapsed() / batch.rows() as u32;
            let fit = fixed::CALL.as_nanos() / 2 / of_one.as_nanos().max(1);
            self.rows_at_once = usize::try_from(fit).unwrap_or(usize::MAX).clamp(1, fixed::ROWS_AT_ONCE);
        }
        Batch::concat(parts).expect("there is a part for each row")
    }

    fn call(
        &mut self,
        batch: Batch,
        lineage: Option<Lineage>,
        limit: Duration,
        target: &Arc<Target>,
    ) -> Result<Done, Fault> {
        if self.instance.is_none() {
            // It started before with the same configuration; where it does not now, that is the batch's fault.
            let started = Instance::start(&self.plugin, &self.plugin.setup.config, target);
            let (instance, _) = started.map_err(|error| Fault {
                kind: FaultKind::Error,
                text: "the plugin did not start again after a fault".into(),
                said: Some(error.to_string()),
            })?;
            self.instance = Some(instance);
        }
        let start = Instant::now();
        let result = self.instance.as_mut().expect("started above").process(batch, lineage, limit);
        if let Some(metrics) = &self.metrics {
            metrics.called(start.elapsed(), result.as_ref().err().map(|fault| fault.kind.into()));
        }
        if let Err(Fault { kind: FaultKind::Trap | FaultKind::Timeout, .. }) = result {
            self.instance = None;
        }
        result
    }

    fn limit(&self, rows: usize) -> Duration {
        self.plugin.setup.limits.of_call(rows)
    }

    fn rejection(&self, record: u32, reason: &str) -> Rejection {
        Rejection::new(record, self.stage.clone(), reason)
    }
}

impl From<FaultKind> for PluginFault {
    fn from(kind: FaultKind) -> Self {
        match kind {
            FaultKind::Error => Self::Error,
            FaultKind::Trap => Self::Trap,
            FaultKind::Timeout => Self::Timeout,
        }
    }
}
