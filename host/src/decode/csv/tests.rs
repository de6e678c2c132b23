//! Rows in, fields out, or the place where a row is none.

use std::sync::Arc;

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::batch::{Element, Operation, Origin, Records, Type, VectorType};
use crate::decode::{CsvLayout, Decoder, Plan, Settled};

fn layout(columns: &[&str], delimiter: u8, quote: u8) -> Arc<CsvLayout> {
    Arc::new(CsvLayout { columns: columns.iter().map(|name| (*name).into()).collect(), delimiter, quote })
}

/// The values of each row in the order of its columns, or why there are none.
fn decode(layout: &Arc<CsvLayout>, plan: Plan, payloads: &[&[u8]]) -> Vec<Result<Value, String>> {
    let mut records = Records::default();
    for (offset, payload) in (0..).zip(payloads) {
        let origin = Origin { topic: "items".into(), partition: 0, offset };
        records.push(origin, None, None, Some(payload), std::iter::empty());
    }
    let decoded = Decoder::csv(Arc::clone(layout), plan).decode(Arc::new(records), Operation::Upsert);
    let mut rejected = decoded.rejected.into_iter().peekable();
    let mut row = 0;
    let read = (0..payloads.len() as u32).map(|index| {
        if let Some(rejection) = rejected.next_if(|rejection| rejection.record == index) {
            return Err(rejection.reason);
        }
        let values = layout.columns.iter().map(|name| {
            let text = decoded.batch.read(name).json_text(row)?;
            Some(serde_json::from_str::<Value>(&text).expect("it is JSON"))
        });
        let values = values.map(|value| value.unwrap_or(Value::Null)).collect();
        row += 1;
        Ok(values)
    });
    read.collect()
}

fn rows(payloads: &[&str]) -> Vec<Result<Value, String>> {
    let payloads: Vec<_> = payloads.iter().map(|payload| payload.as_bytes()).collect();
    decode(&layout(&["a", "b", "c"], b',', b'"'), Plan::default(), &payloads)
}

#[test]
fn values_are_texts_with_and_without_quotes_and_none_where_nothing_stands() {
    let read = rows(&[
        "x,y,z",
        "x , y, \"z\"\n",
        "1,007,true\r\n",
        ",,",
        "\"\",\"\",\"\"\r",
        "\"a,b\",\"say \"\"hi\"\"\",\"two\r\nlines\"",
        "\"\"\"\",\"\"\"\"\"\",é",
        "it's,5\" wide,a\"\"b",
    ]);
    let right = [
        json!(["x", "y", "z"]),
        json!(["x ", " y", " \"z\""]),
        json!(["1", "007", "true"]),
        json!([null, null, null]),
        json!(["", "", ""]),
        json!(["a,b", "say \"hi\"", "two\r\nlines"]),
        json!(["\"", "\"\"", "é"]),
        json!(["it's", "5\" wide", "a\"\"b"]),
    ];
    assert_eq!(read, right.map(Ok));
}

#[test]
fn other_marks_take_the_place_of_commas_and_quotes() {
    let read = decode(&layout(&["a", "b"], b'\t', b'\''), Plan::default(), &[b"x,\"y\"\t'it''s\ta'"]);
    assert_eq!(read, [Ok(json!(["x,\"y\"", "it's\ta"]))]);
    let one = decode(&layout(&["a"], b';', b'"'), Plan::default(), &[b"", b"\n", b"x", b";"]);
    let more = "not a row of CSV: more values than there are columns, at byte 1".to_owned();
    assert_eq!(one, [Ok(json!([null])), Ok(json!([null])), Ok(json!(["x"])), Err(more)]);
}

#[test]
fn what_is_no_row_is_refused_with_its_place() {
    for (payload, right) in [
        (&b"x,y"[..], "fewer values than there are columns, at byte 3"),
        (b"", "fewer values than there are columns, at byte 0"),
        (b"x\ny,z", "fewer values than there are columns, at byte 1"),
        (b"x,y,z,", "more values than there are columns, at byte 6"),
        (b"x,y,z\n1,2,3", "something behind the row at byte 5"),
        (b"x,y,z\n\n", "something behind the row at byte 5"),
        (b"x,\"y,z", "a quote that is never closed at byte 2"),
        (b"x,y,\"z\"\"", "a quote that is never closed at byte 4"),
        (b"x,\"y\"y,z", "something behind a closing quote at byte 5"),
        (b"x,\"y\" ,z", "something behind a closing quote at byte 5"),
    ] {
        let read = decode(&layout(&["a", "b", "c"], b',', b'"'), Plan::default(), &[b"1,2,3", payload, b"4,5,6"]);
        assert_eq!(read[1], Err(format!("not a row of CSV: {right}")), "{payload:?}");
        assert_eq!((&read[0], &read[2]), (&Ok(json!(["1", "2", "3"])), &Ok(json!(["4", "5", "6"]))));
    }
    let read = decode(&layout(&["a"], b',', b'"'), Plan::default(), &[b"ab\xff"]);
    assert_eq!(read, [Err("not UTF-8 at byte 2".to_owned())]);
}

