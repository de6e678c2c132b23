//! `cargo xtask test`: every check and every test.

mod counted;

use std::process::Command;

use crate::run::{self, Result, Steps, cargo};
use crate::servers::{KAFKA, MILVUS, MILVUS_LITE, MILVUS_SECURE, Preparing, REGISTRY, Running};
use crate::{deny, instructions, interface, plugins, setup};
use counted::Count;

const WORKSPACES: [&str; 2] = ["Cargo.toml", "plugins/Cargo.toml"];

/// The fault suite, in its small size; `cargo xtask soak` runs it in full.
const FAULTS: &str = "faults::";

/// Runs everything up to the first failure. The last line is the number of tests.
pub(crate) fn run() -> Result {
    let (mut steps, mut count) = (Steps::default(), Count::default());
    let result = take(&mut steps, &mut count);
    steps.summarize();
    if count != Count::default() {
        println!("\n{count}");
    }
    result
}

fn take(steps: &mut Steps, count: &mut Count) -> Result {
    steps.take("system packages", setup::for_testing)?;
    steps.take("format", || each_workspace(&["fmt", "--all", "--check"], &[]))?;
    let servers = [&KAFKA, &MILVUS, &MILVUS_LITE, &REGISTRY];
    let preparing = Preparing::start(&servers);
    steps.take("bindings", || Ok(interface::check()?))?;
    steps.take("plugins", || Ok(plugins::build()?))?;
    steps.take("dependencies", || WORKSPACES.into_iter().try_for_each(deny::check))?;
    steps.take("clippy", || each_workspace(&["clippy", "--workspace", "--all-targets"], &["--", "-D", "warnings"]))?;
    steps.take("compile tests", || each_workspace(&["test", "--workspace", "--no-run"], &[]))?;
    steps.take("instructions", instructions::check)?;
    steps.take("servers", || preparing.wait())?;
    let servers = [&KAFKA, &MILVUS, &MILVUS_SECURE, &MILVUS_LITE, &REGISTRY];
    let running = steps.take("start servers", || Running::start(&servers))?;
    steps.take("tests of plugins and SDK", || count.run(&mut on_workspace(&["test", "--workspace"], WORKSPACES[1])))?;
    // They also bring the toolchains that the black-box tests of languages look for.
    steps.take("SDKs of other languages", || run::run(&mut Command::new(run::root().join("guest-sdk/test.sh"))))?;
    let tests = ["test", "--workspace", "--", "--skip", FAULTS];
    steps.take("tests", || count.run(cargo(&tests).envs(running.environment.iter().cloned())))?;
    // Servers of their own, as the tests leave hundreds of collections and topics behind, which slow a server down.
    drop(running);
    let running = steps.take("start servers anew", || Running::start(&[&KAFKA, &MILVUS, &MILVUS_LITE]))?;
    steps.take("faults", || {
        let faults = ["test", "--package", "kiteline", "--test", "blackbox", "--", FAULTS, "--test-threads", "2"];
        count.run(cargo(&faults).envs(running.environment.iter().cloned()))
    })
}

fn each_workspace(arguments: &[&str], last: &[&str]) -> Result {
    WORKSPACES.into_iter().try_for_each(|manifest| run::run(on_workspace(arguments, manifest).args(last)))
}

fn on_workspace(arguments: &[&str], manifest: &str) -> Command {
    let mut command = cargo(arguments);
    command.args(["--manifest-path", manifest]);
    command
}
