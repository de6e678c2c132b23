//! Each type in a collection of its own on a real server: all of them filled by one run of a pipeline, and read back.

use std::collections::BTreeMap;
use std::fmt::Write;

use kiteline::target::Field;
use serde_json::{Map, Value, json};

use super::cases::{Case, Tried, cases};
use super::formats::{Format, Records};
use super::{Cells, EQUAL};
use crate::support::collection::Milvus;
use crate::support::kafka;
use crate::support::kiteline::kiteline;
use crate::support::pipeline::PipelineFile;
use crate::support::unique;

/// What came of each case on a server.
pub(super) fn cells(milvus: &Milvus, format: &Format, tried: fn(&Case) -> &Tried) -> Cells {
    let mut cells = Cells::new();
    let mut there = Vec::new();
    for case in cases() {
        let forms = (format.forms)(case.name);
        let case = case.with_forms(forms);
        match tried(&case) {
            Tried::No(reason) => _ = cells.insert(case.name, (*reason).into()),
            Tried::Refused(reason) => {
                let name = unique(case.name);
                let refused = milvus.try_create(&case.schema(&name, tried(&case))).is_err();
                assert!(refused, "{} has {}, which it is said to refuse", milvus.uri, case.title);
                cells.insert(case.name, (*reason).into());
            }
            Tried::Yes | Tried::Alone => {
                let collection = unique(case.name);
                milvus.create_schema(&case.schema(&collection, tried(&case)));
                there.push((case, collection));
            }
        }
    }
    for insert in [false, true] {
        let some: Vec<_> = there.iter().filter(|(case, _)| case.insert == insert).collect();
        fill(milvus, format, insert, &some, tried);
    }
    for (case, collection) in &there {
        compare(milvus, case, collection);
        // What is loaded takes the server's memory for as long as it runs.
        milvus.drop(collection);
        cells.insert(case.name, EQUAL.into());
    }
    cells
}

/// Writes the records of all cases into topics, and lets a pipeline bring them to their collections.
fn fill(milvus: &Milvus, format: &Format, insert: bool, cases: &[&(Case, String)], tried: fn(&Case) -> &Tried) {
    let topics: Vec<(&str, i32)> = cases.iter().map(|(_, collection)| (&**collection, 1)).collect();
    kafka::create_topics(&topics);
    let mut of_topics = String::new();
    let mut records = Records::new();
    for (case, collection) in cases {
        let rows = (1..).zip(&case.rows).map(|(id, (record, _))| whole(case, id, record, tried(case)));
        records.insert(collection.clone(), rows.collect());
        writeln!(of_topics, "{collection} = \"{collection}\"").expect("writing to a String");
    }
    let names: Vec<String> = topics.iter().map(|(topic, _)| format!("\"{topic}\"")).collect();
    let file = PipelineFile::new(&format!(
        "name = \"types\"\n[kafka]\nbrokers = \"{}\"\ntopics = [{}]\ngroup = \"{}\"\n\n\
         [milvus]\nuri = \"{}\"\nmode = \"{}\"\n[milvus.collection]\n{of_topics}\n{}",
        kafka::brokers(),
        names.join(", "),
        unique("types"),
        milvus.uri,
        if insert { "insert" } else { "upsert" },
        (format.decode)(&records),
    ));
    (format.write)(&records, file.folder());
    let ended = kiteline(&["run", file.path(), "--until-end"]);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
}

/// A record with all that its row needs.
fn whole(case: &Case, id: i64, record: &Value, tried: &Tried) -> Value {
    let mut whole = Map::new();
    if !case.has_own_key() {
        whole.insert("id".into(), json!(id));
    }
    if *tried != Tried::Alone {
        whole.insert("v".into(), json!([0.5, -1.0]));
    }
    whole.extend(record.as_object().expect("an object").clone());
    whole.into()
}

fn compare(milvus: &Milvus, case: &Case, collection: &str) {
    let mut found: BTreeMap<String, Value> = BTreeMap::new();
    for row in milvus.all_rows(collection, case.key()) {
        // Where Milvus makes the keys, rows are told apart by what they have.
        let key = if case.insert { row[case.name].to_string() } else { row[case.key().0].to_string() };
        found.insert(key, row.into());
    }
    assert_eq!(found.len(), case.rows.len(), "{} on {}: {found:?}", case.title, milvus.uri);
    for (id, (record, expected)) in (1i64..).zip(&case.rows) {
        let key = match case.key() {
            _ if case.insert => expected[case.name].to_string(),
            ("id", false) => id.to_string(),
            (name, _) => record[name].to_string(),
        };
        let row = found.get(&key).unwrap_or_else(|| panic!("{}: no row {key} in {found:?}", case.title));
        for (name, value) in expected.as_object().expect("an object") {
            assert_eq!(row.get(name).unwrap_or(&Value::Null), value, "{} of {} on {}", name, case.title, milvus.uri);
        }
    }
}

/// The names of a collection's fields beside those of a case.
pub(super) fn base(tried: &Tried) -> Vec<Field> {
    use crate::support::collection::{field, vector};
    if *tried == Tried::Alone { Vec::new() } else { vec![field("v", vector(2))] }
}
