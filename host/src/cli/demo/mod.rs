//! `kiteline demo`: 2,000 real records through a Kafka topic, four plugins and into Milvus, then questions; and 200 changes
//! of them through another topic, then the questions again.

mod changes;
mod feed;
mod lite;
mod page;
mod pipelines;
mod questions;
mod setup;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use tokio::runtime::Runtime;

use super::exit::Exit;
use crate::config;
use crate::delivery::{self, Options};
use crate::metrics::Metrics;
use crate::pipeline::Pipeline;
use crate::plugin::SHIPPED;
use crate::reload::Reload;
use crate::source::kafka::LocalKafka;
use feed::FeedRecord;
use pipelines::{CHANGES, Feed, PACKAGES};
use questions::Moment;

const COLLECTION: &str = "packages";

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Folder for the pipeline files, the demo's own plugin and the data of Milvus Lite
    #[arg(long, default_value = "kiteline-demo")]
    folder: PathBuf,
    /// A Milvus to write to instead of Milvus Lite; its collection `packages` is made anew
    #[arg(long)]
    milvus: Option<String>,
}

/// Shows it all on this machine.
pub(super) fn demo(arguments: &Arguments) -> Result<(), Exit> {
    let folder = &arguments.folder;
    setup::folder(folder)?;
    let runtime = super::runtime()?;

    page::step("Milvus");
    let (uri, _lite) = match &arguments.milvus {
        Some(uri) => (uri.clone(), None),
        None => {
            page::note("Milvus Lite, in a private Python environment (downloaded once: about 150 MB)");
            let lite = lite::Lite::start(folder)?;
            (lite.uri().to_owned(), Some(lite))
        }
    };
    page::note(&format!("listens at {uri}"));

    page::step("Kafka");
    let kafka = LocalKafka::start()?;
    page::note(&format!("inside this process at {}", kafka.brokers()));
    let (records, changes) = (feed::packages(), feed::changes());
    fill(&kafka, &PACKAGES, &records)?;
    fill(&kafka, &CHANGES, &changes)?;

    page::step("Pipeline");
    runtime.block_on(setup::collection(&uri))?;
    let packages_file = PACKAGES.write_file(folder, &kafka.brokers(), &uri)?;
    run(&packages_file, &records, &runtime)?;

    page::step("Questions");
    runtime.block_on(questions::ask(&uri, Moment::Before))?;

    page::step("Changes");
    let changes_file = CHANGES.write_file(folder, &kafka.brokers(), &uri)?;
    run(&changes_file, &changes, &runtime)?;
    runtime.block_on(changes::check(&uri))?;

    page::step("The questions again");
    runtime.block_on(questions::ask(&uri, Moment::After))?;
    page::end(&packages_file, &changes_file);
    Ok(())
}

/// Makes the topic and writes its records.
fn fill(kafka: &LocalKafka, feed: &Feed, records: &[FeedRecord]) -> Result<(), Exit> {
    let Feed { topic, partitions, .. } = *feed;
    kafka.create_topic(topic, partitions)?;
    kafka.produce(topic, partitions, records.iter().map(|record| (record.key.as_str(), record.value.as_deref())))?;
    page::note(&format!("topic `{topic}` has {} records in {partitions} partitions", records.len()));
    Ok(())
}

/// Runs a pipeline to the end of its topic. Each record must have become a row or the delete of one, but for those that a
/// later one of the same key overtook in its request.
fn run(path: &Path, records: &[FeedRecord], runtime: &Runtime) -> Result<(), Exit> {
    let file = config::load(path, SHIPPED, &|name| std::env::var(name).ok())?;
    let metrics = Metrics::new(&file.name, &file.kafka.group);
    let bar = page::Bar::start(&metrics, records.len());
    let started = |pipeline: &Pipeline, _: &_| page::note(&format!("{}: {}", path.display(), page::chain(pipeline)));
    let report = delivery::run(
        &file,
        &Options::UntilEnd,
        &metrics,
        &Reload::never(),
        &AtomicBool::new(false),
        runtime.handle(),
        started,
    )?;
    drop(bar);
    page::note(&super::run::summary(&report));
    let keys: BTreeSet<&str> = records.iter().map(|record| record.key.as_str()).collect();
    let (least, most) = (keys.len() as u64, records.len() as u64);
    if report.totals.read != most || !(least..=most).contains(&report.totals.written) {
        return Err(Exit::Failed(format!("{most} records of {least} keys were to be read and written")));
    }
    Ok(())
}
