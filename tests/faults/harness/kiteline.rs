//! A `kiteline` that can be killed, asked to end, and weighed.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::support::wait_until;

/// How long it may take to end in order: its own limit is 30 seconds.
const END: Duration = Duration::from_secs(60);

/// A running `kiteline`; killed when it is dropped.
pub(crate) struct Kiteline {
    child: Child,
    log: PathBuf,
}

impl Kiteline {
    /// Runs a pipeline, its log in a file.
    pub(crate) fn start(pipeline: &Path, log: &Path) -> Self {
        let child = Command::new(env!("CARGO_BIN_EXE_kiteline"))
            .arg("run")
            .arg(pipeline)
            .env("KITELINE_LOG", "warn,kiteline=info")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(File::create(log).expect("a log"))
            .spawn()
            .expect("kiteline starts");
        Self { child, log: log.to_owned() }
    }

    /// SIGKILL, and waits until it is gone.
    pub(crate) fn kill(mut self) {
        self.must_run();
        self.child.kill().expect("it can be killed");
        self.child.wait().expect("it ends");
    }

    /// SIGSTOP.
    pub(crate) fn pause(&self) {
        self.signal("STOP");
    }

    /// SIGCONT.
    pub(crate) fn resume(&self) {
        self.signal("CONT");
    }

    /// SIGTERM, and waits until it has ended in order.
    pub(crate) fn terminate(mut self) {
        // Its first line says that it listens to signals.
        wait_until("kiteline has not begun", END, || self.log().contains(" kiteline version"));
        self.must_run();
        self.signal("TERM");
        let mut ended = None;
        wait_until("kiteline has not ended after SIGTERM", END, || {
            ended = self.child.try_wait().expect("it can be asked");
            ended.is_some()
        });
        let code = ended.expect("it ended").code();
        assert_eq!(code, Some(0), "after SIGTERM:\n{}", self.tail());
    }

    /// Fails where it has ended by itself.
    pub(crate) fn must_run(&mut self) {
        if let Some(status) = self.child.try_wait().expect("it can be asked") {
            panic!("kiteline ended by itself, {status}:\n{}", self.tail());
        }
    }

    /// What it has logged.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(&self.log).expect("its log")
    }

    /// Resident memory, in bytes.
    pub(crate) fn resident(&self) -> u64 {
        self.memory("VmRSS:")
    }

    /// The most that was ever resident.
    pub(crate) fn peak_resident(&self) -> u64 {
        self.memory("VmHWM:")
    }

    fn memory(&self, name: &str) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).expect("it runs");
        let line = status.lines().find_map(|line| line.strip_prefix(name)).expect("it has memory");
        let kib: u64 = line.trim().trim_end_matches(" kB").parse().expect("a number");
        kib << 10
    }

    fn signal(&self, name: &str) {
        let status = Command::new("kill").args(["-s", name, &self.child.id().to_string()]).status();
        assert!(status.expect("kill runs").success());
    }

    fn tail(&self) -> String {
        let log = self.log();
        // librdkafka tells of every attempt to connect.
        let lines: Vec<&str> = log.lines().filter(|line| !line.contains(" librdkafka: ")).collect();
        lines[lines.len().saturating_sub(15)..].join("\n")
    }
}

impl Drop for Kiteline {
    fn drop(&mut self) {
        if std::thread::panicking() {
            println!("the end of {}:\n{}", self.log.display(), self.tail());
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
