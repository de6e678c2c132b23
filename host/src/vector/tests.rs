use super::*;
use crate::batch::VectorType;

fn read<T>(
    json: &str,
    read: impl FnOnce(&mut Scanner<'_>, &mut Vec<T>) -> Result<(), Unread>,
) -> Result<Vec<T>, String> {
    let mut scanner = Scanner::new(json);
    let mut out = Vec::new();
    match read(&mut scanner, &mut out) {
        Ok(()) => {
            assert_eq!(scanner.end(), Ok(()), "{json}");
            Ok(out)
        }
        Err(Unread::Misfit(misfit)) => Err(misfit.to_string()),
        Err(Unread::Mistake(mistake)) => panic!("{json}: {mistake}"),
    }
}

fn of_floats(json: &str) -> Result<Vec<f32>, String> {
    read(json, floats)
}

fn of_packed(ty: VectorType, json: &str) -> Result<Vec<u8>, String> {
    read(json, |scanner, out| packed(scanner, ty, out))
}

fn of_pairs(json: &str) -> Result<Vec<(u32, f32)>, String> {
    read(json, pairs)
}

#[test]
fn floats_are_an_array_an_array_in_a_text_or_base64() {
    let floats = Ok(vec![1.0, -2.5]);
    for json in ["[1, -2.5]", "\"[1,-2.5]\"", "\" [1, -2.5e0]\\n\"", "\"AACAPwAAIMA=\""] {
        assert_eq!(of_floats(json), floats, "{json}");
    }
}

#[test]
fn a_text_that_could_be_anything_is_no_vector() {
    let neither = Err("a text that is neither a vector in JSON nor base64".to_owned());
    // URL-safe alphabet, missing padding, a word with blanks, nothing, more than an array, numbers without brackets.
    for json in ["\"_-_-\"", "\"AACAPw\"", "\"two words\"", "\"\"", "\"[1] [2]\"", "\"1, 2\"", "\"[1,]\"", "\"[\""] {
        assert_eq!(of_floats(json), neither, "{json}");
    }
    assert_eq!(of_floats("\"abcd\""), Err("base64 whose bytes are no whole number of numbers".into()));
    assert_eq!(of_floats("\"[1, 1e39]\""), Err("a number beyond 32-bit floats".into()));
    assert_eq!(of_floats("\"[\\\"AACAPw==\\\"]\""), Err("a text".into()));
    assert_eq!(of_floats("{}"), Err("an object".into()));
}

#[test]
fn packed_vectors_have_the_same_forms_by_their_own_bytes() {
    for (ty, bytes, array, base64) in [
        (VectorType::Float16, vec![0, 0x3c, 0, 0xc1], "[1, -2.5]", "ADwAwQ=="),
        (VectorType::BFloat16, vec![0x80, 0x3f, 0x20, 0xc0], "[1, -2.5]", "gD8gwA=="),
        (VectorType::Int8, vec![0x80, 0x7f], "[-128, 127]", "gH8="),
        (VectorType::Binary, vec![0x80, 0x7f], "[128, 127]", "gH8="),
    ] {
        for json in [array.to_owned(), format!("\"{array}\""), format!("\"{base64}\"")] {
            assert_eq!(of_packed(ty, &json).as_ref(), Ok(&bytes), "{json}");
        }
    }
    let once = |ty, number: &str| of_packed(ty, &format!("[{number}]")).expect("a vector");
    assert_eq!(once(VectorType::Float16, "1.00048828125"), [0, 0x3c], "half way is rounded to the even one");
    assert_eq!(once(VectorType::Float16, "1.000488281251"), [1, 0x3c], "beyond half way, by less than 32 bits tell");
    assert_eq!(once(VectorType::Float16, "-1.001464843749"), [1, 0xbc], "before half way, by as little");
    assert_eq!(once(VectorType::BFloat16, "1.003906250001"), [0x81, 0x3f]);
    assert_eq!(once(VectorType::BFloat16, "1e-45"), [0, 0]);
    assert_eq!(of_packed(VectorType::Float16, "[65520]"), Err("an array with a number beyond 16-bit floats".into()));
    assert_eq!(of_packed(VectorType::BFloat16, "[3.4e38]"), Err("an array with a number beyond brain floats".into()));
    assert_eq!(of_packed(VectorType::Int8, "\"[128]\""), Err("an integer beyond 8 bits".into()));
    assert_eq!(of_packed(VectorType::Int8, "[1.0]"), Err("an array with a number with a fraction or exponent".into()));
    assert_eq!(of_packed(VectorType::Binary, "[-1]"), Err("an array with an integer that is no byte".into()));
    let odd = of_packed(VectorType::Float16, "\"AAAA\"");
    assert_eq!(odd, Err("base64 whose bytes are no whole number of numbers".into()));
}

#[test]
fn a_sparse_vector_has_three_forms_each_of_them_in_a_text_too() {
    let pairs = vec![(3, 0.5), (17, -1.0)];
    for json in [
        r#"{"17": -1, "3": 0.5}"#,
        r#"{"indices": [17, 3], "values": [-1, 0.5]}"#,
        r#"{"values": [-1, 0.5], "indices": [17, 3]}"#,
        "[[17, -1], [3, 0.5]]",
    ] {
        assert_eq!(of_pairs(json).as_ref(), Ok(&pairs), "{json}");
        let mut text = String::new();
        crate::json::quote(json, &mut text);
        assert_eq!(of_pairs(&text).as_ref(), Ok(&pairs), "{text}");
    }
    for empty in ["{}", "[]", r#"{"indices": [], "values": []}"#, "\"{}\""] {
        assert_eq!(of_pairs(empty), Ok(Vec::new()), "{empty}");
    }
}

#[test]
fn a_sparse_vector_that_is_not_clear_is_refused() {
    for (json, reason) in [
        ("[[1, 2], [1, 3]]", "an array with an index that comes twice"),
        (r#"{"indices": [1, 1], "values": [2, 3]}"#, "an object with an index that comes twice"),
        (r#"{"indices": [1], "values": [2, 3]}"#, "an object with another number of values than of indices"),
        (r#"{"indices": [1]}"#, "an object with `indices` or `values` without the other one, or beside others"),
        (
            r#"{"indices": [1], "values": [1], "2": 1}"#,
            "an object with `indices` or `values` without the other one, or beside others",
        ),
        (r#"{"01": 1}"#, "an object with a name that is no index"),
        (r#"{"-1": 1}"#, "an object with a name that is no index"),
        (r#"{"4294967296": 1}"#, "an object with a name that is no index"),
        (r#"{"1": 1e39}"#, "an object with a number beyond 32-bit floats"),
        (r#"{"1": "1"}"#, "an object with a text"),
        ("[[4294967296, 1]]", "an array with an index that is no integer of 32 bits without a sign"),
        ("[[1.0, 1]]", "an array with an index that is no integer of 32 bits without a sign"),
        ("[[1]]", "an array with a pair of less than two"),
        ("[[1, 2, 3]]", "an array with a pair of more than two"),
        ("[1, 2]", "an array with a number"),
        ("\"{1:1,3:2}/5\"", "a text that is neither a vector in JSON nor base64"),
        ("\"AACAPw==\"", "a text that is no sparse vector in JSON"),
    ] {
        assert_eq!(of_pairs(json), Err(reason.into()), "{json}");
    }
    assert_eq!(of_pairs(r#"{"1": 1, "1": 2}"#), Ok(vec![(1, 2.0)]), "the last value of a name holds");
}
