//! `kiteline run`.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Handle;

use super::exit::Exit;
use super::plugin::page::count;
use crate::admin::{self, Facts};
use crate::config::{self, PipelineFile};
use crate::delivery::{self, Options, Report};
use crate::metrics::Metrics;
use crate::pipeline::Pipeline;
use crate::reload::Reload;
use crate::source::kafka::KafkaSource;

/// How long a thread may do without coming round before it counts as stuck: far beyond every wait of its own, of which
/// the longest are the ten seconds of a rebalance.
const PATIENCE: Duration = Duration::from_secs(60);

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The pipeline file
    file: PathBuf,
    /// Read from the committed offsets to where the topics end at the start, write it all, and leave
    #[arg(long)]
    until_end: bool,
}

/// Runs a pipeline.
pub(super) fn run(arguments: &Arguments) -> Result<(), Exit> {
    let runtime = super::runtime()?;
    let stop = super::stop::on_signal(runtime.handle());
    let file = super::read(&arguments.file)?;
    let reload = Reload::watching(&arguments.file, &file);
    super::stop::reload_on_signal(runtime.handle(), &reload);
    let metrics = Metrics::new(&file.name, &file.kafka.group);
    let _admin = admin(&file, &metrics, &reload, runtime.handle())?;
    let options = if arguments.until_end { Options::UntilEnd } else { Options::On };
    let report = delivery::run(&file, &options, &metrics, &reload, &stop, runtime.handle(), announce)?;
    println!("{}", summary(&report));
    Ok(())
}

/// Listens where the file says so, from the start on: whoever asks learns what the process waits for.
fn admin(
    file: &PipelineFile,
    metrics: &Arc<Metrics>,
    reload: &Arc<Reload>,
    runtime: &Handle,
) -> Result<Option<admin::Server>, Exit> {
    let Some(config::Admin { listen }) = &file.admin else { return Ok(None) };
    let facts = Facts {
        pipeline: file.name.clone(),
        metrics: Arc::clone(metrics),
        reload: Arc::clone(reload),
        patience: PATIENCE,
    };
    let server = admin::Server::start(listen, facts, runtime)?;
    tracing::info!(address = %server.address(), "admin listens");
    Ok(Some(server))
}

/// What a run did, in one line.
pub(super) fn summary(report: &Report) -> String {
    let totals = report.totals;
    let seconds = report.took.as_secs_f64();
    format!(
        "read {}, wrote {} in {}, dead-lettered {}, discarded {}, in {seconds:.1} s",
        count(totals.read, "record"),
        count(totals.written, "row"),
        count(totals.requests, "request"),
        totals.dead_lettered,
        totals.discarded
    )
}

pub(super) fn announce(pipeline: &Pipeline, source: &KafkaSource) {
    for collection in pipeline.target().collections() {
        let mode = super::check::mode_text(pipeline, collection);
        tracing::info!(pipeline = pipeline.name(), collection = &*collection.name, mode, "start");
    }
    for warning in pipeline.warnings() {
        tracing::warn!("{warning}");
    }
    let (partitions, lanes) = (source.partitions().len(), pipeline.lanes());
    tracing::info!(topics = ?pipeline.file().kafka.topics, partitions, lanes, group = pipeline.kafka().group, "start");
}
