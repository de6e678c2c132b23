//! Why a plugin can't be used, and how a call of one can fail.

use std::path::{Path, PathBuf};

/// Why a plugin can't be used.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The engine itself can't be set up.
    #[error("the WebAssembly engine can't be set up: {0}")]
    Engine(String),
    /// The file can't be read.
    #[error("{}: {error}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        error: std::io::Error,
    },
    /// The file is not there.
    #[error("{}: there is no such file; {}", path.display(), how_to_build(project.as_deref()))]
    Missing {
        /// The file.
        path: PathBuf,
        /// The folder that it is in, where that is a plugin's project.
        project: Option<PathBuf>,
    },
    /// There is something, and it is no file.
    #[error("{}: not a regular file, as a component has to be", path.display())]
    NotAFile {
        /// What is there.
        path: PathBuf,
    },
    /// The file is too large.
    #[error("{}: more than {most} bytes, which no component needs; all of it is held in memory", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// Most bytes that are read.
        most: u64,
    },
    /// There is no shipped plugin of that name.
    #[error("there is no shipped plugin `{name}`; there are {}", super::shipped::SHIPPED.join(", "))]
    NotShipped {
        /// The name.
        name: String,
    },
    /// The file is something else.
    #[error("{name}: not a WebAssembly component, but {found}")]
    NotAComponent {
        /// The plugin as the pipeline file names it.
        name: String,
        /// What it is, and what to do.
        found: &'static str,
    },
    /// The component does not fit the world `kiteline:plugin/plugin`.
    #[error("{name}: not a plugin for kiteline:plugin@0.1.0: {error}")]
    World {
        /// The plugin as the pipeline file names it.
        name: String,
        /// The import or export at fault.
        error: String,
    },
    /// `describe` or `configure` trapped or took too long.
    #[error("{name}: {export} failed: {error}")]
    Export {
        /// The plugin as the pipeline file names it.
        name: String,
        /// `describe` or `configure`.
        export: &'static str,
        /// What happened, and what the plugin said.
        error: String,
    },
    /// The plugin refuses its configuration.
    #[error("{name}: the plugin refuses its configuration: {error}")]
    Refused {
        /// The plugin as the pipeline file names it.
        name: String,
        /// What the plugin says.
        error: String,
    },
    /// The plugin does not pass the cases that its component carries for its self-test.
    #[error("{name}: its self-test failed: {error}")]
    SelfTest {
        /// The plugin as the pipeline file names it.
        name: String,
        /// The case, and how what came differs from what it expects.
        error: String,
    },
}

fn how_to_build(project: Option<&Path>) -> String {
    match project {
        Some(folder) => format!("build it: `kiteline plugin build {}`", folder.display()),
        None => "`kiteline plugin build DIR` builds the component of a plugin's project".to_owned(),
    }
}

/// How a call to `process` failed.
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) kind: FaultKind,
    /// What happened, without any value of a record.
    pub(super) text: String,
    /// What the plugin said about it; may hold values.
    pub(super) said: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FaultKind {
    /// `process` returned an error; the instance is as good as before.
    Error,
    /// The instance is lost.
    Trap,
    /// The instance is lost, and the next rows had better come one by one.
    Timeout,
}

impl Fault {
    /// All that is known of it; may hold values.
    pub(super) fn all(self) -> String {
        [Some(self.text), self.said].into_iter().flatten().collect::<Vec<_>>().join("\n")
    }
}

impl LoadError {
    pub(super) fn engine(error: impl std::fmt::Display) -> Self {
        Self::Engine(error.to_string())
    }
}
