//! Plugins swapped again and again under load, with versions between that can't be used.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use super::harness::kiteline::Kiteline;
use super::harness::producer::Plan;
use super::harness::record::Bad;
use super::harness::run::Run;
use super::harness::setup::Setup;

/// A plugin that fails on the records that are told to make it fail, and changes no other.
const TABLES: &str = r#"
[reload]
watch = "200ms"

[[plugin]]
path = "misbehave.wasm"
config = { mode = "panic-on-text", field = "note", text = "trap" }
"#;
/// How long a version may take until its first batch, on a machine that has other work as well.
const WAIT: Duration = Duration::from_secs(120);
const SWAPPED: &str = "first batch by new plugins";
const REFUSED: &str = "new plugins are not used";

#[test]
fn swaps_under_load_lose_and_double_nothing() {
    let kinds = [&Bad::PLAIN[..], &[Bad::Trap]].concat();
    let plan = Plan { bad: 5, kinds, ..Plan::new(5000, 6) };
    let (run, producer) = Run::new("reload", Setup { tables: TABLES.into(), ..Setup::shared(plan) });
    let plugin = run.file().with_file_name("misbehave.wasm");
    fs::write(&plugin, version(0)).expect("written");
    let feed = producer.feed(2000);
    let mut kiteline = [run.start()];
    run.progress(&mut kiteline, 1000);

    let swaps = run.profile.size(20, 200) as usize;
    let mut refused = 0;
    for swap in 1..=swaps {
        if swap % 5 == 0 {
            let half = &version(swap)[..100_000];
            put(&plugin, if swap % 2 == 0 { b"not wasm" } else { half }, swap);
            refused += 1;
            wait_for(&mut kiteline[0], REFUSED, refused);
        }
        put(&plugin, &version(swap), swap);
        wait_for(&mut kiteline[0], SWAPPED, swap);
    }
    feed.stop();
    run.settle(&mut kiteline);
    let log = kiteline[0].log();
    let change = spread(numbers(&log, SWAPPED, "after_ms="));
    let pause = spread(numbers(&log, "plugins swapped", "longest_pause_us="));
    println!("reload: {swaps} swaps; from change to first batch {change} ms; pause of a lane {pause} µs");
    let account = run.account(&format!(
        "{swaps} swaps of a plugin, {refused} bad versions; change to first batch {change} ms, pause {pause} µs"
    ));
    assert!(account.dead_lettered > 0, "{account}");
}

/// The test's plugin with other bytes and the same behaviour.
fn version(number: usize) -> Vec<u8> {
    let guest = concat!(env!("CARGO_MANIFEST_DIR"), "/../plugins/dist/test/misbehave.wasm");
    let mut wasm = fs::read(guest).expect("cargo xtask plugins has made it");
    // A custom section: its number, its size, the length of its name, and the name.
    let name = format!("version {number:03}");
    wasm.extend([0, name.len() as u8 + 1, name.len() as u8]);
    wasm.extend(name.as_bytes());
    wasm
}

/// Puts a version in its place: renamed over the one before, or written in place.
fn put(plugin: &Path, wasm: &[u8], swap: usize) {
    if swap.is_multiple_of(3) {
        return fs::write(plugin, wasm).expect("written");
    }
    let new = plugin.with_extension("new");
    fs::write(&new, wasm).expect("written");
    fs::rename(new, plugin).expect("renamed");
}

/// Waits until the log has so many lines of that kind.
fn wait_for(kiteline: &mut Kiteline, what: &str, count: usize) {
    let deadline = Instant::now() + WAIT;
    while lines(&kiteline.log(), what).count() < count {
        kiteline.must_run();
        assert!(Instant::now() < deadline, "there are no {count} lines with `{what}`");
        std::thread::park_timeout(Duration::from_millis(50));
    }
}

fn lines<'a>(log: &'a str, what: &'a str) -> impl Iterator<Item = &'a str> {
    log.lines().filter(move |line| line.contains(what))
}

fn numbers(log: &str, what: &str, name: &str) -> Vec<u64> {
    let number = |line: &str| {
        let (_, rest) = line.split_once(name)?;
        rest.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
    };
    lines(log, what).filter_map(number).collect()
}

/// The median and the greatest.
fn spread(mut numbers: Vec<u64>) -> String {
    numbers.sort_unstable();
    format!("median {} max {}", numbers[numbers.len() / 2], numbers[numbers.len() - 1])
}
