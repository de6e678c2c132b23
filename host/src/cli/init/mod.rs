//! `kiteline init`: from a topic, or a file of records, to a pipeline file with the collection for them.

mod fields;
mod guess;
mod keys;
mod names;
mod page;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::runtime::Handle;

use self::guess::Guess;
use self::page::Page;
use super::exit::Exit;
use super::sample::{RECORDS_MAX, Sample as Argument, await_schemas};
use crate::batch::Records;
use crate::config::{Decode, Format, Key, KeyFormat, Registry as RegistryTable, Secrets};
use crate::decode::Plan;
use crate::pipeline::{Schemas, connect_registry, decoder_of};
use crate::registry::Registry;
use crate::sample::Sample;
use crate::source::kafka::{Settings, Start};

/// What is fetched ahead while a sample is read.
const FETCH_MEMORY: u64 = 32 << 20;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The file to write
    #[arg(default_value = "pipeline.toml")]
    file: PathBuf,
    /// Bootstrap servers of Kafka, host:port
    #[arg(long, default_value = "localhost:9092")]
    brokers: String,
    /// The topic; its last records are looked at, no group is joined, and no offset committed
    #[arg(long, required_unless_present = "sample")]
    topic: Option<String>,
    /// A setting of librdkafka, as `-X security.protocol=SASL_SSL`; `${NAME}` is an environment variable
    #[arg(short = 'X', value_name = "KEY=VALUE")]
    client: Vec<String>,
    /// Look at records of a file in place of the topic's: a JSON value a line, or a file of one record
    #[arg(long, value_name = "FILE")]
    sample: Option<PathBuf>,
    /// Most records to look at
    #[arg(long, default_value_t = 1000, value_parser = clap::value_parser!(u16).range(1..=RECORDS_MAX as i64))]
    limit: u16,
    /// Address of the schema registry that the records name their schemas in
    #[arg(long)]
    registry: Option<String>,
    /// Address of Milvus
    #[arg(long, default_value = "http://localhost:19530")]
    milvus: String,
    /// Name of the collection; made of the topic's name where it is left out
    #[arg(long)]
    collection: Option<String>,
    /// Write over a file that is there
    #[arg(long)]
    force: bool,
}

/// Looks at records, and writes a pipeline file for them.
pub(super) fn init(arguments: &Arguments) -> Result<(), Exit> {
    let exists = || {
        let file = arguments.file.display();
        Exit::Mistake(format!("{file} is there already; name another file, or write over it with --force"))
    };
    // Before anything is read, so that nobody waits for that.
    if !arguments.force && arguments.file.exists() {
        return Err(exists());
    }
    let runtime = super::runtime()?;
    let topic = topic(arguments);
    let settings = settings(arguments, &topic)?;
    let argument = match &arguments.sample {
        Some(path) => Argument::File(path.clone()),
        None => Argument::Topic(arguments.limit.into()),
    };
    let records =
        argument.records(&settings, if arguments.registry.is_none() { Format::Json } else { Format::Avro })?;
    let (decode, sample) = decoded(arguments, &records, runtime.handle())?;
    let guess = Guess::of(&sample, &records, &topic);
    let text = Page { arguments, topic: &topic, place: argument.place(&settings), decode: &decode, guess: &guess }
        .text(&sample, records.len());
    let mut options = OpenOptions::new();
    options.write(true);
    if arguments.force {
        options.create(true).truncate(true)
    } else {
        options.create_new(true)
    };
    let written = options.open(&arguments.file).and_then(|mut file| file.write_all(text.as_bytes()));
    written.map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => exists(),
        _ => Exit::Failed(format!("{}: cannot be written: {error}", arguments.file.display())),
    })?;
    print!("{}", page::summary(&arguments.file, &guess, records.len()));
    Ok(())
}

/// The topic; of a file alone its name, which is the best guess that there is.
fn topic(arguments: &Arguments) -> String {
    let stem = || {
        let stem = arguments.sample.as_ref().and_then(|path| path.file_stem());
        let stem = stem.map(|stem| names::plain(&stem.to_string_lossy()));
        stem.filter(|stem| !stem.is_empty()).unwrap_or_else(|| "records".to_owned())
    };
    arguments.topic.clone().unwrap_or_else(stem)
}

