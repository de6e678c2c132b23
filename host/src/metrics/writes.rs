//! What is told of calls to Milvus.

use std::collections::{BTreeSet, HashMap};
use std::fmt::Write as _;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use prometheus::{Histogram, IntCounter};

use super::partitions::lock;
use super::{Metrics, NONE, now_millis};
use crate::batch::Operation;
use crate::sink::{Code, WriteError};

/// Codes that get a value of their own; the server makes them, so nothing else bounds them. Milvus has about 150, of
/// which one server gives a handful.
const CODES: usize = 64;

/// The handles of write requests, each made once.
#[derive(Debug)]
pub struct Writes {
    metrics: Arc<Metrics>,
    writes: HashMap<(Arc<str>, Operation), Write>,
}

/// The handle of the write requests of one collection and operation. Clones count together.
#[derive(Debug, Clone)]
pub struct Write {
    metrics: Arc<Metrics>,
    rows: IntCounter,
    requests: IntCounter,
    bytes: IntCounter,
    request_rows: Histogram,
    duration: Histogram,
}

/// The codes that have come so far.
#[derive(Debug, Default)]
pub(super) struct Codes(Mutex<BTreeSet<String>>);

impl Writes {
    pub(super) fn new(metrics: Arc<Metrics>) -> Self {
        Self { metrics, writes: HashMap::new() }
    }

    /// The handle of a collection's write requests.
    pub fn of(&mut self, collection: &Arc<str>, operation: Operation) -> &Write {
        let new = || Write::new(Arc::clone(&self.metrics), collection, operation);
        self.writes.entry((Arc::clone(collection), operation)).or_insert_with(new)
    }
}

impl Write {
    fn new(metrics: Arc<Metrics>, collection: &str, operation: Operation) -> Self {
        let families = &metrics.families;
        let labels = [collection, operation.name()];
        Self {
            rows: families.written_rows.with_label_values(&labels),
            requests: families.write_requests.with_label_values(&labels),
            bytes: families.write_request_bytes.with_label_values(&labels),
            request_rows: families.write_request_rows.with_label_values(&labels),
            duration: families.write_duration.with_label_values(&labels),
            metrics,
        }
    }

    /// Milvus acknowledged a request; `took` is the time of the attempt that it acknowledged.
    pub fn acknowledged(&self, rows: usize, bytes: usize, took: Duration) {
        self.rows.inc_by(rows as u64);
        self.requests.inc();
        self.bytes.inc_by(bytes as u64);
        self.request_rows.observe(rows as f64);
        self.duration.observe(took.as_secs_f64());
        let families = &self.metrics.families;
        families.last_write.with_label_values(NONE).set(now_millis() as f64 / 1000.0);
        families.milvus_up.with_label_values(NONE).set(1);
    }

    /// An attempt failed; `again` says whether the rows are sent once more, all at once or in parts.
    pub fn failed(&self, error: &WriteError, again: bool) {
        let Metrics { families, codes, .. } = &*self.metrics;
        let labels = [&*codes.label(error.code), error.class.name()];
        families.write_failures.with_label_values(&labels).inc();
        if again {
            families.write_retries.with_label_values(&labels).inc();
        }
        let answered = !matches!(error.code, Code::Grpc(_));
        families.milvus_up.with_label_values(NONE).set(i64::from(answered));
    }
}

impl Codes {
    fn label(&self, code: Code) -> String {
        let mut label = String::new();
        match code {
            Code::Milvus(code) => write!(label, "{code}"),
            Code::Legacy(code) => write!(label, "legacy {code}"),
            Code::Grpc(name) => write!(label, "gRPC {name}"),
            Code::Answer => write!(label, "none"),
        }
        .expect("writing to a String");
        let mut codes = lock(&self.0);
        if !codes.contains(&label) {
            if codes.len() >= CODES {
                return "other".into();
            }
            codes.insert(label.clone());
        }
        label
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_bounded_in_number() {
        let codes = Codes::default();
        assert_eq!(codes.label(Code::Milvus(1100)), "1100");
        for code in 0..200 {
            codes.label(Code::Legacy(code));
        }
        assert_eq!(codes.label(Code::Legacy(7)), "legacy 7");
        assert_eq!(codes.label(Code::Legacy(199)), "other");
        assert_eq!(codes.label(Code::Milvus(1100)), "1100");
        assert_eq!(codes.0.into_inner().expect("not poisoned").len(), CODES);
    }
}
