//! JSON text, read as one scalar or looked into. Numbers keep their text, so that nothing is lost.

use std::collections::HashMap;

use serde::de::IgnoredAny;
use serde_json::value::RawValue;

pub(super) fn is_json(text: &str) -> bool {
    serde_json::from_str::<IgnoredAny>(text).is_ok()
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
