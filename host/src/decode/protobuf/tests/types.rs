//! Each type of Protobuf, as a column and in JSON.

use serde_json::json;

use super::{Both, decode, plan};
use crate::batch::{Type, VectorType};
use crate::decode::Plan;
use crate::decode::protobuf::Schema;

const ITEM: &str = "
    enum Color { RED = 0; BLUE = 3; }
    message Inner { int32 n = 1; Inner inner = 2; repeated Color colors = 3; bytes b = 4; }
    message Item {
        string id = 1; int64 n = 2; optional int64 maybe = 3; uint64 big = 4; sint32 s = 5; fixed64 f = 6; bool yes = 7;
        double d = 8; bytes b = 9; Color color = 10; Inner inner = 11; repeated float v = 12;
        repeated double w = 13 [packed = false]; repeated string tags = 14; map<string, int32> m = 15;
        oneof one { string left = 16; int64 right = 17; }
        google.protobuf.Timestamp at = 18; google.protobuf.Duration took = 19; google.protobuf.Int64Value wrapped = 20;
        google.protobuf.Struct any = 21; repeated Inner inners = 22; map<uint32, float> sparse = 23;
    }";

#[test]
fn every_type_is_read_as_it_was_written() {
    let both = Both::of(ITEM);
    let written = r#"{"id": "a", "n": "-5", "big": "18446744073709551615", "s": -7, "f": "9", "yes": true, "d": 0.1,
        "b": "AQID", "color": "BLUE", "inner": {"n": 1, "inner": {"n": 2, "colors": ["RED", "BLUE", 9], "b": "AQ=="}},
        "v": [1.5, -2.5], "w": [0.5, 3], "tags": ["x", ""], "m": {"k": 1, "z": 0}, "right": "4",
        "at": "2026-01-31T23:59:59.120Z", "took": "-3.000000001s", "wrapped": "0",
        "any": {"a": [1, null, {"b": true}], "s": "t", "n": [1.5, -0.0, 1e16, -9007199254740992]}, "inners": [{"n": 1}, {}], "sparse": {"7": 0.5, "2": 1.5}}"#;
    let payload = both.encode("a.Item", written);
    let plan = plan(&[("sparse", Type::Vector(VectorType::SparseFloat)), ("v", Type::Vector(VectorType::Float))]);
    let rows = decode(&both.schema, plan, &[&payload]);
    let right = json!({
        "id": "a", "n": -5, "big": 18446744073709551615u64, "s": -7, "f": 9, "yes": true, "d": 0.1, "b": "AQID",
        "color": "BLUE", "inner": {"n": 1, "inner": {"n": 2, "colors": ["RED", "BLUE", 9], "b": "AQ=="}},
        "v": [1.5, -2.5], "w": [0.5, 3.0], "tags": ["x", ""], "m": {"k": 1, "z": 0}, "right": 4,
        "at": "2026-01-31T23:59:59.120Z", "took": "-3.000000001s", "wrapped": 0,
        "any": {"a": [1, null, {"b": true}], "s": "t", "n": [1.5, -0.0, 1e16, -9007199254740992_i64]}, "inners": [{"n": 1}, {}], "sparse": {"2": 1.5, "7": 0.5}
    });
    assert_eq!(rows, [Ok(right)]);
}

#[test]
fn a_field_that_is_not_written_is_its_zero_where_presence_is_implicit_and_null_else() {
    let both = Both::of(ITEM);
    let rows = decode(&both.schema, Plan::default(), &[b""]);
    let right = json!({
        "id": "", "n": 0, "big": 0, "s": 0, "f": 0, "yes": false, "d": 0.0, "b": "", "color": "RED", "v": [], "w": [],
        "tags": [], "m": {}, "inners": [], "sparse": {}
    });
    assert_eq!(rows, [Ok(right)]);
}

#[test]
fn the_last_one_wins_messages_merge_and_what_is_unknown_is_passed_over() {
    let both = Both::of(ITEM);
    // n twice; inner in two parts; left, right, left; packed floats in two parts and one alone; an unknown group.
    let payload = b"\x10\x01\x10\x02\x5a\x02\x08\x07\x5a\x03\x22\x01\x01\x82\x01\x01a\x88\x01\x05\x82\x01\x01b\
        \x62\x04\0\0\x80\x3f\x65\0\0\0\x40\x62\x04\0\0\0\x3f\xc3\x3e\x08\x01\xc4\x3e";
    let rows = decode(&both.schema, Plan::default(), &[payload]);
    let row = rows[0].as_ref().expect("it is read");
    assert_eq!((&row["n"], &row["inner"]), (&json!(2), &json!({"n": 7, "b": "AQ=="})));
    assert_eq!((row.get("right"), &row["left"], &row["v"]), (None, &json!("b"), &json!([1.0, 2.0, 0.5])));
}

#[test]
fn vectors_come_from_floats_packed_or_not_bytes_and_text() {
    let both = Both::of(
        "message V { repeated float p = 1; repeated float u = 2 [packed = false]; bytes b = 3; \
        string t = 4; repeated int32 i = 5; repeated double d = 6; }",
    );
    let plan = plan(&["p", "u", "b", "t", "i", "d"].map(|name| (name, Type::Vector(VectorType::Float))));
    let written =
        r#"{"p": [1, 2.5], "u": [1, 2.5], "b": "AACAPwAAIEA=", "t": "[1, 2.5]", "i": [1, -2], "d": [0.5, 4]}"#;
    let rows = decode(&both.schema, plan, &[&both.encode("a.V", written)]);
    let v = json!([1.0, 2.5]);
    assert_eq!(rows, [Ok(json!({"p": v, "u": v, "b": v, "t": v, "i": [1.0, -2.0], "d": [0.5, 4.0]}))]);
}

#[test]
fn a_schema_is_a_text_or_a_descriptor_in_base64_with_imports_in_both_forms() {
    use prost_reflect::prost::Message as _;
    let place = "syntax = \"proto3\"; package b; message Place { string city = 1; }";
    let item =
        "syntax = \"proto3\"; import \"p/place.proto\"; message A {} message Item { message In { b.Place p = 1; } }";
    let text = Schema::parse(item, &[("p/place.proto", place)]).expect("it is one");
    let descriptor = |name: &str, text: &str| {
        let file = protox_descriptor(name, text);
        crate::json::base64(&file.encode_to_vec())
    };
    let place = descriptor("p/place.proto", place);
    let mixed = Schema::parse(item, &[("p/place.proto", &place)]).expect("it is one");
    for schema in [text, mixed] {
        // Two indexes, 1 and 0: the first message within the second one.
        let mut payload = &b"\x04\x02\0\x0a\x03\x0a\x01x"[..];
        let message = schema.indexed(&mut payload).expect("there is such a message");
        assert_eq!((message, payload), (schema.messages[schema.roots[1]].nested[0], &b"\x0a\x03\x0a\x01x"[..]));
        let first = schema.indexed(&mut &b"\0"[..]).expect("the first one");
        assert_eq!(first, schema.roots[0]);
        assert!(schema.indexed(&mut &b"\x02\x04"[..]).is_err());
    }
    let missing = Schema::parse(item, &[]).expect_err("the import is missing").to_string();
    assert!(missing.contains("p/place.proto"), "{missing}");
}

fn protox_descriptor(name: &str, text: &str) -> prost_reflect::prost_types::FileDescriptorProto {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join(name);
    std::fs::create_dir_all(path.parent().expect("it has one")).expect("made");
    std::fs::write(&path, text).expect("written");
    protox::compile([name], [folder.path()]).expect("it compiles").file.remove(0)
}
