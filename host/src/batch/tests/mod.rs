//! The batch as plugins and the sink see it.

mod fields;
mod reading;
mod rows;

use std::sync::Arc;

use arrow_array::{Int64Array, StringArray};

use super::*;
use crate::decode::{Decoder, Plan, Settled};

/// A batch of records with these values, whose fields have these types.
fn batch<T: AsRef<str>>(types: &[(&str, Type)], payloads: &[T]) -> Batch {
    let mut records = Records::default();
    for (offset, payload) in (0..).zip(payloads) {
        let origin = Origin { topic: "items".into(), partition: 0, offset };
        records.push(origin, None, None, Some(payload.as_ref().as_bytes()), std::iter::empty());
    }
    let mut plan = Plan::default();
    for (name, ty) in types {
        plan.settle(*name, *ty, Settled::Target);
    }
    let decoded = Decoder::json(plan).decode(Arc::new(records), Operation::Upsert);
    assert_eq!(decoded.rejected, []);
    decoded.batch
}

/// A batch of one field `f`, a value a row; an empty text is none.
fn column(ty: Type, values: &[&str]) -> Batch {
    let object = |value: &&str| if value.is_empty() { "{}".into() } else { format!("{{\"f\":{value}}}") };
    batch(&[("f", ty)], &values.iter().map(object).collect::<Vec<_>>())
}

/// A field's rows as JSON texts, `-` for none.
fn show(batch: &Batch, field: &str) -> String {
    let rows = (0..batch.rows()).map(|row| batch.read(field).json_text(row).map_or("-".into(), Into::into));
    rows.collect::<Vec<String>>().join(" ")
}

fn names(batch: &Batch) -> Vec<&str> {
    batch.fields().map(|(name, _)| &**name).collect()
}

fn ints(values: &[i64]) -> Column {
    Column::ints(Int64Array::from(values.to_vec()))
}

fn partitions(names: &[Option<&str>]) -> Names {
    Names::Each(StringArray::from(names.to_vec()))
}
