//! Rows named by their primary keys, in Milvus' own expression language: `id in [1,2]`, `id in ["a","b"]`.

use std::fmt::Write;

use arrow_array::Array;
use arrow_array::ArrayRef;
use arrow_array::cast::AsArray;
use arrow_array::types::Int64Type;

use super::request::Request;

/// The smallest integer as Milvus reads it: a sign and a number of 64 bits. Milvus Lite reads it as it is, and no sums.
const SMALLEST: &str = "-9223372036854775807-1";

/// The rows of a request, by their keys. `sums` says whether the server takes sums in a list.
pub(super) fn rows_of(request: &Request, sums: bool) -> String {
    let key = request.schema().collection.primary_key().map_or("", |key| &*key.name);
    let mut text = format!("{key} in [");
    let start = text.len();
    for segment in request.segments() {
        let keys = segment.prepared.keys.as_ref().expect("rows without keys are only inserted");
        for row in segment.rows() {
            if text.len() > start {
                text.push(',');
            }
            literal(keys, row, sums, &mut text);
        }
    }
    text.push(']');
    text
}

/// Bytes that a row's key takes, with the comma before it.
pub(super) fn size(keys: &ArrayRef, row: usize) -> usize {
    if keys.is_null(row) {
        return 0;
    }
    1 + match keys.as_primitive_opt::<Int64Type>() {
        Some(ints) if ints.value(row) == i64::MIN => SMALLEST.len(),
        Some(ints) => {
            let int = ints.value(row);
            usize::from(int < 0) + int.unsigned_abs().checked_ilog10().unwrap_or(0) as usize + 1
        }
        None => {
            let text = keys.as_string::<i32>().value(row);
            2 + text.len() + text.bytes().filter(|byte| escaped(*byte).is_some()).count()
        }
    }
}

fn literal(keys: &ArrayRef, row: usize, sums: bool, out: &mut String) {
    match keys.as_primitive_opt::<Int64Type>().map(|ints| ints.value(row)) {
        Some(i64::MIN) if sums => out.push_str(SMALLEST),
        Some(int) => write!(out, "{int}").expect("writing to a String"),
        None => quote(keys.as_string::<i32>().value(row), out),
    }
}

/// Milvus Lite knows no `\u`, `\b` or `\f`; it and Milvus take all characters as they are but for these.
fn escaped(byte: u8) -> Option<&'static str> {
    match byte {
        b'"' => Some("\\\""),
        b'\\' => Some("\\\\"),
        b'\n' => Some("\\n"),
        b'\r' => Some("\\r"),
        _ => None,
    }
}

fn quote(text: &str, out: &mut String) {
    out.push('"');
    let mut copied = 0;
    for (at, byte) in text.bytes().enumerate() {
        if let Some(escape) = escaped(byte) {
            out.push_str(&text[copied..at]);
            out.push_str(escape);
            copied = at + 1;
        }
    }
    out.push_str(&text[copied..]);
    out.push('"');
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow_array::{Int64Array, StringArray};

    use super::*;

    fn literals(keys: ArrayRef) -> Vec<String> {
        let of_row = |row| {
            let mut text = String::new();
            literal(&keys, row, true, &mut text);
            assert_eq!(size(&keys, row), text.len() + 1, "{text}");
            text
        };
        (0..keys.len()).map(of_row).collect()
    }

    #[test]
    fn only_what_would_end_a_text_or_a_line_is_escaped() {
        let keys = StringArray::from(vec!["", "a\"b", "\\", "it's", "日本😀", "a\nb\r", "\t\0\u{1f}", "\\u0041"]);
        let expected = [
            r#""""#,
            r#""a\"b""#,
            r#""\\""#,
            r#""it's""#,
            "\"日本😀\"",
            r#""a\nb\r""#,
            "\"\t\0\u{1f}\"",
            r#""\\u0041""#,
        ];
        assert_eq!(literals(Arc::new(keys)), expected);
    }

    #[test]
    fn integers_are_written_as_they_are() {
        let keys = Int64Array::from(vec![0, 9, 10, -1, -10, i64::MAX, i64::MIN]);
        let expected = ["0", "9", "10", "-1", "-10", "9223372036854775807", "-9223372036854775807-1"];
        assert_eq!(literals(Arc::new(keys)), expected);
    }
}
