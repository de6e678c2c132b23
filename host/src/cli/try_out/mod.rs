//! `kiteline try`.

mod changes;
mod page;
mod paint;

use std::io::IsTerminal;
use std::path::PathBuf;
use std::sync::Arc;

use self::page::Page;
use self::paint::Paint;
use super::exit::Exit;
use super::sample::await_schemas;
use crate::batch::{Batch, Operation, Records, Rejection};
use crate::delivery::prepare;
use crate::pipeline::Pipeline;
use crate::pipeline::cases::records::{self, TOPIC};
use crate::plugin::Chain;
use crate::source::kafka::{Settings, peek};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The pipeline file
    file: PathBuf,
    /// Records from a file, a JSON value a line
    #[arg(long, required_unless_present = "topic", conflicts_with = "topic")]
    input: Option<PathBuf>,
    /// The last records of a topic; no group is joined, and no offset committed
    #[arg(long)]
    topic: Option<String>,
    /// Most records
    #[arg(long, default_value_t = 10)]
    limit: usize,
}

/// What a step made of the records.
struct Step {
    name: String,
    /// The rows after it.
    after: Batch,
    rejected: Vec<Rejection>,
}

/// What the whole line made of the records.
struct Tried {
    records: Arc<Records>,
    /// Decoding first, then the plugins.
    steps: Vec<Step>,
    /// Records with a row that Milvus would not take.
    flawed: Vec<Rejection>,
}

/// Sends records through a pipeline and prints what became of each; nothing is written.
pub(super) fn try_out(arguments: &Arguments) -> Result<(), Exit> {
    let file = super::read(&arguments.file)?;
    let runtime = super::runtime()?;
    let pipeline = Pipeline::look(file, runtime.handle())?;
    let records = match (&arguments.input, &arguments.topic) {
        (Some(path), _) => {
            let topics = &pipeline.file().kafka.topics;
            let topic = topics.iter().find(|topic| !topic.starts_with('^')).map_or(TOPIC, String::as_str);
            records::of_file(path, topic, arguments.limit).map_err(Exit::Mistake)?
        }
        (None, topic) => {
            let topics = topic.iter().cloned().collect();
            peek(&Settings { topics, ..pipeline.kafka().clone() }, arguments.limit)?
        }
    };
    if records.is_empty() {
        return Err(Exit::Mistake("there is no record to try".into()));
    }
    let tried = tried(&pipeline, records)?;
    let colour = std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|set| set.is_empty());
    print!("{}", Page::new(Paint(colour), &pipeline).of(&tried));
    Ok(())
}

/// The same steps as a lane takes, but one plugin after the other.
fn tried(pipeline: &Pipeline, mut records: Records) -> Result<Tried, Exit> {
    let mut decoder = pipeline.decoder();
    decoder.unpack(&mut records);
    let records = Arc::new(records);
    await_schemas(&mut decoder, &records)?;
    let decoded = decoder.decode(Arc::clone(&records), Operation::Upsert);
    let mut batch = decoded.batch;
    pipeline.route(&mut batch);
    let mut steps = vec![Step { name: "decode".into(), after: batch.clone(), rejected: decoded.rejected }];
    for plugin in pipeline.plugins() {
        let chain = Chain::new(&[Arc::clone(plugin)], pipeline.target());
        let processed = chain.map_err(|error| Exit::Mistake(error.to_string()))?.process(batch);
        batch = processed.batch;
        steps.push(Step { name: plugin.info().name.clone(), after: batch.clone(), rejected: processed.rejected });
    }
    let (_, flawed) = prepare(&batch, pipeline.collections(), pipeline.rules());
    Ok(Tried { records, steps, flawed })
}
