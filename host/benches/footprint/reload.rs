//! New plugins while records come.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::Bench;
use crate::child::Kiteline;
use crate::pipeline::LANES;
use crate::topic::Topic;

/// Reloads, each of which changes one plugin of the four.
const RELOADS: usize = 10;
/// Records a second meanwhile.
const RATE: f64 = 1000.0;
const PARTITIONS: i32 = 4;

pub(super) fn measure(bench: &Bench<'_>, _runs: usize) -> Result<String, String> {
    let topic = bench.topic(PARTITIONS, 1000)?;
    let pipelines = bench.pipeline(&topic);
    let pipelines = [pipelines.replace("untitled", "without title"), pipelines];
    let mut kiteline = Kiteline::start(&pipelines[1], &[])?;
    kiteline.wait_until_ready()?;
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let producing = scope.spawn(|| produce(bench, &topic, &stop));
        let reloaded = reload(&mut kiteline, &pipelines);
        stop.store(true, Ordering::Relaxed);
        let produced = producing.join().map_err(|_| "the producer panicked".to_owned())?;
        reloaded.and(produced)
    })?;
    let mean = |name: &str| -> Result<f64, String> {
        let count = kiteline.metric(&format!("{name}_count"))?;
        Ok(kiteline.metric(&format!("{name}_sum"))? / count)
    };
    let (pause, whole) = (mean("kiteline_swap_pause_seconds")? * 1e6, mean("kiteline_reload_duration_seconds")?);
    let longest = kiteline.log().lines().filter_map(longest_pause).max().unwrap_or_default();
    kiteline.terminate()?;
    Ok(format!(
        "| reload of one plugin of four, {RELOADS} times at {RATE:.0} records/s: pause of a lane, mean (longest) | \
         {pause:.0} µs ({longest} µs) |\n\
         | from the change of the file to the first batch by the new plugin, mean | {whole:.2} s |\n"
    ))
}

/// Changes the pipeline file and waits until all lanes have the new plugin, again and again.
fn reload(kiteline: &mut Kiteline, pipelines: &[String; 2]) -> Result<(), String> {
    for done in 0..RELOADS {
        kiteline.write_pipeline(&pipelines[done % 2])?;
        let swaps = ((done + 1) * LANES) as f64;
        kiteline.wait_until("did not take new plugins", |kiteline| {
            std::thread::sleep(Duration::from_millis(20));
            kiteline.metric("kiteline_swap_pause_seconds_count").is_ok_and(|count| count >= swaps)
                && kiteline.metric("kiteline_reload_duration_seconds_count").is_ok_and(|count| count > done as f64)
        })?;
    }
    Ok(())
}

/// Sends records at that rate until it is told to stop.
fn produce(bench: &Bench<'_>, topic: &Topic, stop: &AtomicBool) -> Result<(), String> {
    let start = Instant::now();
    let mut sent = 0;
    while !stop.load(Ordering::Relaxed) {
        let due = (start.elapsed().as_secs_f64() * RATE) as u64;
        while sent < due {
            topic.send(sent, &bench.feed.payload(sent))?;
            sent += 1;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    topic.flush()
}

/// Microseconds, of a line of the log that tells of a swap.
fn longest_pause(line: &str) -> Option<u64> {
    let (_, rest) = line.split_once("longest_pause_us")?;
    let rest = rest.trim_start_matches(|c: char| !c.is_ascii_digit());
    rest.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}
