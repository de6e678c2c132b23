//! What was expected beside what came, by record and by field.

use serde_json::{Map, Value};

use super::outcome::{Outcome, What};
use crate::plugin::escaped;

/// Characters of a value that are shown: two lines of a terminal.
const SHOWN: usize = 160;
/// Lines that are shown of what a plugin said, the last ones: a traceback of some calls, with the error at its end.
const SAID: usize = 20;

/// The differences, a few lines for each record that differs; none where all is as expected.
pub(crate) fn differences(expected: &[Value], got: &[Outcome], default_collection: Option<&str>) -> Vec<String> {
    let mut lines = Vec::new();
    let last = got.iter().map(|outcome| outcome.record).chain(expected.iter().filter_map(record_of)).max().unwrap_or(0);
    for line in expected.iter().filter(|line| record_of(line).is_none_or(|record| record == 0)) {
        lines.push(format!("a line without a `record`, counted from 1: {}", short(line)));
    }
    for record in 1..=last {
        let wanted: Vec<&Value> = expected.iter().filter(|line| record_of(line) == Some(record)).collect();
        let came: Vec<&Outcome> = got.iter().filter(|outcome| outcome.record == record).collect();
        for row in 0..wanted.len().max(came.len()) {
            let outcome = came.get(row);
            let value = outcome.map(|outcome| outcome.as_json(default_collection));
            let found = of_one(wanted.get(row).copied(), value.as_ref());
            if found.is_empty() {
                continue;
            }
            let of_row = if wanted.len().max(came.len()) > 1 { format!(", row {}", row + 1) } else { String::new() };
            lines.push(format!("record {record}{of_row}"));
            lines.extend(found.into_iter().map(|line| format!("  {line}")));
            if let Some(What::Rejected { said: Some(said), .. }) = outcome.map(|outcome| &outcome.what) {
                lines.push("  the plugin said".into());
                lines.extend(said_lines(said).into_iter().map(|line| format!("    {line}")));
            }
        }
    }
    lines
}

fn record_of(line: &Value) -> Option<usize> {
    line.get("record").and_then(Value::as_u64).and_then(|record| usize::try_from(record).ok())
}

fn of_one(wanted: Option<&Value>, came: Option<&Value>) -> Vec<String> {
    let (Some(wanted), Some(came)) = (wanted, came) else {
        return pair("", wanted, came);
    };
    let empty = Map::new();
    let [wanted, came] = [wanted, came].map(|value| value.as_object().unwrap_or(&empty));
    if kind(wanted) != kind(came) {
        return pair("", Some(&Value::Object(wanted.clone())), Some(&Value::Object(came.clone())));
    }
    let mut lines = Vec::new();
    for (key, wanted, came) in both(wanted, came) {
        match (key, wanted, came) {
            ("fields", Some(Value::Object(wanted)), Some(Value::Object(came))) => {
                for (name, wanted, came) in both(wanted, came).filter(|(_, wanted, came)| differ(*wanted, *came)) {
                    lines.extend(pair(&format!("field `{name}`: "), wanted, came));
                }
            }
            _ if differ(wanted, came) => lines.extend(pair(&format!("{key}: "), wanted, came)),
            _ => {}
        }
    }
    lines
}

/// A row, a rejection or a discarded record.
fn kind(line: &Map<String, Value>) -> Option<&'static str> {
    ["fields", "rejected", "discarded"].into_iter().find(|key| line.contains_key(*key))
}

/// A field that is null is as good as none.
fn differ(wanted: Option<&Value>, came: Option<&Value>) -> bool {
    let [wanted, came] = [wanted, came].map(|value| value.filter(|value| !value.is_null()));
    wanted != came
}

fn both<'a>(
    wanted: &'a Map<String, Value>,
    came: &'a Map<String, Value>,
) -> impl Iterator<Item = (&'a str, Option<&'a Value>, Option<&'a Value>)> {
    let more = came.keys().filter(|key| !wanted.contains_key(*key));
    wanted.keys().chain(more).map(|key| (key.as_str(), wanted.get(key), came.get(key)))
}

fn pair(what: &str, wanted: Option<&Value>, came: Option<&Value>) -> Vec<String> {
    let text = |value: Option<&Value>| value.map_or_else(|| "nothing".to_owned(), short);
    vec![
        format!("{what}expected {}", text(wanted)),
        format!("{}but got  {}", " ".repeat(what.chars().count()), text(came)),
    ]
}

/// A value in at most two lines of a terminal.
fn short(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}… ({} bytes)", &text[..end], text.len()),
        None => text,
    }
}

/// The last lines of what a plugin said. What would steer a terminal is escaped: it may come out of a record.
pub(crate) fn said_lines(said: &str) -> Vec<String> {
    let lines: Vec<&str> = said.lines().collect();
    let left_out = lines.len().saturating_sub(SAID);
    let more = (left_out > 0).then(|| format!("… {left_out} lines before"));
    more.into_iter().chain(lines[left_out..].iter().map(|line| escaped(line))).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::outcome::Row;
    use super::*;
    use crate::batch::Operation;

    fn row(record: usize, fields: Value) -> Outcome {
        let Value::Object(fields) = fields else { panic!("an object") };
        let row = Row { operation: Operation::Upsert, collection: Some("c".into()), partition: None, fields };
        Outcome { record, what: What::Row(row) }
    }

    #[test]
    fn what_is_the_same_in_another_order_does_not_differ() {
        let expected = [json!({"fields": {"b": null, "a": 1.0, "c": "x"}, "record": 1})];
        assert_eq!(differences(&expected, &[row(1, json!({"c": "x", "a": 1.0}))], Some("c")), Vec::<String>::new());
    }

    #[test]
    fn what_a_plugin_said_is_shown_by_its_last_lines_and_steers_no_terminal() {
        let said: String = (1..=23).map(|line| format!("line {line}\n")).collect::<String>() + "red \x1b[31m";
        let lines = said_lines(&said);
        assert_eq!((lines[0].as_str(), lines[1].as_str(), lines.len()), ("… 4 lines before", "line 5", SAID + 1));
        assert_eq!(lines[SAID], "red \\u{1b}[31m");
    }

    #[test]
    fn differences_are_shown_by_record_and_field() {
        let expected = [
            json!({"record": 1, "fields": {"a": 1, "gone": true}, "partition": "p"}),
            json!({"record": 2, "rejected": "no"}),
            json!({"record": 3, "rejected": "field `a`: no"}),
            json!({"record": 4, "fields": {"v": (0..100).collect::<Vec<_>>()}}),
            json!({"rekord": 5}),
        ];
        let said = Some("panicked at 'x'\nsrc/lib.rs:7".to_owned());
        let got = [
            row(1, json!({"a": "1", "new": 2})),
            row(2, json!({"a": 1})),
            Outcome { record: 3, what: What::Rejected { reason: "it trapped".into(), by: "plugin", said } },
            row(4, json!({"v": [0, 1]})),
            row(4, json!({})),
            Outcome { record: 5, what: What::Discarded },
        ];
        insta::assert_snapshot!(differences(&expected, &got, None).join("\n"));
    }
}
