//! Random records, against `serde_json` and against decoding without those that are wrong.

use proptest::prelude::*;
use serde_json::{Map, Value};

use super::*;
use crate::batch::{Element, VectorType};
use crate::json::generate::{broken, object};
use crate::json::{Kind, Scanner};

/// The same JSON: numbers by what they are worth, to the last digits but those that `serde_json` may round away.
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

/// Types without loss for some of the names that random objects have.
fn plan() -> impl Strategy<Value = Vec<(&'static str, Type, Settled)>> {
    let types = vec![
        Type::Bool,
        Type::Int,
        Type::Float64,
        Type::Text,
        Type::Json,
        Type::Array(Element::Int),
        Type::Array(Element::Float64),
        Type::Array(Element::Text),
    ];
    let field = (prop::sample::select(vec!["a", "b", "0", "", "m~n"]), prop::sample::select(types));
    prop::collection::vec(field.prop_map(|(name, ty)| (name, ty, Settled::Target)), 0..4)
}

/// Types of which many values are refused.
fn strict() -> Vec<(&'static str, Type, Settled)> {
    vec![
        ("a", Type::Vector(VectorType::Float), Settled::Target),
        ("b", Type::Text, Settled::Declared),
        ("0", Type::Array(Element::Int), Settled::Declared),
    ]
}

/// How many objects a payload is, by going over one value after the other; none where it is anything else.
fn objects(payload: &str) -> Option<usize> {
    let mut scanner = Scanner::new(payload);
    let mut count = 0;
    if scanner.kind().ok()? == Kind::Array {
        scanner.open().ok()?;
        while scanner.next_element().ok()? {
            scanner.expect(Kind::Object).ok()?;
            scanner.value().ok()?;
            count += 1;
        }
        return scanner.end().ok().map(|()| count);
    }
    loop {
        scanner.expect(Kind::Object).ok()?;
        scanner.value().ok()?;
        count += 1;
        let left = &payload[scanner.at()..];
        let next = left.trim_start_matches([' ', '\n', '\r', '\t']);
        match left[..left.len() - next.len()].contains('\n') {
            _ if next.is_empty() => return Some(count),
            true => {}
            false => return None,
        }
    }
}

fn assert_same(a: &Batch, b: &Batch) {
    assert_eq!(names(a), names(b));
    for ((name, a), (_, b)) in a.fields().zip(b.fields()) {
        assert_eq!((a.ty(), a.others()), (b.ty(), b.others()), "{name}");
        assert_eq!(a.array(), b.array(), "{name}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn every_field_of_every_row_reads_back(payloads in prop::collection::vec(object(), 0..12), plan in plan()) {
        let peers: Result<Vec<Map<String, Value>>, _> = payloads.iter().map(|text| serde_json::from_str(text)).collect();
        let Ok(peers) = peers else { return Ok(()) };
        let batch = decode_all(&mut decoder(&plan), &payloads);

        prop_assert_eq!(batch.rows(), peers.len());
        for (row, peer) in peers.iter().enumerate() {
            for name in peer.keys() {
                prop_assert!(batch.column(name).is_some(), "{}", name);
            }
            for (name, _) in batch.fields() {
                let text = batch.read(name).json_text(row);
                let value = text.as_ref().map_or(Value::Null, |text| serde_json::from_str(text).expect("JSON"));
                prop_assert!(same(&value, peer.get(&**name).unwrap_or(&Value::Null)), "{}: {:?} in row {}", name, text, row);
            }
        }
    }

    #[test]
    fn records_are_rejected_where_they_are_no_json_object(payload in broken(object())) {
        let rejected = !decode(&mut free(), &[&payload]).rejected.is_empty();
        prop_assert_eq!(rejected, objects(&payload).is_none());
    }

    #[test]
    fn several_objects_are_the_rows_that_they_are_alone(
        records in prop::collection::vec((prop::collection::vec(object(), 0..5), any::<bool>()), 0..8),
    ) {
        let text = |(objects, lines): &(Vec<String>, bool)| match lines {
            true if !objects.is_empty() => objects.join(" \n"),
            _ => format!("[{}]", objects.join(" ,")),
        };
        let payloads: Vec<String> = records.iter().map(text).collect();
        let alone: Vec<&String> = records.iter().flat_map(|(objects, _)| objects).collect();
        let together = decode_all(&mut free(), &payloads);
        assert_same(&together, &decode_all(&mut free(), &alone));
        let counts = records.iter().zip(0..).flat_map(|((objects, _), record)| vec![record; objects.len()]);
        prop_assert_eq!(together.record_of(), counts.collect::<Vec<u32>>());
    }

    #[test]
    fn rejected_records_leave_the_batch_as_if_they_had_not_been(
        payloads in prop::collection::vec(prop_oneof![3 => object(), 2 => broken(object())], 0..16),
        more in prop::collection::vec(object(), 0..4),
        strict_types: bool,
    ) {
        let plan = if strict_types { strict() } else { Vec::new() };
        let (mixed, alone) = (&mut decoder(&plan), &mut decoder(&plan));
        let Decoded { batch, rejected } = decode(mixed, &payloads);

        let kept = |record: &usize| rejected.iter().all(|rejection| rejection.record as usize != *record);
        let good: Vec<usize> = (0..payloads.len()).filter(kept).collect();
        prop_assert_eq!(batch.record_of().iter().map(|record| *record as usize).collect::<Vec<_>>(), good.clone());
        let good: Vec<&String> = good.into_iter().map(|record| &payloads[record]).collect();
        assert_same(&batch, &decode_all(alone, &good));
        assert_same(&decode(mixed, &more).batch, &decode(alone, &more).batch);
    }
}
