//! Servers of a scenario's own, to be killed, paused and started again.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

/// How often the operator looks whether the server is there.
const LOOK: Duration = Duration::from_millis(500);

/// A server in a folder of its own; it ends when this is dropped.
pub(crate) struct Server {
    inner: Arc<Inner>,
    /// What it printed at its start.
    pub(crate) address: String,
}

/// Restarts a server.
pub(crate) struct Operator(Arc<Inner>);

struct Inner {
    script: &'static str,
    home: PathBuf,
    /// One command at a time.
    command: Mutex<()>,
}

impl Server {
    /// Apache Kafka.
    pub(crate) fn kafka(folder: &Path, options: &[&str]) -> Self {
        Self::start_new("kafka.sh", folder.join("kafka"), options)
    }

    /// Milvus 2.3.5, with an operator who starts it again where it ends by itself, as it does when it was frozen for
    /// longer than its session lasts.
    pub(crate) fn milvus(folder: &Path, options: &[&str]) -> Self {
        let server = Self::start_new("milvus.sh", folder.join("milvus"), options);
        let inner = Arc::downgrade(&server.inner);
        std::thread::spawn(move || operate(&inner));
        server
    }

    /// Milvus Lite.
    pub(crate) fn milvus_lite(folder: &Path) -> Self {
        Self::start_new("milvus-lite.sh", folder.join("milvus-lite"), &[])
    }

    fn start_new(script: &'static str, home: PathBuf, options: &[&str]) -> Self {
        // Before the start: one that fails half-way has a process too.
        let inner = Arc::new(Inner { script, home, command: Mutex::default() });
        let mut server = Self { inner, address: String::new() };
        server.address = server.inner.run("start", options);
        server
    }

    /// Starts what does not run of it, and waits until it is ready.
    pub(crate) fn start(&self) {
        self.inner.run("start", &[]);
    }

    /// SIGKILL, of one broker where a number is given.
    pub(crate) fn kill(&self, broker: Option<u32>) {
        self.inner.run_for("kill", broker);
    }

    /// SIGSTOP.
    pub(crate) fn pause(&self, broker: Option<u32>) {
        self.inner.run_for("pause", broker);
    }

    /// Who can restart it later.
    pub(crate) fn operator(&self) -> Operator {
        Operator(Arc::clone(&self.inner))
    }

    /// SIGCONT.
    pub(crate) fn resume(&self, broker: Option<u32>) {
        self.inner.run_for("resume", broker);
    }
}

impl Operator {
    /// Kills the server and starts it again.
    pub(crate) fn restart(&self) {
        self.0.run("kill", &[]);
        self.0.run("start", &[]);
    }
}

impl Inner {
    fn run(&self, command: &str, options: &[&str]) -> String {
        let _one = self.command.lock().unwrap_or_else(PoisonError::into_inner);
        self.run_alone(command, options)
    }

    fn run_for(&self, command: &str, broker: Option<u32>) {
        let broker = broker.map(|number| number.to_string());
        self.run(command, &broker.iter().map(String::as_str).collect::<Vec<_>>());
    }

    fn run_alone(&self, command: &str, options: &[&str]) -> String {
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

    /// True where nobody ended it and it is gone all the same: its pid is noted for as long as it should run.
    fn ended_by_itself(&self) -> bool {
        let Ok(pid) = std::fs::read_to_string(self.home.join("pid")) else { return false };
        // Where nobody waits for it, it stays as a zombie.
        let state = std::fs::read_to_string(Path::new("/proc").join(pid.trim()).join("stat"));
        state.map_or(true, |state| state.contains(") Z "))
    }
}

fn operate(server: &Weak<Inner>) {
    while let Some(server) = server.upgrade() {
        let one = server.command.lock().unwrap_or_else(PoisonError::into_inner);
        if server.ended_by_itself() {
            println!("{} ended by itself: it is started again", server.home.display());
            server.run_alone("start", &[]);
        }
        drop(one);
        std::thread::sleep(LOOK);
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _one = self.inner.command.lock().unwrap_or_else(PoisonError::into_inner);
        // A panic may be on its way already.
        if let Err(error) = self.inner.command("kill").status() {
            eprintln!("{} kill {}: {error}", self.inner.script, self.inner.home.display());
        }
    }
}
