//! What is no message of the schema is refused, with the place, and without much memory or stack.

use proptest::prelude::*;

use super::{Both, decode};
use crate::decode::Plan;
use crate::decode::protobuf::Schema;
use crate::decode::protobuf::gather::ITEMS_MAX;

const ITEM: &str =
    "message Item { string id = 1; int64 n = 2; Item item = 3; repeated int32 p = 4; repeated float v = 5; }";

fn reason(payload: &[u8]) -> String {
    let both = Both::of(ITEM);
    decode(&both.schema, Plan::default(), &[payload]).remove(0).expect_err("it is no message")
}

#[test]
fn what_is_no_message_is_refused_with_its_place() {
    for (payload, right) in [
        (&b"\x0a\x05ab"[..], "a length beyond the message at byte 1"),
        (b"\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", "a length beyond the message at byte 1"),
        (b"\x10", "the message ends within a value at byte 1"),
        (b"\x10\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02", "a number beyond 64 bits at byte 1"),
        (b"\0\x01", "a tag without a number of a field at byte 0"),
        (b"\x0f", "a tag with a wire type that Protobuf does not have at byte 1"),
        (b"\x0d\0\0\0\0", "a wire type that is not the field's at byte 1"),
        // Bytes with their length in front, where it is one number.
        (b"\x12\x01\x07", "a wire type that is not the field's at byte 2"),
        (b"\x0a\x02a\xff", "a text that is not UTF-8 at byte 3"),
        (b"\x2a\x03\0\0\0", "packed floats that are no whole number of them at byte 2"),
        (b"\x22\x01\x80", "the message ends within a value at byte 3"),
        (b"\x7b\x08\x01", "the message ends within a value at byte 3"),
        (b"\x7c", "an end of a group that has not begun at byte 1"),
    ] {
        let reason = reason(payload);
        assert!(reason.starts_with("not Protobuf of its schema: ") && reason.ends_with(right), "{reason}\n{right}");
    }
}

#[test]
fn values_of_a_message_are_bounded() {
    // Numbers that are not packed: each with a tag of its own.
    let numbers = |count: usize| b"\x20\x01".repeat(count);
    let both = Both::of(ITEM);
    let rows = decode(&both.schema, Plan::default(), &[&numbers(ITEMS_MAX), &numbers(ITEMS_MAX + 1)]);
    assert!(rows[0].is_ok(), "{:?}", rows[0].as_ref().err());
    assert!(rows[1].as_ref().is_err_and(|reason| reason.contains("more than 1,048,576 values in a message")));
}

#[test]
fn messages_within_each_other_are_bounded() {
    let nested = |levels: usize| {
        (0..levels).fold(Vec::new(), |within, _| {
            let mut message = vec![0x1a];
            let mut length = within.len();
            while length >= 0x80 {
                message.push(length as u8 | 0x80);
                length >>= 7;
            }
            message.push(length as u8);
            message.extend(within);
            message
        })
    };
    let both = Both::of(ITEM);
    let rows = decode(&both.schema, Plan::default(), &[&nested(100), &nested(101), &nested(20_000)]);
    assert!(rows[0].is_ok());
    for row in &rows[1..] {
        assert!(row.as_ref().is_err_and(|reason| reason.contains("more than 100 levels of messages")), "{row:?}");
    }
    let groups = [0x7b].repeat(100_000);
    assert!(reason(&groups).contains("more than 100 levels of messages"));
}

#[test]
fn a_schema_can_not_exhaust_the_stack() {
    let nested = "message M {".repeat(100_000);
    let refused = Schema::parse(&nested, &[]).expect_err("it is too deep").to_string();
    assert_eq!(refused, "a Protobuf schema with more than 100 levels of braces");
    assert!(Schema::parse(&" ".repeat(5 << 20), &[]).is_err());
}

proptest! {
    /// Any bytes are read or refused, in each type at once.
    #[test]
    fn no_bytes_make_it_panic(payload: Vec<u8>, start in 0usize..4) {
        thread_local!(static BOTH: Both = Both::of(ITEM));
        let heads = [&b""[..], b"\x1a\x10", b"\x22\x08", b"\x0a\x01a\x10"];
        let payload = [heads[start], &payload].concat();
        BOTH.with(|both| decode(&both.schema, Plan::default(), &[&payload]));
    }
}
