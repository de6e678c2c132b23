//! What an envelope says.

use std::borrow::Cow;

use kiteline_guest::{Batch, Texts};
use kiteline_plugin_columns::object;

/// What the envelopes are.
#[derive(Debug, Clone, Copy, serde::Deserialize)]
#[cfg_attr(test, derive(kiteline_guest::schemars::JsonSchema), schemars(crate = "kiteline_guest::schemars"))]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Format {
    /// Debezium's, with its schema or without.
    Debezium,
    /// Flink's changelog-json.
    ChangelogJson,
    /// Canal's flat messages.
    Canal,
    /// Maxwell's.
    Maxwell,
}

/// What becomes of a row, from the JSON of its fields.
#[derive(Debug, PartialEq)]
pub(crate) enum Change {
    /// It has its fields already.
    AsItIs,
    Write(String),
    Delete(String),
}

/// The parts of the envelopes.
pub(crate) struct Envelopes {
    /// What happened.
    kinds: Texts,
    /// The row, or the rows, afterwards.
    new: Texts,
    /// The row, or what of it changed, before.
    old: Texts,
}

impl Format {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Debezium => "Debezium",
            Self::ChangelogJson => "changelog-json",
            Self::Canal => "Canal",
            Self::Maxwell => "Maxwell",
        }
    }

    /// The fields of an envelope, which go.
    pub(crate) fn fields(self) -> &'static [&'static str] {
        match self {
            Self::Debezium => {
                &["before", "after", "source", "op", "ts_ms", "ts_us", "ts_ns", "transaction", "schema", "payload"]
            }
            Self::ChangelogJson => &["data", "op"],
            Self::Canal => &[
                "data",
                "old",
                "type",
                "database",
                "table",
                "ts",
                "es",
                "id",
                "isDdl",
                "sql",
                "sqlType",
                "mysqlType",
                "pkNames",
                "gtid",
            ],
            Self::Maxwell => &[
                "data",
                "old",
                "type",
                "database",
                "table",
                "ts",
                "xid",
                "xoffset",
                "commit",
                "position",
                "gtid",
                "server_id",
                "thread_id",
                "schema_id",
                "primary_key",
                "primary_key_columns",
                "query",
                "sql",
                "def",
            ],
        }
    }

    pub(crate) fn read(self, batch: &Batch) -> Envelopes {
        let (kind, new, old) = match self {
            Self::Debezium if batch.field_type("op").is_none() => ("/payload/op", "/payload/after", "/payload/before"),
            Self::Debezium => ("op", "after", "before"),
            Self::ChangelogJson => ("op", "data", "data"),
            Self::Canal | Self::Maxwell => ("type", "data", "old"),
        };
        Envelopes { kinds: batch.texts(kind), new: batch.json_texts(new), old: batch.json_texts(old) }
    }

    /// What a row's envelope says; none where there is none.
    pub(crate) fn changes(
        self,
        envelopes: &Envelopes,
        row: usize,
        key: &[String],
    ) -> Option<Result<Vec<Change>, &'static str>> {
        const TRUNCATED: &str = "the table was emptied: which rows it had is not said, so none of them is deleted";
        let kind = envelopes.kinds.get(row)?;
        let text = |texts: &Texts| texts.get(row).unwrap_or_default().to_owned();
        let (new, old) = (text(&envelopes.new), text(&envelopes.old));
        Some(match (self, kind) {
            (Self::Debezium, "c" | "r" | "u") | (Self::ChangelogJson, "+I" | "+U") => Ok(vec![Change::Write(new)]),
            (Self::Debezium, "d") => Ok(vec![Change::Delete(only(old, key))]),
            (Self::ChangelogJson, "-D") => Ok(vec![Change::Delete(new)]),
            // What the row was before its update, and messages that are about no row.
            (Self::ChangelogJson, "-U") | (Self::Debezium, "m") => Ok(Vec::new()),
            (Self::Debezium, "t") | (Self::Canal, "TRUNCATE") => Err(TRUNCATED),
            (Self::Debezium | Self::ChangelogJson, _) => return None,
            (Self::Canal, "INSERT" | "UPDATE" | "DELETE") => canal(kind, &new, &old, key),
            (Self::Maxwell, "insert" | "bootstrap-insert") => Ok(vec![Change::Write(new)]),
            (Self::Maxwell, "update") => Ok(update(new, &old, key)),
            (Self::Maxwell, "delete") => Ok(vec![Change::Delete(new)]),
            // Of tables, databases and the feed itself.
            (Self::Canal | Self::Maxwell, _) => Ok(Vec::new()),
        })
    }
}

/// A message of Canal's has several rows.
fn canal(kind: &str, new: &str, old: &str, key: &[String]) -> Result<Vec<Change>, &'static str> {
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

/// An update; where it changed the key, the row of the old one goes first. `old` has what changed.
fn update(new: String, old: &str, key: &[String]) -> Vec<Change> {
    let changed = object::members(old).unwrap_or_default();
    let old_of = |name: &str| changed.iter().find(|(member, _)| member == name).map(|(_, text)| *text);
    let mut changes = Vec::with_capacity(1);
    if key.iter().any(|name| old_of(name).is_some()) {
        let members = object::members(&new).unwrap_or_default();
        changes.push(Change::Delete(of_key(&members, key, |name, text| old_of(name).unwrap_or(text))));
    }
    changes.push(Change::Write(new));
    changes
}
