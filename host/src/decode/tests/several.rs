//! Records of several rows.

use std::io::Write;

use flate2::Compression;
use flate2::write::ZlibEncoder;

use super::super::{Framing, KeyFormat, ROWS_MAX};
use super::*;

/// The records of the rows, the ids in them, and why the others are rejected.
fn rows(decoder: &mut Decoder, payloads: &[&str]) -> (Vec<u32>, String, Vec<(u32, String)>) {
    let Decoded { batch, rejected } = decode(decoder, payloads);
    let ids = if batch.column("id").is_some() { show(&batch, "id") } else { String::new() };
    (batch.record_of().to_vec(), ids, rejected.into_iter().map(|it| (it.record, it.reason)).collect())
}

#[test]
fn an_array_and_lines_of_objects_are_a_row_each() {
    let payloads = [
        r#"{"id":1}"#,
        r#" [ {"id":2} , {"x":0} ,{"id":4}] "#,
        "{\"id\":5}\n{\"id\":6}\r\n\n \t{\"id\":7}\n",
        r#"[{"id":8}]"#,
        "{\"id\":9}\n",
    ];
    let (records, ids, rejected) = rows(&mut free(), &payloads);
    assert_eq!(records, [0, 1, 1, 1, 2, 2, 2, 3, 4]);
    assert_eq!((ids.as_str(), rejected), ("int: 1 2 - 4 5 6 7 8 9", vec![]));
}

