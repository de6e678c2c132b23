//! What became of records, as JSON: a line for each row, each rejected record and each discarded one.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use crate::batch::{Batch, Operation, Rejection};

/// What became of a record, or of one of the rows that it became.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Outcome {
    /// The record, counted from 1 as lines are.
    pub(crate) record: usize,
    pub(crate) what: What,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum What {
    Row(Row),
    Rejected { reason: String, by: &'static str, said: Option<String> },
    Discarded,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Row {
    pub(crate) operation: Operation,
    pub(crate) collection: Option<String>,
    pub(crate) partition: Option<String>,
    /// The fields that have a value.
    pub(crate) fields: Map<String, Value>,
}

/// The outcomes of all records, in their order.
pub(crate) fn of(batch: &Batch, rejected: &[Rejection]) -> Vec<Outcome> {
    let mut outcomes: Vec<Outcome> = (0..batch.rows())
        .map(|row| Outcome { record: batch.record_of()[row] as usize + 1, what: What::Row(row_of(batch, row)) })
        .collect();
    outcomes.extend(rejected.iter().map(|rejection| {
        let what = What::Rejected {
            reason: rejection.reason.clone(),
            by: rejection.stage.name(),
            said: rejection.said.clone(),
        };
        Outcome { record: rejection.record as usize + 1, what }
    }));
    let mut is_there = vec![false; batch.records().len()];
    outcomes.iter().for_each(|outcome| is_there[outcome.record - 1] = true);
    let gone = is_there.iter().enumerate().filter(|(_, there)| !**there);
    let gone: Vec<Outcome> = gone.map(|(record, _)| Outcome { record: record + 1, what: What::Discarded }).collect();
    outcomes.extend(gone);
    outcomes.sort_by_key(|outcome| outcome.record);
    outcomes
}

fn row_of(batch: &Batch, row: usize) -> Row {
    Row {
        operation: batch.operations().get(row),
        collection: batch.collections().get(row).map(str::to_owned),
        partition: batch.partitions().get(row).map(str::to_owned),
        fields: batch.fields().filter_map(|(name, _)| Some((name.to_string(), field(batch, name, row)?))).collect(),
    }
}

/// The value of a field as JSON; none where it has none.
pub(crate) fn field(batch: &Batch, name: &Arc<str>, row: usize) -> Option<Value> {
    let text = batch.read(name).json_text(row)?;
    Some(serde_json::from_str(&text).unwrap_or_else(|_| Value::String(text.into_owned())))
}

impl Outcome {
    /// As `expected.jsonl` has it. What is as it is without any plugin is left out: an upsert, the first collection.
    pub(crate) fn as_json(&self, default_collection: Option<&str>) -> Value {
        let mut value = json!({ "record": self.record });
        match &self.what {
            What::Discarded => value["discarded"] = true.into(),
            What::Rejected { reason, by, .. } => {
                value["rejected"] = reason.as_str().into();
                if *by != PLUGIN {
                    value["by"] = (*by).into();
                }
            }
            What::Row(row) => {
                if row.operation != Operation::Upsert {
                    value["operation"] = row.operation.name().into();
                }
                if row.collection.as_deref() != default_collection {
                    value["collection"] = row.collection.as_deref().into();
                }
                if let Some(partition) = &row.partition {
                    value["partition"] = partition.as_str().into();
                }
                value["fields"] = Value::Object(row.fields.clone());
            }
        }
        value
    }
}

/// The stage that is left out.
const PLUGIN: &str = "plugin";
