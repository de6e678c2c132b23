//! What Kiteline sends, held against what pymilvus sends for the same rows: `tests/recorded` has its requests.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use milvus::proto::milvus::InsertRequest;
use milvus::proto::schema::field_data::Field as Values;
use milvus::proto::schema::scalar_field::Data as Scalars;
use milvus::proto::schema::vector_field::Data as Vectors;
use milvus::proto::schema::{ArrayArray, FieldData, ScalarField};
use prost::Message;
use serde_json::Value;

use super::cases::cases;
use super::formats::{Format, Records};
use super::{Cells, EQUAL};
use crate::ack::{Ack, Rule};
use crate::support::collection::create_as_given;
use crate::support::kafka;
use crate::support::kiteline::kiteline;
use crate::support::pipeline::Names;

/// What came of each case.
pub(super) fn cells(format: &Format) -> Cells {
    let mut files: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let mut cells = Cells::new();
    for case in cases() {
        let cell = match case.recorded {
            Err(reason) => reason.to_owned(),
            Ok(file) => {
                files.entry(file).or_insert_with(|| compare(file, format));
                EQUAL.into()
            }
        };
        cells.insert(case.name, cell);
    }
    cells
}

/// Writes the records of a file through the pipeline, and compares the requests. Gives the fields that they have.
fn compare(file: &str, format: &Format) -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../tests/recorded/pymilvus-2.6/{file}.json"));
    let case: Value = serde_json::from_slice(&std::fs::read(path).expect("a recording")).expect("JSON");
    let bytes = |name: &str| BASE64_STANDARD.decode(case[name].as_str().expect("a text")).expect("base64");
    // An upsert request has the fields of an insert request by the same numbers.
    let expected = InsertRequest::decode(&*bytes("request")).expect("a request");

    let sent = Arc::new(Mutex::new(Vec::new()));
    let rule: Rule = {
        let sent = Arc::clone(&sent);
        Box::new(move |fields| {
            sent.lock().expect("no thread panics").push(fields.to_vec());
            None
        })
    };
    let ack = Ack::start(Some(rule));
    let names = Names::unique("recorded", kafka::brokers(), ack.uri());
    create_as_given(&ack.uri(), &names.collection, &bytes("schema"));
    kafka::create_topics(&[(&names.topic, 1)]);
    let inserts = case["fields"].as_array().expect("fields").iter().any(|field| field["auto_id"] == true);
    let mode = if inserts { "mode = \"insert\"" } else { "" };
    let records = case["records"].as_array().expect("records").clone();
    let records = Records::from([(names.topic.clone(), records)]);
    let pipeline = names.file(mode, &(format.decode)(&records));
    (format.write)(&records, pipeline.folder());
    let ended = kiteline(&["run", pipeline.path(), "--until-end"]);
    assert_eq!(ended.code, Some(0), "{file}: {}", ended.stderr);

    let sent = sent.lock().expect("no thread panics");
    let [sent] = &sent[..] else { panic!("{file}: {} requests", sent.len()) };
    let by_name = |fields: &[FieldData]| -> BTreeMap<String, FieldData> {
        fields.iter().map(|field| (field.field_name.clone(), plain(field))).collect()
    };
    let (sent, expected) = (by_name(sent), by_name(&expected.fields_data));
    assert_eq!(sent.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>(), "{file}");
    for (name, field) in &sent {
        assert_eq!(field, &expected[name], "{file}, {name}");
    }
    sent.into_keys().collect()
}

/// A field without what two clients may say in two ways: which rows have a value (said once or twice), the type of an
/// array's elements (said or not), empty lists, the greatest index of sparse vectors (said or not), and how JSON is
/// spaced.
fn plain(field: &FieldData) -> FieldData {
    let mut field = field.clone();
    field.field = field.field.map(|values| match values {
        Values::Scalars(scalars) => Values::Scalars(plain_scalars(scalars)),
        Values::Vectors(mut vectors) => {
            vectors.valid_data.clear();
            if let Some(Vectors::SparseFloatVector(sparse)) = &mut vectors.data {
                (sparse.dim, vectors.dim) = (0, 0);
            }
            if let Some(Vectors::VectorArray(array)) = &mut vectors.data {
                for row in &mut array.data {
                    row.data = row.data.take().filter(|data| *data != Vectors::FloatVector(Default::default()));
                }
            }
            Values::Vectors(vectors)
        }
        Values::StructArrays(mut structs) => {
            structs.fields = structs.fields.iter().map(plain).collect();
            structs.fields.sort_by(|a, b| a.field_name.cmp(&b.field_name));
            Values::StructArrays(structs)
        }
    });
    field
}

fn plain_scalars(scalars: ScalarField) -> ScalarField {
    let data = scalars.data.map(|data| match data {
        Scalars::ArrayData(array) => Scalars::ArrayData(ArrayArray {
            data: array.data.into_iter().map(plain_scalars).collect(),
            ..ArrayArray::default()
        }),
        Scalars::JsonData(mut array) => {
            for text in &mut array.data {
                let value: Value = serde_json::from_slice(text).expect("JSON");
                *text = value.to_string().into_bytes();
            }
            Scalars::JsonData(array)
        }
        other => other,
    });
    // A list of no values is one that is not there.
    let data = data.filter(|data| ScalarField { data: Some(data.clone()), valid_data: Vec::new() }.encoded_len() > 2);
    ScalarField { data, valid_data: Vec::new() }
}
