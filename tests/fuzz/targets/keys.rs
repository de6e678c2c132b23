//! Keys, of records with and without a value.

use kiteline::batch::Type;
use kiteline::decode::{Decoder, KeyFormat, Plan, Settled};

use super::Run;
use super::avro::{RIGHT, SCHEMA, schema};
use crate::decoding::{Decoding, Given, Outcome};

pub(super) fn json() -> Run {
    keyed(KeyFormat::Json, Plan::default(), b"7")
}

/// For an integer: no two texts are the same one.
pub(super) fn text() -> Run {
    let mut plan = Plan::default();
    plan.settle("id", Type::Int, Settled::Declared);
    let mut run = keyed(KeyFormat::Text, plan, b"7");
    Box::new(move |input| {
        let outcome = run(input);
        if let Outcome::Rows(rows) = &outcome {
            assert_eq!(rows[0]["id"].to_string().as_bytes(), input);
        }
        outcome
    })
}

pub(super) fn avro() -> Run {
    keyed(KeyFormat::Avro(Some(schema(SCHEMA))), Plan::default(), RIGHT)
}

/// The input is the key: of a delete, and of a value that is a row, and one that is two.
fn keyed(format: KeyFormat, plan: Plan, right: &'static [u8]) -> Run {
    let mut decoding = Decoding::new(Decoder::json(plan.clone()).with_keys(format, "id", plan));
    Box::new(move |input| {
        let given = |key, payload| Given { key: Some(key), payload, ..Given::default() };
        let right = given(right, Some(b"{\"value\": 1}"));
        let deleted = decoding.between(right, given(input, None));
        for payload in [&b"{\"value\": 2}"[..], b"[{\"value\": 3}, {\"value\": 4}]"] {
            let written = decoding.between(right, given(input, Some(payload)));
            assert_eq!(written.is_read(), deleted.is_read(), "{written} and {deleted}");
        }
        deleted
    })
}
