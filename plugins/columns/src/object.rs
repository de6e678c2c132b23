//! Nested JSON as rows of values: the members of an object, and the elements of an array.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;

use serde::de::{Deserialize, MapAccess, Visitor};
use serde::{Deserializer, de};
use serde_json::value::RawValue;

use crate::value::{Row, Value, exact};

/// The members of an object, each with its JSON text, in the order in which they came; none for any other JSON. Of a
/// name that comes twice the last one counts.
pub fn members(text: &str) -> Option<Vec<(Cow<'_, str>, &str)>> {
    let Members(members) = serde_json::from_str(text).ok()?;
    Some(members)
}

/// The members of an object as values. Those of the named fields are vectors where they are arrays of numbers.
pub fn row<'a>(text: &'a str, vectors: &BTreeSet<String>) -> Option<Row<'a>> {
    let members = members(text)?;
    Some(
        members
            .into_iter()
            .map(|(name, text)| {
                let value = value(text, vectors.contains(&*name));
                (name, value)
            })
            .collect(),
    )
}

/// True where a text is one JSON value.
pub fn is_json(text: &str) -> bool {
    serde_json::from_str::<de::IgnoredAny>(text).is_ok()
}

/// The elements of an array, each as its JSON text; none for any other JSON.
pub fn elements(text: &str) -> Option<Vec<&str>> {
    let elements: Vec<&RawValue> = serde_json::from_str(text).ok()?;
    Some(elements.into_iter().map(RawValue::get).collect())
}

/// A JSON value; null is none. What no other column holds stays the text that it is.
pub fn value(text: &str, vector: bool) -> Option<Value<'_>> {
    let text = text.trim();
    let json = || Value::Json(text.into());
    Some(match text.as_bytes().first()? {
        b'n' => return None,
        b't' => Value::Bool(true),
        b'f' => Value::Bool(false),
        b'"' => serde_json::from_str(text).map_or_else(|_| json(), |Text(text)| Value::Text(text)),
        b'{' => json(),
        b'[' if vector => floats32(text).map_or_else(json, Value::Vector),
        b'[' => array(text).unwrap_or_else(json),
        _ => number(text).unwrap_or_else(json),
    })
}

/// A number that a column holds: an integer that is larger stays JSON.
fn number(text: &str) -> Option<Value<'_>> {
    if is_integer(text) {
        return text.parse().ok().map(Value::Int);
    }
    serde_json::from_str(text).ok().map(Value::Float)
}

fn is_integer(text: &str) -> bool {
    text.bytes().all(|byte| byte == b'-' || byte.is_ascii_digit())
}

fn array(text: &str) -> Option<Value<'_>> {
    let first = text[1..].trim_start().as_bytes().first()?;
    Some(match first {
        b']' => Value::EmptyArray,
        b't' | b'f' => Value::Bools(serde_json::from_str(text).ok()?),
        b'"' => {
            let texts: Vec<Text<'_>> = serde_json::from_str(text).ok()?;
            Value::Texts(texts.into_iter().map(|Text(text)| text).collect())
        }
        b'-' | b'0'..=b'9' => match serde_json::from_str(text) {
            Ok(ints) => Value::Ints(ints),
            Err(_) => Value::Floats(floats(text)?),
        },
        _ => return None,
    })
}

/// Integers among floats are floats where that is exact.
fn floats(text: &str) -> Option<Vec<f64>> {
    let numbers = numbers(text)?.map(|number| {
        if is_integer(number) {
            exact(number.parse().ok()?)
        } else {
            number.parse().ok().filter(|float: &f64| float.is_finite())
        }
    });
    numbers.collect()
}

/// A vector: each number rounded once.
fn floats32(text: &str) -> Option<Vec<f32>> {
    let is_empty = text[1..].trim_start().starts_with(']');
    if is_empty {
        return Some(Vec::new());
    }
    numbers(text)?.map(|number| number.parse().ok().filter(|float: &f32| float.is_finite())).collect()
}

