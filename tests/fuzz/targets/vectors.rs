//! Vectors in all the forms that they have in JSON, as JSON and within a text; base64.

use ::base64::Engine;
use ::base64::prelude::BASE64_STANDARD;
use kiteline::batch::{Type, VectorType};
use kiteline::decode::{Decoder, Plan, Settled};
use kiteline::json::{check, quote};

use super::{Run, value};
use crate::decoding::{Decoding, Outcome, same};

/// The input is a text; where it is JSON, it is taken as that as well.
pub(super) fn vectors() -> Run {
    let types = [
        ("float", VectorType::Float),
        ("float16", VectorType::Float16),
        ("bfloat16", VectorType::BFloat16),
        ("int8", VectorType::Int8),
        ("binary", VectorType::Binary),
        ("sparse", VectorType::SparseFloat),
    ];
    let mut plan = Plan::default();
    for (name, ty) in types {
        for form in ["text", "json"] {
            plan.settle(format!("{form} {name}"), Type::Vector(ty), Settled::Target);
        }
    }
    let mut decoding = Decoding::new(Decoder::json(plan));
    Box::new(move |input| {
        let text = String::from_utf8_lossy(input);
        let (mut quoted, mut payload) = (String::new(), "{\"right\":1".to_owned());
        quote(&text, &mut quoted);
        let is_json = check(&text).is_ok();
        for (name, _) in types {
            payload.push_str(&format!(",\"text {name}\":{quoted}"));
            if is_json {
                payload.push_str(&format!(",\"json {name}\":{text}"));
            }
        }
        payload.push('}');
        let right = br#"{"right": 1, "json float": [1, 2], "text sparse": "{\"3\": 0.5}"}"#;
        let outcome = decoding.between(value(right), value(payload.as_bytes()));
        // What is no vector stays as it is, beside the column.
        let Outcome::Rows(rows) = &outcome else { panic!("{outcome}") };
        if let Ok(numbers) = serde_json::from_str::<Vec<f64>>(&text)
            && numbers.iter().all(|number| number.abs() < 3.4e38)
        {
            for form in ["text float", "json float"] {
                assert!(same(&rows[0][form], &numbers.clone().into()), "{}", rows[0][form]);
            }
        }
        outcome
    })
}

/// The input is a text. It is bytes where another library says so.
pub(super) fn base64() -> Run {
    let mut plan = Plan::default();
    plan.settle("bytes", Type::Bytes, Settled::Declared);
    let mut decoding = Decoding::new(Decoder::json(plan));
    Box::new(move |input| {
        let text = String::from_utf8_lossy(input);
        let mut payload = "{\"bytes\":".to_owned();
        quote(&text, &mut payload);
        payload.push('}');
        let outcome = decoding.between(value(br#"{"bytes": "cmlnaHQ="}"#), value(payload.as_bytes()));
        match (&outcome, BASE64_STANDARD.decode(&*text)) {
            (Outcome::Rows(rows), Ok(_)) => assert_eq!(rows[0]["bytes"], *text),
            (outcome, theirs) => assert_eq!(outcome.is_read(), theirs.is_ok(), "{text}"),
        }
        outcome
    })
}
