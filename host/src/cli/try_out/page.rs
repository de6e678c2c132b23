//! The page that `kiteline try` prints: record by record, step by step.

use std::collections::BTreeSet;

use serde_json::Value;

use super::Tried;
use super::changes::{Change, between};
use super::paint::Paint;
use crate::batch::{Batch, Rejection};
use crate::cli::plugin::page;
use crate::config::UnknownFields;
use crate::pipeline::Pipeline;
use crate::pipeline::cases::outcome::{Outcome, Row, What, of as outcomes};
use crate::pipeline::cases::said_lines;
use crate::plugin::escaped;

/// Elements of an array that are shown: enough to know a vector again.
const ELEMENTS: usize = 4;
/// Characters of a value that are shown.
const CHARACTERS: usize = 100;
/// Where the texts behind a step's name begin.
const INDENT: usize = 16;

pub(super) struct Page<'a> {
    paint: Paint,
    pipeline: &'a Pipeline,
    text: String,
}

/// What became of the records, counted.
#[derive(Default)]
struct Count {
    rows: usize,
    rejected: BTreeSet<u32>,
    discarded: usize,
}

impl<'a> Page<'a> {
    pub(super) fn new(paint: Paint, pipeline: &'a Pipeline) -> Self {
        Self { paint, pipeline, text: String::new() }
    }

    pub(super) fn of(mut self, tried: &Tried) -> String {
        let mut count = Count::default();
        for (index, record) in (0..).zip(tried.records.iter()) {
            let key = record.key().map(|key| format!("  key {:?}", String::from_utf8_lossy(key)));
            let title = format!("record {}  {}", index + 1, record.origin());
            self.text += &format!("{}{}\n", self.paint.bold(&title), brief_text(&key.unwrap_or_default()));
            self.record(tried, index, &mut count);
            self.text.push('\n');
        }
        let Count { rows, rejected, discarded } = count;
        self.text += &format!(
            "{}: {} for Milvus, {} rejected, {discarded} discarded. Nothing was written, and no offset committed.\n",
            page::count(tried.records.len() as u64, "record"),
            page::count(rows as u64, "row"),
            rejected.len(),
        );
        self.text
    }

    fn record(&mut self, tried: &Tried, record: u32, count: &mut Count) {
        let mut before: Vec<Row> = Vec::new();
        for (place, step) in tried.steps.iter().enumerate() {
            let after = rows_of(&step.after, record);
            let rejected = rejection(&step.rejected, record);
            let lines = if place == 0 { self.decoded(&after) } else { self.changes(&before, &after) };
            let lines = match rejected {
                Some(rejection) => {
                    count.rejected.insert(record);
                    self.rejected(rejection)
                }
                None if after.is_empty() => {
                    count.discarded += 1;
                    vec![self.paint.yellow("discarded")]
                }
                None => lines,
            };
            self.step(&step.name, &lines);
            if after.is_empty() {
                return;
            }
            before = after;
        }
        let lines = match rejection(&tried.flawed, record) {
            Some(rejection) => {
                count.rejected.insert(record);
                self.rejected(rejection)
            }
            None => {
                count.rows += before.len();
                before.iter().flat_map(|row| self.written(row)).collect()
            }
        };
        self.step("Milvus", &lines);
    }

    fn step(&mut self, name: &str, lines: &[String]) {
        for (index, line) in lines.iter().flat_map(|line| line.lines()).enumerate() {
            let name = if index == 0 { name } else { "" };
            let blank = " ".repeat((INDENT - 3_usize).saturating_sub(name.chars().count()));
            self.text += &format!("  {}{blank} {line}\n", self.paint.cyan(name));
        }
    }

    fn decoded(&self, rows: &[Row]) -> Vec<String> {
        let fields = rows.iter().flat_map(|row| &row.fields);
        let lines: Vec<String> = fields.map(|(name, value)| format!("{name} {}", self.value(value))).collect();
        if lines.is_empty() { vec![self.paint.dim("no field")] } else { lines }
    }

