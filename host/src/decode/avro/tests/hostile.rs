//! Payloads and schemas that are wrong: refused with a reason, never a panic, never much memory.

use proptest::prelude::*;

use super::corpus::cases;
use super::*;

fn refused(ty: &str, payload: &[u8]) -> String {
    let reason = reason(&of_field(ty), Plan::default(), payload);
    reason.strip_prefix("not Avro of its schema: ").expect(&reason).to_owned()
}

#[test]
fn what_is_no_value_of_the_schema_is_refused_with_the_place() {
    let array = r#"{"type": "array", "items": "int"}"#;
    let floats = r#"{"type": "array", "items": "float"}"#;
    let long = [0xff; 9];
    for (ty, payload, right) in [
        (r#""int""#, &[][..], "the payload ends within a value at byte 0"),
        (r#""int""#, &[0x80], "the payload ends within a value at byte 1"),
        (r#""int""#, &[0xff, 0xff, 0xff, 0xff, 0x7f], "an int beyond 32 bits at byte 0"),
        (r#""long""#, &[&long[..], &[0x02]].concat(), "a number beyond 64 bits at byte 0"),
        (r#""long""#, &[&long[..], &[0x81, 0x00]].concat(), "a number beyond 64 bits at byte 0"),
        (r#""boolean""#, &[2], "a boolean that is neither 0 nor 1 at byte 0"),
        (r#""string""#, &[1], "a length below 0 at byte 0"),
        (r#""string""#, &[4, b'a'], "a length beyond the payload at byte 0"),
        (r#""string""#, &[4, b'a', 0xff], "a text that is not UTF-8 at byte 2"),
        (r#""string""#, &[2, b'a', 0], "bytes behind the value at byte 2"),
        (r#"["null", "int"]"#, &[4], "a branch that the union does not have at byte 0"),
        (r#"["null", "int"]"#, &[1], "a branch that the union does not have at byte 0"),
        (r#"{"type": "enum", "name": "E", "symbols": ["a"]}"#, &[2], "a symbol that the enum does not have at byte 0"),
        (array, &[1, 200, 1, 2, 0], "a block beyond the payload at byte 1"),
        (array, &[1, 4, 2, 0], "a block that does not end where it says at byte 3"),
        (floats, &[&[0xfe; 5][..], &[0x01]].concat(), "the payload ends within a value at byte 6"),
        (floats, &[&[0xff; 9][..], &[0x01, 0x00]].concat(), "the payload ends within a value at byte 11"),
    ] {
        assert_eq!(refused(ty, payload), right, "{ty}");
    }
}

#[test]
fn values_that_take_no_bytes_are_bounded() {
    // 2^31 of them, in six bytes.
    let count = [0x80, 0x80, 0x80, 0x80, 0x10, 0x00];
    let without = "values without bytes, or text for them, beyond what so short a record may have, at byte 5";
    let record = r#"{"type": "record", "name": "E", "fields": []}"#;
    for item in [r#""null""#, r#"{"type": "fixed", "name": "N", "size": 0}"#, record] {
        let array = format!(r#"{{"type": "array", "items": {item}}}"#);
        assert_eq!(refused(&array, &count), without);
        let declared = plan(&[("f", Type::Bool, Settled::Declared)]);
        assert_eq!(reason(&of_field(&array), declared, &count), format!("not Avro of its schema: {without}"));
    }
    // Each record holds two of the next kind: 2^40 of the last, in no byte at all.
    let levels = (0..40).rev().fold(r#""null""#.to_owned(), |inner, level| {
        let second = if level == 39 { r#""null""#.to_owned() } else { format!(r#""L{}""#, level + 1) };
        format!(
            r#"{{"type": "record", "name": "L{level}", "fields": [{{"name": "a", "type": {inner}}}, {{"name": "b", "type": {second}}}]}}"#
        )
    });
    assert!(refused(&levels, &[]).starts_with("values without bytes"));
    // A name of a thousand bytes for each byte.
    let long = format!(
        r#"{{"type": "array", "items": {{"type": "record", "name": "N", "fields": [{{"name": "{}", "type": "boolean"}}]}}}}"#,
        "n".repeat(1000)
    );
    let payload = [&[0x80, 0x89, 0x7a][..], &[0; 1_000_000], &[0]].concat();
    assert!(refused(&long, &payload).starts_with("values without bytes"));
}

#[test]
fn a_type_within_itself_goes_down_128_levels_and_no_further() {
    let list = schema(
        r#"{"type": "record", "name": "L", "fields": [{"name": "f", "type": {"type": "array", "items": "L"}}]}"#,
    );
    let nested = |levels: usize| [vec![2; levels], vec![0; levels + 1]].concat();
    let decoded = decode(&mut Decoder::avro(Arc::clone(&list), Plan::default()), &[nested(63)]);
    assert_eq!(decoded.rejected, []);
    for levels in [64, 1_000_000] {
        let reason = reason(&list, Plan::default(), &nested(levels));
        assert!(reason.contains("more than 128 levels of arrays, maps and records"), "{reason}");
    }
    let always = schema(r#"{"type": "record", "name": "A", "fields": [{"name": "f", "type": "A"}]}"#);
    assert!(reason(&always, Plan::default(), &[]).contains("more than 128 levels"));
}

#[test]
fn a_batch_has_an_end_to_its_work_and_the_next_one_starts_anew() {
    let name = "n".repeat(1000);
    let ty = format!(r#"{{"type": "enum", "name": "E", "symbols": ["{name}"]}}"#);
    let schema = of_field(&format!(r#"{{"type": "array", "items": {ty}}}"#));
    // A megabyte of text a record.
    let payload = [&[0x90, 0x10][..], &[0; 1032], &[0]].concat();
    let mut decoder = Decoder::avro(schema, Plan::default());
    for _ in 0..2 {
        let decoded = decode(&mut decoder, &vec![&payload; 300]);
        assert!((17..60).contains(&decoded.batch.rows()), "{}", decoded.batch.rows());
    }
}

proptest! {
    /// Whatever a byte becomes: the record is read or refused, and those around it are read as they were.
    #[test]
    fn a_record_that_is_changed_leaves_the_others_alone(
        case: prop::sample::Index,
        changes in prop::collection::vec((any::<prop::sample::Index>(), 0..4, any::<u8>()), 1..4),
    ) {
        let cases = cases();
        let (text, records) = case.get(&cases);
        let (payload, _) = &records[0];
        let mut changed = payload.clone();
        for (place, kind, byte) in changes {
            let at = place.index(changed.len() + 1);
            match kind {
                0 if at < changed.len() => _ = changed.remove(at),
                1 if at < changed.len() => changed[at] = byte,
                2 => changed.truncate(at),
                _ => changed.insert(at, byte),
            }
        }
        let alone = decode(&mut Decoder::avro(schema(text), Plan::default()), &[payload]);
        let Decoded { batch, rejected } =
            decode(&mut Decoder::avro(schema(text), Plan::default()), &[payload, &changed, payload]);
        prop_assert_eq!(batch.rows() + rejected.len(), 3);
        let right = row(&alone.batch, 0);
        prop_assert!(same(&row(&batch, 0), &right));
        prop_assert!(same(&row(&batch, batch.rows() - 1), &right));
    }

    #[test]
    fn a_schema_that_is_changed_is_read_or_refused(
        case: prop::sample::Index,
        place: prop::sample::Index,
        character in prop::sample::select("{}[]\":,.0123 ntsr\\\u{e9}".chars().collect::<Vec<_>>()),
        payload: Vec<u8>,
    ) {
        let cases = cases();
        let (text, _) = case.get(&cases);
        let mut text: Vec<char> = text.chars().collect();
        let at = place.index(text.len());
        text[at] = character;
        if let Ok(schema) = AvroSchema::parse(&text.into_iter().collect::<String>(), &[]) {
            decode(&mut Decoder::avro(Arc::new(schema), Plan::default()), &[payload]);
        }
    }
}
