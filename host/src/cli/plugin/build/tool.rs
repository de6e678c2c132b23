//! Running a language's own tools, and saying which one is missing and how to get it.

use std::ffi::OsString;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::cli::exit::Exit;

/// Runs a tool in a folder; what it prints goes to standard error as it comes.
pub(super) fn run(mut command: Command, folder: &Path, how_to_get: &str) -> Result<(), Exit> {
    let shown = shown(&command);
    eprintln!("{shown}");
    let ran = command.current_dir(folder).stdin(Stdio::null()).stdout(std::io::stderr()).status();
    match ran {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(Exit::Failed(format!("the build failed ({status}) in: {shown}"))),
        Err(error) if error.kind() == ErrorKind::NotFound => Err(missing(&command, how_to_get)),
        Err(error) => Err(Exit::Failed(format!("{shown}: {error}"))),
    }
}

/// A tool that is not there.
pub(super) fn missing(command: &Command, how_to_get: &str) -> Exit {
    let program = command.get_program().to_string_lossy().into_owned();
    Exit::Mistake(format!("`{program}` is missing: {how_to_get}"))
}

/// The first of these programs that is there: by path where it has one, else on the PATH.
pub(super) fn first_of(programs: &[PathBuf]) -> Option<PathBuf> {
    let folders: Vec<PathBuf> =
        std::env::var_os("PATH").map(|path| std::env::split_paths(&path).collect()).unwrap_or_default();
    programs.iter().find_map(|program| {
        if program.components().count() > 1 {
            return program.is_file().then(|| program.clone());
        }
        folders.iter().map(|folder| folder.join(program)).find(|path| path.is_file())
    })
}

/// The command as one would type it.
fn shown(command: &Command) -> String {
    let environment = command.get_envs().filter_map(|(key, value)| {
        let value: OsString = value?.to_owned();
        Some(format!("{}={}", key.to_string_lossy(), value.to_string_lossy()))
    });
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    environment.chain(words.map(|word| word.to_string_lossy().into_owned())).collect::<Vec<_>>().join(" ")
}
