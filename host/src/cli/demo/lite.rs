//! Milvus Lite, installed and started by the same script that the tests use.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::cli::exit::Exit;

const SCRIPT: &str = include_str!("../../../../tests/servers/milvus-lite.sh");
const COMMON: &str = include_str!("../../../../tests/servers/common.sh");

/// A Milvus Lite that ends with the demo.
pub(super) struct Lite {
    script: PathBuf,
    home: PathBuf,
    uri: String,
}

impl Lite {
    pub(super) fn start(folder: &Path) -> Result<Self, Exit> {
        let failed = |error: std::io::Error| Exit::Failed(format!("Milvus Lite can't be started: {error}"));
        let home = folder.join("milvus-lite");
        fs::create_dir_all(&home).map_err(failed)?;
        let home = home.canonicalize().map_err(failed)?;
        let script = home.join("milvus-lite.sh");
        fs::write(&script, SCRIPT).map_err(failed)?;
        fs::write(home.join("common.sh"), COMMON).map_err(failed)?;
        let server = home.join("server");
        let output = Command::new("bash")
            .arg(&script)
            .arg("start")
            .arg(&server)
            .stderr(Stdio::inherit())
            .output()
            .map_err(failed)?;
        if !output.status.success() {
            return Err(Exit::Failed(
                "Milvus Lite did not start, see above; it needs Python 3.10 or newer with venv (Debian: python3-venv)"
                    .into(),
            ));
        }
        let uri = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        Ok(Self { script, home: server, uri })
    }

    pub(super) fn uri(&self) -> &str {
        &self.uri
    }
}

impl Drop for Lite {
    fn drop(&mut self) {
        // The demo is over; what is left of the server is a process that the next demo finds again.
        let _ = Command::new("bash").arg(&self.script).arg("stop").arg(&self.home).status();
    }
}
