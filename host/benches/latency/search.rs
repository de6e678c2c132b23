//! When rows are found: a reader that asks for keys with strong consistency until it sees them.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use kiteline::sink::{Client, Query};
use tokio::runtime::Runtime;

use super::producer::Schedule;

/// Keys a second that are asked for.
const KEYS: f64 = 100.0;
/// Keys of one question.
const AT_ONCE: usize = 1000;
/// How long is waited for the last keys.
const PATIENCE: Duration = Duration::from_secs(60);

/// What is looked for, and where.
pub(super) struct Looking<'a> {
    pub(super) runtime: &'a Runtime,
    pub(super) client: &'a Client,
    pub(super) collection: &'a str,
    pub(super) schedule: Schedule,
    /// The first record that counts, and how many there are in all.
    pub(super) from: u64,
    pub(super) records: u64,
    /// How many were sent.
    pub(super) sent: &'a AtomicU64,
    /// The producer has given up.
    pub(super) stop: &'a AtomicBool,
}

/// Each of the keys, and when the answer came that had it.
pub(super) fn look(looking: &Looking<'_>) -> Result<Vec<(u64, Instant)>, String> {
    let step = ((looking.schedule.rate / KEYS).ceil() as u64).max(1);
    let mut next = looking.from;
    let mut waiting: VecDeque<u64> = VecDeque::new();
    let mut found = Vec::new();
    let deadline = looking.schedule.due(looking.records) + PATIENCE;
    while next < looking.records || !waiting.is_empty() {
        if looking.stop.load(Ordering::Relaxed) {
            return Ok(found);
        }
        if Instant::now() > deadline {
            return Err(format!("{} rows were not found within {PATIENCE:?}", waiting.len()));
        }
        let sent = looking.sent.load(Ordering::Acquire);
        while next < sent {
            waiting.push_back(next);
            next += step;
        }
        if waiting.is_empty() {
            std::thread::sleep(Duration::from_millis(1));
            continue;
        }
        let seen = ask(looking, waiting.iter().take(AT_ONCE))?;
        let now = Instant::now();
        waiting.retain(|key| {
            let is_seen = seen.contains(key);
            if is_seen {
                found.push((*key, now));
            }
            !is_seen
        });
    }
    Ok(found)
}

/// Which of the keys are there, among all that was written before the question.
fn ask<'a>(looking: &Looking<'_>, keys: impl Iterator<Item = &'a u64>) -> Result<Vec<u64>, String> {
    let keys: Vec<String> = keys.map(|key| format!("\"{key}\"")).collect();
    let filter = format!("id in [{}]", keys.join(", "));
    let query = Query { filter: &filter, fields: &["id"], limit: AT_ONCE, ..Query::default() };
    let rows = looking.runtime.block_on(looking.client.query(looking.collection, &query));
    let rows = rows.map_err(|error| error.to_string())?;
    Ok(rows.iter().filter_map(|row| row.get("id")?.as_str()?.parse().ok()).collect())
}
