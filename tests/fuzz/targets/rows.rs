//! CSV and texts.

use std::sync::Arc;

use kiteline::batch::{Type, VectorType};
use kiteline::decode::{CsvLayout, Decoder, Plan, Settled};

use super::{Run, value};
use crate::decoding::{Decoding, Outcome};

pub(super) fn csv() -> Run {
    let columns = ["id", "title", "vector"].map(Arc::from).to_vec();
    let layout = CsvLayout { columns, delimiter: b',', quote: b'"' };
    let mut plan = Plan::default();
    plan.settle("id", Type::Int, Settled::Declared);
    plan.settle("vector", Type::Vector(VectorType::Float), Settled::Declared);
    let mut decoding = Decoding::new(Decoder::csv(Arc::new(layout), plan));
    Box::new(move |input| decoding.between(value(b"7,right,\"[1, 2.5]\""), value(input)))
}

/// What is UTF-8 is the text.
pub(super) fn text() -> Run {
    let mut decoding = Decoding::new(Decoder::text("text", Plan::default()));
    Box::new(move |input| {
        let outcome = decoding.between(value(b"right"), value(input));
        match (&outcome, std::str::from_utf8(input)) {
            (Outcome::Rows(rows), Ok(text)) => assert_eq!(rows[0]["text"], text),
            (outcome, text) => assert_eq!(outcome.is_read(), text.is_ok()),
        }
        outcome
    })
}
