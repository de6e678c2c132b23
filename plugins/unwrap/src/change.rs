//! What an envelope says.

use std::borrow::Cow;

use kiteline_guest::{Batch, Texts};
use kiteline_plugin_columns::object;

use crate::format::Format;

/// What becomes of a row, from the JSON of its fields.
#[derive(Debug, PartialEq)]
pub(crate) enum Change {
    /// It has its fields already.
    AsItIs,
    Write(String),
    Delete(String),
    /// By the fields that it has already.
    DeleteAsItIs,
}

/// The parts of the envelopes.
pub(crate) struct Envelopes {
    /// What happened.
    kinds: Texts,
    /// The row, or the rows, afterwards.
    new: Texts,
    /// The row, or what of it changed, before.
    old: Texts,
    /// The names of the row's key, where envelopes have them.
    keys: Option<Texts>,
}

impl Envelopes {
    fn at(batch: &Batch, kind: &str, new: &str, old: &str) -> Self {
        Self { kinds: batch.texts(kind), new: batch.json_texts(new), old: batch.json_texts(old), keys: None }
    }

    /// These where they are, else the others.
    fn or(self, other: Self) -> Self {
        let or =
            |these: Texts, other: Texts| these.iter().zip(other.iter()).map(|(text, other)| text.or(other)).collect();
        Self { kinds: or(self.kinds, other.kinds), new: or(self.new, other.new), old: or(self.old, other.old), ..self }
    }
}

impl Format {
    pub(crate) fn read(self, batch: &Batch) -> Envelopes {
        match self {
            Self::Debezium => {
                let flat = Envelopes::at(batch, "op", "after", "before");
                // As the JSON converter of Kafka Connect writes it.
                if batch.field_type("payload").is_none() {
                    return flat;
                }
                Envelopes::at(batch, "/payload/op", "/payload/after", "/payload/before").or(flat)
            }
            Self::ChangelogJson => Envelopes::at(batch, "op", "data", "data"),
            Self::Canal | Self::Maxwell => Envelopes::at(batch, "type", "data", "old"),
            Self::Ogg => {
                let keys = Some(batch.json_texts("primary_keys"));
                Envelopes { keys, ..Envelopes::at(batch, "op_type", "after", "before") }
            }
            Self::Connect => Envelopes::at(batch, "/schema/type", "payload", ""),
        }
    }

    /// The fields of the schemas beside the payloads.
    pub(crate) fn schemas(self, batch: &Batch) -> Option<Texts> {
        let has_schemas = matches!(self, Self::Debezium | Self::Connect) && batch.field_type("schema").is_some();
        has_schemas.then(|| batch.json_texts("/schema/fields"))
    }

    /// What a row's envelope says; none where there is none.
    pub(crate) fn changes(
        self,
        envelopes: &Envelopes,
        row: usize,
        key: &[String],
    ) -> Option<Result<Vec<Change>, Cow<'static, str>>> {
        const TRUNCATED: &str = "the table was emptied: which rows it had is not said, so none of them is deleted";
        let text = |texts: &Texts| texts.get(row).unwrap_or_default().to_owned();
        if self == Self::Connect {
            return match (envelopes.kinds.get(row), envelopes.new.get(row)) {
                (_, Some(new)) => Some(Ok(vec![Change::Write(new.to_owned())])),
                // A value that is null, and has a schema.
                (Some(_), None) => Some(Ok(vec![Change::DeleteAsItIs])),
                (None, None) => None,
            };
        }
        let kind = envelopes.kinds.get(row)?;
        let (new, old) = (text(&envelopes.new), text(&envelopes.old));
        Some(match (self, kind) {
            (Self::Debezium, "c" | "r" | "u") | (Self::ChangelogJson, "+I" | "+U") => Ok(vec![Change::Write(new)]),
            (Self::Debezium, "d") => Ok(vec![Change::Delete(only(old, key))]),
            (Self::ChangelogJson, "-D") => Ok(vec![Change::Delete(new)]),
            // What the row was before its update, and messages that are about no row.
            (Self::ChangelogJson, "-U") | (Self::Debezium, "m") => Ok(Vec::new()),
            (Self::Debezium, "t") | (Self::Canal, "TRUNCATE") | (Self::Ogg, "T") => Err(TRUNCATED.into()),
            (Self::Canal, "INSERT" | "UPDATE" | "DELETE") => canal(kind, &new, &old, key),
            (Self::Maxwell, "insert" | "bootstrap-insert") | (Self::Ogg, "I") => Ok(vec![Change::Write(new)]),
            (Self::Maxwell, "update") => Ok(update(new, &old, key)),
            (Self::Maxwell, "delete") => Ok(vec![Change::Delete(new)]),
            // Of tables, databases and the feed itself.
            (Self::Canal | Self::Maxwell, _) => Ok(Vec::new()),
            (Self::Ogg, "U") if key.is_empty() => Ok(update(new, &old, &envelopes.key(row))),
            (Self::Ogg, "U") => Ok(update(new, &old, key)),
            (Self::Ogg, "D") => Ok(vec![Change::Delete(old)]),
            _ => return None,
        })
    }
}

