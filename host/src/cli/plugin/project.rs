//! A plugin's project: a folder with `kiteline-plugin.toml`.

use std::path::{Path, PathBuf};

use clap::ValueEnum;
use serde::{Deserialize, Serialize};

use crate::cli::exit::Exit;
pub(super) use crate::plugin::MANIFEST;

/// The languages that there are an SDK and a recipe for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub(super) enum Lang {
    /// Rust
    Rust,
    /// Python
    Python,
    /// JavaScript
    Javascript,
    /// Go
    Go,
    /// C
    C,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Manifest {
    name: String,
    lang: Lang,
}

/// A plugin's project.
#[derive(Debug)]
pub(super) struct Project {
    pub(super) folder: PathBuf,
    pub(super) name: String,
    pub(super) lang: Lang,
}

impl Project {
    /// The project in a folder.
    pub(super) fn open(folder: &Path) -> Result<Self, Exit> {
        let path = folder.join(MANIFEST);
        let text = std::fs::read_to_string(&path).map_err(|error| {
            Exit::Mistake(format!(
                "{}: {error}; a plugin's project has this file, and `kiteline plugin new` makes one",
                path.display()
            ))
        })?;
        let manifest: Manifest =
            toml::from_str(&text).map_err(|error| Exit::Mistake(format!("{}: {error}", path.display())))?;
        name_is_right(&manifest.name)?;
        Ok(Self { folder: folder.to_owned(), name: manifest.name, lang: manifest.lang })
    }

    /// The component that is built of it.
    pub(super) fn component(&self) -> PathBuf {
        self.folder.join(format!("{}.wasm", self.name))
    }
}

impl Lang {
    /// The folder of its SDK.
    pub(super) fn folder(self) -> &'static str {
        match self {
            Self::Rust => "rust",
            Self::Python => "python",
            Self::Javascript => "javascript",
            Self::Go => "go",
            Self::C => "c",
        }
    }
}

/// A name is one of a crate, a package, a file and a metric at once.
pub(super) fn name_is_right(name: &str) -> Result<(), Exit> {
    let is_right = name.starts_with(|first: char| first.is_ascii_lowercase())
        && name.len() <= 64
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
        && !name.ends_with('-')
        && !name.contains("--");
    if is_right {
        return Ok(());
    }
    Err(Exit::Mistake(format!(
        "`{name}` can't be a plugin's name: take small letters, digits and single dashes, a letter first, as \
         `clean-titles`; at most 64 in all"
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_fits_everywhere_that_it_is_used() {
        for name in ["a", "clean-titles", "x2-y"] {
            assert!(name_is_right(name).is_ok(), "{name}");
        }
        for name in ["", "2x", "Clean", "a_b", "a--b", "a-", "../a", "ä", &"a".repeat(65)] {
            assert!(name_is_right(name).is_err(), "{name}");
        }
    }
}
