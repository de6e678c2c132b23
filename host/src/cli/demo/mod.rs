//! `kiteline demo`: 2,000 real records through a Kafka topic, four plugins and into Milvus, then questions.

mod feed;
mod lite;
mod page;
mod questions;
mod setup;

use std::path::PathBuf;
use std::sync::atomic::AtomicBool;

use super::exit::Exit;
use crate::config::{self};
use crate::delivery::{self, Options};
use crate::metrics::Metrics;
use crate::pipeline::Pipeline;
use crate::plugin::SHIPPED;
use crate::reload::Reload;
use crate::source::kafka::LocalKafka;

/// The data set does not fit into one partition of the Kafka inside the process.
const PARTITIONS: i32 = 6;
const TOPIC: &str = "packages";
const COLLECTION: &str = "packages";

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Folder for the pipeline file, the demo's own plugin and the data of Milvus Lite
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
    let records = feed::records();
    let kafka = LocalKafka::start()?;
    kafka.create_topic(TOPIC, PARTITIONS)?;
    kafka.produce(TOPIC, PARTITIONS, records.iter().map(|record| (record.key.as_str(), record.value.as_slice())))?;
    page::note(&format!(
        "inside this process at {}; topic `{TOPIC}` has {} records in {PARTITIONS} partitions",
        kafka.brokers(),
        records.len()
    ));

    page::step("Pipeline");
    let path = setup::pipeline_file(folder, &kafka.brokers(), &uri)?;
    runtime.block_on(setup::collection(&uri))?;
    let file = config::load(&path, SHIPPED, &|name| std::env::var(name).ok())?;
    let metrics = Metrics::new(&file.name, &file.kafka.group);
    let report = {
        let _bar = page::Bar::start(&metrics, records.len());
        let started =
            |pipeline: &Pipeline, _: &_| page::note(&format!("{}: {}", path.display(), page::chain(pipeline)));
        delivery::run(
            &file,
            &Options::UntilEnd,
            &metrics,
            &Reload::never(),
            &AtomicBool::new(false),
            runtime.handle(),
            started,
        )?
    };
    page::note(&super::run::summary(&report));
    if report.totals.read != records.len() as u64 || report.totals.written != records.len() as u64 {
        return Err(Exit::Failed(format!("{} records were to be read and written", records.len())));
    }

    page::step("Questions");
    runtime.block_on(questions::ask(&uri))?;
    page::end(&path);
    Ok(())
}
