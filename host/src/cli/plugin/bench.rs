//! `kiteline plugin bench`.

use std::fmt::Write;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::page::size;
use super::test::component_of;
use crate::batch::{Batch, Operation, Records};
use crate::cli::exit::Exit;
use crate::decode::{Decoder, Plan};
use crate::pipeline::cases::records::{self, TOPIC};
use crate::plugin::{Chain, Engine, Limits, Plugin};

/// Rows of the batches that are measured: from a quiet topic to what a run takes at once.
const ROWS: [usize; 4] = [1, 10, 100, 1000];
/// How long each is measured: an interpreter does 50 batches of 1000 in it.
const LONG: Duration = Duration::from_millis(300);
/// The records that are made where none are given.
const MADE: usize = 100;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The plugin's project, or a component
    #[arg(default_value = ".")]
    path: PathBuf,
    /// The plugin's configuration, as JSON
    #[arg(long, default_value = "{}")]
    config: String,
    /// Records, a JSON value a line; without it some are made: an id, a title, tags, and a vector of 768 numbers
    #[arg(long)]
    input: Option<PathBuf>,
    /// Leave the values as they are, for plugins that read payloads
    #[arg(long)]
    raw: bool,
}

/// Prints what a plugin costs a record, and its memory.
pub(super) fn bench(arguments: &Arguments) -> Result<(), Exit> {
    let component = component_of(&arguments.path)?;
    let config: serde_json::Value = serde_json::from_str(&arguments.config)
        .map_err(|error| Exit::Mistake(format!("--config is not JSON: {error}; as '{{\"field\": \"title\"}}'")))?;
    let (given, named) = match &arguments.input {
        Some(path) => (records::of_file(path, TOPIC, usize::MAX), path.display().to_string()),
        None => (records::read(&made(), TOPIC, MADE), "made records (--input takes your own)".to_owned()),
    };
    let given = given.map_err(Exit::Mistake)?;
    if given.is_empty() {
        return Err(Exit::Mistake(format!("{named}: no record in it")));
    }
    let mistake = |error: crate::plugin::LoadError| Exit::Mistake(error.to_string());
    let engine = Engine::new().map_err(mistake)?;
    let target = Arc::default();
    let plugin = Plugin::from_file(&engine, &component, config.to_string(), Limits::default(), &target);
    let plugin = Arc::new(plugin.map_err(mistake)?);
    let mut page = format!("{} {}, {named}\n\n", plugin.info().name, plugin.info().version);
    writeln!(page, "{:>6} {:>12} {:>12} {:>12} {:>12}  µs a record", "rows", "plugin", "no plugin", "decode", "memory")
        .expect("writing to a String");
    let mut rejected = 0;
    for rows in ROWS {
        let records = Arc::new(repeated(&given, rows));
        let mut decoder = if arguments.raw { Decoder::raw() } else { Decoder::json(Plan::default()) };
        let decode = time(rows, || drop(decoder.decode(Arc::clone(&records), Operation::Upsert)));
        let batch = decoder.decode(Arc::clone(&records), Operation::Upsert).batch;
        let mut with = Chain::new(&[Arc::clone(&plugin)], &target).map_err(mistake)?;
        let mut without = Chain::new(&[], &target).map_err(mistake)?;
        rejected = with.process(batch.clone()).rejected.len() + undecoded(&records, &batch);
        let of_plugin = time(rows, || drop(with.process(batch.clone())));
        let of_none = time(rows, || drop(without.process(batch.clone())));
        let memory = with.memory()[0].map_or_else(|| "lost".to_owned(), |bytes| size(bytes as u64));
        writeln!(page, "{rows:>6} {of_plugin:>12.3} {of_none:>12.3} {decode:>12.3} {memory:>12}")
            .expect("writing to a String");
    }
    if rejected > 0 {
        writeln!(page, "\nmind: {rejected} of {} records are rejected, so this is not what good ones cost", ROWS[3])
            .expect("writing to a String");
    }
    print!("{page}");
    Ok(())
}

/// So many records: those that are given, over and over.
fn repeated(given: &Records, rows: usize) -> Records {
    let mut records = Records::default();
    for record in (0..rows).map(|row| given.get(row % given.len())) {
        records.push(record.origin().clone(), record.timestamp(), record.key(), record.payload(), record.headers());
    }
    records
}

fn undecoded(records: &Records, batch: &Batch) -> usize {
    records.len() - batch.rows()
}

/// Microseconds a record, over as many calls as fit.
fn time(rows: usize, mut call: impl FnMut()) -> f64 {
    call();
    let start = Instant::now();
    let mut calls = 0_u32;
    while start.elapsed() < LONG {
        call();
        calls += 1;
    }
    start.elapsed().as_secs_f64() * 1e6 / f64::from(calls) / rows as f64
}

/// Records as a pipeline for search has them.
fn made() -> String {
    (0..MADE).fold(String::new(), |mut text, number| {
        let vector: Vec<String> = (0..768).map(|place| format!("0.{:04}", (number * 7919 + place * 104_729) % 10_000)).collect();
        let vector = vector.join(",");
        writeln!(text, r#"{{"id":{number},"title":"  title {number} of some words ","tags":["a","b{number}"],"embedding":[{vector}]}}"#)
            .expect("writing to a String");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn made_records_decode_into_four_fields() {
        let records = records::read(&made(), TOPIC, usize::MAX).expect("records");
        let decoded = Decoder::json(Plan::default()).decode(Arc::new(records), Operation::Upsert);
        assert_eq!((decoded.batch.rows(), decoded.batch.fields().len(), decoded.rejected.len()), (MADE, 4, 0));
    }
}
