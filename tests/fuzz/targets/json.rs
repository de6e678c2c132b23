//! JSON: objects, arrays of them, and lines.

use kiteline::batch::{Element, Type, VectorType};
use kiteline::decode::{Decoder, Plan, Settled};
use serde_json::{Deserializer, Map, Value};

use super::{Run, value};
use crate::decoding::{Decoding, Outcome, same};

/// Without types that are settled. What is read is what `serde_json` reads.
pub(super) fn objects() -> Run {
    let mut decoding = Decoding::new(Decoder::json(Plan::default()));
    Box::new(move |input| {
        let outcome = decoding.between(value(br#"{"id": 7, "text": "right"}"#), value(input));
        compare(input, &outcome);
        outcome
    })
}

/// Each type, in a field of its name.
pub(super) fn types() -> Run {
    let vectors = [
        VectorType::Float,
        VectorType::Float16,
        VectorType::BFloat16,
        VectorType::Int8,
        VectorType::Binary,
        VectorType::SparseFloat,
    ];
    let elements = [Element::Bool, Element::Int, Element::Float32, Element::Float64, Element::Text];
    let scalars = [Type::Bool, Type::Int, Type::Float32, Type::Float64, Type::Text, Type::Bytes, Type::Json];
    let mut plan = Plan::default();
    for ty in scalars.into_iter().chain(elements.map(Type::Array)).chain(vectors.map(Type::Vector)) {
        plan.settle(ty.name(), ty, Settled::Declared);
    }
    let mut decoding = Decoding::new(Decoder::json(plan));
    Box::new(move |input| {
        decoding.between(value(br#"{"int": 7, "text": "right", "float-vector": [1, 2]}"#), value(input))
    })
}

fn compare(input: &[u8], ours: &Outcome) {
    let Ok(text) = std::str::from_utf8(input) else { return assert!(!ours.is_read(), "not UTF-8") };
    let is_array = text.trim_start().starts_with('[');
    let theirs: Result<Vec<Map<String, Value>>, _> =
        if is_array { serde_json::from_str(text) } else { Deserializer::from_str(text).into_iter().collect() };
    match (ours, theirs) {
        (Outcome::Rows(ours), Ok(theirs)) => {
            assert_eq!(ours.len(), theirs.len());
            for (ours, mut theirs) in ours.iter().zip(theirs) {
                theirs.retain(|_, value| !value.is_null());
                assert!(same(ours, &Value::Object(theirs.clone())), "{ours} where it is {}", Value::Object(theirs));
            }
        }
        // Numbers that it has no room for, and levels that it does not go down, are JSON all the same.
        (Outcome::Rows(_), Err(error)) => {
            let error = error.to_string();
            assert!(error.contains("out of range") || error.contains("recursion limit"), "{error}");
        }
        // Objects that are not in lines of their own are no record, and there are limits.
        (Outcome::Rejected(reason), Ok(theirs)) => {
            let is_one = is_array || theirs.len() == 1;
            assert!(!is_one || reason.contains("more than") || reason.contains("so many rows"), "{reason}");
        }
        (Outcome::Rejected(_), Err(_)) => {}
    }
}
