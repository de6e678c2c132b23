//! `cargo xtask soak`: the fault suite in full size, and random faults for as long as one wants. Its result is kept in the
//! repository.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::plugins;
use crate::run::{self, Result, Steps, cargo, root, target};
use crate::servers::{KAFKA, MILVUS, MILVUS_LITE, Preparing, Running};
use crate::setup;

/// What can be chosen.
#[derive(Debug, PartialEq, Eq)]
struct Options {
    minutes: u64,
    seed: u64,
}

/// Runs it and writes the report, also where a scenario fails.
pub(crate) fn run(arguments: &[&str]) -> Result {
    let options = parse(arguments)?;
    let mut steps = Steps::default();
    let result = take(&mut steps, &options);
    steps.summarize();
    result
}

fn parse(arguments: &[&str]) -> Result<Options> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_err(|error| error.to_string())?;
    let mut options = Options { minutes: 60, seed: u64::from(now.subsec_micros()) };
    for pair in arguments.chunks(2) {
        let (name, value) = match pair {
            [name @ ("--minutes" | "--seed"), value] => (*name, value.parse::<u64>()),
            _ => return Err("soak takes --minutes N and --seed N".to_owned().into()),
        };
        let value = value.map_err(|_| format!("{name} takes a number"))?;
        if name == "--seed" { options.seed = value } else { options.minutes = value }
    }
    Ok(options)
}

fn take(steps: &mut Steps, options: &Options) -> Result {
    steps.take("system packages", setup::for_testing)?;
    let servers = [&KAFKA, &MILVUS, &MILVUS_LITE];
    let preparing = Preparing::start(&servers);
    steps.take("plugins", || Ok(plugins::build()?))?;
    steps.take("compile", || {
        run::run(&mut cargo(&["test", "--package", "kiteline", "--test", "blackbox", "--no-run"]))
    })?;
    steps.take("servers", || preparing.wait())?;
    let running = steps.take("start servers", || Running::start(&servers))?;
    let rows = target().join("soak-rows.md");
    if rows.exists() {
        fs::remove_file(&rows).map_err(|error| format!("{}: {error}", rows.display()))?;
    }
    let faults = |chosen: &[&str]| {
        let mut command = cargo(&["test", "--package", "kiteline", "--test", "blackbox", "--", "--nocapture"]);
        command.args(chosen);
        command.envs(running.environment.iter().map(|(name, value)| (name, value)));
        command.env("KITELINE_FAULTS", "full").env("KITELINE_FAULTS_MINUTES", options.minutes.to_string());
        command.env("KITELINE_SEED", options.seed.to_string()).env("KITELINE_FAULTS_REPORT", &rows);
        run::run(&mut command)
    };
    let soaked = steps.take("soak", || {
        // The random faults take as long as all the others, and all of them wait more than they work.
        let (random, others) = std::thread::scope(|scope| {
            let random = scope.spawn(|| faults(&["faults::soak"]).map_err(|error| error.to_string()));
            let others = faults(&["faults::", "--skip", "faults::soak", "--test-threads", "2"]);
            (random.join().map_err(|_| "the random faults ended without a result".to_owned()), others)
        });
        random??;
        others
    });
    report(options, &rows, soaked.is_ok())?;
    soaked
}

/// Writes `docs/soak.md`.
fn report(options: &Options, rows: &Path, ok: bool) -> Result {
    let mut rows: Vec<String> = fs::read_to_string(rows).unwrap_or_default().lines().map(str::to_owned).collect();
    rows.sort();
    let result = if ok { "Nothing was lost, doubled or wrong." } else { "**A scenario failed.**" };
    let Options { minutes, seed } = options;
    let servers: Vec<&str> = [&KAFKA, &MILVUS, &MILVUS_LITE].iter().map(|server| server.name()).collect();
    let text = format!(
        "# Soak\n\n{result} Made by `cargo xtask soak --minutes {minutes} --seed {seed}`; what the scenarios do stands in \
         `tests/faults`.\n\n- Kiteline {}, {}\n- {}\n- {}\n\n{HEAD}{}\n\n{WORDS}\n",
        said("git", &["describe", "--always", "--dirty", "--exclude", "*"]),
        said("date", &["--utc", "+%Y-%m-%d"]),
        servers.join(", "),
        machine(),
        rows.join("\n"),
    );
    let file = root().join("docs/soak.md");
    let written = fs::create_dir_all(root().join("docs")).and_then(|()| fs::write(&file, text));
    written.map_err(|error| format!("{}: {error}", file.display()).into())
}

const HEAD: &str = "\
| scenario | faults | records | written | overtaken | deleted | dead-lettered | letters repeated | dropped | lost | doubled | wrong | time |
|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|
";

const WORDS: &str = "\
Every record is counted once: *written*: its row is in Milvus; *overtaken*: a later operation on its key came; *deleted*: \
it deleted its key; *dead-lettered*: it was bad on purpose and is on the dead letter's topic with the right reason; \
*dropped*: its row went when the operator dropped the collection. *Letters repeated*: dead letters that came once more \
because a process ended, or lost its partitions, between the letter and the commit.";

/// Processors, memory and system.
fn machine() -> String {
    let read = |file: &str| fs::read_to_string(file).unwrap_or_default();
    let after = |text: &str, name: &str| -> String {
        let line = text.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
        line.trim_start_matches([':', '\t', ' ']).trim().to_owned()
    };
    let (processors, memory) = (read("/proc/cpuinfo"), read("/proc/meminfo"));
    let cores = processors.lines().filter(|line| line.starts_with("processor")).count();
    let gib = after(&memory, "MemTotal").trim_end_matches(" kB").parse::<f64>().unwrap_or(0.0) / f64::from(1 << 20);
    format!("{cores} × {}, {gib:.0} GiB, Linux {}", after(&processors, "model name"), said("uname", &["-r"]))
}

/// What a command prints; a question mark where it fails.
fn said(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).current_dir(root()).output();
    match output {
        Ok(output) if output.status.success() => String::from_utf8_lossy(&output.stdout).trim().to_owned(),
        _ => "?".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_minutes_and_seed_in_any_order() {
        let parsed = |arguments: &[&str]| parse(arguments).ok();
        assert_eq!(parsed(&["--seed", "7", "--minutes", "5"]), Some(Options { minutes: 5, seed: 7 }));
        assert_eq!(parsed(&[]).map(|options| options.minutes), Some(60));
        assert!(
            parsed(&["--minutes"]).is_none()
                && parsed(&["--hours", "1"]).is_none()
                && parsed(&["--seed", "x"]).is_none()
        );
    }
}
