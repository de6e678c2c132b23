//! From the start of the process to the first record.

use std::time::Instant;

use super::Bench;
use crate::child::Kiteline;
use crate::numbers::{least_median_most, sorted};

/// Some to read at once, in a few partitions.
const RECORDS: u64 = 1000;
const PARTITIONS: i32 = 4;

pub(super) fn measure(bench: &Bench<'_>, runs: usize) -> Result<String, String> {
    let topic = bench.topic(PARTITIONS, RECORDS)?;
    // The first run compiles the plugins where that was not done before.
    once(&bench.pipeline(&topic))?;
    let (mut ready, mut read) = (Vec::new(), Vec::new());
    for _ in 0..runs {
        let [to_ready, to_read] = once(&bench.pipeline(&topic))?;
        ready.push(to_ready * 1e3);
        read.push(to_read * 1e3);
    }
    let [ready, read] = [ready, read].map(|times| least_median_most(&sorted(times), 0));
    Ok(format!(
        "| start to ready (partitions are assigned), median of {runs} | {ready} ms |\n\
         | start to first record read, median of {runs} | {read} ms |\n"
    ))
}

/// Seconds until it is ready, and until the first record is counted: batches are counted when they are read.
fn once(pipeline: &str) -> Result<[f64; 2], String> {
    let start = Instant::now();
    let mut kiteline = Kiteline::start(pipeline, &[])?;
    let mut ready = None;
    kiteline.wait_until("has read nothing", |kiteline| {
        if ready.is_none() && kiteline.is_ready() {
            ready = Some(start.elapsed());
        }
        kiteline.metric("kiteline_read_records_total").is_ok_and(|read| read > 0.0)
    })?;
    let read = start.elapsed();
    // Where both came between two looks, they came at once.
    kiteline.wait_until_ready()?;
    kiteline.terminate()?;
    Ok([ready.unwrap_or(read), read].map(|time| time.as_secs_f64()))
}
