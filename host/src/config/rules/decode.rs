//! Rules of `[decode]` and `[decode.key]`: what is of no use to a format.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{Found, Text, as_text, at, list};

pub(super) fn check(root: &DeTable<'_>, found: &mut Found) {
    check_part(root.get("decode"), "decode", found);
    check_part(at(root, ["decode", "key"]), "decode.key", found);
}

fn check_part(part: Option<&Spanned<DeValue<'_>>>, name: &str, found: &mut Found) {
    let Some(keys) = part.and_then(|part| part.get_ref().as_table()) else { return };
    let text = |key| keys.get(key).and_then(as_text);
    if let (Some((format @ ("raw" | "text" | "csv"), _)), Some((_, at))) = (text("format"), text("framing")) {
        found.add(&at, format!("`{name}.framing`: nothing is taken off where the format is {format}; remove it"));
    }
    if let (Some(("text", at)), None, "decode") = (text("format"), keys.get("field"), name) {
        found.add(&at, "[decode] does not say where texts go; name the field, as field = \"text\"".to_owned());
    }
    match keys.get("csv").map(|csv| csv.get_ref().as_table()) {
        Some(Some(csv)) => check_csv(csv, name, found),
        None if let Some(("csv", at)) = text("format") => {
            let text = format!("[{name}] has no columns; name them in [{name}.csv], as columns = [\"id\", \"title\"]");
            found.add(&at, text);
        }
        _ => {}
    }
}

fn check_csv(csv: &DeTable<'_>, name: &str, found: &mut Found) {
    let mark = |key| csv.get(key).and_then(as_text).filter(|(text, _)| !text.is_empty());
    for key in ["delimiter", "quote"] {
        if let Some((text, at)) = mark(key)
            && (text.len() != 1 || !text.is_ascii() || text.contains(['\n', '\r']))
        {
            let text = format!("`{name}.csv.{key}`: not one character of ASCII, or the end of a line; write another");
            found.add(&at, text);
        }
    }
    let (delimiter, quote) = (mark("delimiter"), mark("quote"));
    let text = |mark: &Option<Text<'_>>, default| mark.as_ref().map_or(default, |(text, _)| *text).to_owned();
    if text(&delimiter, ",") == text(&quote, "\"")
        && let Some((_, at)) = quote.or(delimiter)
    {
        found.add(&at, format!("[{name}.csv] has one character as `delimiter` and `quote`; write another for one"));
    }
    let columns: Vec<_> = list(csv.get("columns")).filter_map(as_text).collect();
    for (place, (column, at)) in columns.iter().enumerate() {
        if columns[..place].iter().any(|(before, _)| before == column) {
            found.add(at, format!("`{name}.csv.columns`: this one is there twice; give each a name of its own"));
        }
    }
}
