//! Payloads as encoders write them; the bytes of scalars are RFC 8949's own examples.

use kiteline_guest::Plugin;
use kiteline_guest::testing::{Outcome, Rows, Tester, check_schema};
use kiteline_plugin_testing::readme_configs;
use serde_json::{Value, json};

use super::DecodeCbor;

fn decode(payloads: &[&[u8]]) -> Outcome {
    let mut plugin = Tester::<DecodeCbor>::new(r#"{"vectors": ["v"]}"#).expect("configured");
    plugin.process(Rows::payloads(payloads)).expect("processed")
}

/// A map of one field with that value.
fn map(name: u8, value: &[u8]) -> Vec<u8> {
    [&[0xa1, 0x61, name], value].concat()
}

fn value(bytes: &[u8]) -> Value {
    let after = decode(&[&map(b'f', bytes)]);
    assert_eq!(after.rejected(), [], "{bytes:x?}");
    after.json()[0]["f"].clone()
}

fn fault(payload: &[u8]) -> String {
    decode(&[payload]).rejected().first().expect("it is rejected").1.clone()
}

#[test]
fn scalars() {
    let cases: [(&[u8], Value); 16] = [
        (&[0x17], json!(23)),
        (&[0x18, 0x18], json!(24)),
        (&[0x1a, 0x00, 0x0f, 0x42, 0x40], json!(1_000_000)),
        (&[0x1b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], json!(u64::MAX)),
        (&[0x38, 0x63], json!(-100)),
        (&[0xf9, 0x3e, 0x00], json!(1.5)),
        (&[0xf9, 0x00, 0x01], json!(2_f64.powi(-24))),
        (&[0xf9, 0xc4, 0x00], json!(-4.0)),
        (&[0xfa, 0x47, 0xc3, 0x50, 0x00], json!(100_000.0)),
        (&[0xfb, 0x3f, 0xf1, 0x99, 0x99, 0x99, 0x99, 0x99, 0x9a], json!(1.1)),
        (&[0xf5], json!(true)),
        (&[0xf6], Value::Null),
        (&[0x62, 0xc3, 0xbc], json!("ü")),
        (&[0x42, 0x01, 0xff], json!("Af8=")),
        (&[0xc1, 0x1a, 0x51, 0x4b, 0x67, 0xb0], json!("2013-03-21T20:04:00Z")),
        (&[0xd8, 0x20, 0x61, b'x'], json!("x")),
    ];
    for (bytes, expected) in cases {
        assert_eq!(value(bytes), expected, "{bytes:x?}");
    }
}

#[test]
fn arrays_and_maps_of_known_and_unknown_length() {
    assert_eq!(value(&[0x83, 1, 2, 3]), json!([1, 2, 3]));
    assert_eq!(value(&[0x9f, 1, 2, 0xff]), json!([1, 2]));
    assert_eq!(value(&[0x9f, 0xff]), json!([]));
    assert_eq!(value(&[0x9f, 1, 0x82, 2, 3, 0x9f, 4, 0xff, 0xff]), json!([1, [2, 3], [4]]));
    assert_eq!(value(&[0xbf, 0x61, b'a', 1, 0x61, b'b', 0x9f, 0xff, 0xff]), json!({"a": 1, "b": []}));
    let after = decode(&[&[0xbf, 0x61, b'a', 0x9f, 0x18, 0x20, 0xff, 0x61, b'b', 0xf4, 0xff]]);
    assert_eq!(after.json(), [json!({"a": [32], "b": false})]);
}

#[test]
fn a_vector_is_an_array_of_numbers_or_bytes() {
    let half_and_one = [0x82, 0xfa, 0x3f, 0, 0, 0, 0x01];
    let endless = [0x9f, 0xfb, 0x3f, 0xe0, 0, 0, 0, 0, 0, 0, 0xfb, 0x3f, 0xf0, 0, 0, 0, 0, 0, 0, 0xff];
    let typed = [0xd8, 85, 0x48, 0, 0, 0, 0x3f, 0, 0, 0x80, 0x3f];
    let after = decode(&[&map(b'v', &half_and_one), &map(b'v', &endless), &map(b'v', &typed)]);
    assert_eq!((after.rejected(), after.field_type("v")), (vec![], Some("float-vector")));
    assert_eq!(after.json(), vec![json!({"v": [0.5, 1.0]}); 3]);
}

#[test]
fn what_is_wrong_is_named_with_its_byte() {
    assert_eq!(fault(&[0x81, 1]), "CBOR, byte 0: the payload is not a map");
    assert_eq!(fault(&[0xa1, 1, 2]), "CBOR, byte 1: a key is not a text");
    assert_eq!(fault(&[0xa0, 0]), "CBOR, byte 1: something follows the map");
    assert_eq!(
        fault(&map(b'f', &[0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff])),
        "CBOR, byte 12: the payload ends in the middle of a value"
    );
    assert_eq!(fault(&map(b'f', &[0x62, b'a', 0xff])), "CBOR, byte 5: a text is not UTF-8");
    assert_eq!(fault(&map(b'f', &[0xc2, 0x41, 1])), "CBOR, byte 3: an integer of more than 64 bits");
    assert_eq!(fault(&map(b'f', &[0x1c])), "CBOR, byte 3: no value begins so");
    assert!(fault(&map(b'f', &[0x9f; 100_000])).contains("deeper than 16"));
    assert!(fault(&map(b'f', &[0xc6; 100_000])).contains("a tag before a tag"));
    assert!(fault(&map(b'f', &[0x81; 100_000])).contains("nested deeper than 64"));
}

#[test]
fn no_payload_of_random_bytes_is_more_than_rejected() {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    for _ in 0..20_000 {
        let mut bytes = vec![0xa1, 0x61, b'f'];
        for _ in 0..state % 12 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            bytes.push((state >> 33) as u8);
        }
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        decode(&[&bytes]);
    }
}

#[test]
fn readme_and_schema_are_true() {
    for config in readme_configs(include_str!("../README.md")) {
        DecodeCbor::new(config).expect("the example is right");
    }
    check_schema::<DecodeCbor>(concat!(env!("CARGO_MANIFEST_DIR"), "/config.schema.json"));
}
