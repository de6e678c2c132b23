//! The servers of the tests: their scripts are in `tests/servers`.

use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::thread::JoinHandle;

use crate::run::{Result, root, shown, target};

/// A server that a script starts.
pub(crate) struct Server {
    script: &'static str,
    /// The folder that it lives in.
    home: &'static str,
    /// How it is started.
    options: &'static [&'static str],
    /// Where the tests find its address.
    variable: &'static str,
    /// What is downloaded, once.
    download: &'static str,
}

pub(crate) const KAFKA: Server = Server {
    script: "kafka.sh",
    home: "kafka",
    options: &[],
    variable: "KITELINE_TEST_KAFKA",
    download: "Apache Kafka 4.3.1, 67 MB",
};
pub(crate) const MILVUS: Server = Server {
    script: "milvus.sh",
    home: "milvus",
    options: &[],
    variable: "KITELINE_TEST_MILVUS",
    download: "Milvus 2.3.5, 58 MB",
};
/// The same program once more, so there is nothing to download.
pub(crate) const MILVUS_SECURE: Server =
    Server { home: "milvus-secure", options: &["--secure"], variable: "KITELINE_TEST_MILVUS_SECURE", ..MILVUS };
pub(crate) const MILVUS_LITE: Server = Server {
    script: "milvus-lite.sh",
    home: "milvus-lite",
    options: &[],
    variable: "KITELINE_TEST_MILVUS_LITE",
    download: "Milvus Lite 3.2.2, 113 MB",
};
pub(crate) const REGISTRY: Server = Server {
    script: "schema-registry.sh",
    home: "schema-registry",
    options: &[],
    variable: "KITELINE_TEST_REGISTRY",
    download: "Apicurio Registry 3.0.9, 109 MB",
};

impl Server {
    /// Its name and version.
    pub(crate) fn name(&self) -> &'static str {
        self.download.split(',').next().unwrap_or_default()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(root().join("tests/servers").join(self.script));
        command.args(arguments).stdin(Stdio::null());
        command
    }

    fn home(&self) -> PathBuf {
        target().join("test-servers").join(self.home)
    }

    fn run(&self, command: &str, options: &[&str]) -> Result<String> {
        let home = self.home();
        let mut command = self.command(&[command, &home.to_string_lossy()]);
        command.args(options);
        let output = command.stderr(Stdio::inherit()).output();
        answer(&command, output)
    }
}

fn answer(command: &Command, output: std::io::Result<Output>) -> Result<String> {
    let output = output.map_err(|error| format!("{}: {error}", shown(command)))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned());
    }
    Err(format!("{}{}: {}", String::from_utf8_lossy(&output.stderr), shown(command), output.status).into())
}

/// Servers that are being downloaded and unpacked while something else is done.
pub(crate) struct Preparing {
    threads: Vec<JoinHandle<Result<String>>>,
}

impl Preparing {
    pub(crate) fn start(servers: &[&Server]) -> Self {
        let downloads: Vec<&str> = servers.iter().map(|server| server.download).collect();
        println!("\nin the background, unless they are in the cache: {}", downloads.join("; "));
        let start = |server: &&Server| {
            let mut command = server.command(&["prepare"]);
            std::thread::spawn(move || {
                let output = command.output();
                answer(&command, output)
            })
        };
        Self { threads: servers.iter().map(start).collect() }
    }

    pub(crate) fn wait(self) -> Result {
        for thread in self.threads {
            thread.join().map_err(|_| "the thread that waited for a script panicked".to_owned())??;
        }
        Ok(())
    }
}

/// Running servers; they end when this is dropped. Those of a run that was killed end when the next one starts, as
/// their place is always the same.
pub(crate) struct Running {
    servers: Vec<&'static Server>,
    /// Variables for the tests.
    pub(crate) environment: Vec<(&'static str, String)>,
}

impl Running {
    pub(crate) fn start(servers: &[&'static Server]) -> Result<Self> {
        let mut running = Self { servers: servers.to_vec(), environment: Vec::new() };
        for server in servers {
            server.run("stop", &[])?;
            if server.home().exists() {
                let failed = |error| format!("{}: {error}", server.home().display());
                std::fs::remove_dir_all(server.home()).map_err(failed)?;
            }
            let address = server.run("start", server.options)?;
            println!("{}={address}  (in {})", server.variable, server.home().display());
            running.environment.push((server.variable, address));
        }
        Ok(running)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        for server in &self.servers {
            if let Err(failure) = server.run("stop", &[]) {
                eprintln!("{failure}");
            }
        }
    }
}
