//! JSON text, read as one scalar or looked into. Numbers keep their text, so that nothing is lost.

use std::collections::HashMap;

use serde::de::IgnoredAny;
use serde_json::value::RawValue;

use super::column;

/// Levels that JSON may be nested: as many as the host takes.
const DEPTH: usize = 128;

/// Whether a text is one JSON value. serde_json passes over strings and levels without looking at them, the host does not.
pub(super) fn is_json(text: &str) -> bool {
    serde_json::from_str::<IgnoredAny>(text).is_ok() && holds(text)
}

/// Whether the levels of a JSON text are few enough, and its strings are texts: half a surrogate pair is none.
fn holds(text: &str) -> bool {
    let (mut depth, mut at) = (0, 0);
    while let Some(byte) = text.as_bytes().get(at) {
        match byte {
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth -= 1,
            b'"' => {
                let mut strings = serde_json::Deserializer::from_str(&text[at..]).into_iter::<String>();
                let Some(Ok(_)) = strings.next() else { return false };
                at += strings.byte_offset() - 1;
            }
            _ => {}
        }
        if depth > DEPTH {
            return false;
        }
        at += 1;
    }
    true
}

/// The value of a JSON string.
pub(super) fn text(raw: &str) -> Option<String> {
    serde_json::from_str(raw).ok()
}

/// A number without fraction and exponent that fits 64 bits.
pub(super) fn int(raw: &str) -> Option<i64> {
    raw.trim().parse().ok().filter(|_| is_json(raw))
}

/// A number; an integer only where it is exact.
pub(super) fn float(raw: &str) -> Option<f64> {
    let float: f64 = serde_json::from_str(raw).ok()?;
    let raw = raw.trim();
    let is_integer = raw.bytes().all(|byte| byte == b'-' || byte.is_ascii_digit());
    (!is_integer || format!("{float:.0}") == raw).then_some(float)
}

/// The same, without integers beyond 64 bits.
pub(super) fn short_float(raw: &str) -> Option<f64> {
    let is_integer = raw.trim().bytes().all(|byte| byte == b'-' || byte.is_ascii_digit());
    float(raw).filter(|_| !is_integer || int(raw).is_some())
}

/// A number, rounded once; none where it is too large.
pub(super) fn float32(raw: &str) -> Option<f32> {
    let raw = raw.trim();
    let number: f32 = raw.parse().ok()?;
    (number.is_finite() && is_json(raw)).then_some(number)
}

/// The bytes of a text in base64, with padding.
pub(super) fn base64(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    for four in text.trim_end_matches('=').as_bytes().chunks(4) {
        let mut bits = 0_u32;
        for digit in four {
            bits = bits << 6
                | u32::from(match digit {
                    b'A'..=b'Z' => digit - b'A',
                    b'a'..=b'z' => digit - b'a' + 26,
                    b'0'..=b'9' => digit - b'0' + 52,
                    b'+' => 62,
                    b'/' => 63,
                    _ => return None,
                });
        }
        let four_bytes = (bits << (8 + 6 * (4 - four.len()))).to_be_bytes();
        bytes.extend_from_slice(&four_bytes[..four.len() * 6 / 8]);
    }
    // There is one way to write them, with padding and without a bit too many.
    (column::base64(&bytes) == text).then_some(bytes)
}

pub(super) fn bool(raw: &str) -> Option<bool> {
    serde_json::from_str(raw).ok()
}

/// The elements of an array.
pub(super) fn elements(raw: &str) -> Option<Vec<&RawValue>> {
    serde_json::from_str(raw).ok()
}

/// The value at a JSON Pointer; none where it is null.
pub(super) fn find<'a>(text: &'a str, path: &str) -> Option<&'a str> {
    let mut found = text;
    for token in path.split('/').skip(1) {
        found = match found.trim_start().as_bytes().first()? {
            b'{' => {
                let token = token.replace("~1", "/").replace("~0", "~");
                let members: HashMap<String, &RawValue> = serde_json::from_str(found).ok()?;
                members.get(&token)?.get()
            }
            b'[' => elements(found)?.get(index(token)?)?.get(),
            _ => return None,
        };
    }
    Some(found).filter(|found| found.trim() != "null")
}

fn index(token: &str) -> Option<usize> {
    let plain = token.bytes().all(|byte| byte.is_ascii_digit()) && (token == "0" || !token.starts_with('0'));
    token.parse().ok().filter(|_| plain)
}
