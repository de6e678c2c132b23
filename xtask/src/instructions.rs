//! `cargo xtask instructions`: how many instructions and allocations each stage takes for a record, held against what was
//! recorded.
//!
//! Times differ from run to run and from machine to machine; these numbers hardly do. Valgrind's processor has AVX2 and
//! no AVX-512. The profile is that of the tests, so they are for comparing only. Stages in WebAssembly are shown and not
//! compared: what they take depends on the compiler that built the plugins, which is rustup's or Debian's.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::run::{Result, cargo, root, shown, target};
use crate::setup;

/// Where the recorded numbers are.
const RECORDED: &str = "host/benches/stages/instructions.txt";
/// A stage may take so many times as many as were recorded.
const RISE_MAX: f64 = 1.05;
/// And so many instructions more: of a stage that takes ten, one is no rise to speak of.
const SLACK: f64 = 10.0;
/// And so many allocations: two more for a batch of a hundred.
const ALLOCATIONS_SLACK: f64 = 0.02;
/// In the names of stages that are not compared.
const WASM: &str = "wasm";
/// What takes memory.
const ALLOCATORS: [&str; 5] = ["malloc", "calloc", "realloc", "posix_memalign", "aligned_alloc"];
const HEAD: &str = "\
# Instructions and allocations for a record by stage; `cargo xtask instructions --record` writes it. Stages in WebAssembly
# are not in it, as what they take depends on the compiler that built the plugins.
";

/// What each stage takes for a record.
type Counts = BTreeMap<String, Count>;

#[derive(Debug, Clone, Copy, Default)]
struct Count {
    instructions: f64,
    allocations: f64,
}

/// Counts, and fails where a stage takes many more than were recorded.
pub(crate) fn compare() -> Result {
    let recorded = root().join(RECORDED);
    let text = fs::read_to_string(&recorded).map_err(|error| format!("{}: {error}", recorded.display()))?;
    let more = table(&read(&text), &count()?);
    if more.is_empty() {
        return Ok(());
    }
    let more = more.join(", ");
    Err(format!(
        "more instructions or allocations than recorded, by over 5 %: {more}. Where that is as it should be, record anew: cargo xtask \
         instructions --record"
    )
    .into())
}

/// The same as one check among others. What was recorded is of the development profile as it stands.
pub(crate) fn check() -> Result {
    const OPTIMIZED: &str = "CARGO_PROFILE_DEV_OPT_LEVEL";
    if std::env::var_os(OPTIMIZED).is_some() {
        println!("{OPTIMIZED} is set, so there is nothing that the instructions could be held against");
        return Ok(());
    }
    compare()
}

/// Counts, and records it.
pub(crate) fn record() -> Result {
    let counts = count()?;
    let compared = counts.iter().filter(|(stage, _)| !stage.contains(WASM));
    let line = |(stage, Count { instructions, allocations }): (&String, &Count)| {
        format!("{instructions:.1} {allocations:.3} {stage}\n")
    };
    let text = HEAD.to_owned() + &compared.map(line).collect::<String>();
    Ok(fs::write(root().join(RECORDED), text).map_err(|error| format!("{RECORDED}: {error}"))?)
}

/// Prints both, and gives the stages that take too many.
fn table(recorded: &Counts, counts: &Counts) -> Vec<String> {
    println!("{:>12} {:>12} {:>8} {:>9} {:>9}", "instructions", "now", "", "allocated", "now");
    let mut more = Vec::new();
    for (stage, now) in counts {
        // What is new has nothing to be held against, and is to be recorded.
        let before = recorded.get(stage).copied().unwrap_or_default();
        let rise = (now.instructions / before.instructions - 1.0) * 100.0;
        println!(
            "{:>12.1} {:>12.1} {rise:>+6.1} % {:>9.3} {:>9.3}  {stage}",
            before.instructions, now.instructions, before.allocations, now.allocations
        );
        let is_more = now.instructions > before.instructions * RISE_MAX + SLACK
            || now.allocations > before.allocations * RISE_MAX + ALLOCATIONS_SLACK;
        if is_more && !stage.contains(WASM) {
            more.push(stage.clone());
        }
    }
    more
}

fn read(text: &str) -> Counts {
    let line = |line: &str| {
        let mut parts = line.splitn(3, ' ');
        let mut number = || parts.next()?.parse().ok();
        let count = Count { instructions: number()?, allocations: number()? };
        Some((parts.next()?.to_owned(), count))
    };
    text.lines().filter_map(line).collect()
}

