//! What a field of a settled type takes and what it does not.

use super::*;
use crate::batch::{Element, VectorType};

/// Decodes one value of a field of that type: its text, or the reason why it is none.
fn settled(ty: Type, value: &str) -> Result<String, String> {
    let payload = format!("{{\"f\":{value}}}");
    let declared = decode(&mut decoder(&[("f", ty, Settled::Declared)]), &[&payload]);
    let kept = decode_all(&mut decoder(&[("f", ty, Settled::Target)]), &[&payload]);
    match declared.rejected.into_iter().next() {
        None => {
            assert_eq!(show(&declared.batch, "f"), show(&kept, "f"));
            Ok(show(&kept, "f").split_once(": ").expect("type and value").1.into())
        }
        Some(rejection) => {
            assert_eq!(show(&kept, "f"), format!("{}: ({value})", ty.name()), "kept beside the column as it is");
            Err(rejection.reason.replace("field f: ", ""))
        }
    }
}

#[track_caller]
fn takes(ty: Type, values: &[(&str, &str)]) {
    for (value, read) in values {
        assert_eq!(settled(ty, value).as_deref(), Ok(*read), "{value}");
    }
}

#[track_caller]
fn refuses(ty: Type, values: &[(&str, &str)]) {
    for (value, found) in values {
        let reason = settled(ty, value).expect_err(value);
        assert_eq!(reason.split_once(" where ").expect("where").0, *found, "{value}");
        assert!(reason.contains(&format!("where {} is declared, at byte ", ty.name())), "{reason}");
    }
}

