//! `kiteline check`.

mod fields;

use std::fmt::Write;
use std::path::PathBuf;

use super::exit::Exit;
use super::plugin::page::count;
use super::sample::Sample;
use crate::config::{Mode, PrimaryKey, UnknownFields, resolved};
use crate::pipeline::{Pipeline, ToCreate};
use crate::source::kafka::{KafkaSource, Looked, Topic};
use crate::target::Collection;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The pipeline file
    file: PathBuf,
    /// Look at the file and the plugins only, at no server
    #[arg(long)]
    offline: bool,
    /// Hold records against the collection as well: those of a file (a JSON value a line, or a file of one record), or
    /// the last so many of the topics; no group is joined, and no offset committed
    #[arg(long, value_name = "FILE|COUNT", conflicts_with = "offline")]
    sample: Option<Sample>,
}

/// Checks a pipeline and prints what it resolves to.
pub(super) fn check(arguments: &Arguments) -> Result<(), Exit> {
    let file = super::read(&arguments.file)?;
    let runtime = super::runtime()?;
    let pipeline = if arguments.offline { Pipeline::offline(file)? } else { Pipeline::look(file, runtime.handle())? };
    let mut lacks = Vec::new();
    let mut page = format!("# the resolved pipeline\n{}\n", resolved(pipeline.file()));
    write_plugins(&pipeline, &mut page);
    if arguments.offline {
        page.push_str("\n# servers: not looked at (--offline)\n");
    } else {
        let source = KafkaSource::connect(pipeline.kafka().clone(), false)?;
        writeln!(page, "\n# Kafka: {}", count(source.partitions().len() as u64, "partition"))
            .expect("writing to a String");
        if let Some(topic) = pipeline.dead_letter_topic() {
            let looked = topic.look(pipeline.kafka(), runtime.handle())?;
            writeln!(page, "# dead letter {}: {}", topic.name, dead_letter_text(&topic, looked))
                .expect("writing to a String");
        }
        write_to_create(&pipeline, &mut page);
        let tried = arguments.sample.as_ref().map(|sample| fields::tried(&pipeline, sample)).transpose()?;
        let told = pipeline.told_fields(runtime.handle())?;
        lacks = fields::write(&pipeline, tried.as_ref(), &told, &mut page)?;
        for warning in pipeline.warnings() {
            writeln!(page, "# mind: {warning}").expect("writing to a String");
        }
    }
    print!("{page}");
    if lacks.is_empty() { Ok(()) } else { Err(Exit::Mistake(lacks.join("\n"))) }
}

/// A mode as users read it, with what it promises.
pub(super) fn mode_text(pipeline: &Pipeline, collection: &Collection) -> &'static str {
    match pipeline.mode(collection) {
        Mode::Upsert if pipeline.rules().primary_key == PrimaryKey::Origin => {
            "upsert (effectively once: keys made from topic/partition/offset)"
        }
        Mode::Upsert => "upsert (effectively once: what arrives twice is there once)",
        Mode::PartialUpdate => {
            "partial update (effectively once: a row replaces the fields that it has, the others stay)"
        }
        Mode::Insert => "insert (at least once: Milvus removes no duplicates)",
    }
}

/// Whether the dead letter's topic is there, and what a run does where it is not.
fn dead_letter_text(topic: &Topic, looked: Looked) -> String {
    match looked {
        Looked::There(partitions) => format!("there, with {}", count(partitions as u64, "partition")),
        Looked::Missing(_) if topic.create => "missing; `kiteline run` creates it".to_owned(),
        Looked::Missing(Some(true)) => "missing; the brokers create it when it is first written to".to_owned(),
        Looked::Missing(Some(false)) => {
            "missing, so `kiteline run` will not start; create it, or set `create = true` in [dead_letter]".to_owned()
        }
        Looked::Missing(None) => {
            "missing, and the brokers don't say whether they create topics; create it, or set `create = true` in \
             [dead_letter]"
                .to_owned()
        }
    }
}

fn write_plugins(pipeline: &Pipeline, page: &mut String) {
    page.push_str("# plugins\n");
    for (plugin, of_file) in pipeline.plugins().iter().zip(&pipeline.file().plugins) {
        let info = plugin.info();
        let path = of_file.path.as_ref().map(|path| path.display().to_string());
        let named = of_file.shipped.clone().or(path).unwrap_or_default();
        let digest = &plugin.digest()[..12];
        writeln!(page, "#   {} {} ({digest}); what it takes: kiteline plugin inspect {named}", info.name, info.version)
            .expect("writing to a String");
    }
}

/// What a run creates first.
fn write_to_create(pipeline: &Pipeline, page: &mut String) {
    for ToCreate { collection, is_missing, steps, .. } in pipeline.to_create() {
        let state = match (*is_missing, steps.is_empty()) {
            (true, _) => "missing; `kiteline run` creates",
            (false, false) => "there, but not finished; `kiteline run` creates",
            (false, true) => "there, as [milvus.create] says",
        };
        writeln!(page, "# collection {collection}: {state}").expect("writing to a String");
        for step in steps {
            writeln!(page, "#   {step}").expect("writing to a String");
        }
    }
}

/// What becomes of a field that the collection does not have, and what decides it.
fn fate(unknown_fields: UnknownFields, collection: &Collection) -> &'static str {
    match unknown_fields {
        UnknownFields::Dynamic if collection.dynamic => {
            "to the dynamic field (`milvus.unknown_fields` is \"dynamic\"; \"drop\" leaves it out)"
        }
        UnknownFields::Dynamic => {
            "its record is rejected, as there is no dynamic field (`milvus.unknown_fields` is \"dynamic\"; \"drop\" leaves \
             the field out)"
        }
        UnknownFields::Drop => "left out (`milvus.unknown_fields` is \"drop\")",
        UnknownFields::Reject => {
            "its record is rejected (`milvus.unknown_fields` is \"reject\"; \"drop\" leaves the field out)"
        }
    }
}
