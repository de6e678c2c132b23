//! What fills each field of the collections, as `check` prints it: from which field of the record, and by a sample what
//! is in there.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Arc;

use super::super::exit::Exit;
use super::super::sample::{Sample as Argument, await_schemas};
use super::{fate, mode_text};
use crate::batch::{Batch, Operation, Records, Rejection};
use crate::cli::plugin::page::count;
use crate::config::{KeyFormat, Mode, PrimaryKey, advice};
use crate::decode::{SchemaField, Settled};
use crate::delivery::prepare;
use crate::pipeline::{Mapping, Pipeline};
use crate::plugin::{Chain, Source, ends};
use crate::sample::{Found, Sample, filled};
use crate::target::{Collection, Field};

/// The name of a schema, and its fields.
type Told = (String, Vec<SchemaField>);

/// Most reasons of rejections that are shown.
const REASONS_MAX: usize = 20;

/// What became of a sample's records.
pub(super) struct Tried {
    place: String,
    records: Arc<Records>,
    /// What they have by themselves.
    sample: Sample,
    /// What the plugins made of them.
    after: Batch,
    /// By whatever stage.
    rejected: Vec<Rejection>,
}

/// Sends a sample through the pipeline, and writes nothing.
pub(super) fn tried(pipeline: &Pipeline, argument: &Argument) -> Result<Tried, Exit> {
    let mut records = argument.records(pipeline.kafka(), pipeline.file().decode.format)?;
    let (mut decoder, mut both, mut values) =
        (pipeline.decoder(), pipeline.inferring_decoder(true), pipeline.inferring_decoder(false));
    decoder.unpack(&mut records);
    let records = Arc::new(records);
    for decoder in [&mut decoder, &mut both, &mut values] {
        await_schemas(decoder, &records)?;
    }
    let sample = Sample::learn(&mut both, &mut values, &records);
    let decoded = decoder.decode(Arc::clone(&records), Operation::Upsert);
    let (mut batch, mut rejected) = (decoded.batch, decoded.rejected);
    pipeline.route(&mut batch);
    let chain = Chain::new(pipeline.plugins(), pipeline.target());
    let processed = chain.map_err(|error| Exit::Mistake(error.to_string()))?.process(batch);
    rejected.extend(processed.rejected);
    let (_, flawed) = prepare(&processed.batch, pipeline.collections(), pipeline.rules());
    rejected.extend(flawed);
    let place = argument.place(pipeline.kafka());
    Ok(Tried { place, records, sample, after: processed.batch, rejected })
}

/// Writes what fills the fields, and gives what can't be filled, with what to do.
pub(super) fn write(
    pipeline: &Pipeline,
    tried: Option<&Tried>,
    told: &[Told],
    page: &mut String,
) -> Result<Vec<String>, Exit> {
    let chain = Chain::new(pipeline.plugins(), pipeline.target());
    let mut named: Vec<&str> = pipeline.file().decode.fields.keys().map(String::as_str).collect();
    named.extend(tried.iter().flat_map(|tried| &tried.sample.fields).map(|found| &*found.name));
    named.extend(told.iter().flat_map(|(_, fields)| fields).map(|field| &*field.name));
    let (ends, others) = ends(&mut chain.map_err(|error| Exit::Mistake(error.to_string()))?, &named);
    if let Some(tried) = tried {
        write_sample(tried, page);
    }
    let mut lacks = Vec::new();
    for collection in pipeline.target().collections() {
        let mode = mode_text(pipeline, collection);
        writeln!(page, "# collection {}: {mode}", collection.name).expect("writing to a String");
        let of_collection = Of { pipeline, collection, tried, told };
        for field in &collection.fields {
            let mapping = pipeline
                .mappings()
                .iter()
                .find(|mapping| *mapping.collection == *collection.name && *mapping.field == *field.name);
            let from = of_collection.source_text(field, mapping);
            writeln!(page, "#   {} ({}) {from}", field.name, field.ty).expect("writing to a String");
            lacks.extend(mapping.and_then(|mapping| of_collection.lack(field, mapping)));
        }
        let fate = fate(pipeline.rules().unknown_fields, collection);
        for (name, source) in ends.iter().filter(|(name, _)| collection.field(name).is_none()) {
            let from = match source {
                Source::Field(field) => format!("field `{field}` of the record"),
                Source::Written | Source::Gone => "a plugin".to_owned(),
            };
            writeln!(page, "#   {name}, which the collection has not, from {from}: {fate}")
                .expect("writing to a String");
        }
        let rest = if others { fate } else { "taken away by a plugin" };
        writeln!(page, "#   any other field of a record: {rest}").expect("writing to a String");
    }
    Ok(lacks)
}