#[test]
fn an_empty_array_is_no_row() {
    let (records, ids, rejected) = rows(&mut free(), &["[]", r#"{"id":1}"#, " [ ] "]);
    assert_eq!((records, ids.as_str(), rejected), (vec![1], "int: 1", vec![]));
    assert_eq!(names(&decode_all(&mut free(), &["[]"])), [""; 0]);
}

#[test]
fn a_record_with_a_row_that_is_wrong_is_rejected_as_a_whole() {
    let fields = [("n", Type::Int, Settled::Declared)];
    for (payload, reason) in [
        (r#"[{"id":1,"n":1},{"id":2,"n":"x"}]"#, "field n: a text where int is declared, at byte 28"),
        (r#"[{"id":1},{"id":2,"#, "not JSON: expected a name in quotes at byte 18"),
        (r#"[{"id":1},{"id":2}"#, "not JSON: expected `,` or `]` at byte 18"),
        (r#"[{"id":1},{"id":2}] x"#, "not JSON: expected the end of the text at byte 20"),
        (r#"[{"id":1},[{"id":2}]]"#, "an array where an object is expected, at byte 10"),
        (r#"[{"id":1},null]"#, "null where an object is expected, at byte 10"),
        ("{\"id\":1}\n[]", "an array where an object is expected, at byte 9"),
        ("{\"id\":1}\n{\"id\":2}\n{", "not JSON: expected a name in quotes at byte 19"),
        // Not in a line of its own, it is what is left of a broken one.
        ("{\"id\":1} {\"id\":2}", "not JSON: expected the end of the text at byte 9"),
        ("{\"id\":1}\n{\"id\":2}{\"id\":3}", "not JSON: expected the end of the text at byte 17"),
        ("[{\"id\":1}]\n[{\"id\":2}]", "not JSON: expected the end of the text at byte 11"),
    ] {
        let (records, ids, rejected) = rows(&mut decoder(&fields), &[r#"{"id":8}"#, payload, r#"[{"id":9}]"#]);
        assert_eq!((records, ids.as_str()), (vec![0, 2], "int: 8 9"), "{payload}");
        assert_eq!(rejected, [(1, reason.to_owned())], "{payload}");
    }
}

#[test]
fn a_rejected_record_leaves_nothing_of_its_rows() {
    let decoder = &mut free();
    let Decoded { batch, .. } = decode(decoder, &[r#"[{"a":"x"},{"only":1},7]"#, r#"[{"a":1},{"b":2}]"#]);
    assert_eq!(
        (names(&batch), show(&batch, "a"), show(&batch, "b")),
        (vec!["a", "b"], "int: 1 -".into(), "int: - 2".into())
    );
}

#[test]
fn a_record_has_so_many_rows_and_no_more() {
    let lines = |rows: usize| vec!["{\"id\":1}"; rows].join("\n");
    let array = |rows: usize| format!("[{}]", vec!["{}"; rows].join(","));
    let payloads = [lines(ROWS_MAX), lines(ROWS_MAX + 1), array(ROWS_MAX), array(ROWS_MAX + 1)];
    let Decoded { batch, rejected } = decode(&mut free(), &payloads);
    assert_eq!(batch.rows(), 2 * ROWS_MAX);
    let reasons: Vec<_> = rejected.iter().map(|it| (it.record, it.reason.as_str())).collect();
    let reason = "more than 131,072 rows in a record, before byte";
    assert_eq!(reasons, [(1, &*format!("{reason} 1,179,648")), (3, &*format!("{reason} 393,217"))]);
}

#[test]
fn rows_that_are_mostly_blanks_are_bounded_over_the_batch() {
    let wide: Vec<String> = (0..1000).map(|name| format!("\"f{name}\":1")).collect();
    let wide = format!("{{{}}}", wide.join(","));
    let empty = vec!["{}"; 5_000].join(",");
    for payloads in [
        // Rows before the fields and behind them, in one record and in several.
        vec![format!("[{empty},{empty},{empty},{empty},{wide}]")],
        vec![format!("[{wide},{empty},{empty},{empty}]")],
        vec![format!("[{empty}]"), format!("[{empty}]"), format!("[{wide}]"), "{\"a\":1}".to_owned()],
    ] {
        let Decoded { batch, rejected } = decode(&mut free(), &payloads);
        assert!(batch.memory() < 64 << 20);
        let expected = "so many rows of so few bytes that a batch has no room for their fields, before byte ";
        assert!(rejected.len() == 1 && rejected[0].reason.starts_with(expected), "{rejected:?}");
        assert_eq!(decode_all(&mut free(), &[&wide]).rows(), 1);
    }
    // Rows with as many values as fields always find room.
    let narrow = vec!["{\"a\":1,\"b\":2}"; 30_000].join("\n");
    assert_eq!(decode_all(&mut free(), &vec![narrow; 10]).rows(), 300_000);
}

/// Decodes records of these keys and values.
fn keyed(decoder: &mut Decoder, pairs: &[(&str, &str)]) -> Decoded {
    let mut records = Records::default();
    for (offset, (key, payload)) in (0..).zip(pairs) {
        let origin = Origin { topic: "items".into(), partition: 0, offset };
        records.push(origin, None, Some(key.as_bytes()), Some(payload.as_bytes()), std::iter::empty());
    }
    decoder.decode(Arc::new(records), Operation::Upsert)
}

#[test]
fn a_key_is_that_of_all_rows_of_its_record() {
    let mut decoder = free().with_keys(KeyFormat::Json, "id", Plan::default());
    let pairs = [
        (r#"{"tenant":"a","n":1}"#, r#"[{"id":1},{"id":2,"tenant":"own"},{"id":3}]"#),
        (r#"{"tenant":"gone"}"#, "[]"),
        ("{}", r#"{"id":4}"#),
        (r#"{"tenant":"b"}"#, "{\"id\":5}\n{\"id\":6}"),
    ];
    let Decoded { batch, rejected } = keyed(&mut decoder, &pairs);
    assert_eq!((batch.record_of(), rejected.len()), (&[0, 0, 0, 2, 3, 3][..], 0));
    assert_eq!(show(&batch, "tenant"), r#"text: "a" "own" "a" - "b" "b""#);
    assert_eq!((show(&batch, "n"), show(&batch, "id")), ("int: 1 1 1 - - -".into(), "int: 1 2 3 4 5 6".into()));
}

#[test]
fn rows_that_would_share_the_primary_key_of_their_record_reject_it() {
    let mut plan = Plan::default();
    plan.set_primary("id");
    let mut decoder = free().with_keys(KeyFormat::Text, "id", plan);
    let pairs = [
        ("a", r#"[{"id":"x"},{"n":1},{"n":2}]"#),
        // One row may have it.
        ("b", r#"[{"id":"y"},{"n":3}]"#),
        ("c", r#"{"n":4}"#),
        ("d", "{}\n{}"),
        ("e", "[]"),
        ("f", r#"{"n":"#),
    ];
    let Decoded { batch, rejected } = keyed(&mut decoder, &pairs);
    assert_eq!((batch.record_of(), show(&batch, "id")), (&[1, 1, 2][..], r#"text: "y" "b" "c""#.into()));
    let told: Vec<_> = rejected.iter().map(|it| (it.record, it.field.as_deref())).collect();
    assert_eq!(told, [(0, Some("id")), (3, Some("id")), (5, Some("n"))]);
    assert_eq!(
        rejected[0].reason,
        "field id: a row without a primary key of its own would get that of the record's key, which another row gets or has"
    );
    // One row would get what another brings.
    let Decoded { batch, rejected } = keyed(&mut decoder, &[("b", r#"[{"id":"b","n":1},{"n":2}]"#)]);
    assert_eq!((batch.rows(), rejected.len(), rejected[0].field.as_deref()), (0, 1, Some("id")));
    // Where they come from the same value, but the value has the field as no other does.
    let Decoded { batch, rejected } = keyed(&mut decoder, &[("g", "[{},{}]"), ("h", "{}")]);
    assert_eq!((batch.record_of(), rejected.len()), (&[1][..], 1));
}

#[test]
fn keys_that_are_copied_into_many_rows_are_bounded() {
    let mut decoder = free().with_keys(KeyFormat::Text, "tenant", Plan::default());
    let (long, rows) = ("k".repeat(1 << 20), format!("[{}]", vec!["{}"; 1000].join(",")));
    let Decoded { batch, rejected } = keyed(&mut decoder, &[("a", &rows), (&long, &rows), ("b", &rows)]);
    assert_eq!((batch.rows(), rejected.len(), rejected[0].record), (2000, 1, 1));
    assert!(rejected[0].reason.starts_with("the key: so many rows"), "{}", rejected[0].reason);
}

#[test]
fn keys_are_bounded_by_what_they_are_read_into_and_not_by_their_bytes() {
    // A key of a few kilobytes that is a text of megabytes.
    let mut packed = ZlibEncoder::new([&[3, 5][..], &[7; 16]].concat(), Compression::best());
    packed.write_all(format!("\"{}\"", "k".repeat(8 << 20)).as_bytes()).expect("in memory");
    let key = packed.finish().expect("in memory");
    let mut records = Records::default();
    let origin = Origin { topic: "items".into(), partition: 0, offset: 0 };
    let rows = format!("[{}]", vec!["{}"; 100].join(","));
    records.push(origin, None, Some(&key), Some(rows.as_bytes()), std::iter::empty());
    let mut decoder =
        free().with_keys(KeyFormat::Json, "tenant", Plan::default()).with_framed_keys(Framing::Glue, None);
    let Decoded { batch, rejected } = decoder.decode(Arc::new(records), Operation::Upsert);
    assert_eq!((batch.rows(), rejected.len()), (0, 1));
    assert!(rejected[0].reason.starts_with("the key: so many rows"), "{}", rejected[0].reason);
}
