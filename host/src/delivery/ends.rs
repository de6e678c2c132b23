//! Asks where partitions end whose queue is full. librdkafka learns an end when it fetches, and it does not fetch while
//! the queue has no room: in an outage of Milvus the lag would seem to stand still.

use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::metrics::Metrics;
use crate::source::kafka::KafkaSource;

/// How often it asks; librdkafka tells what it knows as often.
const INTERVAL: Duration = Duration::from_secs(5);
/// How long it waits for the answer, and so how long the end of a run may wait for it.
const ANSWER: Duration = Duration::from_secs(2);

/// The thread that asks; it ends when this is dropped.
pub(super) struct EndWatch {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl EndWatch {
    pub(super) fn start(source: &Arc<KafkaSource>, metrics: &Arc<Metrics>) -> Self {
        let (source, metrics) = (Arc::clone(source), Arc::clone(metrics));
        let (stop, stopped) = mpsc::channel::<()>();
        let work = move || {
            while let Err(RecvTimeoutError::Timeout) = stopped.recv_timeout(INTERVAL) {
                let queued = metrics.queued();
                if queued.is_empty() {
                    continue;
                }
                match source.latest(&queued, ANSWER) {
                    Ok(ends) => metrics.ends(ends.into_iter()),
                    // The lag is as old as the last answer; the consumer itself tells what is wrong with the brokers.
                    Err(error) => tracing::debug!(%error, "ends of partitions"),
                }
            }
        };
        let thread = std::thread::Builder::new().name("ends".into()).spawn(work).expect("a thread can be started");
        Self { stop: Some(stop), thread: Some(thread) }
    }
}

impl Drop for EndWatch {
    fn drop(&mut self) {
        self.stop = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
