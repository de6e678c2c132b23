//! The most memory of a process that has all to do.

use super::Bench;
use crate::child::Kiteline;
use crate::numbers::{least_median_most, sorted};

/// Four times what librdkafka's queues hold.
const RECORDS: u64 = 30_000;
const PARTITIONS: i32 = 8;

pub(super) fn measure(bench: &Bench<'_>, runs: usize) -> Result<String, String> {
    let topic = bench.topic(PARTITIONS, RECORDS)?;
    let mut peaks = Vec::new();
    for _ in 0..runs {
        let mut kiteline = Kiteline::start(&bench.pipeline(&topic), &[])?;
        kiteline.wait_until("has not written all", |kiteline| {
            kiteline.metric("kiteline_written_rows_total").is_ok_and(|written| written >= RECORDS as f64)
        })?;
        let memory = kiteline.process().memory().ok_or("it has ended")?;
        peaks.push(memory.peak as f64 / 1e6);
        kiteline.terminate()?;
    }
    let peaks = least_median_most(&sorted(peaks), 0);
    Ok(format!("| most memory, {RECORDS} records that wait in the topic, median of {runs} | {peaks} MB |\n"))
}
