//! Steps of a task, and the commands that they run.

use std::ffi::OsStr;
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

/// What a task ends with.
pub(crate) type Result<T = ()> = std::result::Result<T, Failure>;

/// Why a task ended early.
pub(crate) enum Failure {
    /// A system package that we can't install; the text says what to do.
    Package(String),
    /// Anything else.
    Failed(String),
}

impl Failure {
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Self::Package(_) => 2,
            Self::Failed(_) => 1,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Package(text) | Self::Failed(text) => f.write_str(text),
        }
    }
}

impl From<String> for Failure {
    fn from(text: String) -> Self {
        Self::Failed(text)
    }
}

/// The steps that a task has taken, with their times.
#[derive(Default)]
pub(crate) struct Steps {
    taken: Vec<Step>,
}

struct Step {
    name: &'static str,
    time: Duration,
    ok: bool,
}

impl Steps {
    /// Takes a step. The task ends with the first that fails, so that its output is the last one.
    pub(crate) fn take<T>(&mut self, name: &'static str, work: impl FnOnce() -> Result<T>) -> Result<T> {
        println!("\n━━ {name}");
        let start = Instant::now();
        let result = work();
        let step = Step { name, time: start.elapsed(), ok: result.is_ok() };
        println!("━━ {step}");
        self.taken.push(step);
        result
    }

    /// Prints a table of the steps.
    pub(crate) fn summarize(&self) {
        println!();
        for step in &self.taken {
            println!("{step}");
        }
        let total: Duration = self.taken.iter().map(|step| step.time).sum();
        println!("{:<28}{:>8.1} s", "in all", total.as_secs_f64());
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = if self.ok { "ok" } else { "FAILED" };
        write!(f, "{:<28}{:>8.1} s  {state}", self.name, self.time.as_secs_f64())
    }
}

/// The root of the repository. Cargo tells where that is now: a binary may be older than the folder's name.
pub(crate) fn root() -> PathBuf {
    let xtask = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
    Path::new(&xtask).parent().expect("xtask lies in the workspace").to_owned()
}

/// Where builds go.
pub(crate) fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |target| root().join(target))
}

/// Where everything is kept that is downloaded and made once, as `tests/servers/common.sh` has it.
pub(crate) fn cache() -> Result<PathBuf> {
    let variable = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let folder = variable("XDG_CACHE_HOME").or_else(|| Some(variable("HOME")?.join(".cache")));
    let folder = folder.ok_or_else(|| "neither XDG_CACHE_HOME nor HOME says where downloads are kept".to_owned())?;
    Ok(folder.join("kiteline"))
}

/// The cargo that runs us, in the root of the repository.
pub(crate) fn cargo(arguments: &[&str]) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(arguments).current_dir(root());
    // What cargo says of xtask itself: build scripts that look at it would run anew, and all that hangs on them.
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(|name| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_")) {
            command.env_remove(name);
        }
    }
    command
}

/// Runs a command whose output goes where ours goes.
pub(crate) fn run(command: &mut Command) -> Result {
    println!("$ {}", shown(command));
    let status = command.status().map_err(|error| format!("{}: {error}", shown(command)))?;
    if status.success() { Ok(()) } else { Err(format!("{}: {status}", shown(command)).into()) }
}

/// A command as one would type it.
pub(crate) fn shown(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or_default();
    let words = std::iter::once(program).chain(command.get_args()).map(OsStr::to_string_lossy);
    words.collect::<Vec<_>>().join(" ")
}