    fn changes(&self, before: &[Row], after: &[Row]) -> Vec<String> {
        let is_several = before.len() != after.len();
        let mut lines = Vec::new();
        if is_several {
            lines.push(self.paint.yellow(&format!(
                "{} become {}",
                page::count(before.len() as u64, "row"),
                after.len()
            )));
        }
        for (place, row) in after.iter().enumerate() {
            // Of rows that became more or fewer nobody knows which was which: the first one stands for all.
            let Some(old) = (if is_several { before.first() } else { before.get(place) }) else { continue };
            let changes = between(old, row);
            if after.len() > 1 {
                lines.push(format!("row {}", place + 1));
            }
            lines.extend(changes.iter().map(|change| self.change(change)));
            if changes.is_empty() {
                lines.push(self.paint.dim("no change"));
            }
        }
        lines
    }

    fn change(&self, change: &Change) -> String {
        let paint = self.paint;
        match change {
            Change::Renamed { old, new } => format!("{} {old} → {new}", paint.cyan("renamed")),
            Change::Removed { name, value } => format!("{} {name} {}", paint.red("-"), self.value(value)),
            Change::Added { name, value } => format!("{} {name} {}", paint.green("+"), self.value(value)),
            Change::Changed { name, old, new } => {
                format!("{} {name} {} → {}", paint.yellow("~"), self.value(old), brief(new))
            }
            Change::Routed { what, old, new } => {
                let text = |name: &Option<String>| name.clone().unwrap_or_else(|| "default".into());
                format!("{} {what} {} → {}", paint.yellow("~"), text(old), text(new))
            }
        }
    }

    fn rejected(&self, rejection: &Rejection) -> Vec<String> {
        let text = format!("rejected: {}", escaped(&rejection.reason));
        let said = rejection.said.iter().flat_map(|said| said_lines(said)).map(|line| format!("  {line}"));
        std::iter::once(self.paint.red(&text)).chain(said).collect()
    }

    /// A row as Milvus would get it.
    fn written(&self, row: &Row) -> Vec<String> {
        let name = row.collection.as_deref().unwrap_or_default();
        let partition = row.partition.as_ref().map(|name| format!(", partition {name}")).unwrap_or_default();
        let mut lines = vec![self.paint.green(&format!("valid: {} into {name}{partition}", row.operation.name()))];
        let Some(collection) = self.pipeline.target().collection(name) else { return lines };
        for (field, value) in &row.fields {
            let ty = match collection.field(field) {
                Some(field) => field.ty.name().to_owned(),
                None if self.pipeline.rules().unknown_fields == UnknownFields::Drop => "not written".into(),
                None => "dynamic".into(),
            };
            lines.push(format!("{field} ({ty}) {}", self.value(value)));
        }
        lines
    }

    fn value(&self, value: &Value) -> String {
        self.paint.dim(&brief(value))
    }
}

fn rows_of(batch: &Batch, record: u32) -> Vec<Row> {
    let row = |outcome: Outcome| match outcome.what {
        What::Row(row) if outcome.record == record as usize + 1 => Some(row),
        _ => None,
    };
    outcomes(batch, &[]).into_iter().filter_map(row).collect()
}

fn rejection(rejected: &[Rejection], record: u32) -> Option<&Rejection> {
    rejected.iter().find(|rejection| rejection.record == record)
}

/// A value in part: the first numbers of a vector, the beginning of a text.
fn brief(value: &Value) -> String {
    match value {
        Value::Array(elements) if elements.len() > ELEMENTS => {
            let first: Vec<String> = elements[..ELEMENTS].iter().map(brief).collect();
            format!("[{}, … {} in all]", first.join(", "), elements.len())
        }
        value => brief_text(&value.to_string()),
    }
}

fn brief_text(text: &str) -> String {
    match text.char_indices().nth(CHARACTERS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