/// Runs the stages under callgrind. It writes a file at each end of the function that it counts in.
fn count() -> Result<Counts> {
    setup::for_counting()?;
    let folder = target().join("instructions");
    // Files of an earlier run would be taken for this one's.
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let counted = "*::instructions::counted";
    let runner = [
        "valgrind".to_owned(),
        "--tool=callgrind".to_owned(),
        "--quiet".to_owned(),
        // For allocations: instructions one by one, each with its address.
        "--dump-instr=yes".to_owned(),
        "--compress-pos=no".to_owned(),
        format!("--toggle-collect={counted}"),
        format!("--dump-after={counted}"),
        format!("--callgrind-out-file={}", folder.join("out").display()),
    ];
    let runner = format!("target.'cfg(all())'.runner = {runner:?}");
    let mut command = cargo(&["bench", "--package", "kiteline", "--profile", "dev", "--bench", "cost"]);
    command.args(["--config", &runner, "--", "instructions"]);
    println!("$ {}", shown(&command));
    let output = command.stderr(std::process::Stdio::inherit()).output().map_err(|error| error.to_string())?;
    if !output.status.success() {
        return Err(format!("{}: {}", shown(&command), output.status).into());
    }
    let printed = String::from_utf8_lossy(&output.stdout);
    let stages = printed.lines().filter_map(|line| line.strip_prefix("counted ")?.split_once(' '));
    let mut counts = Counts::new();
    for (number, (records, stage)) in (1..).zip(stages) {
        let records: f64 = records.parse().map_err(|_| format!("`{records}` is no number of records"))?;
        counts.insert(stage.to_owned(), read_file(&folder.join(format!("out.{number}")), records)?);
    }
    if counts.is_empty() {
        return Err("the benchmark counted nothing".to_owned().into());
    }
    Ok(counts)
}

/// What a file of callgrind has, for each of so many records.
fn read_file(file: &Path, records: f64) -> Result<Count> {
    let text = fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
    let total = text.lines().find_map(|line| line.strip_prefix("totals: ")?.trim().parse::<f64>().ok());
    let total = total.ok_or_else(|| format!("{} has no totals", file.display()))?;
    Ok(Count { instructions: total / records, allocations: allocations(&text) / records })
}

/// How often what takes memory was called: how often its first instruction was done. The calls that the file tells
/// are of no use, as they are those outside of what is counted too. A function's name stands behind its number where it
/// comes for the first time.
fn allocations(text: &str) -> f64 {
    let mut names = BTreeMap::new();
    let mut first = BTreeMap::new();
    let (mut function, mut is_of_call) = ("", false);
    for line in text.lines() {
        if let Some((kind @ ("fn" | "cfn"), named)) = line.split_once('=') {
            let (number, name) = named.split_once(' ').unwrap_or((named, ""));
            let name = *names.entry(number).or_insert(name);
            if kind == "fn" {
                function = name;
            }
        } else if line.starts_with("calls=") {
            is_of_call = true;
        } else if line.starts_with("0x") && !std::mem::take(&mut is_of_call) && ALLOCATORS.contains(&function) {
            let mut parts = line.split(' ');
            let address = parts.next().and_then(|address| u64::from_str_radix(&address[2..], 16).ok());
            let count = parts.next_back().and_then(|count| count.parse::<f64>().ok());
            if let (Some(address), Some(count)) = (address, count) {
                let found = first.entry(function).or_insert((address, 0.0));
                if address < found.0 {
                    *found = (address, 0.0);
                }
                if address == found.0 {
                    found.1 += count;
                }
            }
        }
    }
    first.values().map(|(_, count)| count).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stage_that_takes_much_more_than_recorded_or_was_not_recorded_is_told() {
        let recorded = read("# Stages\n1000.0 0.500 decode: JSON\n10.5 0.000 validate\n");
        let now = |decode, allocated, validate| {
            read(&format!("{decode} {allocated} decode: JSON\n{validate} 0.01 validate\n90 9 rename: wasm\n"))
        };
        assert_eq!(table(&recorded, &now(1059.0, 0.5, 20.0)), Vec::<String>::new());
        assert_eq!(table(&recorded, &now(1061.0, 0.5, 1.0)), ["decode: JSON"]);
        assert_eq!(table(&recorded, &now(1.0, 0.55, 1.0)), ["decode: JSON"]);
        assert_eq!(table(&read(""), &now(11.0, 0.0, 11.0)), ["decode: JSON", "validate"]);
    }

    #[test]
    fn allocations_are_the_calls_of_allocators_within_what_is_counted() {
        let text = "fn=(1) work\n0x10 1 90\ncfn=(2) malloc\ncalls=70 0x20 7 \n0x11 1 400\n0x12 1 90\n\n\
                    fn=(2)\n0x24 8 60\n0x20 7 30\ncfn=(3) _int_malloc\ncalls=9 0x40 7 \n0x22 7 77\n0x20 7 3\n\n\
                    fn=(3)\n0x40 7 9\n\nfn=(4) realloc\n0x30 1 4\n0x31 1 4\n";
        assert_eq!(allocations(text), 37.0);
    }
}
