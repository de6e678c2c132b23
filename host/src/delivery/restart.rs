//! Runs a pipeline, and starts it over where a collection is no longer what it was: plugins, decoder and validation all
//! look at the schema, so with another one all of it is made anew, from the offsets that are committed.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tokio::runtime::Handle;

use super::error::RunError;
use super::run::{self, Report};
use crate::config::PipelineFile;
use crate::metrics::{Metrics, Phase, Totals};
use crate::pipeline::{Pipeline, StartError};
use crate::registry::RegistryError;
use crate::reload::Reload;
use crate::sink::SinkError;
use crate::source::kafka::{Ends, KafkaSource, Replay};

/// How often a collection that is gone is looked for.
const LOOK: Duration = Duration::from_millis(500);

/// How to run.
#[derive(Debug, Clone, Default)]
pub enum Options {
    /// From the committed offsets on and on.
    #[default]
    On,
    /// From the committed offsets to where the partitions end at the start, then no further.
    UntilEnd,
    /// The dead letters, as the records that they were.
    Replay(Arc<Replay>),
}

/// Why a pipeline does not run, or runs no more.
#[derive(Debug, thiserror::Error)]
pub enum LineError {
    /// It can't start.
    #[error(transparent)]
    Start(#[from] StartError),
    /// It ended before it was told to.
    #[error(transparent)]
    Run(#[from] RunError),
}

/// Runs a pipeline until it is at its end, is told to stop, or fails. Blocks; `runtime` sends the write requests.
/// `started` is called before each start.
pub fn run(
    file: &PipelineFile,
    options: &Options,
    metrics: &Arc<Metrics>,
    reload: &Arc<Reload>,
    stop: &AtomicBool,
    runtime: &Handle,
    started: impl Fn(&Pipeline, &KafkaSource),
) -> Result<Report, LineError> {
    let start = Instant::now();
    let connected = match options {
        // A replay brings back what could not go into a collection: it makes none.
        Options::Replay(_) => Pipeline::connect_again(file.clone(), None, runtime),
        _ => Pipeline::connect(file.clone(), runtime),
    };
    let mut pipeline = match connected {
        // Whoever is told to end while it waits for a server has ended in order.
        Err(error) if error.is_unreachable() && stop.load(Ordering::Acquire) => {
            return Ok(Report { totals: metrics.totals(), took: start.elapsed() });
        }
        result => result?,
    };
    if let Some(topic) = pipeline.dead_letter_topic() {
        topic.ensure(pipeline.kafka(), runtime).map_err(StartError::from)?;
    }
    let mut bounds: Option<Ends> = None;
    loop {
        let source = options.source(&pipeline)?;
        if !matches!(options, Options::On) {
            let ends = source.ends().map_err(StartError::from)?;
            bounds = Some(match bounds {
                None => ends,
                Some(first) => {
                    first.into_iter().map(|(p, end)| (p.clone(), end.min(ends.get(&p).copied().unwrap_or(0)))).collect()
                }
            });
        }
        started(&pipeline, &source);
        metrics.started();
        match run::run(Arc::new(pipeline), source, bounds.clone(), metrics, reload, stop, runtime.clone()) {
            Err(RunError::Changed { collection, why }) if !stop.load(Ordering::Acquire) => {
                tracing::warn!(collection, why, "the pipeline starts over");
                metrics.status().enter(Phase::Starting);
                match again(file, reload, stop, runtime)? {
                    Some(next) => pipeline = next,
                    None => return Ok(Report { totals: metrics.totals(), took: start.elapsed() }),
                }
            }
            result => return Ok(result.map(|totals: Totals| Report { totals, took: start.elapsed() })?),
        }
    }
}

impl Options {
    fn source(&self, pipeline: &Pipeline) -> Result<KafkaSource, StartError> {
        Ok(match self {
            Self::On => KafkaSource::connect(pipeline.kafka().clone(), false)?,
            Self::UntilEnd => KafkaSource::connect(pipeline.kafka().clone(), true)?,
            Self::Replay(replay) => KafkaSource::replay(pipeline.replay_settings()?, Arc::clone(replay))?,
        })
    }
}

/// Connects once more, and waits for a while for collections that are gone; none where the run is to stop meanwhile.
/// It goes on with the plugins that ran last, whatever their files are now.
fn again(
    file: &PipelineFile,
    reload: &Reload,
    stop: &AtomicBool,
    runtime: &Handle,
) -> Result<Option<Pipeline>, StartError> {
    let running = reload.running();
    let deadline = Instant::now() + file.milvus.missing_timeout.get();
    loop {
        if stop.load(Ordering::Acquire) {
            return Ok(None);
        }
        match Pipeline::connect_again(file.clone(), running.as_ref(), runtime) {
            Err(
                StartError::Sink(SinkError::NoCollection { .. } | SinkError::Unreachable { .. })
                | StartError::Registry(RegistryError::Unreachable(_)),
            ) if Instant::now() < deadline => {
                std::thread::sleep(LOOK);
            }
            result => return result.map(Some),
        }
    }
}
