use std::collections::BTreeSet;

use kiteline_plugin_columns::row::decode;
use kiteline_plugin_columns::{Row, Value};

use super::Reader;

/// A map of one field `f` with that value.
fn map(value: &[u8]) -> Vec<u8> {
    [&[0x81, 0xa1, b'f'], value].concat()
}

fn row<'a>(payload: &'a [u8], vectors: &[&str]) -> Result<Row<'a>, String> {
    let vectors: BTreeSet<String> = vectors.iter().map(|name| (*name).to_owned()).collect();
    decode(Reader::new(payload), &vectors).map_err(|fault| fault.to_string())
}

fn assert_value(value: &[u8], expected: Option<Value<'_>>) {
    assert_eq!(row(&map(value), &[]), Ok(vec![("f".into(), expected)]), "{value:?}");
}

fn assert_json(value: &[u8], text: &str) {
    assert_value(value, Some(Value::Json(text.into())));
}

fn fault(payload: &[u8]) -> String {
    row(payload, &[]).expect_err("the payload is wrong")
}

#[test]
fn scalars_are_fields_of_their_type() {
    assert_value(&[0xc0], None);
    assert_value(&[0xc3], Some(Value::Bool(true)));
    assert_value(&[0xd1, 0xff, 0x00], Some(Value::Int(-256)));
    assert_value(&[0xca, 0x3f, 0x00, 0x00, 0x00], Some(Value::Float(0.5)));
    assert_value(&[0xa2, b'h', b'i'], Some(Value::Text("hi".into())));
    assert_value(&[0xc4, 2, 0, 255], Some(Value::Bytes(&[0, 255])));
}

#[test]
fn fields_keep_their_order() {
    let payload = [0x83, 0xa1, b'b', 0x01, 0xa1, b'a', 0x02, 0xa1, b'c', 0xc0];
    let expected = vec![("b".into(), Some(Value::Int(1))), ("a".into(), Some(Value::Int(2))), ("c".into(), None)];
    assert_eq!(row(&payload, &[]), Ok(expected));
}

#[test]
fn arrays_of_one_scalar_type_are_arrays() {
    assert_value(&[0x90], Some(Value::EmptyArray));
    assert_value(&[0x92, 0xc2, 0xc3], Some(Value::Bools(vec![false, true])));
    assert_value(&[0x92, 0x01, 0xff], Some(Value::Ints(vec![1, -1])));
    assert_value(&[0x91, 0xa1, b'x'], Some(Value::Texts(vec!["x".into()])));
    assert_value(&[0x91, 0xca, 0x3f, 0x00, 0x00, 0x00], Some(Value::Floats(vec![0.5])));
}

#[test]
fn integers_among_floats_are_floats() {
    let half = [0xca, 0x3f, 0x00, 0x00, 0x00];
    let floats = |array: &[&[u8]]| assert_value(&array.concat(), Some(Value::Floats(vec![1.0, 0.5])));
    floats(&[&[0x92, 0x01], &half]);
    assert_value(&[&[0x92][..], &half, &[0x01]].concat(), Some(Value::Floats(vec![0.5, 1.0])));
}

#[test]
fn an_integer_that_no_float_holds_exactly_keeps_the_array_json() {
    let large = [0xcf, 0x00, 0x20, 0, 0, 0, 0, 0, 0x01];
    let half = [0xca, 0x3f, 0x00, 0x00, 0x00];
    assert_json(&[&[0x92][..], &large, &half].concat(), "[9007199254740993,0.5]");
    assert_json(&[&[0x92][..], &half, &large].concat(), "[0.5,9007199254740993]");
}