/// What became of the sample, and why records were rejected.
fn write_sample(tried: &Tried, page: &mut String) {
    let rows = count(tried.after.rows() as u64, "row");
    let rejected: std::collections::BTreeSet<u32> = tried.rejected.iter().map(|rejection| rejection.record).collect();
    writeln!(
        page,
        "# sample: {} of {}: {rows} after the plugins, {} rejected",
        count(tried.records.len() as u64, "record"),
        tried.place,
        rejected.len()
    )
    .expect("writing to a String");
    let mut reasons: BTreeMap<(&str, &str), (usize, u32)> = BTreeMap::new();
    for Rejection { stage, reason, record, .. } in &tried.rejected {
        let (count, _) = reasons.entry((stage.name(), reason)).or_insert((0, *record));
        *count += 1;
    }
    let more = reasons.len().saturating_sub(REASONS_MAX);
    for ((stage, reason), (rejected, first)) in reasons.into_iter().take(REASONS_MAX) {
        let (first, rejected) = (tried.records.get(first as usize).origin(), count(rejected as u64, "record"));
        writeln!(page, "#   {rejected} rejected by {stage}: {reason} (first {first})").expect("writing to a String");
    }
    if more > 0 {
        writeln!(page, "#   and for {more} other reasons").expect("writing to a String");
    }
}

/// A collection, and what is known of its rows.
struct Of<'a> {
    pipeline: &'a Pipeline,
    collection: &'a Collection,
    tried: Option<&'a Tried>,
    told: &'a [Told],
}

