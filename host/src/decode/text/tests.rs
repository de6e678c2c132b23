//! Whole payloads as texts.

use std::sync::Arc;

use crate::batch::{Operation, Origin, Records, Type};
use crate::decode::{Decoder, KeyFormat, Plan, Settled};

/// The field of each payload as JSON, and why others have none.
fn decode(plan: Plan, payloads: &[&[u8]]) -> (Vec<Option<String>>, Vec<String>) {
    let mut records = Records::default();
    for (offset, payload) in (0..).zip(payloads) {
        let origin = Origin { topic: "items".into(), partition: 0, offset };
        records.push(origin, None, Some(b"k"), Some(payload), std::iter::empty());
    }
    let mut decoder = Decoder::text("t", plan).with_keys(KeyFormat::Text, "id", Plan::default());
    let decoded = decoder.decode(Arc::new(records), Operation::Upsert);
    let batch = decoded.batch;
    assert!((0..batch.rows()).all(|row| batch.read("id").json_text(row).as_deref() == Some("\"k\"")));
    let texts = (0..batch.rows()).map(|row| batch.read("t").json_text(row).map(|text| text.to_string()));
    (texts.collect(), decoded.rejected.into_iter().map(|rejection| rejection.reason).collect())
}

#[test]
fn a_payload_is_a_text_as_it_is_and_rejected_where_it_is_not_utf8() {
    let (texts, reasons) = decode(Plan::default(), &[b"{\"a\": 1}", b"", b"ab\xff", "é\n".as_bytes()]);
    let right = ["\"{\\\"a\\\": 1}\"", "\"\"", "\"é\\n\""].map(|text| Some(text.to_owned()));
    assert_eq!(texts, right);
    assert_eq!(reasons, ["not UTF-8 at byte 2"]);
}

#[test]
fn a_payload_is_what_its_column_takes_or_rejected() {
    let mut plan = Plan::default();
    plan.settle("t", Type::Int, Settled::Declared);
    let (texts, reasons) = decode(plan, &[b"7", b"7.5", b""]);
    assert_eq!(texts, [Some("7".to_owned())]);
    assert_eq!(
        reasons,
        [
            "field t: a number with a fraction or exponent where int is declared, at byte 0",
            "field t: a text that is no number where int is declared, at byte 0",
        ]
    );
}
