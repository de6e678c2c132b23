//! Kiteline's run: the real binary, from a topic that is full when it starts.

use std::thread::sleep;
use std::time::Duration;

use super::account::{Account, Took};
use crate::child::Kiteline;

/// How often the counts are asked for: each answer takes some of the measured process' time.
const POLL: Duration = Duration::from_millis(10);

/// From before the first record is read to when all rows are acknowledged.
pub(super) fn run(account: &Account, pipeline: &str, records: u64) -> Result<Took, String> {
    let mut kiteline = Kiteline::start(pipeline, &[])?;
    let process = kiteline.process();
    let mut before = account.look(process);
    kiteline.wait_until("has read nothing", |kiteline| {
        let look = account.look(process);
        let reads = kiteline.metric("kiteline_read_records_total").is_ok_and(|read| read > 0.0);
        if !reads {
            before = look;
            sleep(POLL);
        }
        reads
    })?;
    let mut after = account.look(process);
    kiteline.wait_until("has not written all", |kiteline| {
        sleep(POLL);
        let written = kiteline.metric("kiteline_written_rows_total");
        after = account.look(process);
        written.is_ok_and(|written| written >= records as f64)
    })?;
    let requests = kiteline.metric("kiteline_write_requests_total")?;
    kiteline.terminate()?;
    Ok(before.until(&after, records as f64 / requests))
}
