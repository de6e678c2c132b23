//! What the changes made of the collection, counted and compared with what the data set says.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::feed::{self, State};
use super::page::note;
use super::{COLLECTION, setup};
use crate::cli::exit::Exit;
use crate::pipeline::StartError;
use crate::sink::{Client, Query};

/// Fails where a deleted package is there, or a created or updated one is not, or is not as it should be.
pub(super) async fn check(uri: &str) -> Result<(), Exit> {
    let client = setup::client(uri).await?;
    let outcome = feed::outcome();
    let mut wrong = Vec::new();
    let mut told = |what: &str, right: usize, all: usize| {
        let line = format!("{right} of {all} {what}");
        note(&line);
        if right != all {
            wrong.push(line);
        }
    };
    let gone = outcome.deleted.iter().chain(&outcome.never_there_after).map(String::as_str);
    let gone: Vec<&str> = gone.collect();
    told("deleted packages are gone", gone.len() - found(&client, &gone).await?.len(), gone.len());
    told("new packages are there", right(&client, &outcome.created).await?, outcome.created.len());
    told("changed packages are as the feed left them", right(&client, &outcome.updated).await?, outcome.updated.len());
    let rows = client.count(COLLECTION, "").await.map_err(StartError::from)?;
    note(&format!("{rows} rows in all"));
    if rows != outcome.rows_after {
        wrong.push(format!("{rows} rows instead of {}", outcome.rows_after));
    }
    if wrong.is_empty() { Ok(()) } else { Err(Exit::Failed(format!("not as expected: {}", wrong.join("; ")))) }
}

/// How many packages are as they should be.
async fn right(client: &Client, expected: &BTreeMap<String, State>) -> Result<usize, Exit> {
    let names: Vec<&str> = expected.keys().map(String::as_str).collect();
    let rows = found(client, &names).await?;
    Ok(rows.iter().filter(|row| state(row).is_some_and(|(name, state)| expected.get(name) == Some(&state))).count())
}

/// The rows of these packages.
async fn found(client: &Client, names: &[&str]) -> Result<Vec<Map<String, Value>>, Exit> {
    let filter = format!("name in {}", serde_json::json!(names));
    let fields = &["name", "version", "section", "size_kb", "summary"];
    let query = Query { filter: &filter, fields, partitions: &[], limit: names.len() + 1 };
    Ok(client.query(COLLECTION, &query).await.map_err(StartError::from)?)
}

fn state(row: &Map<String, Value>) -> Option<(&str, State)> {
    let text = |field: &str| row.get(field)?.as_str();
    let state = State {
        ver: text("version")?.to_owned(),
        section: text("section")?.to_owned(),
        size_kb: row.get("size_kb")?.as_i64()?,
        summary: text("summary")?.to_owned(),
    };
    Some((text("name")?, state))
}
