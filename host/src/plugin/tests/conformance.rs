//! The cases of `tests/guests/conformance` in the real host. The SDK runs them over its batch in memory, and compares with
//! the same files.

#[path = "../../../../tests/guests/conformance/src/case.rs"]
mod case;

use std::fs;

use serde_json::{Value, json};

use self::case::Case;
use super::*;
use crate::batch::{Names, Type};
use crate::decode::{Decoder, Plan, Settled};
use crate::plugin::Processed;

#[test]
fn the_host_does_what_the_batch_in_memory_does() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/guests/conformance");
    let cases = fs::read_dir(folder.join("cases")).expect("there are cases");
    let mut cases: Vec<PathBuf> = cases.map(|entry| entry.expect("an entry").path()).collect();
    cases.sort();
    assert!(!cases.is_empty());
    for path in cases {
        let name = path.file_name().expect("a file");
        let text = fs::read_to_string(&path).expect("it can be read");
        let case: Case = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name:?}: {error}"));
        let found = format!("{:#}\n", run(&case));
        let file = folder.join("expected").join(name);
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            fs::write(&file, &found).expect("written");
        }
        let expected = fs::read_to_string(&file).unwrap_or_default();
        assert!(found == expected, "{} is not true: run with UPDATE_GOLDEN=1, and look at the diff", file.display());
    }
}

/// The batch in memory reads no such vectors from JSON, so this is no case of both.
#[test]
fn a_plugin_reads_vectors_of_every_type_however_the_record_writes_them() {
    for (ty, forms, vector_bytes, json) in [
        (
            "float16-vector",
            vec![json!([1, -2.5]), json!("[1, -2.5]"), json!("ADwAwQ==")],
            json!([0, 60, 0, 193]),
            "[1.0,-2.5]",
        ),
        (
            "bfloat16-vector",
            vec![json!([1, -2.5]), json!("[1, -2.5]"), json!("gD8gwA==")],
            json!([128, 63, 32, 192]),
            "[1.0,-2.5]",
        ),
        ("int8-vector", vec![json!([-128, 127]), json!("[-128, 127]"), json!("gH8=")], json!([128, 127]), "[-128,127]"),
        ("binary-vector", vec![json!([128, 127]), json!("[128, 127]"), json!("gH8=")], json!([128, 127]), "[128,127]"),
        (
            "sparse-float-vector",
            vec![json!({"7": 1, "3": 0.5}), json!({"indices": [7, 3], "values": [1, 0.5]}), json!([[7, 1], [3, 0.5]])],
            json!([]),
            "{\"3\":0.5,\"7\":1.0}",
        ),
    ] {
        for form in forms {
            let case = json!({"types": {"v": ty}, "records": [{"value": {"v": form}}], "steps": [{"read": ["v"]}]});
            let found = run(&serde_json::from_str(&case.to_string()).expect("a case"));
            let answer = &found["answers"][0][0];
            assert_eq!(answer["field-type"], ty);
            assert_eq!(answer["json-texts"], json!([json]), "{form}");
            assert_eq!(answer["vector-bytes"], vector_bytes, "{form}");
        }
    }
}

/// What comes of a case: rows and answers, or the fault.
fn run(case: &Case) -> Value {
    let path = misbehave_path().with_file_name("conformance.wasm");
    let config = format!("{{\"steps\":{}}}", case.steps.get());
    let plugin = Plugin::from_file(engine(), &path, config, limits(), &Arc::default()).expect("loads");
    let mut batch = rows(case);
    batch.set_collections(Names::All(Some("collection".into())));
    let processed = chain_of(plugin).process(batch);
    let fault = |text: &str| {
        let text = text.strip_prefix("it broke a rule of the interface: ")?;
        // What is wrong about JSON two parsers say in two ways.
        text.split_inclusive("not JSON").next().map(str::to_owned)
    };
    match processed.rejected.first().and_then(|rejection| fault(&rejection.reason)) {
        Some(fault) => json!({ "fault": fault }),
        None => written(&processed),
    }
}

fn rows(case: &Case) -> Batch {
    let mut records = Records::default();
    for (offset, given) in (0..).zip(&case.records) {
        let origin = Origin { topic: "items".into(), partition: 2, offset };
        let headers = given.headers.iter().map(|(name, value)| (&**name, value.as_deref().map(str::as_bytes)));
        let payload = given.value.as_ref().map(|value| value.get().as_bytes());
        records.push(origin, given.timestamp, given.key.as_deref().map(str::as_bytes), payload, headers);
    }
    let mut decoder = if case.records.iter().any(|given| given.value.is_none()) {
        Decoder::raw()
    } else {
        let mut plan = Plan::default();
        for (name, ty) in &case.types {
            let ty = Type::ALL.into_iter().find(|of| of.name() == ty).expect("a type");
            plan.settle(&**name, ty, Settled::Target);
        }
        Decoder::json(plan)
    };
    let decoded = decoder.decode(Arc::new(records), Operation::Upsert);
    assert_eq!(decoded.rejected, []);
    decoded.batch
}

fn written(processed: &Processed) -> Value {
    let batch = &processed.batch;
    let text = |field: &str, row| batch.read(field).json_text(row).map(std::borrow::Cow::into_owned);
    let fields: Vec<(&str, &str)> = batch.fields().map(|(name, column)| (&**name, column.ty().name())).collect();
    let fields: Vec<(&str, &str)> = fields.into_iter().filter(|(name, _)| *name != "answers").collect();
    let row = |row: usize| {
        json!({
            "record": batch.record_of()[row],
            "operation": batch.operations().get(row).name(),
            "collection": batch.collections().get(row),
            "partition": batch.partitions().get(row),
            "values": fields.iter().map(|(name, _)| text(name, row)).collect::<Vec<_>>(),
        })
    };
    let answers = (batch.rows() > 0).then(|| text("answers", 0)).flatten();
    let rejected = processed.rejected.iter().map(|rejection| json!([rejection.record, rejection.reason]));
    json!({
        "fields": fields,
        "rows": (0..batch.rows()).map(row).collect::<Vec<_>>(),
        "rejected": rejected.collect::<Vec<_>>(),
        "answers": answers.map(|text| serde_json::from_str::<Value>(&text).expect("JSON")),
    })
}
