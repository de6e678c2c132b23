//! Kiteline as its users have it: the real binary, in a process of its own.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::process::Process;

/// How long anything is waited for: a run takes seconds, and minutes where nothing is optimised.
const PATIENCE: Duration = Duration::from_secs(300);
/// How often it is looked whether it is there.
const POLL: Duration = Duration::from_millis(2);
/// Bytes of a log that an error shows: its end.
const LOG_SHOWN: usize = 2000;

const FILE: &str = "pipeline.toml";

/// A running `kiteline run`; killed when it is dropped.
#[derive(Debug)]
pub(crate) struct Kiteline {
    child: Child,
    /// The pipeline file and the log.
    folder: TempDir,
}

impl Kiteline {
    /// Starts it with a pipeline file, which must not have `[admin]`, and more arguments of `run`.
    pub(crate) fn start(pipeline: &str, arguments: &[&str]) -> Result<Self, String> {
        let start = || {
            let folder = tempfile::tempdir()?;
            let file = folder.path().join(FILE);
            fs::write(&file, whole(pipeline))?;
            let log = File::create(folder.path().join("log"))?;
            let mut command = Command::new(env!("CARGO_BIN_EXE_kiteline"));
            command.arg("run").arg(file).args(arguments).stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
            Ok(Self { child: command.spawn()?, folder })
        };
        start().map_err(|error: std::io::Error| format!("kiteline can't be started: {error}"))
    }

    /// Puts another pipeline file in the place of its own, from which it takes the plugins.
    pub(crate) fn write_pipeline(&self, pipeline: &str) -> Result<(), String> {
        let (part, file) = (self.folder.path().join("part"), self.folder.path().join(FILE));
        let written = fs::write(&part, whole(pipeline)).and_then(|()| fs::rename(part, file));
        written.map_err(|error| format!("the pipeline file: {error}"))
    }

    pub(crate) fn process(&self) -> Process {
        Process(self.child.id())
    }

    /// Waits until partitions were assigned to it.
    pub(crate) fn wait_until_ready(&mut self) -> Result<(), String> {
        self.wait_until("is not ready", Self::is_ready)
    }

    /// Whether partitions were assigned to it.
    pub(crate) fn is_ready(&self) -> bool {
        self.get("/readyz").is_some_and(|(status, _)| status == 200)
    }

    /// Waits for something while it runs; an error has the end of its log.
    pub(crate) fn wait_until(&mut self, not: &str, mut done: impl FnMut(&Self) -> bool) -> Result<(), String> {
        let deadline = Instant::now() + PATIENCE;
        while !done(self) {
            if let Some(status) = self.ended()? {
                return Err(self.failure(&format!("ended ({status}) and {not}")));
            }
            if Instant::now() > deadline {
                return Err(self.failure(&format!("{not} after {PATIENCE:?}")));
            }
            std::thread::sleep(POLL);
        }
        Ok(())
    }

    /// The sum of a metric's values over its labels. It takes some of the measured process' time.
    pub(crate) fn metric(&self, name: &str) -> Result<f64, String> {
        let page = self.metrics()?;
        let values = page.lines().filter_map(|line| {
            let (of, value) = line.rsplit_once(' ')?;
            (of.split('{').next() == Some(name)).then(|| value.parse::<f64>().ok())?
        });
        Ok(values.sum())
    }

    /// All metrics as Prometheus reads them.
    pub(crate) fn metrics(&self) -> Result<String, String> {
        let page = self.get("/metrics").filter(|(status, _)| *status == 200);
        page.map(|(_, page)| page).ok_or_else(|| self.failure("tells no metrics"))
    }

    /// Ends it by SIGTERM: it writes and commits what it has read.
    pub(crate) fn terminate(self) -> Result<(), String> {
        let status = Command::new("kill").args(["-s", "TERM", &self.child.id().to_string()]).status();
        match status {
            Ok(status) if status.success() => self.wait(),
            _ => Err(self.failure("could not be told to end")),
        }
    }

    /// Waits for its end, as a bounded run has one. It must succeed.
    pub(crate) fn wait(mut self) -> Result<(), String> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            match self.ended()? {
                Some(status) if status.success() => return Ok(()),
                Some(status) => return Err(self.failure(&format!("failed ({status})"))),
                None if Instant::now() > deadline => {
                    return Err(self.failure(&format!("has not ended after {PATIENCE:?}")));
                }
                None => std::thread::sleep(POLL),
            }
        }
    }

    /// What it logged so far.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    fn ended(&mut self) -> Result<Option<ExitStatus>, String> {
        self.child.try_wait().map_err(|error| format!("kiteline can't be waited for: {error}"))
    }

    fn failure(&self, what: &str) -> String {
        let log = self.log();
        let from = log.char_indices().rev().take(LOG_SHOWN).last().map_or(0, |(at, _)| at);
        format!("kiteline {what}; its log ends with:\n{}", &log[from..])
    }

    /// Status and body; none where it does not answer.
    fn get(&self, path: &str) -> Option<(u16, String)> {
        let address = self.address()?;
        let mut stream = TcpStream::connect(address).ok()?;
        stream.set_read_timeout(Some(PATIENCE)).ok()?;
        write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\n\r\n").ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).ok()?;
        let (head, body) = answer.split_once("\r\n\r\n")?;
        Some((head.split(' ').nth(1)?.parse().ok()?, body.to_owned()))
    }

    /// Where it listens, which the log says once it does.
    fn address(&self) -> Option<SocketAddr> {
        let log = self.log();
        let (_, rest) = log.lines().find(|line| line.contains("admin listens"))?.split_once("address")?;
        let is_part = |c: char| c.is_ascii_digit() || c == '.' || c == ':';
        rest.trim_start_matches(['=', '"', ':']).split(|c| !is_part(c)).next()?.parse().ok()
    }
}

/// A pipeline file with the table that it is asked through.
fn whole(pipeline: &str) -> String {
    format!("{pipeline}\n[admin]\nlisten = \"127.0.0.1:0\"\n")
}

impl Drop for Kiteline {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
