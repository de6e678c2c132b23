//! What the demo prints.

use std::io::{IsTerminal, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::metrics::Metrics;
use crate::pipeline::Pipeline;

const WIDTH: usize = 40;

/// A headline.
pub(super) fn step(title: &str) {
    println!("\n{}", bold(title));
}

/// A line below a headline.
pub(super) fn note(text: &str) {
    println!("  {text}");
}

/// Bold where a person reads it.
pub(super) fn bold(text: &str) -> String {
    if std::io::stdout().is_terminal() { format!("\x1b[1m{text}\x1b[0m") } else { text.to_owned() }
}

/// The plugins on the way to the collection.
pub(super) fn chain(pipeline: &Pipeline) -> String {
    let names: Vec<&str> = pipeline.plugins().iter().map(|plugin| plugin.info().name.as_str()).collect();
    format!("JSON → {} → Milvus", names.join(" → "))
}

/// What to do next.
pub(super) fn end(packages: &Path, changes: &Path) {
    step("What now");
    let (packages, changes) = (packages.display(), changes.display());
    note(&format!("The pipelines were {packages} and {changes}. They explain every key."));
    note("For your own servers, change `kafka.brokers`, `kafka.topics`, `milvus.uri` and `milvus.collection`, then:");
    note(&format!("  kiteline check {packages}"));
    note(&format!("  kiteline run {packages}"));
}

/// Progress, until it is dropped.
pub(super) struct Bar {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Bar {
    pub(super) fn start(metrics: &Arc<Metrics>, total: usize) -> Self {
        if !std::io::stdout().is_terminal() {
            return Self { stop: None, thread: None };
        }
        let metrics = Arc::clone(metrics);
        let (stop, stopped) = mpsc::channel();
        let work = move || {
            while let Err(RecvTimeoutError::Timeout) = stopped.recv_timeout(Duration::from_millis(50)) {
                draw(&metrics, total);
            }
            draw(&metrics, total);
            println!();
        };
        Self { stop: Some(stop), thread: Some(std::thread::spawn(work)) }
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.stop = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn draw(metrics: &Metrics, total: usize) {
    let totals = metrics.totals();
    let done = (totals.written as usize).min(total) * WIDTH / total.max(1);
    print!("\r  [{}{}] {} read, {} written", "█".repeat(done), "·".repeat(WIDTH - done), totals.read, totals.written);
    let _ = std::io::stdout().flush();
}
