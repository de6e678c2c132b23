//! The pipeline file that `init` writes.

use std::fmt::Write;
use std::path::Path;

use super::Arguments;
use super::guess::{Column, Guess};
use super::names;
use crate::config::{Decode, Format, KeyFormat, quoted, toml_key, wrapped};
use crate::sample::Sample;
use crate::target::FieldType;

/// Longest line of a comment.
const WIDTH: usize = 100;

/// What the file is made of.
pub(super) struct Page<'a> {
    pub(super) arguments: &'a Arguments,
    pub(super) topic: &'a str,
    /// Where the records are from.
    pub(super) place: String,
    pub(super) decode: &'a Decode,
    pub(super) guess: &'a Guess,
}

impl Page<'_> {
    /// The text of the file.
    pub(super) fn text(&self, sample: &Sample, records: usize) -> String {
        let mut lines = Lines(String::new());
        let file = self.arguments.file.display();
        lines.comment(&format!(
            "Written by `kiteline init` from {records} records of {}. What was guessed is said beside it.",
            self.place
        ));
        lines.comment(&format!(
            "Look over it, then `kiteline check {file} --sample {}` shows what becomes of records, and `kiteline run \
             {file}` creates the collection and fills it.",
            self.arguments.sample.as_ref().map_or_else(|| "100".to_owned(), |path| path.display().to_string())
        ));
        lines.line(&format!("name = {}", quoted(self.topic)));
        self.kafka(&mut lines);
        self.decode(&mut lines, sample, records);
        self.renames(&mut lines);
        self.milvus(&mut lines);
        self.create(&mut lines);
        lines.blank();
        lines.comment("Records that can't become a row go here, each with the reason.");
        lines.line("[dead_letter]");
        lines.line(&format!("topic = {}", quoted(&format!("{}.dead", self.topic))));
        lines.line("create = true");
        lines.0
    }

    fn kafka(&self, lines: &mut Lines) {
        lines.blank();
        lines.line("[kafka]");
        if self.arguments.topic.is_none() {
            lines.comment("TO FILL IN: a file does not say where its records come from.");
        }
        lines.line(&format!("brokers = {}", quoted(&self.arguments.brokers)));
        lines.line(&format!("topics = [{}]", quoted(self.topic)));
        lines.line(&format!("group = {}", quoted(&format!("kiteline-{}", self.topic))));
        if !self.arguments.client.is_empty() {
            lines.blank();
            lines.line("[kafka.client]");
            for (key, value) in self.arguments.client.iter().filter_map(|setting| setting.split_once('=')) {
                lines.line(&format!("{} = {}", toml_key(key), quoted(value)));
            }
        }
    }

    fn decode(&self, lines: &mut Lines, sample: &Sample, records: usize) {
        let (format, what) = match self.decode.format {
            Format::Avro => ("avro", "Avro of a schema in the registry"),
            Format::Protobuf => ("protobuf", "Protobuf of a schema in the registry"),
            Format::JsonSchema => ("json-schema", "JSON of a schema in the registry"),
            _ => ("json", "JSON objects"),
        };
        lines.blank();
        lines.comment(&format!("{} of {records} records are {what}.", sample.decoded));
        lines.line("[decode]");
        lines.line(&format!("format = {}", quoted(format)));
        let key = &self.decode.key;
        if let Some(format) = match key.format {
            KeyFormat::Text => Some("text"),
            KeyFormat::Json => Some("json"),
            KeyFormat::Avro => Some("avro"),
            KeyFormat::Protobuf => Some("protobuf"),
            KeyFormat::JsonSchema => Some("json-schema"),
            KeyFormat::Csv | KeyFormat::None => None,
        } {
            lines.blank();
            lines.comment(if sample.key_field.is_some() {
                "The records' keys are the same as this field, so a record without a value deletes its row."
            } else {
                "The records' keys are fields as well; a record without a value deletes the row of its key."
            });
            lines.line("[decode.key]");
            lines.line(&format!("format = {}", quoted(format)));
            lines.line(&format!("field = {}", quoted(&key.field)));
        }
        if let Some(registry) = &self.decode.registry {
            lines.blank();
            lines.line("[decode.registry]");
            let urls: Vec<String> = registry.urls.iter().map(|url| quoted(url)).collect();
            lines.line(&format!("urls = [{}]", urls.join(", ")));
        }
    }

    fn renames(&self, lines: &mut Lines) {
        let renamed: Vec<String> =
            self.guess.renamed().map(|(from, name)| format!("{} = {}", toml_key(from), quoted(name))).collect();
        if !renamed.is_empty() {
            lines.blank();
            lines.comment("Names that Milvus does not take.");
            lines.line("[[plugin]]");
            lines.line("use = \"rename\"");
            lines.line(&format!("config = {{ rename = {{ {} }} }}", renamed.join(", ")));
        }
    }

    fn milvus(&self, lines: &mut Lines) {
        lines.blank();
        lines.line("[milvus]");
        lines.line(&format!("uri = {}", quoted(&self.arguments.milvus)));
        lines.comment("Where Milvus wants to know who asks: token = \"${MILVUS_TOKEN}\"");
        let collection = self.arguments.collection.clone().unwrap_or_else(|| names::unused(self.topic, |_| false));
        lines.line(&format!("collection = {}", quoted(&collection)));
        if self.guess.is_origin {
            lines.comment("No key was found: the same record has the same key each time that it is read.");
            lines.line("primary_key = \"origin\"");
        }
    }

    fn create(&self, lines: &mut Lines) {
        lines.blank();
        lines.comment(
            "The collection, as it is created where it is missing. One that is there must be as it stands here.",
        );
        lines.line("[milvus.create]");
        lines.comment("What is not among the fields below is kept in the dynamic field.");
        lines.line("dynamic_field = true");
        lines.line("fields = [");
        for field in &self.guess.fields {
            lines.indented(&field.why);
            lines.line(&format!("    {},", table(field)));
        }
        if !self.guess.has_vector() {
            lines.indented(
                "TO FILL IN: no vector was found, and Milvus makes no collection without one. Let a plugin make it, and \
                 say here how it is called and how many numbers it has:",
            );
            lines.line("    # { name = \"embedding\", type = \"FloatVector(768)\", index = { metric = \"COSINE\" } },");
        }
        for (name, why) in &self.guess.left {
            lines.indented(&format!("not here: `{name}`, {why}"));
        }
        lines.line("]");
    }
}