#[test]
fn what_no_column_holds_is_json() {
    assert_json(&[0x92, 0x01, 0xa1, b'x'], r#"[1,"x"]"#);
    assert_json(&[0x91, 0xc0], "[null]");
    assert_json(&[0x91, 0x91, 0x01], "[[1]]");
    assert_json(&[0x82, 0xa1, b'"', 0xc3, 0xa1, b'b', 0xc4, 1, 0xff], r#"{"\"":true,"b":"/w=="}"#);
    assert_json(&[0xcf, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], "18446744073709551615");
    assert_json(&[0x80], "{}");
}

#[test]
fn a_vector_is_read_from_numbers_and_from_bytes() {
    let numbers = map(&[&[0x93, 0xca, 0x3f, 0, 0, 0, 0xcb, 0x3f, 0xf0][..], &[0; 6], &[0x02]].concat());
    let bytes = map(&[&[0xc4, 8][..], &0.5_f32.to_le_bytes(), &1.0_f32.to_le_bytes()].concat());
    assert_eq!(row(&numbers, &["f"]), Ok(vec![("f".into(), Some(Value::Vector(vec![0.5, 1.0, 2.0])))]));
    assert_eq!(row(&bytes, &["f"]), Ok(vec![("f".into(), Some(Value::Vector(vec![0.5, 1.0])))]));
    assert_eq!(row(&map(&[0x90]), &["f"]), Ok(vec![("f".into(), Some(Value::Vector(Vec::new())))]));
    assert_eq!(row(&map(&[0xc0]), &["f"]), Ok(vec![("f".into(), None)]));
}

#[test]
fn a_vector_of_something_else_is_a_fault() {
    let fault = |value: &[u8]| row(&map(value), &["f"]).expect_err("not a vector");
    assert_eq!(fault(&[0x92, 0x01, 0xc3]), "byte 5: f is no vector: an element is not a number");
    assert_eq!(fault(&[0xa1, b'x']), "byte 3: f is no vector: neither an array of numbers nor bytes");
    assert_eq!(fault(&[0xc4, 3, 0, 0, 0]), "byte 3: f has 3 bytes, but 32-bit floats take 4 each");
}

#[test]
fn a_payload_that_is_not_one_map_is_a_fault() {
    assert_eq!(fault(&[]), "byte 0: the payload ends in the middle of a value");
    assert_eq!(fault(&[0x91, 0x01]), "byte 0: the payload is not a map");
    assert_eq!(fault(&[0x80, 0x80]), "byte 1: something follows the map");
    assert_eq!(fault(&[0x81, 0x01, 0x01]), "byte 1: a key is not a text");
    assert_eq!(fault(&[0x82, 0xa1, b'f', 0x01, 0xa1, b'f', 0x02]), "byte 4: f comes twice");
    assert_eq!(fault(&map(&[0x91, 0x81, 0x01, 0x01])), "byte 5: a key is not a text");
}

#[test]
fn a_number_that_is_not_finite_is_a_fault() {
    let nan = [0xca, 0x7f, 0xc0, 0x00, 0x00];
    assert_eq!(fault(&map(&nan)), "byte 3: JSON has no such number: not finite");
    assert_eq!(fault(&map(&[&[0x91][..], &nan].concat())), "byte 4: JSON has no such number: not finite");
}

#[test]
fn too_many_fields_are_a_fault_before_any_is_read() {
    let payload = [&[0xde, 0x04, 0x01][..], &[0; 4096]].concat();
    assert_eq!(fault(&payload), "byte 0: more than 1024 fields");
}

#[test]
fn nesting_has_an_end() {
    let nested = |deep: usize| map(&[&vec![0x91; deep][..], &[0xc0]].concat());
    assert!(row(&nested(64), &[]).is_ok());
    assert_eq!(fault(&nested(65)), "byte 67: nested deeper than 64");
    assert_eq!(fault(&nested(100_000)), "byte 67: nested deeper than 64");
}

/// Whatever the bytes are, there is an answer, and no memory is taken that they only claim.
#[test]
fn no_payload_is_too_strange() {
    let whole = [
        &[0x84, 0xa1, b'a', 0x92, 0x01, 0xca, 0, 0, 0, 0, 0xa1, b'b', 0x81, 0xa1, b'x', 0xc4, 1, 7, 0xa1, b'c'][..],
        &[0xd6, 0xff, 0, 0, 0, 1, 0xa1, b'f', 0x92, 0xcb, 0, 0, 0, 0, 0, 0, 0, 0, 0x05],
    ]
    .concat();
    assert!(row(&whole, &["f"]).is_ok());
    for end in 0..whole.len() {
        assert!(row(&whole[..end], &["f"]).is_err(), "cut at {end}");
    }
    let mut read = 0;
    for place in 0..whole.len() {
        for byte in 0..=255 {
            let mut changed = whole.clone();
            changed[place] = byte;
            read += usize::from(row(&changed, &["f"]).is_ok());
        }
    }
    assert!(read > 1000, "{read} of the changed payloads were right");
}