/// The elements of an array that has numbers only. A vector has hundreds, and serde's way through them is the longer
/// one; that it is JSON the host has seen.
fn numbers(array: &str) -> Option<impl Iterator<Item = &str>> {
    let inside = array.strip_prefix('[')?.strip_suffix(']')?;
    let is_of_number =
        |byte: u8| matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E' | b',' | b' ' | b'\t' | b'\n' | b'\r');
    inside.bytes().all(is_of_number).then(|| inside.split(',').map(|number| number.trim_ascii()))
}

struct Text<'a>(Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = Text<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text")
            }
            fn visit_borrowed_str<E: de::Error>(self, text: &'de str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Borrowed(text)))
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Owned(text.to_owned())))
            }
        }
        from.deserialize_str(Either)
    }
}

struct Members<'a>(Vec<(Cow<'a, str>, &'a str)>);

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Each;
        impl<'de> Visitor<'de> for Each {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members<'de>, A::Error> {
                let mut members: Vec<(Cow<'de, str>, &'de str)> = Vec::new();
                while let Some((Text(name), value)) = map.next_entry::<Text<'de>, &'de RawValue>()? {
                    match members.iter_mut().find(|(earlier, _)| *earlier == name) {
                        Some((_, earlier)) => *earlier = value.get(),
                        None => members.push((name, value.get())),
                    }
                }
                Ok(Members(members))
            }
        }
        from.deserialize_map(Each)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{Value, elements, members, row, value};

    #[test]
    fn each_json_value_has_the_type_that_a_column_holds() {
        let cases = [
            ("true", Some(Value::Bool(true))),
            ("-7", Some(Value::Int(-7))),
            ("1.0", Some(Value::Float(1.0))),
            ("9223372036854775808", Some(Value::Json("9223372036854775808".into()))),
            (r#""a\n""#, Some(Value::Text("a\n".into()))),
            ("null", None),
            ("[]", Some(Value::EmptyArray)),
            ("[1, 2]", Some(Value::Ints(vec![1, 2]))),
            ("[1, 2.5]", Some(Value::Floats(vec![1.0, 2.5]))),
            ("[ -1e-3 ,2.5E+1]", Some(Value::Floats(vec![-0.001, 25.0]))),
            ("[1e400]", Some(Value::Json("[1e400]".into()))),
            ("[9007199254740993, 0.5]", Some(Value::Json("[9007199254740993, 0.5]".into()))),
            (r#"["a", "\t"]"#, Some(Value::Texts(vec!["a".into(), "\t".into()]))),
            ("[true, null]", Some(Value::Json("[true, null]".into()))),
            (r#" {"a": 1} "#, Some(Value::Json(r#"{"a": 1}"#.into()))),
        ];
        for (text, expected) in cases {
            assert_eq!(value(text, false), expected, "{text}");
        }
        for (text, expected) in [
            ("[1, 0.5]", Value::Vector(vec![1.0, 0.5])),
            ("[ ]", Value::Vector(vec![])),
            // Between two 32-bit floats: by way of 64 bits it would become the other one.
            ("[1.00000017881393432617187499]", Value::Vector(vec![1.000_000_1])),
            ("[1, \"a\"]", Value::Json("[1, \"a\"]".into())),
            ("[[1]]", Value::Json("[[1]]".into())),
            ("[1e39]", Value::Json("[1e39]".into())),
        ] {
            assert_eq!(value(text, true), Some(expected), "{text}");
        }
    }

    #[test]
    fn members_come_in_order_and_the_last_of_a_name_counts() {
        let found = members(r#"{"b": 1, "a\u0062": [2], "b": 3}"#).expect("an object");
        assert_eq!(found, [("b".into(), "3"), ("ab".into(), "[2]")]);
        assert_eq!(members("[1]"), None);
        assert_eq!(elements(r#"[1, {"a": [2]}]"#), Some(vec!["1", r#"{"a": [2]}"#]));
        assert_eq!(elements("{}"), None);
    }

    #[test]
    fn a_named_field_is_a_vector() {
        let row = row(r#"{"v": [1], "w": [1]}"#, &BTreeSet::from(["v".to_owned()])).expect("an object");
        assert_eq!(row, [("v".into(), Some(Value::Vector(vec![1.0]))), ("w".into(), Some(Value::Ints(vec![1])))]);
    }
}
