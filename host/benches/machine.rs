//! The machine and the build, without which a figure says little.

use std::fs;
use std::process::Command;

use crate::feed::{DIM, Feed};

/// In one line.
pub(crate) fn describe(feed: &Feed) -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let checks = if cfg!(debug_assertions) { "with" } else { "without" };
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    format!(
        "{}, {cores} cores, load {}; {}, {checks} debug assertions; {DIM} dimensions, JSON records of {} bytes",
        processor(),
        load.split(' ').next().unwrap_or("unknown"),
        compiler(),
        feed.payload(0).len(),
    )
}

fn processor() -> String {
    let text = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let value = |key: &str| {
        let line = text.lines().find(|line| line.split(':').next().is_some_and(|name| name.trim() == key))?;
        Some(line.split_once(':')?.1.trim().to_owned())
    };
    // Virtual machines often hide the model behind its family.
    let number = |key: &str| value(key).unwrap_or_else(|| "?".into());
    let name = value("model name").unwrap_or_else(|| std::env::consts::ARCH.into());
    format!("{name} (family {}, model {})", number("cpu family"), number("model"))
}

fn compiler() -> String {
    let output = Command::new("rustc").arg("--version").output();
    output
        .map_or_else(|_| "unknown compiler".into(), |output| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
