//! Values as TOML text, each on one line.

use serde_json::Value;

/// Most characters of a value that a mistake shows.
const SHOWN: usize = 40;

/// A value on one line; a table as an inline table. TOML has no null, and no value here holds one.
pub(super) fn value(value: &Value) -> String {
    match value {
        Value::String(text) => quoted(text),
        Value::Array(items) => {
            let items: Vec<_> = items.iter().map(self::value).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(table) if table.is_empty() => "{}".to_owned(),
        Value::Object(table) => {
            let pairs: Vec<_> = table.iter().map(|(name, value)| line(name, value)).collect();
            format!("{{ {} }}", pairs.join(", "))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => value.to_string(),
    }
}

/// `key = value`
pub(super) fn line(name: &str, value: &Value) -> String {
    format!("{} = {}", key(name), self::value(value))
}

/// A key, in quotes where it needs them.
pub(crate) fn key(name: &str) -> String {
    let is_bare = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if !name.is_empty() && name.chars().all(is_bare) { name.to_owned() } else { quoted(name) }
}

/// A text in double quotes. JSON escapes are TOML's too; the one character that only TOML wants escaped is DEL.
pub(crate) fn quoted(text: &str) -> String {
    Value::from(text).to_string().replace('\u{7f}', "\\u007F")
}

/// A text as a mistake shows it: in quotes, and not all of a long one.
pub(super) fn shown(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        None => quoted(text),
        Some((end, _)) => quoted(&format!("{}…", &text[..end])),
    }
}

/// `text` as lines of at most `width` characters, cut between words.
pub(crate) fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::<String>::new();
    let mut length = 0;
    for word in text.split_whitespace() {
        let extra = word.chars().count() + 1;
        match lines.last_mut() {
            Some(line) if length + extra <= width => {
                line.push(' ');
                line.push_str(word);
                length += extra;
            }
            _ => {
                lines.push(word.to_owned());
                length = extra - 1;
            }
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn prints_each_kind_of_value() {
        let printed = value(&json!({ "a b": [1, -2.5, true], "": {}, "c-d_1": { "x.y": "\"\n" } }));
        assert_eq!(printed, r#"{ "a b" = [1, -2.5, true], "" = {}, c-d_1 = { "x.y" = "\"\n" } }"#);
    }

    #[test]
    fn shows_the_start_of_a_long_text() {
        assert_eq!(shown("short"), "\"short\"");
        assert_eq!(shown(&"ä".repeat(50)), format!("\"{}…\"", "ä".repeat(40)));
    }

    #[test]
    fn wraps_between_words() {
        assert_eq!(wrapped("one two  three four", 9), ["one two", "three", "four"]);
        assert_eq!(wrapped("unbreakable so", 4), ["unbreakable", "so"]);
        assert!(wrapped(" ", 4).is_empty());
    }

    proptest! {
        #[test]
        fn any_text_and_key_reads_back(name in any::<String>(), text in any::<String>()) {
            let read: toml::Table = line(&name, &json!(text)).parse().expect("what is printed is TOML");
            prop_assert_eq!(read, toml::Table::from_iter([(name, toml::Value::from(text))]));
        }
    }
}
