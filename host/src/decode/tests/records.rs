//! Which records become rows, and what the others are told.

use super::super::{FIELD_NAME_BYTES_MAX, FIELDS_MAX};
use super::*;
use crate::batch::Stage;

#[test]
fn every_record_becomes_a_row_with_its_fields() {
    let batch = decode_all(&mut free(), &[r#"{"id":1,"name":"a"}"#, r#" { "id" : 2 , "name" : "b" } "#]);
    assert_eq!((batch.rows(), names(&batch)), (2, vec!["id", "name"]));
    assert_eq!((show(&batch, "id"), show(&batch, "name")), ("int: 1 2".into(), r#"text: "a" "b""#.into()));
    assert_eq!(batch.operations().get(1), Operation::Upsert);
}

#[test]
fn fields_may_come_in_any_order_and_be_missing() {
    let payloads =
        [r#"{"a":1,"b":2,"c":3}"#, r#"{"c":6,"a":4}"#, "{}", r#"{"d":9,"b":8}"#, r#"{"b":11,"c":12,"a":10}"#];
    let batch = decode_all(&mut free(), &payloads);
    assert_eq!(names(&batch), ["a", "b", "c", "d"]);
    assert_eq!(show(&batch, "a"), "int: 1 4 - - 10");
    assert_eq!(show(&batch, "b"), "int: 2 - - 8 11");
    assert_eq!(show(&batch, "c"), "int: 3 6 - - 12");
    assert_eq!(show(&batch, "d"), "int: - - - 9 -");
}

#[test]
fn fields_stand_in_the_order_in_which_this_batch_has_them() {
    let decoder = &mut free();
    decode_all(decoder, &[r#"{"a":1,"b":2,"c":3}"#]);
    let batch = decode_all(decoder, &[r#"{"c":3}"#, r#"{"b":2,"c":3}"#]);
    assert_eq!(names(&batch), ["c", "b"]);
    assert_eq!(show(&batch, "b"), "int: - 2");
}

#[test]
fn a_name_is_the_same_however_it_is_escaped() {
    let batch = decode_all(&mut free(), &[r#"{"é\/":1}"#, r#"{"\u00e9/":2}"#, r#"{"é/":3}"#]);
    assert_eq!((names(&batch), show(&batch, "é/")), (vec!["é/"], "int: 1 2 3".into()));
}

#[test]
fn the_last_of_two_equal_names_holds() {
    let decoder = &mut decoder(&[("v", Type::Vector(crate::batch::VectorType::Float), Settled::Target)]);
    let payloads = [
        r#"{"a":1,"v":[1,2],"a":2,"v":[3]}"#,
        r#"{"a":3,"v":[4],"v":"other","a":null}"#,
        r#"{"a":[],"v":"other","a":5,"v":[6]}"#,
    ];
    let batch = decode_all(decoder, &payloads);
    assert_eq!(show(&batch, "a"), "int: 2 - 5");
    assert_eq!(show(&batch, "v"), "float-vector: [3.0] (\"other\") [6.0]");
}

#[test]
fn the_first_of_two_equal_names_tells_no_type() {
    let batch = decode_all(&mut free(), &[r#"{"a":"text","a":1}"#, r#"{"a":2}"#]);
    assert_eq!(show(&batch, "a"), "int: 1 2");
}

#[test]
fn records_that_are_wrong_are_told_why() {
    let decoder = &mut free();
    let reasons = [
        ("", "not JSON: the text ends where a value is expected at byte 0"),
        ("not json", "not JSON: expected a value at byte 0"),
        ("{\"a\":1", "not JSON: expected `,` or `}` at byte 6"),
        ("{\"a\":[1,2}", "not JSON: expected `,` or `]` at byte 9"),
        ("{} {}", "not JSON: expected the end of the text at byte 3"),
        ("[1]", "a number where an object is expected, at byte 1"),
        (" null", "null where an object is expected, at byte 1"),
        ("\u{feff}{}", "not JSON: a byte order mark, which JSON does not have, at byte 0"),
        (r#"{"a":"\ud800"}"#, "not JSON: an escape that is half a surrogate pair at byte 6"),
    ];
    for (payload, expected) in reasons {
        assert_eq!(reason(decoder, payload), expected, "{payload}");
    }
}

#[test]
fn rejections_name_record_stage_and_field() {
    let decoder = &mut decoder(&[("size", Type::Int, Settled::Declared)]);
    let payloads =
        [Some(&b"{\"size\":1}"[..]), None, Some(b"{\"size\":\"2\"}"), Some(b"{\"s\xff"), Some(b"{\"x\":01}")];
    let Decoded { batch, rejected } = decoder.decode(records(payloads), Operation::Insert);

    assert_eq!((batch.rows(), batch.record_of(), show(&batch, "size")), (1, &[0][..], "int: 1".into()));
    let told: Vec<_> = rejected.iter().map(|r| (r.record, r.field.as_deref(), r.reason.as_str())).collect();
    let expected = [
        (
            1,
            None,
            "a tombstone: the record has no value, which deletes a row; say in [decode.key] how its key tells which, or \
             set `milvus.deletes`",
        ),
        (2, Some("size"), "field size: a text where int is declared, at byte 8"),
        (3, None, "not UTF-8 at byte 3"),
        (4, Some("x"), "not JSON: a number with a leading zero at byte 5"),
    ];
    assert_eq!(told, expected);
    assert!(rejected.iter().all(|rejection| rejection.stage == Stage::Decode));
}

#[test]
fn a_rejected_record_leaves_nothing_behind() {
    let decoder = &mut free();
    let payloads = [
        r#"{"new":1,"only here":2,"list":["a"],"#,
        r#"{"list":[],"other":1}"#,
        r#"{"other":"text","list":[1.5],"new":tru}"#,
        r#"{"other":2,"list":["b","c"],"new":true}"#,
    ];
    let Decoded { batch, rejected } = decode(decoder, &payloads);
    assert_eq!(rejected.len(), 2);
    assert_eq!(batch.record_of(), [1, 3]);
    assert_eq!(names(&batch), ["list", "other", "new"]);
    assert_eq!(show(&batch, "list"), r#"text[]: [] ["b","c"]"#);
    assert_eq!(show(&batch, "other"), "int: 1 2");
    assert_eq!(show(&batch, "new"), "bool: - true");
}

#[test]
fn a_rejected_record_leaves_nothing_for_the_next_batch() {
    let decoder = &mut free();
    decode_all(decoder, &[r#"{"a":1,"b":1}"#]);
    assert_eq!(names(&decode(decoder, &[r#"{"b":2"#, r#"{"a":2}"#]).batch), ["a"]);
    assert_eq!(show(&decode_all(decoder, &[r#"{"a":3}"#, r#"{"b":3}"#]), "b"), "int: - 3");
}

#[test]
fn a_batch_without_rows_has_no_fields() {
    for payloads in [&[][..], &["[]"], &["7"], &["{}"]] {
        assert_eq!(names(&decode(&mut free(), payloads).batch), [""; 0]);
    }
    assert_eq!(decode(&mut free(), &["{}"]).batch.rows(), 1);
}

#[test]
fn a_record_with_more_fields_than_a_batch_may_have_is_rejected() {
    let decoder = &mut free();
    let object = |names: std::ops::Range<usize>| {
        let pairs: Vec<String> = names.map(|name| format!("\"{name:04}\":1")).collect();
        format!("{{{}}}", pairs.join(","))
    };
    let payloads = [object(0..FIELDS_MAX), object(0..FIELDS_MAX + 1), object(1..FIELDS_MAX)];
    let Decoded { batch, rejected } = decode(decoder, &payloads);
    assert_eq!((batch.rows(), batch.fields().len(), rejected.len()), (2, FIELDS_MAX, 1));
    assert_eq!(rejected[0].reason, "more than 1,024 different fields in a batch, before byte 9,224");

    // The next batch starts anew, whatever the decoder remembers.
    let batch = decode_all(decoder, &[object(FIELDS_MAX..2 * FIELDS_MAX)]);
    assert_eq!(batch.fields().len(), FIELDS_MAX);
    let batch = decode_all(decoder, &[object(5000..5001), object(1024..1025)]);
    assert_eq!((names(&batch), show(&batch, "1024")), (vec!["5000", "1024"], "int: - 1".into()));
}

#[test]
fn a_record_with_a_very_long_name_is_rejected() {
    let object = |len| format!("{{\"{}\":1}}", "n".repeat(len));
    assert_eq!(decode_all(&mut free(), &[object(FIELD_NAME_BYTES_MAX)]).rows(), 1);
    let expected = "a field name of more than 1,024 bytes, before byte 1,029";
    assert_eq!(reason(&mut free(), &object(FIELD_NAME_BYTES_MAX + 1)), expected);
}

#[test]
fn raw_records_become_rows_without_fields_tombstones_too() {
    let records = records([Some(&b"\xff"[..]), None, Some(b"{}")]);
    let Decoded { batch, rejected } = Decoder::raw().decode(records, Operation::Insert);
    assert_eq!((batch.rows(), batch.fields().len(), rejected.len()), (3, 0, 0));
    assert_eq!(operations(&batch), [Operation::Insert, Operation::Delete, Operation::Insert]);
    assert_eq!(batch.record(0).payload(), Some(&b"\xff"[..]));
}
