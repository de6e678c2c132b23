//! Kiteline's run: the real binary, from a topic that is full when it starts.

use std::thread::sleep;
use std::time::Duration;

use super::account::{Account, Took};
use crate::child::Kiteline;

/// How often the counts are asked for: each answer takes some of the measured process' time.
const POLL: Duration = Duration::from_millis(200);

/// Runs it until all rows are acknowledged.
pub(super) fn run(account: &Account, pipeline: &str, records: u64) -> Result<Took, String> {
    let mut kiteline = Kiteline::start(pipeline, &[])?;
    let mut window = account.window(kiteline.process(), records);
    kiteline.wait_until("has not written all", |kiteline| {
        sleep(POLL);
        let written = kiteline.metric("kiteline_written_rows_total").unwrap_or(0.0);
        window.saw(written);
        written >= records as f64
    })?;
    let requests = kiteline.metric("kiteline_write_requests_total")?;
    kiteline.terminate()?;
    window.took(records as f64 / requests)
}