fn settings(arguments: &Arguments, topic: &str) -> Result<Settings, Exit> {
    let secrets = Secrets { env: &|name| std::env::var(name).ok(), folder: Path::new("") };
    let mut client = BTreeMap::new();
    for setting in &arguments.client {
        let Some((key, value)) = setting.split_once('=') else {
            return Err(Exit::Mistake("-X takes KEY=VALUE, as -X security.protocol=SASL_SSL".into()));
        };
        client
            .insert(key.to_owned(), secrets.read(value).map_err(|error| Exit::Mistake(format!("-X {key}: {error}")))?);
    }
    Ok(Settings {
        brokers: arguments.brokers.clone(),
        topics: vec![topic.to_owned()],
        group: "kiteline-init".into(),
        start: Start::Earliest,
        fetch_memory: FETCH_MEMORY,
        client,
    })
}

/// The format by which most records can be read, and what was read by it.
fn decoded(arguments: &Arguments, records: &Arc<Records>, runtime: &Handle) -> Result<(Decode, Sample), Exit> {
    let table = arguments.registry.as_ref().map(|url| RegistryTable::at(url));
    let registry = connect_registry(&Decode { registry: table.clone(), ..Decode::default() }, runtime)?;
    let formats: &[Format] = match registry {
        Some(_) => &[Format::Avro, Format::Protobuf, Format::JsonSchema, Format::Json],
        None => &[Format::Json],
    };
    let mut best: Option<(Decode, Sample)> = None;
    for format in formats {
        let needs = !matches!(format, Format::Json);
        let decode = Decode { format: *format, registry: table.clone().filter(|_| needs), ..Decode::default() };
        let sample = learn(&decode, records, registry.as_ref().filter(|_| needs))?;
        if best.as_ref().is_none_or(|(_, best)| sample.decoded > best.decoded) {
            best = Some((decode, sample));
        }
    }
    let (mut decode, sample) = best.expect("there is a format to try");
    if sample.decoded == 0 {
        return Err(unreadable(arguments, records, &sample));
    }
    decode.key = keys::guess(&sample, records, decode.format);
    if decode.key.format == KeyFormat::None {
        return Ok((decode, sample));
    }
    // Now with the fields of the keys.
    let key_field = sample.field(&decode.key.field).map(|found| found.name.to_string());
    let both = learn(&decode, records, registry.as_ref().filter(|_| decode.registry.is_some()))?;
    if both.decoded < sample.decoded {
        // They are something else, or not of one kind.
        decode.key = Key::default();
        return Ok((decode, sample));
    }
    Ok((decode, Sample { key_field, ..both }))
}

fn learn(decode: &Decode, records: &Arc<Records>, registry: Option<&Registry>) -> Result<Sample, Exit> {
    let decoder =
        |decode: &Decode| decoder_of(decode, &Schemas::default(), Plan::default(), registry).with_bare_tombstones();
    let mut of_values = decode.clone();
    of_values.key.format = KeyFormat::None;
    let (mut both, mut values) = (decoder(decode), decoder(&of_values));
    await_schemas(&mut both, records)?;
    await_schemas(&mut values, records)?;
    Ok(Sample::learn(&mut both, &mut values, records))
}

/// Why nothing can be guessed, and what to do.
fn unreadable(arguments: &Arguments, records: &Records, sample: &Sample) -> Exit {
    let is_framed = records.iter().filter_map(|record| record.payload()).all(|payload| payload.starts_with(&[0]));
    let why = sample.rejected.first().map_or("they have no values", |rejection| rejection.reason.as_str());
    let advice = match (is_framed, &arguments.registry) {
        (true, None) => {
            "they begin as records do whose schemas are in a registry: say where it is, as --registry \
             http://localhost:8081"
        }
        _ => {
            "other formats can't be told by looking: give some records as JSON with --sample, and set [decode] to what the \
             topic has"
        }
    };
    Exit::Mistake(format!("none of {} records is a JSON object ({why}); {advice}", records.len()))
}