impl Envelopes {
    /// The names of a row's key, as its envelope has them.
    fn key(&self, row: usize) -> Vec<String> {
        let names = self.keys.as_ref().and_then(|keys| keys.get(row));
        names.and_then(|names| serde_json::from_str(names).ok()).unwrap_or_default()
    }
}

/// A message of Canal's has several rows.
fn canal(kind: &str, new: &str, old: &str, key: &[String]) -> Result<Vec<Change>, Cow<'static, str>> {
    let rows = object::elements(new).ok_or("an envelope of Canal without the rows")?;
    let old = object::elements(old).unwrap_or_default();
    let changes = rows.into_iter().enumerate().flat_map(|(place, row)| match kind {
        "DELETE" => vec![Change::Delete(row.to_owned())],
        "UPDATE" => update(row.to_owned(), old.get(place).copied().unwrap_or_default(), key),
        _ => vec![Change::Write(row.to_owned())],
    });
    Ok(changes.collect())
}

/// Of a row that is gone, its key, where the key's fields are known. PostgreSQL tells no more of it unless a table's
/// REPLICA IDENTITY is FULL, and Debezium fills in `""` and 0, which nobody must take for values.
fn only(row: String, key: &[String]) -> String {
    match object::members(&row) {
        Some(members) if !key.is_empty() => of_key(&members, key, |_, text| text),
        _ => row,
    }
}

/// The fields of the key as a row, each with the text that is made of its own.
fn of_key<'a>(members: &[(Cow<'_, str>, &'a str)], key: &[String], text: impl Fn(&str, &'a str) -> &'a str) -> String {
    let parts = members.iter().filter(|(name, _)| key.iter().any(|key| key == name));
    let parts = parts.map(|(name, old)| format!("{}:{}", serde_json::Value::from(&**name), text(name, old)));
    format!("{{{}}}", parts.collect::<Vec<_>>().join(","))
}

/// An update; where it changed the key, the row of the old one goes first. `old` has what changed, or the whole row.
fn update(new: String, old: &str, key: &[String]) -> Vec<Change> {
    if key.is_empty() {
        return vec![Change::Write(new)];
    }
    let before = object::members(old).unwrap_or_default();
    let after = object::members(&new).unwrap_or_default();
    let old_of = |name: &str| before.iter().find(|(member, _)| member == name).map(|(_, text)| *text);
    let moved = after
        .iter()
        .any(|(name, text)| key.iter().any(|key| key == name) && old_of(name).is_some_and(|old| old != *text));
    let deleted = moved.then(|| Change::Delete(of_key(&after, key, |name, text| old_of(name).unwrap_or(text))));
    deleted.into_iter().chain([Change::Write(new)]).collect()
}
