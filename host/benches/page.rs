//! Tables in the documentation, each between two lines that name the part that measured it.

use std::path::{Path, PathBuf};

/// The repository.
pub(crate) fn root() -> PathBuf {
    let mut folders = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
    folders
        .find(|folder| folder.join("rust-toolchain.toml").is_file())
        .expect("the crate is in the repository")
        .to_owned()
}

/// Writes what a command measured between its lines.
pub(crate) fn write(page: &str, command: &str, text: &str) -> Result<(), String> {
    let path = root().join(page);
    let begin = format!("<!-- measured by `{command}` -->\n");
    let end = "<!-- end of what was measured -->\n";
    let old = std::fs::read_to_string(&path).map_err(|error| format!("{page}: {error}"))?;
    let parts = old.split_once(&begin).and_then(|(before, rest)| Some((before, rest.split_once(end)?.1)));
    let (before, after) =
        parts.ok_or_else(|| format!("{page} has not the two lines that `{command}` stands between"))?;
    std::fs::write(&path, format!("{before}{begin}\n{text}\n{end}{after}")).map_err(|error| format!("{page}: {error}"))
}
