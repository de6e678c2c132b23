//! Measuring a component: time, memory, size and loading.

use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use kiteline::batch::{Batch, Operation};
use kiteline::plugin::{Chain, Engine, Limits, Plugin};
use kiteline::target::Target;

use super::language::Built;
use super::native;
use crate::feed::{Feed, decoder, records_of};

/// Rows of the batches: as many as a run takes at once, and as few as a quiet topic has.
pub(crate) const ROWS: [usize; 2] = [1000, 10];
/// A stretch of measuring, of which the least disturbed counts.
const STRETCH: Duration = Duration::from_millis(400);
const STRETCHES: usize = 5;
/// How often it is loaded.
const LOADS: usize = 5;

/// What a component costs.
pub(crate) struct Costs {
    /// µs per record, by [`ROWS`].
    pub(crate) micros: [f64; 2],
    /// Bytes of its instance after all that.
    pub(crate) memory: usize,
    /// Bytes of the component.
    pub(crate) size: u64,
    /// From the file to a running instance, with the compiled code kept from before.
    pub(crate) load: Duration,
}

/// What is measured with.
pub(crate) struct Bench {
    engine: Engine,
    target: Arc<Target>,
    batches: [Batch; 2],
}

impl Bench {
    pub(crate) fn new(feed: &Feed) -> Self {
        let engine = Engine::new().expect("an engine");
        Self { engine, target: Arc::default(), batches: ROWS.map(|rows| batch(feed, rows)) }
    }

    pub(crate) fn of_component(&self, built: &Built) -> Result<Costs, String> {
        let failed = |what: String| format!("{}: {what}", built.language);
        eprintln!("measuring {}", built.language);
        let size = std::fs::metadata(&built.component).map_err(|error| failed(error.to_string()))?.len();
        // The first time it may have to be compiled.
        let mut chain = self.load(&built.component).map_err(failed)?;
        let mut load = Duration::MAX;
        for _ in 0..LOADS {
            let start = Instant::now();
            chain = self.load(&built.component).map_err(failed)?;
            load = load.min(start.elapsed());
        }
        for batch in &self.batches {
            let processed = chain.process(batch.clone());
            if !processed.rejected.is_empty() || !is_done(&processed.batch) {
                return Err(failed("it does not do its job".into()));
            }
        }
        let micros = self.micros(|batch| drop(chain.process(batch)));
        let memory = chain.memory()[0].ok_or_else(|| failed("its instance was lost".into()))?;
        Ok(Costs { micros, memory, size, load })
    }

    /// The same job as a part of the host, µs per record.
    pub(crate) fn of_native(&self) -> [f64; 2] {
        let label = |mut batch: Batch| {
            native::label(&mut batch);
            batch
        };
        assert!(self.batches.iter().all(|batch| is_done(&label(batch.clone()))));
        self.micros(|batch| drop(black_box(label(batch))))
    }

    /// What a chain takes that has no plugin: it is in the figures of all plugins.
    pub(crate) fn of_empty_chain(&self) -> [f64; 2] {
        let mut chain = Chain::new(&[], &self.target).expect("it starts");
        self.micros(|batch| drop(chain.process(batch)))
    }

    fn load(&self, component: &Path) -> Result<Chain, String> {
        let plugin = Plugin::from_file(&self.engine, component, "{}".into(), Limits::default(), &self.target);
        let plugin = plugin.map_err(|error| error.to_string())?;
        Chain::new(&[Arc::new(plugin)], &self.target).map_err(|error| error.to_string())
    }

    fn micros(&self, mut round: impl FnMut(Batch)) -> [f64; 2] {
        self.batches.each_ref().map(|batch| {
            let mut round = || round(black_box(batch.clone()));
            round();
            (0..STRETCHES).map(|_| mean(&mut round) / batch.rows() as f64).fold(f64::MAX, f64::min)
        })
    }
}

/// Mean of a stretch, in µs.
fn mean(round: &mut impl FnMut()) -> f64 {
    let start = Instant::now();
    let mut rounds = 0_u32;
    while start.elapsed() < STRETCH {
        round();
        rounds += 1;
    }
    start.elapsed().as_secs_f64() * 1e6 / f64::from(rounds)
}

/// Whether it is as the plugin leaves it.
fn is_done(batch: &Batch) -> bool {
    let labels = batch.column("label").and_then(|column| column.as_texts());
    let is_labelled =
        labels.is_some_and(|labels| labels.iter().all(|label| label.is_some_and(|text| text.contains(": "))));
    is_labelled && batch.column("embedding").is_some() && batch.column("emb").is_none()
}

/// Records decoded as from a collection that knows their types. Their ids begin with 1.
fn batch(feed: &Feed, rows: usize) -> Batch {
    let records = records_of(1..=rows as u64, |id| (None, Some(feed.payload(id))));
    let decoded = decoder().decode(records, Operation::Upsert);
    assert!(decoded.rejected.is_empty());
    decoded.batch
}