impl Of<'_> {
    /// What fills a field.
    fn source_text(&self, field: &Field, mapping: Option<&Mapping>) -> String {
        if field.auto_id {
            return "made by Milvus (auto id)".to_owned();
        }
        if field.function_output {
            return "made by Milvus (a function of the collection)".to_owned();
        }
        if self.is_origin(field) {
            return "from topic/partition/offset of the record".to_owned();
        }
        let without = match (field.has_default, field.nullable) {
            (true, _) => "; without one the default",
            (_, true) => "; without one null",
            _ => "",
        };
        match mapping.map(|mapping| &mapping.source) {
            Some(Source::Field(name)) => self.record_text(name, without),
            Some(Source::Written) => {
                let found = self.tried.map(|tried| format!("; in the sample in {}", self.rows_text(tried, field)));
                format!("from a plugin{}{without}", found.unwrap_or_default())
            }
            Some(Source::Gone) | None => format!("from nothing: a plugin takes it away{without}"),
        }
    }

    fn record_text(&self, name: &str, without: &str) -> String {
        let ty = match self.pipeline.plan().get(name) {
            Some((ty, Settled::Declared)) => format!("{} (declared)", ty.name()),
            Some((ty, Settled::Target)) => ty.name().to_owned(),
            None => "by its values".to_owned(),
        };
        let found = self.tried.map(|tried| (tried, tried.sample.field(name)));
        let (part, found) = match found {
            None if self.may_be_of_key(name) => ("record, or of its key", String::new()),
            None => ("record", String::new()),
            Some((_, None)) => ("record", "; in the sample no record has it".to_owned()),
            Some((tried, Some(found))) => {
                let part = if found.of_key { "record's key" } else { "record" };
                (part, format!("; in the sample {}", found.text(tried.sample.decoded)))
            }
        };
        let told = self.told_text(name);
        format!("from field `{name}` of the {part}, {ty}{told}{found}{without}")
    }

    /// What the schemas say of a field of the record.
    fn told_text(&self, name: &str) -> String {
        let of = |(schema, fields): &Told| match fields.iter().find(|field| field.name == name) {
            Some(field) => format!("; by the schema {schema} {}", field.kind),
            None => format!("; the schema {schema} does not have it"),
        };
        self.told.iter().map(of).collect()
    }

    /// True where no schema has the field, and no key can have it.
    fn is_untold(&self, name: &str) -> bool {
        let key = &self.pipeline.file().decode.key;
        let of_key = match key.format {
            KeyFormat::None => false,
            KeyFormat::Text => key.field == name,
            _ => true,
        };
        !self.told.is_empty() && !of_key && self.told.iter().all(|(_, fields)| fields.iter().all(|f| f.name != name))
    }

    /// A key that is a single value goes to the field that the file names.
    fn may_be_of_key(&self, name: &str) -> bool {
        let key = &self.pipeline.file().decode.key;
        key.format != KeyFormat::None && key.field == name
    }

    fn is_origin(&self, field: &Field) -> bool {
        field.primary && self.pipeline.rules().primary_key == PrimaryKey::Origin
    }

    /// True for the rows that go to the collection and are not deletes.
    fn is_row(&self, tried: &Tried, row: usize) -> bool {
        let of = tried.after.collections().get(row);
        of.is_none_or(|name| name == &*self.collection.name) && tried.after.operations().get(row) != Operation::Delete
    }

    fn rows(&self, tried: &Tried) -> usize {
        (0..tried.after.rows()).filter(|row| self.is_row(tried, *row)).count()
    }

    fn rows_text(&self, tried: &Tried, field: &Field) -> String {
        let filled = filled(&tried.after, &field.name, |row| self.is_row(tried, row));
        format!("{filled} of {}", count(self.rows(tried) as u64, "row"))
    }

    /// Why a field that every row must bring is filled by nobody.
    fn lack(&self, field: &Field, mapping: &Mapping) -> Option<String> {
        let may_lack = field.nullable || field.has_default || self.is_origin(field);
        let is_partial = self.pipeline.mode(self.collection) == Mode::PartialUpdate && !field.primary;
        if may_lack || is_partial {
            return None;
        }
        let (name, collection) = (&field.name, &self.collection.name);
        let why = match (&mapping.source, self.tried) {
            (Source::Gone, _) => {
                "a plugin takes it away, so every record is rejected; let the plugin keep it".to_owned()
            }
            (Source::Field(from), None) if self.is_untold(from) => {
                let fields = self.told.iter().flat_map(|(_, fields)| fields).map(|field| field.name.as_str());
                let unused: Vec<&str> = fields.filter(|name| self.collection.field(name).is_none()).collect();
                rename(&format!("the schema of the records has no field `{from}`"), from, &unused)
            }
            (_, None) => return None,
            (_, Some(tried))
                if self.rows(tried) == 0 || filled(&tried.after, name, |row| self.is_row(tried, row)) > 0 =>
            {
                return None;
            }
            (Source::Field(from), Some(tried)) => {
                let goes_nowhere = |found: &&Found| self.collection.field(&found.name).is_none() && !found.is_empty();
                let known: Vec<&str> = tried.sample.fields.iter().filter(goes_nowhere).map(|f| &*f.name).collect();
                rename(&format!("no record of the sample has a field `{from}`"), from, &known)
            }
            (Source::Written, _) => {
                "no plugin wrote it for a record of the sample; look at its configuration".to_owned()
            }
        };
        Some(format!(
            "collection `{collection}`: nothing fills the field `{name}`: {why}, or make a collection in which the field is \
             nullable or has a default"
        ))
    }
}

/// What to do where a field is missing and others go nowhere.
fn rename(why: &str, field: &str, unused: &[&str]) -> String {
    match unused {
        [] => why.to_owned(),
        unused => {
            format!("{why}; {} Give the field that is meant its name by the plugin `rename`", advice(field, unused))
        }
    }
}
