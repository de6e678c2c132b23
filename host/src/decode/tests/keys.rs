//! Fields from keys, and records without a value.

use super::*;
use crate::decode::KeyFormat;

type Pair<'a> = (Option<&'a str>, Option<&'a str>);

/// Decodes records of these keys and values.
fn pairs(decoder: &mut Decoder, pairs: &[Pair<'_>]) -> Decoded {
    let mut records = Records::default();
    for (offset, (key, payload)) in (0..).zip(pairs) {
        let origin = Origin { topic: "items".into(), partition: 0, offset };
        records.push(origin, None, key.map(str::as_bytes), payload.map(str::as_bytes), std::iter::empty());
    }
    decoder.decode(Arc::new(records), Operation::Upsert)
}

fn all(decoder: &mut Decoder, records: &[Pair<'_>]) -> Batch {
    let Decoded { batch, rejected } = pairs(decoder, records);
    assert_eq!(rejected, []);
    batch
}

fn plan(fields: &[(&str, Type, Settled)]) -> Plan {
    let mut plan = Plan::default();
    fields.iter().for_each(|(name, ty, by)| plan.settle(*name, *ty, *by));
    plan
}

/// A decoder of JSON values with such keys.
fn keyed(format: KeyFormat, fields: &[(&str, Type, Settled)]) -> Decoder {
    decoder(fields).with_keys(format, "id", plan(fields))
}

const INT_ID: &[(&str, Type, Settled)] = &[("id", Type::Int, Settled::Target)];

#[test]
fn the_members_of_a_key_are_fields() {
    let decoder = &mut keyed(KeyFormat::Json, &[]);
    let batch = all(decoder, &[(Some(r#"{"id":1,"site":"a"}"#), Some(r#"{"n":5}"#)), (Some("{}"), Some("{}"))]);
    assert_eq!(names(&batch), ["n", "id", "site"]);
    assert_eq!((show(&batch, "id"), show(&batch, "site")), ("int: 1 -".into(), r#"text: "a" -"#.into()));
    assert_eq!(operations(&batch), [Operation::Upsert; 2]);
}

#[test]
fn a_key_that_is_one_value_goes_to_its_field() {
    let batch = all(&mut keyed(KeyFormat::Json, &[]), &[(Some("1"), Some("{}")), (Some(" 2 "), Some("{}"))]);
    assert_eq!((names(&batch), show(&batch, "id")), (vec!["id"], "int: 1 2".into()));
    let batch = all(&mut keyed(KeyFormat::Json, INT_ID), &[(Some("\"a\""), Some("{}")), (Some("null"), Some("{}"))]);
    assert_eq!(show(&batch, "id"), "int: (\"a\") -");
}

#[test]
fn a_text_key_is_taken_as_it_is() {
    let records =
        [(Some("a \"b\"\n"), Some("{}")), (Some(""), Some("{}")), (Some("7"), Some("{}")), (None, Some("{}"))];
    let batch = all(&mut keyed(KeyFormat::Text, &[]), &records);
    assert_eq!(show(&batch, "id"), r#"text: "a \"b\"\n" "" "7" -"#);
}

#[test]
fn a_text_key_of_an_integer_field_is_the_one_text_of_an_integer() {
    let decoder = &mut keyed(KeyFormat::Text, INT_ID);
    let keys = ["7", "-9223372036854775808", "0", "07", "+7", " 7", "7.0", "-0", "", "9223372036854775808", "a"];
    let Decoded { batch, rejected } = pairs(decoder, &keys.map(|key| (Some(key), Some("{}"))));
    assert_eq!(show(&batch, "id"), "int: 7 -9223372036854775808 0");
    assert_eq!(rejected.len(), 8);
    for rejection in &rejected {
        let reason = "the key: a text that is no integer as written in JSON, where field id is one";
        assert_eq!((&*rejection.reason, rejection.field.as_deref()), (reason, Some("id")));
    }
}

#[test]
fn where_both_have_a_field_the_values_holds() {
    let values = [r#"{"id":10}"#, r#"{"id":null}"#, "{}", r#"{"id":"x"}"#];
    let records: Vec<_> = ["1", "2", "3", "4"].into_iter().zip(values).map(|(k, v)| (Some(k), Some(v))).collect();
    for fields in [INT_ID, &[]] {
        let batch = all(&mut keyed(KeyFormat::Json, fields), &records);
        assert_eq!(show(&batch, "id"), r#"int: 10 2 3 ("x")"#);
    }
    // Another type than the value's is kept beside the column.
    let records = [(Some("\"a\""), Some(r#"{"id":1}"#)), (Some("\"b\""), Some("{}"))];
    assert_eq!(show(&all(&mut keyed(KeyFormat::Json, &[]), &records), "id"), r#"int: 1 ("b")"#);
    // A field that no value has is the key's alone.
    let records = [(Some("\"a\""), Some(r#"{"id":null}"#)), (Some("\"b\""), Some("{}"))];
    assert_eq!(show(&all(&mut keyed(KeyFormat::Json, &[]), &records), "id"), r#"text: "a" "b""#);
}

#[test]
fn a_tombstone_is_a_delete_with_the_fields_of_its_key() {
    let records = [(Some("1"), Some(r#"{"id":1,"v":[0.5]}"#)), (Some("2"), None), (Some("3"), Some(r#"{"v":[1]}"#))];
    let batch = all(&mut keyed(KeyFormat::Json, &[]), &records);
    assert_eq!((show(&batch, "id"), show(&batch, "v")), ("int: 1 2 3".into(), "float64[]: [0.5] - [1.0]".into()));
    assert_eq!(operations(&batch), [Operation::Upsert, Operation::Delete, Operation::Upsert]);

    let batch = all(&mut Decoder::raw().with_keys(KeyFormat::Text, "id", plan(INT_ID)), &[(Some("5"), None)]);
    assert_eq!((show(&batch, "id"), operations(&batch)), ("int: 5".into(), vec![Operation::Delete]));
}

#[test]
fn a_tombstone_that_names_no_row_is_rejected() {
    let Decoded { batch, rejected } = pairs(&mut keyed(KeyFormat::Text, &[]), &[(None, None), (Some("a"), None)]);
    assert_eq!((batch.record_of(), rejected.len()), (&[1][..], 1));
    assert_eq!(rejected[0].reason, "a tombstone without a key: nothing says which row is to be deleted");
    let Decoded { rejected, .. } = pairs(&mut free(), &[(Some("a"), None)]);
    assert!(rejected[0].reason.contains("[decode.key]"), "{}", rejected[0].reason);
}

#[test]
fn where_nothing_is_deleted_every_tombstone_becomes_a_row() {
    for mut decoder in [free().with_bare_tombstones(), keyed(KeyFormat::Text, &[]).with_bare_tombstones()] {
        let batch = all(&mut decoder, &[(None, None), (None, Some("{}"))]);
        assert_eq!(operations(&batch), [Operation::Delete, Operation::Upsert]);
    }
}

#[test]
fn a_key_that_is_not_what_its_format_says_rejects_the_record() {
    let fields = [("n", Type::Int, Settled::Declared)];
    let decoder = &mut keyed(KeyFormat::Json, &fields);
    let keys = ["", "abc", "{\"a\":1", "1 2", r#"{"n":"x"}"#];
    let Decoded { batch, rejected } = pairs(decoder, &keys.map(|key| (Some(key), Some(r#"{"other":1}"#))));
    assert_eq!((batch.rows(), batch.fields().len()), (0, 0), "nothing is left of the values");
    let reasons: Vec<_> = rejected.iter().map(|rejection| rejection.reason.as_str()).collect();
    let expected = [
        "the key: not JSON: the text ends where a value is expected at byte 0",
        "the key: not JSON: expected a value at byte 0",
        "the key: not JSON: expected `,` or `}` at byte 6",
        "the key: not JSON: expected the end of the text at byte 2",
        "the key: field n: a text where int is declared, at byte 5",
    ];
    assert_eq!(reasons, expected);
    assert_eq!(rejected[4].field.as_deref(), Some("n"));
}

#[test]
fn a_rejected_value_takes_its_keys_fields_with_it() {
    let decoder = &mut keyed(KeyFormat::Json, &[]);
    let Decoded { batch, rejected } =
        pairs(decoder, &[(Some(r#"{"a":"x"}"#), Some("7")), (Some(r#"{"b":1}"#), Some("{}"))]);
    assert_eq!((names(&batch), show(&batch, "b"), rejected.len()), (vec!["b"], "int: 1".into(), 1));
    let batch = all(decoder, &[(Some(r#"{"a":5}"#), Some("{}"))]);
    assert_eq!(show(&batch, "a"), "int: 5", "the rejected text told no type");
}
