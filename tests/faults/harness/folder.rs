//! The folder of a scenario.

use std::path::Path;

use tempfile::TempDir;

/// A folder that stays where the scenario fails.
pub(crate) struct Folder(Option<TempDir>);

impl Folder {
    pub(crate) fn new() -> Self {
        Self(Some(tempfile::Builder::new().prefix("kiteline-faults-").tempdir().expect("a folder")))
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.as_ref().expect("kept until it is dropped").path()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if std::thread::panicking()
            && let Some(folder) = self.0.take()
        {
            println!("logs of this scenario: {}", folder.keep().display());
        }
    }
}
