//! Decoding, seen from outside: payloads in, rows and reasons out.

mod inference;
mod keys;
mod random;
mod records;
mod several;
mod types;

use std::sync::Arc;

use super::{Decoded, Decoder, Plan, Settled};
use crate::batch::{Batch, Operation, Origin, Records, Type};

/// Records with these values, at the offsets from 0.
fn records<'a>(payloads: impl IntoIterator<Item = Option<&'a [u8]>>) -> Arc<Records> {
    let mut records = Records::default();
    for (offset, payload) in (0..).zip(payloads) {
        let origin = Origin { topic: "items".into(), partition: 0, offset };
        records.push(origin, None, None, payload, std::iter::empty());
    }
    Arc::new(records)
}

/// A decoder for fields of these types.
fn decoder(fields: &[(&str, Type, Settled)]) -> Decoder {
    let mut plan = Plan::default();
    for (name, ty, by) in fields {
        plan.settle(*name, *ty, *by);
    }
    Decoder::json(plan)
}

/// A decoder that knows nothing of the fields.
fn free() -> Decoder {
    decoder(&[])
}

fn decode<T: AsRef<str>>(decoder: &mut Decoder, payloads: &[T]) -> Decoded {
    let payloads = payloads.iter().map(|payload| Some(payload.as_ref().as_bytes()));
    decoder.decode(records(payloads), Operation::Upsert)
}

/// The batch of records that are all right.
fn decode_all<T: AsRef<str>>(decoder: &mut Decoder, payloads: &[T]) -> Batch {
    let Decoded { batch, rejected } = decode(decoder, payloads);
    assert_eq!(rejected, []);
    batch
}

/// Why the only record is rejected.
fn reason(decoder: &mut Decoder, payload: &str) -> String {
    let Decoded { batch, mut rejected } = decode(decoder, &[payload]);
    assert_eq!((batch.rows(), batch.fields().len(), rejected.len()), (0, 0, 1), "{payload}");
    rejected.remove(0).reason
}

/// A field's type and its rows as JSON texts, `-` for none, those of another type in parentheses.
fn show(batch: &Batch, field: &str) -> String {
    let column = batch.column(field).expect("the field is there");
    let rows = (0..batch.rows()).map(|row| match (column.other(row), batch.read(field).json_text(row)) {
        (Some(other), _) => format!("({other})"),
        (None, text) => text.map_or("-".into(), Into::into),
    });
    format!("{}: {}", column.ty().name(), rows.collect::<Vec<_>>().join(" "))
}

fn operations(batch: &Batch) -> Vec<Operation> {
    (0..batch.rows()).map(|row| batch.operations().get(row)).collect()
}

fn names(batch: &Batch) -> Vec<&str> {
    batch.fields().map(|(name, _)| &**name).collect()
}
