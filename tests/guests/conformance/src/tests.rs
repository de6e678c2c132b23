//! The cases over the batch in memory.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use kiteline_guest::Operation;
use kiteline_guest::testing::{Outcome, Record, Rows, Tester};
use serde_json::{Value, json};

use super::Conformance;
use super::case::{Case, Given};

#[test]
fn every_case_is_as_in_the_real_host() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let cases = std::fs::read_dir(folder.join("cases")).expect("there are cases");
    let mut cases: Vec<PathBuf> = cases.map(|entry| entry.expect("an entry").path()).collect();
    cases.sort();
    let mut different = Vec::new();
    for path in &cases {
        let name = path.file_name().expect("a file");
        let text = std::fs::read_to_string(path).expect("it can be read");
        let case: Case = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name:?}: {error}"));
        let expected = std::fs::read_to_string(folder.join("expected").join(name)).expect("the host's test wrote it");
        let expected: Value = serde_json::from_str(&expected).expect("JSON");
        let found = run(&case);
        if found != expected {
            println!("{name:?}");
            differences("", &found, &expected);
            different.push(name);
        }
    }
    assert!(!cases.is_empty() && different.is_empty(), "other than in the host: {different:?}");
}

/// What comes of a case: rows and answers, or the fault.
fn run(case: &Case) -> Value {
    let config = format!("{{\"steps\":{}}}", case.steps.get());
    let mut plugin = Tester::<Conformance>::new(&config).expect("the steps are right");
    match catch_unwind(AssertUnwindSafe(|| plugin.process(rows(case)).expect("it never fails"))) {
        Ok(outcome) => written(&outcome),
        Err(panic) => {
            let text = panic.downcast_ref::<String>().expect("a fault");
            // What is wrong about JSON two parsers say in two ways.
            let whole = text.split_inclusive("not JSON").next().expect("a text");
            json!({ "fault": whole })
        }
    }
}

fn rows(case: &Case) -> Rows {
    let bytes = |text: &String| text.clone().into_bytes();
    let record = |(offset, given): (i64, &Given)| Record {
        payload: given.value.as_ref().map(|value| value.get().into()),
        key: given.key.as_ref().map(bytes),
        headers: given.headers.iter().map(|(name, value)| (name.clone(), value.as_ref().map(bytes))).collect(),
        topic: "items".into(),
        partition: 2,
        offset,
        timestamp: given.timestamp,
    };
    let records: Vec<Record> = (0..).zip(&case.records).map(record).collect();
    let values: Option<Vec<&str>> =
        case.records.iter().map(|given| given.value.as_ref().map(|value| value.get())).collect();
    match values {
        Some(values) => {
            let types: Vec<(&str, &str)> = case.types.iter().map(|(name, ty)| (&**name, &**ty)).collect();
            Rows::typed(&values, &types).of(records)
        }
        None => {
            let operation = |record: &Record| match record.payload {
                Some(_) => Operation::Upsert,
                None => Operation::Delete,
            };
            let operations: Vec<Operation> = records.iter().map(operation).collect();
            Rows::records(records).operations(&operations)
        }
    }
}

fn written(outcome: &Outcome) -> Value {
    let fields: Vec<&str> = outcome.fields().into_iter().filter(|field| *field != "answers").collect();
    let columns: Vec<_> = fields.iter().map(|field| outcome.json_texts(field)).collect();
    let operations = outcome.operations();
    let (collections, partitions) = (outcome.collections(), outcome.partitions());
    let row = |(row, record): (usize, usize)| {
        json!({
            "record": record,
            "operation": format!("{:?}", operations[row]).replace("Operation::", "").to_lowercase(),
            "collection": collections[row],
            "partition": partitions[row],
            "values": columns.iter().map(|column| column[row].as_deref()).collect::<Vec<_>>(),
        })
    };
    let answers = outcome.json_texts("answers").into_iter().next().flatten();
    json!({
        "fields": fields.iter().map(|field| json!([field, outcome.field_type(field)])).collect::<Vec<_>>(),
        "rows": outcome.records().into_iter().enumerate().map(row).collect::<Vec<_>>(),
        "rejected": outcome.rejected(),
        "answers": answers.map(|text| serde_json::from_str::<Value>(&text).expect("JSON")),
    })
}

/// Prints where two values differ.
fn differences(at: &str, found: &Value, expected: &Value) {
    match (found, expected) {
        (Value::Object(one), Value::Object(other)) if one.keys().eq(other.keys()) => {
            one.iter().for_each(|(key, value)| differences(&format!("{at}/{key}"), value, &other[key]));
        }
        (Value::Array(one), Value::Array(other)) if one.len() == other.len() => {
            let pairs = one.iter().zip(other).enumerate();
            pairs.for_each(|(index, (one, other))| differences(&format!("{at}/{index}"), one, other));
        }
        _ if found == expected => {}
        _ => println!("  {at}: {found}, in the host {expected}"),
    }
}
