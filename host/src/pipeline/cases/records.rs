//! Records from a file, a line each: what `plugin test`, `plugin bench` and `try` read.
//!
//! A line is a record's value, as it would come from Kafka. One that has more than a value, or one that is no JSON, is
//! an object with these keys: `$value` (any JSON; null is a tombstone), or `$text`, or `$base64`; and beside it `$key`
//! (a text, or any other JSON as its text), `$headers`, `$topic`, `$partition`, `$offset`, `$timestamp`.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::batch::{Origin, Records};
use crate::json::from_base64;

/// The topic of records that name none.
pub(crate) const TOPIC: &str = "records";

/// The parts that make an object a record in parts.
const VALUES: [&str; 3] = ["$value", "$text", "$base64"];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Parts<'a> {
    #[serde(rename = "$value", borrow)]
    value: Option<&'a RawValue>,
    #[serde(rename = "$text")]
    text: Option<String>,
    #[serde(rename = "$base64")]
    base64: Option<String>,
    #[serde(rename = "$key", borrow)]
    key: Option<&'a RawValue>,
    #[serde(rename = "$headers", default)]
    headers: serde_json::Map<String, serde_json::Value>,
    #[serde(rename = "$topic")]
    topic: Option<String>,
    #[serde(rename = "$partition", default)]
    partition: i32,
    #[serde(rename = "$offset")]
    offset: Option<i64>,
    #[serde(rename = "$timestamp")]
    timestamp: Option<i64>,
}

/// Reads at most so many records of a file. A mistake names file and line.
pub(crate) fn of_file(path: &Path, topic: &str, limit: usize) -> Result<Records, String> {
    let text = std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    read(&text, topic, limit).map_err(|error| format!("{}, {error}", path.display()))
}

/// Reads at most so many records; blank lines are passed over. A mistake names its line.
pub(crate) fn read(text: &str, topic: &str, limit: usize) -> Result<Records, String> {
    let mut records = Records::default();
    let topic: Arc<str> = topic.into();
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    for (number, line) in lines.take(limit) {
        push(&mut records, line.trim(), &topic).map_err(|what| format!("line {}: {what}", number + 1))?;
    }
    Ok(records)
}

fn push(records: &mut Records, line: &str, topic: &Arc<str>) -> Result<(), String> {
    let next = i64::try_from(records.len()).unwrap_or(i64::MAX);
    let keys = match serde_json::from_str::<&RawValue>(line) {
        Ok(_) => serde_json::from_str::<BTreeMap<String, &RawValue>>(line).unwrap_or_default(),
        Err(error) => {
            return Err(format!(
                "not JSON ({error}); a value that is none is written as {{\"$text\": \"…\"}} or {{\"$base64\": \"…\"}}"
            ));
        }
    };
    if !VALUES.iter().any(|part| keys.contains_key(*part)) {
        let origin = Origin { topic: Arc::clone(topic), partition: 0, offset: next };
        records.push(origin, None, None, Some(line.as_bytes()), std::iter::empty());
        return Ok(());
    }
    let parts: Parts = serde_json::from_str(line).map_err(|error| format!("not a record in parts: {error}"))?;
    if VALUES.iter().filter(|part| keys.contains_key(**part)).count() > 1 {
        return Err("a record has one of $value, $text and $base64".into());
    }
    let mut bytes = Vec::new();
    let payload = match (parts.value, &parts.text, &parts.base64) {
        (Some(value), ..) => Some(value.get().as_bytes()),
        (_, Some(text), _) => Some(text.as_bytes()),
        (.., Some(text)) if from_base64(text, &mut bytes) => Some(&bytes[..]),
        (.., Some(_)) => return Err("$base64 is not base64 (standard alphabet, with padding)".into()),
        _ => None,
    };
    let key = parts.key.map(|key| serde_json::from_str::<String>(key.get()).unwrap_or_else(|_| key.get().to_owned()));
    let mut headers = Vec::new();
    for (name, value) in &parts.headers {
        match value {
            serde_json::Value::Null => headers.push((name.as_str(), None)),
            serde_json::Value::String(text) => headers.push((name.as_str(), Some(text.as_bytes()))),
            _ => return Err(format!("the header `{name}` is neither a text nor null")),
        }
    }
    let origin = Origin {
        topic: parts.topic.map_or_else(|| Arc::clone(topic), Arc::from),
        partition: parts.partition,
        offset: parts.offset.unwrap_or(next),
    };
    records.push(origin, parts.timestamp, key.as_deref().map(str::as_bytes), payload, headers.into_iter());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_a_value_as_it_is_written() {
        let records = read("{\"a\": 1.50}\n\n  [1,2] \n\"x\"", "items", usize::MAX).expect("records");
        let values: Vec<_> = records.iter().map(|record| record.payload().expect("a value").to_vec()).collect();
        assert_eq!(values, [&b"{\"a\": 1.50}"[..], b"[1,2]", b"\"x\""]);
        assert_eq!(records.get(2).origin().to_string(), "items/0/2");
        assert_eq!(read("1\n2\n3", "items", 2).expect("records").len(), 2);
    }

    #[test]
    fn a_record_in_parts_has_them_all() {
        let text = r#"{"$value": {"a": 1}, "$key": "k", "$headers": {"h": "x", "n": null}, "$topic": "t", "$partition": 3, "$offset": 9, "$timestamp": 12}
            {"$value": null, "$key": {"id": 7}}
            {"$text": "a b"}
            {"$base64": "/wA="}"#;
        let records = read(text, "items", usize::MAX).expect("records");
        let first = records.get(0);
        assert_eq!(
            (first.payload(), first.key(), first.timestamp()),
            (Some(&b"{\"a\": 1}"[..]), Some(&b"k"[..]), Some(12))
        );
        assert_eq!(first.headers().collect::<Vec<_>>(), [("h", Some(&b"x"[..])), ("n", None)]);
        assert_eq!(first.origin().to_string(), "t/3/9");
        assert_eq!((records.get(1).payload(), records.get(1).key()), (None, Some(&b"{\"id\": 7}"[..])));
        assert_eq!(records.get(2).payload(), Some(&b"a b"[..]));
        assert_eq!(records.get(3).payload(), Some(&[255, 0][..]));
    }

    #[test]
    fn a_mistake_names_its_line() {
        for (text, what) in [
            ("1\n{", "line 2: not JSON"),
            (r#"{"$value": 1, "$kay": 2}"#, "line 1: not a record in parts: unknown field `$kay`"),
            (r#"{"$value": 1, "$text": "2"}"#, "line 1: a record has one of"),
            (r#"{"$base64": "?"}"#, "line 1: $base64 is not base64"),
            (r#"{"$value": 1, "$headers": {"h": 1}}"#, "line 1: the header `h` is neither"),
        ] {
            let said = read(text, "items", usize::MAX).expect_err("refused");
            assert!(said.contains(what), "{said}");
        }
    }
}
