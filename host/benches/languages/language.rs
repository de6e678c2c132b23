//! The languages, and how the plugin is built in each.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::page::root;

/// A language of plugins.
pub(crate) struct Language {
    pub(crate) name: &'static str,
    /// Its folder below `guest-sdk/` and below the plugin's.
    folder: &'static str,
    /// Says, in the repository, what builds it.
    version: &'static str,
}

/// In the order of `docs/languages.md`.
pub(crate) const ALL: [Language; 5] = [
    Language { name: "Rust", folder: "rust", version: "plugins/toolchain.sh version plugins" },
    Language { name: "Python", folder: "python", version: "$(guest-sdk/python/setup.sh check) --version" },
    Language {
        name: "JavaScript",
        folder: "javascript",
        version: "sed -n 's/^version=/componentize-qjs /p' guest-sdk/javascript/setup.sh",
    },
    Language { name: "Go", folder: "go", version: "go env GOVERSION" },
    Language { name: "C", folder: "c", version: "$(guest-sdk/c/setup.sh check) --version | head -1" },
];

/// The plugin in a language.
pub(crate) struct Built {
    pub(crate) language: &'static str,
    pub(crate) component: PathBuf,
    /// What built it.
    pub(crate) version: String,
}

impl Language {
    /// Builds the plugin; an error says what is missing.
    pub(crate) fn build(&self) -> Result<Built, String> {
        let version = said(root(), self.version)?;
        let component = if self.folder == "rust" { self.of_rust()? } else { self.by_script()? };
        Ok(Built { language: self.name, component, version: version.trim().to_owned() })
    }

    /// It is a member of the plugins' workspace, and built with the others.
    fn of_rust(&self) -> Result<PathBuf, String> {
        let component = root().join("plugins/dist/label.wasm");
        if component.is_file() { Ok(component) } else { Err("run `cargo xtask plugins` first".into()) }
    }

    fn by_script(&self) -> Result<PathBuf, String> {
        let out = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("label-{}.wasm", self.folder));
        eprintln!("building the plugin in {}", self.name);
        let build = format!("guest-sdk/{0}/build.sh plugins/examples/label/{0} '{1}'", self.folder, out.display());
        said(root(), &build).map(|_| out)
    }
}

/// What a command prints.
fn said(folder: PathBuf, command: &str) -> Result<String, String> {
    let output = Command::new("bash").arg("-euo").arg("pipefail").arg("-c").arg(command).current_dir(folder).output();
    let output = output.map_err(|error| format!("bash: {error}"))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    Err(format!("`{command}` failed:\n{}", String::from_utf8_lossy(&output.stderr).trim()))
}
