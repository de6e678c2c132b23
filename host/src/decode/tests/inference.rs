//! The types of fields that nobody settled.

use super::*;

/// The field `f` of records that hold these values; an empty text leaves it out.
fn inferred(decoder: &mut Decoder, values: &[&str]) -> String {
    let object = |value: &&str| if value.is_empty() { "{}".into() } else { format!("{{\"f\":{value}}}") };
    show(&decode_all(decoder, &values.iter().map(object).collect::<Vec<_>>()), "f")
}

#[track_caller]
fn becomes(values: &[&str], column: &str) {
    assert_eq!(inferred(&mut free(), values), column);
}

#[test]
fn the_first_value_tells_the_type() {
    becomes(&["true", "false"], "bool: true false");
    becomes(&["1", "-2"], "int: 1 -2");
    becomes(&["1.5", "1e3"], "float64: 1.5 1000.0");
    becomes(&["\"a\"", "\"b\""], r#"text: "a" "b""#);
    becomes(&["{ \"a\": 1 }", "[1]", "2"], "json: { \"a\": 1 } [1] 2");
    becomes(&["[true]", "[]"], "bool[]: [true] []");
    becomes(&["[1]", "[2,3]"], "int[]: [1] [2,3]");
    becomes(&["[1,0.5]", "[2.5]"], "float64[]: [1.0,0.5] [2.5]");
    becomes(&["[\"a\"]", "[\"b\",\"\"]"], r#"text[]: ["a"] ["b",""]"#);
    becomes(&["", "null", "\"a\"", "", "null"], r#"text: - - "a" - -"#);
}

#[test]
fn arrays_that_are_not_of_one_kind_are_json() {
    for array in ["[1,\"a\"]", "[\"a\",1]", "[true,null]", "[null]", "[[1],[2]]", "[{}]", "[1,2.5,\"a\"]"] {
        becomes(&[array], &format!("json: {array}"));
    }
}

#[test]
fn numbers_that_no_column_holds_are_json() {
    becomes(&["9223372036854775808", "1"], "json: 9223372036854775808 1");
    becomes(&["1e400"], "json: 1e400");
    becomes(&["[0.5,9007199254740993]"], "json: [0.5,9007199254740993]");
}

#[test]
fn values_of_another_type_stay_beside_the_column() {
    becomes(&["1", "\"a\"", "[1]", "null", "2"], "int: 1 (\"a\") ([1]) - 2");
    becomes(&["\"a\"", "1", "{ }"], r#"text: "a" (1) ({ })"#);
    becomes(&["[\"a\"]", "[1]", "\"b\""], r#"text[]: ["a"] ([1]) ("b")"#);
    becomes(&["1", "9223372036854775808"], "int: 1 (9223372036854775808)");
}

#[test]
fn integers_become_floats_where_a_float_comes() {
    becomes(&["1", "", "2.5", "\"a\"", "3"], "float64: 1.0 - 2.5 (\"a\") 3.0");
    becomes(&["1", "1e400"], "int: 1 (1e400)");
    becomes(&["[1]", "[]", "[2,0.5]", "[\"a\"]", "null"], "float64[]: [1.0] [] [2.0,0.5] ([\"a\"]) -");
}

#[test]
fn integers_that_no_float_equals_stay_as_they_are() {
    becomes(&["9007199254740993", "0.5", "9007199254740992"], "float64: (9007199254740993) 0.5 9007199254740992.0");
    becomes(&["0.5", "9007199254740993"], "float64: 0.5 (9007199254740993)");
    becomes(&["[1,9007199254740993]", "[0.5]"], "float64[]: ([1,9007199254740993]) [0.5]");
}

#[test]
fn an_empty_array_is_of_any_array_type() {
    becomes(&["[]", "", "[1]"], "int[]: [] - [1]");
    becomes(&["null", "[ ]", "[true]"], "bool[]: - [] [true]");
    becomes(&["[]", "null", "[]"], "text[]: [] - []");
    becomes(&["[]", "1", "[\"a\"]"], r#"text[]: [] (1) ["a"]"#);
    becomes(&["[]", "[{}]"], "text[]: [] ([{}])");
}

#[test]
fn a_field_that_is_only_ever_null_is_there() {
    becomes(&["null", ""], "json: - -");
}

#[test]
fn a_type_is_remembered_from_batch_to_batch() {
    let decoder = &mut free();
    assert_eq!(inferred(decoder, &["1", "0.5"]), "float64: 1.0 0.5");
    assert_eq!(inferred(decoder, &["1", "2"]), "float64: 1.0 2.0");
    assert_eq!(inferred(decoder, &["null"]), "float64: -");
    assert_eq!(inferred(decoder, &["\"a\"", "3"]), "float64: (\"a\") 3.0");
}

#[test]
fn a_type_that_has_become_wider_is_remembered_too() {
    let decoder = &mut free();
    assert_eq!(inferred(decoder, &["1"]), "int: 1");
    assert_eq!(inferred(decoder, &["0.5", "1.5"]), "float64: 0.5 1.5");
    assert_eq!(inferred(decoder, &["1", "2"]), "float64: 1.0 2.0");
}

#[test]
fn nulls_and_empty_arrays_tell_nothing_to_the_next_batch() {
    let decoder = &mut free();
    assert_eq!(inferred(decoder, &["null"]), "json: -");
    assert_eq!(inferred(decoder, &["[]"]), "text[]: []");
    assert_eq!(inferred(decoder, &["1"]), "int: 1");
}

#[test]
fn a_type_that_no_value_of_a_batch_has_is_forgotten() {
    let decoder = &mut free();
    assert_eq!(inferred(decoder, &["1"]), "int: 1");
    assert_eq!(inferred(decoder, &["\"a\"", "\"b\""]), r#"int: ("a") ("b")"#);
    assert_eq!(inferred(decoder, &["\"a\"", "\"b\""]), r#"text: "a" "b""#);
}

#[test]
fn a_rejected_record_tells_no_type() {
    let decoder = &mut free();
    let Decoded { batch, rejected } =
        decode(decoder, &["{\"f\":0.5,}", "{\"f\":\"a\"}", "{\"f\":2.5", "{\"f\":\"b\"}"]);
    assert_eq!((rejected.len(), show(&batch, "f")), (2, r#"text: "a" "b""#.into()));
}
