//! A process that has nothing to do.

use std::time::Duration;

use super::Bench;
use crate::child::Kiteline;

/// The start is over by then.
const SETTLE: Duration = Duration::from_secs(5);
const MINUTE: Duration = Duration::from_secs(60);

pub(super) fn measure(bench: &Bench<'_>, _runs: usize) -> Result<String, String> {
    let topic = bench.topic(8, 0)?;
    let mut kiteline = Kiteline::start(&bench.pipeline(&topic), &[])?;
    kiteline.wait_until_ready()?;
    let process = kiteline.process();
    std::thread::sleep(SETTLE);
    let before = process.times();
    std::thread::sleep(MINUTE);
    let milliseconds = process.times().ran_since(&before) * 1e3;
    let memory = process.memory().ok_or("it has ended while idle")?;
    kiteline.terminate()?;
    let megabytes = memory.now as f64 / 1e6;
    Ok(format!("| idle in its group: CPU | {milliseconds:.0} ms a minute |\n| idle: memory | {megabytes:.0} MB |\n"))
}
