//! `cargo xtask instructions`: how many instructions each stage takes for a record, held against what was recorded.
//!
//! Times differ from run to run and from machine to machine; these numbers hardly do. Valgrind's processor has AVX2 and
//! no AVX-512. The profile is that of the tests, so they are for comparing only.

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

/// Instructions for a record by stage.
type Counts = BTreeMap<String, f64>;

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
        "more instructions than recorded, by over 5 %: {more}. Where that is as it should be, record anew: cargo xtask \
         instructions --record"
    )
    .into())
}

/// Counts, and records it.
pub(crate) fn record() -> Result {
    let counts = count()?;
    let lines: Vec<String> = counts.iter().map(|(stage, count)| format!("{count:.1} {stage}\n")).collect();
    Ok(fs::write(root().join(RECORDED), lines.concat()).map_err(|error| format!("{RECORDED}: {error}"))?)
}

/// Prints both, and gives the stages that take too many.
fn table(recorded: &Counts, counts: &Counts) -> Vec<String> {
    println!("{:>12} {:>12}        stage (instructions for a record)", "recorded", "now");
    let mut more = Vec::new();
    for (stage, now) in counts {
        // What is new has nothing to be held against, and is to be recorded.
        let before = recorded.get(stage).copied().unwrap_or(0.0);
        println!("{before:>12.1} {now:>12.1} {:>+6.1} % {stage}", (now / before - 1.0) * 100.0);
        if *now > before * RISE_MAX + SLACK {
            more.push(stage.clone());
        }
    }
    more
}

fn read(text: &str) -> Counts {
    let line = |line: &str| {
        let (count, stage) = line.split_once(' ')?;
        Some((stage.to_owned(), count.parse().ok()?))
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
        counts.insert(stage.to_owned(), total(&folder.join(format!("out.{number}")))? / records);
    }
    if counts.is_empty() {
        return Err("the benchmark counted nothing".to_owned().into());
    }
    Ok(counts)
}

/// The sum in a file of callgrind.
fn total(file: &Path) -> Result<f64> {
    let text = fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
    let total = text.lines().find_map(|line| line.strip_prefix("totals: ")?.trim().parse().ok());
    Ok(total.ok_or_else(|| format!("{} has no totals", file.display()))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stage_that_takes_much_more_than_recorded_or_was_not_recorded_is_told() {
        let recorded = read("1000.0 decode: JSON\n10.5 validate\n");
        let now = |decode, validate| read(&format!("{decode} decode: JSON\n{validate} validate\n"));
        assert_eq!(table(&recorded, &now(1059.0, 20.0)), Vec::<String>::new());
        assert_eq!(table(&recorded, &now(1061.0, 1.0)), ["decode: JSON"]);
        assert_eq!(table(&read(""), &now(11.0, 11.0)), ["decode: JSON", "validate"]);
    }
}
