//! `cargo xtask demo`: from a fresh clone to the demo.

use std::os::unix::process::CommandExt;

use crate::run::{self, Result, Steps, cargo, shown};
use crate::servers::{MILVUS_LITE, Preparing};
use crate::{plugins, setup};

/// Sets up and builds all that the demo needs, and becomes the demo.
pub(crate) fn run(arguments: &[&str]) -> Result {
    let mut steps = Steps::default();
    let result = build(&mut steps);
    steps.summarize();
    result?;
    let mut demo = cargo(&["run", "--quiet", "--package", "kiteline", "--", "demo"]);
    demo.args(arguments);
    Err(format!("{}: {}", shown(&demo), demo.exec()).into())
}

fn build(steps: &mut Steps) -> Result {
    steps.take("system packages", setup::for_building)?;
    // The demo would install it, but half a minute of downloads fits into the build.
    let lite = Preparing::start(&[&MILVUS_LITE]);
    steps.take("plugins", || Ok(plugins::build()?))?;
    steps.take("kiteline", || run::run(&mut cargo(&["build", "--package", "kiteline"])))?;
    steps.take("Milvus Lite", || lite.wait())
}