#[test]
fn any_settled_type_takes_null_and_its_absence() {
    for ty in Type::ALL {
        let decoder = &mut decoder(&[("f", ty, Settled::Declared)]);
        let batch = decode_all(decoder, &[r#"{"f":null}"#, "{}"]);
        assert_eq!(show(&batch, "f"), format!("{}: - -", ty.name()));
        assert!(batch.column("f").expect("the field").is_null(0));
    }
}

#[test]
fn the_position_is_that_of_the_value_at_fault() {
    let declared = |ty| decoder(&[("f", ty, Settled::Declared)]);
    let reason_of = |ty, payload| reason(&mut declared(ty), payload);
    assert_eq!(reason_of(Type::Int, r#"{"f": "1"}"#), "field f: a text where int is declared, at byte 6");
    let vector = Type::Vector(VectorType::Float);
    let expected = "field f: an array with a text where float-vector is declared, at byte 9";
    assert_eq!(reason_of(vector, r#"{"f": [1,"2"]}"#), expected);
}

#[test]
fn bool() {
    takes(Type::Bool, &[("true", "true"), ("false", "false")]);
    refuses(Type::Bool, &[("1", "a number"), ("\"true\"", "a text"), ("[true]", "an array")]);
}

#[test]
fn int() {
    takes(Type::Int, &[("0", "0"), ("-9223372036854775808", "-9223372036854775808")]);
    let fraction = "a number with a fraction or exponent";
    refuses(Type::Int, &[("1.0", fraction), ("1e3", fraction), ("9223372036854775808", "an integer beyond 64 bits")]);
    refuses(Type::Int, &[("\"1\"", "a text"), ("true", "a boolean"), ("{}", "an object")]);
}

#[test]
fn float32() {
    takes(Type::Float32, &[("0.1", "0.1"), ("16777217", "16777216.0"), ("1e-60", "0.0"), ("-0.0", "-0.0")]);
    refuses(Type::Float32, &[("1e39", "a number beyond 32-bit floats"), ("\"NaN\"", "a text")]);
}

#[test]
fn float64() {
    takes(Type::Float64, &[("0.1", "0.1"), ("9007199254740993", "9007199254740992.0"), ("1e39", "1e39")]);
    refuses(Type::Float64, &[("-1e309", "a number beyond 64-bit floats"), ("false", "a boolean")]);
}

#[test]
fn text() {
    takes(Type::Text, &[(r#""""#, r#""""#), (r#""\u0041\n\ud83d\ude00""#, r#""A\n😀""#)]);
    refuses(Type::Text, &[("1", "a number"), ("[]", "an array"), ("{}", "an object"), ("true", "a boolean")]);
}

#[test]
fn bytes() {
    takes(Type::Bytes, &[(r#""""#, r#""""#), (r#""+\/8=""#, r#""+/8=""#)]);
    refuses(Type::Bytes, &[(r#""-_8=""#, "a text that is no base64"), (r#""+/8""#, "a text that is no base64")]);
    refuses(Type::Bytes, &[("[1,2]", "an array")]);
}

#[test]
fn json_is_kept_as_it_is_written() {
    for value in ["1", "1.0", "1e400", "true", "\"\\u0041\"", "[ 1 , \"a\" ]", "{ \"a\" : { } , \"a\" : 1 }"] {
        takes(Type::Json, &[(value, value)]);
    }
}

#[test]
fn arrays() {
    takes(Type::Array(Element::Bool), &[("[]", "[]"), ("[true,false]", "[true,false]")]);
    takes(Type::Array(Element::Int), &[("[]", "[]"), ("[1,-2]", "[1,-2]")]);
    takes(Type::Array(Element::Float32), &[("[]", "[]"), ("[1,0.1]", "[1.0,0.1]")]);
    takes(Type::Array(Element::Float64), &[("[9007199254740993,0.1]", "[9007199254740992.0,0.1]")]);
    takes(Type::Array(Element::Text), &[("[]", "[]"), (r#"["", "\u0041"]"#, r#"["","A"]"#)]);

    refuses(Type::Array(Element::Bool), &[("[true,1]", "an array with a number"), ("true", "a boolean")]);
    refuses(Type::Array(Element::Int), &[("[1,1.5]", "an array with a number with a fraction or exponent")]);
    refuses(Type::Array(Element::Int), &[("[1,null]", "an array with null"), ("[[1]]", "an array with an array")]);
    refuses(Type::Array(Element::Float32), &[("[1e39]", "an array with a number beyond 32-bit floats")]);
    refuses(Type::Array(Element::Float64), &[("[1e309]", "an array with a number beyond 64-bit floats")]);
    refuses(Type::Array(Element::Text), &[(r#"["a",1]"#, "an array with a number"), (r#""a""#, "a text")]);
}

#[test]
fn vectors_of_any_length() {
    let ty = Type::Vector(VectorType::Float);
    takes(ty, &[("[]", "[]"), ("[1]", "[1.0]"), ("[0.1, -2e-3]", "[0.1,-0.002]")]);
    refuses(ty, &[("[1,null]", "an array with null"), ("[1e39]", "an array with a number beyond 32-bit floats")]);
    refuses(ty, &[("{\"0\":1}", "an object"), ("1", "a number")]);
    takes(ty, &[("\"[1, 0.5]\"", "[1.0,0.5]"), ("\"AACAPw==\"", "[1.0]")]);
    refuses(ty, &[("\"Ada Lovelace\"", "a text that is neither a vector in JSON nor base64")]);

    let batch = decode_all(
        &mut decoder(&[("f", ty, Settled::Target)]),
        &[r#"{"f":[1,2]}"#, r#"{"f":[3,"x"]}"#, r#"{}"#, r#"{"f":[]}"#, r#"{"f":[4]}"#],
    );
    assert_eq!(batch.read("f").dims(), [2, -1, -1, 0, 1]);
    assert_eq!(batch.read("f").vectors(), [1.0, 2.0, 4.0]);
}

#[test]
fn vectors_in_fewer_bits() {
    let half = Type::Vector(VectorType::Float16);
    takes(half, &[("[1,0.1,-2]", "[1.0,0.099975586,-2.0]"), ("[65504, 65519]", "[65504.0,65504.0]")]);
    refuses(half, &[("[65520]", "an array with a number beyond 16-bit floats"), ("[\"a\"]", "an array with a text")]);

    let brain = Type::Vector(VectorType::BFloat16);
    takes(brain, &[("[1,0.1]", "[1.0,0.100097656]")]);
    refuses(brain, &[("[3.4e38]", "an array with a number beyond brain floats")]);

    let bytes = Type::Vector(VectorType::Int8);
    takes(bytes, &[("[-128,0,127]", "[-128,0,127]"), ("[]", "[]")]);
    refuses(
        bytes,
        &[("[128]", "an array with an integer beyond 8 bits"), ("[-129]", "an array with an integer beyond 8 bits")],
    );
    refuses(bytes, &[("[1.5]", "an array with a number with a fraction or exponent")]);

    let bits = Type::Vector(VectorType::Binary);
    takes(bits, &[("[0,255,129]", "[0,255,129]")]);
    refuses(
        bits,
        &[("[256]", "an array with an integer that is no byte"), ("[-1]", "an array with an integer that is no byte")],
    );
}

#[test]
fn sparse_vectors_come_in_the_order_of_their_indices() {
    let ty = Type::Vector(VectorType::SparseFloat);
    takes(ty, &[("{}", "{}"), (r#"{"7":0.5,"0":1,"4294967295":-2}"#, r#"{"0":1.0,"7":0.5,"4294967295":-2.0}"#)]);
    takes(ty, &[(r#"{"7":0.5,"3":1,"7":0.25}"#, r#"{"3":1.0,"7":0.25}"#)]);
    for name in ["a", "-1", "+1", "01", "1.0", "", "4294967296", " 1"] {
        refuses(ty, &[(&format!("{{\"{name}\":1}}"), "an object with a name that is no index")]);
    }
    refuses(
        ty,
        &[(r#"{"1":"a"}"#, "an object with a text"), (r#"{"1":1e39}"#, "an object with a number beyond 32-bit floats")],
    );
    refuses(ty, &[("[1]", "an array with a number"), ("1", "a number")]);

    let payloads = [r#"{"f":{"5":1}}"#, r#"{"f":{"5":2,"2":3}}"#];
    let batch = decode_all(&mut decoder(&[("f", ty, Settled::Declared)]), &payloads);
    assert_eq!(batch.read("f").sparse(), (vec![5, 2, 5], vec![1.0, 3.0, 2.0]));
    assert_eq!(batch.read("f").dims(), [1, 2]);
}
