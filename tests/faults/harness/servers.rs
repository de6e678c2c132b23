//! Servers of a scenario's own, to be killed, paused and started again.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A server in a folder of its own; it ends when this is dropped.
pub(crate) struct Server {
    script: &'static str,
    home: PathBuf,
    /// What it printed at its start.
    pub(crate) address: String,
}

impl Server {
    /// Apache Kafka.
    pub(crate) fn kafka(folder: &Path, options: &[&str]) -> Self {
        Self::start_new("kafka.sh", folder.join("kafka"), options)
    }

    /// Milvus 2.3.5.
    pub(crate) fn milvus(folder: &Path, options: &[&str]) -> Self {
        Self::start_new("milvus.sh", folder.join("milvus"), options)
    }

    /// Milvus Lite.
    pub(crate) fn milvus_lite(folder: &Path) -> Self {
        Self::start_new("milvus-lite.sh", folder.join("milvus-lite"), &[])
    }

    fn start_new(script: &'static str, home: PathBuf, options: &[&str]) -> Self {
        // Before the start: one that fails half-way has a process too.
        let mut server = Self { script, home, address: String::new() };
        server.address = server.run("start", options);
        server
    }

    /// Starts it again, and waits until it is ready.
    pub(crate) fn start(&self) {
        self.run("start", &[]);
    }

    /// SIGKILL, of one broker where a number is given.
    pub(crate) fn kill(&self, broker: Option<u32>) {
        let broker = broker.map(|number| number.to_string());
        self.run("kill", &broker.iter().map(String::as_str).collect::<Vec<_>>());
    }

    /// SIGSTOP.
    pub(crate) fn pause(&self) {
        self.run("pause", &[]);
    }

    /// SIGCONT.
    pub(crate) fn resume(&self) {
        self.run("resume", &[]);
    }

    fn run(&self, command: &str, options: &[&str]) -> String {
        let output = self.command(command).args(options).stderr(Stdio::inherit()).output().expect("the script runs");
        assert!(output.status.success(), "{} {command}: {}", self.script, output.status);
        String::from_utf8(output.stdout).expect("UTF-8").trim().to_owned()
    }

    fn command(&self, command: &str) -> Command {
        let scripts = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/servers");
        let mut run = Command::new(Path::new(scripts).join(self.script));
        run.arg(command).arg(&self.home).stdin(Stdio::null());
        run
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // A panic may be on its way already.
        if let Err(error) = self.command("kill").status() {
            eprintln!("{} kill {}: {error}", self.script, self.home.display());
        }
    }
}