#[test]
fn each_column_takes_what_a_text_is_worth_exactly_and_nothing_else() {
    let vector = |ty| Type::Vector(ty);
    let cases = [
        (Type::Bool, vec![("true", json!(true)), (" FALSE", json!(false))], vec!["1", "yes", "\"\"", "t"]),
        (
            Type::Int,
            vec![("7", json!(7)), (" -9223372036854775808 ", json!(i64::MIN)), ("\"5\"", json!(5))],
            vec!["7.0", "1e3", "9223372036854775808", "007", "+7", "0x7", "7 8", "a", "\"\""],
        ),
        (
            Type::Float32,
            vec![("0.1", json!(0.1)), ("16777217", json!(16_777_216.0)), ("-1e-3", json!(-0.001))],
            vec!["1e39", "NaN", "inf", ".5", "\"0,5\""],
        ),
        (Type::Float64, vec![("0.1", json!(0.1)), ("1e308", json!(1e308))], vec!["1e309", "nan", "-Infinity", "1_000"]),
        (Type::Text, vec![("007", json!("007")), ("\"\"", json!("")), ("null", json!("null"))], vec![]),
        (Type::Bytes, vec![("AAH/", json!("AAH/")), ("\"\"", json!(""))], vec!["AAH", "-_8="]),
        (
            Type::Json,
            vec![
                ("\"{\"\"a\"\": [1, null]}\"", json!({"a": [1, null]})),
                ("\"[1,2]\"", json!([1, 2])),
                ("5", json!("5")),
                ("null", json!("null")),
                ("{a}", json!("{a}")),
                ("[1] 2", json!("[1] 2")),
            ],
            vec![],
        ),
        (
            Type::Array(Element::Int),
            vec![("\"[1, -2]\"", json!([1, -2])), ("[]", json!([]))],
            vec!["[1.5]", "{1}", "1"],
        ),
        (Type::Array(Element::Float64), vec![("[0.5]", json!([0.5]))], vec!["[1e400]", "\"[\"\"a\"\"]\"", "1"]),
        (Type::Array(Element::Text), vec![("\"[\"\"a\"\"]\"", json!(["a"]))], vec!["a", "[1]"]),
        (Type::Array(Element::Bool), vec![("[true]", json!([true]))], vec!["[1]"]),
        (
            vector(VectorType::Float),
            vec![("\"[0.5, -3]\"", json!([0.5, -3.0])), ("AAAAPwAAQMA=", json!([0.5, -3.0]))],
            vec!["[null]", "0.5", "AAAAPw=", "\"\"", "[0.5"],
        ),
        (vector(VectorType::Int8), vec![("\"[-3, 127]\"", json!([-3, 127]))], vec!["[128]", "[0.5]"]),
        (vector(VectorType::SparseFloat), vec![("\"{\"\"3\"\": 0.5}\"", json!({"3": 0.5}))], vec!["[3]", "{}x"]),
    ];
    for (ty, fits, unfit) in cases {
        let mut plan = Plan::default();
        plan.settle("a", ty, Settled::Declared);
        let layout = layout(&["a", "b"], b',', b'"');
        for (text, right) in fits {
            let read = decode(&layout, plan.clone(), &[format!("{text},x").as_bytes()]);
            assert_eq!(read, [Ok(json!([right, "x"]))], "{text} as {}", ty.name());
        }
        for text in unfit {
            let reason = decode(&layout, plan.clone(), &[format!("{text},x").as_bytes()]).remove(0).expect_err(text);
            let told = reason.starts_with("field a: ")
                && reason.ends_with(&format!(" where {} is declared, at byte 0", ty.name()));
            assert!(told, "{text}: {reason}");
        }
    }
}

#[test]
fn a_value_that_the_target_takes_not_stays_beside_its_column_as_a_text() {
    let mut plan = Plan::default();
    plan.settle("a", Type::Int, Settled::Target);
    let read = decode(&layout(&["a"], b',', b'"'), plan, &[b"1", b"n/a", b""]);
    assert_eq!(read, [Ok(json!([1])), Ok(json!(["n/a"])), Ok(json!([null]))]);
}

proptest! {
    #[test]
    fn what_is_written_in_quotes_comes_back(values in prop::collection::vec("[a,;\"\r\n é]{0,6}", 1..5), end in "(\n|\r\n|\r)?") {
        let quoted = values.iter().map(|value| format!("\"{}\"", value.replace('"', "\"\"")));
        let row = quoted.collect::<Vec<_>>().join(";") + &end;
        let names: Vec<String> = (0..values.len()).map(|place| format!("f{place}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let read = decode(&layout(&names, b';', b'"'), Plan::default(), &[row.as_bytes()]);
        prop_assert_eq!(read, [Ok(json!(values))]);
    }

    #[test]
    fn any_bytes_are_a_row_or_refused(payloads in prop::collection::vec("[a1,\"\r\n \\[\\]{}.eé-]{0,12}", 1..6)) {
        let mut plan = Plan::default();
        plan.settle("a", Type::Vector(VectorType::Float), Settled::Declared);
        plan.settle("b", Type::Json, Settled::Target);
        let layout = layout(&["a", "b", "c"], b',', b'"');
        let payloads: Vec<_> = payloads.iter().map(|payload| payload.as_bytes()).collect();
        let together = decode(&layout, plan.clone(), &payloads);
        let alone = payloads.iter().map(|payload| decode(&layout, plan.clone(), &[payload]).remove(0));
        prop_assert_eq!(together, alone.collect::<Vec<_>>());
    }
}
