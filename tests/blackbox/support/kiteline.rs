//! Running the binary.

use std::io::Read;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use super::wait_until;

/// Longest time that a run of the binary may take.
const LIMIT: Duration = Duration::from_secs(120);

/// A running `kiteline`; killed when it is dropped.
pub(crate) struct Running {
    child: Child,
    log: Arc<Mutex<String>>,
    reader: Option<JoinHandle<()>>,
}

/// How a `kiteline` ended.
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// Runs it to its end.
pub(crate) fn kiteline(arguments: &[&str]) -> Ended {
    kiteline_in(Path::new("."), arguments, &[])
}

/// Runs it to its end, from a folder and with environment variables.
pub(crate) fn kiteline_in(folder: &Path, arguments: &[&str], environment: &[(&str, &str)]) -> Ended {
    let mut command = command(arguments);
    let Output { status, stdout, stderr } =
        command.current_dir(folder).envs(environment.iter().copied()).output().expect("kiteline starts");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("kiteline prints UTF-8");
    let ended = Ended { code: status.code(), stdout: text(stdout), stderr: text(stderr) };
    // Shown where the test fails.
    println!("kiteline {arguments:?}: {:?}\n{}{}", ended.code, ended.stdout, ended.stderr);
    ended
}

/// Starts it.
pub(crate) fn start(arguments: &[&str]) -> Running {
    let mut child = command(arguments).stderr(Stdio::piped()).stdout(Stdio::null()).spawn().expect("kiteline starts");
    let log = Arc::<Mutex<String>>::default();
    let (mut stderr, into) = (child.stderr.take().expect("piped"), Arc::clone(&log));
    let reader = std::thread::spawn(move || {
        let mut buffer = [0; 4096];
        while let Ok(count @ 1..) = stderr.read(&mut buffer) {
            into.lock().expect("not poisoned").push_str(&String::from_utf8_lossy(&buffer[..count]));
        }
    });
    Running { child, log, reader: Some(reader) }
}

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kiteline"));
    command.args(arguments).env("KITELINE_LOG", "warn,kiteline=debug").stdin(Stdio::null());
    command
}

impl Running {
    /// SIGKILL, and waits until it is gone.
    pub(crate) fn kill(mut self) {
        self.child.kill().expect("it can be killed");
        self.child.wait().expect("it ends");
    }

    /// SIGTERM.
    pub(crate) fn terminate(&self) {
        self.signal("TERM");
    }

    /// SIGHUP.
    pub(crate) fn hang_up(&self) {
        self.signal("HUP");
    }

    fn signal(&self, name: &str) {
        let status = Command::new("kill").args(["-s", name, &self.child.id().to_string()]).status();
        assert!(status.expect("kill runs").success());
    }

    /// Waits for its end: the exit code and what it logged.
    pub(crate) fn wait(mut self) -> (Option<i32>, String) {
        let mut status = None;
        wait_until("kiteline has not ended", LIMIT, || {
            status = self.child.try_wait().expect("it can be asked");
            status.is_some()
        });
        self.reader.take().expect("taken once").join().expect("the reader does not panic");
        (status.expect("it ended").code(), self.log())
    }

    /// What it logged so far.
    pub(crate) fn log(&self) -> String {
        self.log.lock().expect("not poisoned").clone()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            println!("a kiteline that was running:\n{}", self.log());
        }
    }
}