fn table(field: &Column) -> String {
    let mut text = format!("{{ name = {}, type = {}", quoted(&field.name), quoted(&field.ty.to_string()));
    if field.is_key {
        text += ", primary_key = true";
    }
    if field.nullable {
        text += ", nullable = true";
    }
    if let FieldType::Vector { ty, .. } = &field.ty {
        let metric = match ty {
            crate::batch::VectorType::SparseFloat => "IP",
            crate::batch::VectorType::Binary => "HAMMING",
            _ => "COSINE",
        };
        text += &format!(", index = {{ metric = {} }}", quoted(metric));
    }
    text + " }"
}

/// What is said at the end.
pub(super) fn summary(file: &Path, guess: &Guess, records: usize) -> String {
    let mut text = format!("{}: written, from {records} records\n", file.display());
    for field in &guess.fields {
        let key = if field.is_key { ", the primary key" } else { "" };
        writeln!(text, "  {} {}{key}", field.name, field.ty).expect("writing to a String");
    }
    if !guess.has_vector() {
        text += "To fill in: no vector was found, and Milvus makes no collection without one.\n";
    }
    writeln!(text, "Next: kiteline check {0}; kiteline run {0}", file.display()).expect("writing to a String");
    text
}

struct Lines(String);

impl Lines {
    fn line(&mut self, text: &str) {
        self.0.push_str(text);
        self.0.push('\n');
    }

    fn blank(&mut self) {
        self.0.push('\n');
    }

    fn comment(&mut self, text: &str) {
        for line in wrapped(text, WIDTH - 2) {
            self.line(&format!("# {line}"));
        }
    }

    fn indented(&mut self, text: &str) {
        for line in wrapped(text, WIDTH - 6) {
            self.line(&format!("    # {line}"));
        }
    }
}
