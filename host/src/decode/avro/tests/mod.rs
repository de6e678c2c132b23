//! Avro, seen from outside: schema and payloads in, rows and reasons out.

mod corpus;
mod hostile;
mod random;
mod types;

use std::sync::Arc;

use serde_json::{Map, Value};

use crate::batch::{Batch, Operation, Origin, Records, Type};
use crate::decode::{AvroSchema, Decoded, Decoder, Plan, Settled};

fn schema(text: &str) -> Arc<AvroSchema> {
    Arc::new(AvroSchema::parse(text, &[]).expect(text))
}

/// A schema of a record with one field, `f`.
fn of_field(ty: &str) -> Arc<AvroSchema> {
    schema(&format!(r#"{{"type": "record", "name": "R", "fields": [{{"name": "f", "type": {ty}}}]}}"#))
}

fn plan(fields: &[(&str, Type, Settled)]) -> Plan {
    let mut plan = Plan::default();
    for (name, ty, by) in fields {
        plan.settle(*name, *ty, *by);
    }
    plan
}

fn decode<T: AsRef<[u8]>>(decoder: &mut Decoder, payloads: &[T]) -> Decoded {
    let mut records = Records::default();
    for (offset, payload) in (0..).zip(payloads) {
        let origin = Origin { topic: "items".into(), partition: 0, offset };
        records.push(origin, None, None, Some(payload.as_ref()), std::iter::empty());
    }
    decoder.decode(Arc::new(records), Operation::Upsert)
}

/// Why a payload is rejected.
fn reason(schema: &Arc<AvroSchema>, plan: Plan, payload: &[u8]) -> String {
    let Decoded { batch, mut rejected } = decode(&mut Decoder::avro(Arc::clone(schema), plan), &[payload]);
    assert_eq!((batch.rows(), rejected.len()), (0, 1), "{payload:?}");
    rejected.remove(0).reason
}

/// The fields of a row that are not null, as JSON.
fn row(batch: &Batch, row: usize) -> Value {
    let fields = batch.fields().filter_map(|(name, _)| {
        let text = batch.read(name).json_text(row)?;
        Some((name.to_string(), serde_json::from_str(&text).expect("it is JSON")))
    });
    Value::Object(fields.collect::<Map<_, _>>())
}

/// The same JSON: numbers to the last digits but those that `serde_json` may round away.
fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => match (a.as_i64(), b.as_i64(), a.as_f64(), b.as_f64()) {
            (Some(a), Some(b), ..) => a == b,
            (_, _, Some(a), Some(b)) => (a - b).abs() <= a.abs() * 1e-15,
            _ => false,
        },
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(name, value)| b.get(name).is_some_and(|b| same(value, b)))
        }
        _ => a == b,
    }
}
