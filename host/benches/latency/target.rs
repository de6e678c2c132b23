//! Where the rows go.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use super::record;
use crate::ack::{Ack, ids};
use crate::child::Kiteline;
use crate::end_to_end::collection::Fresh;
use crate::sink::collections;

const COLLECTION: &str = "items";

/// A sink that acknowledges at once, and when it had which record.
pub(super) struct Instantly {
    ack: Ack,
    arrivals: Arc<Mutex<Vec<(u64, Instant)>>>,
}

/// Where the rows of a run go.
pub(super) enum Target<'a> {
    Instantly(&'a Instantly),
    /// A collection of the run's own on a real Milvus.
    Milvus {
        fresh: Box<Fresh<'a>>,
        uri: &'a str,
    },
}

impl Instantly {
    pub(super) fn start() -> Result<Self, String> {
        let arrivals = Arc::<Mutex<Vec<(u64, Instant)>>>::default();
        let into = Arc::clone(&arrivals);
        // It acknowledges what this says nothing against.
        let ack = Ack::start(Some(Box::new(move |fields| {
            let now = Instant::now();
            let numbers = ids(fields).iter().filter_map(|id| id.parse().ok());
            lock(&into).extend(numbers.map(|number| (number, now)));
            None
        })));
        collections(&ack.uri(), &[record::rows(COLLECTION)])?;
        Ok(Self { ack, arrivals })
    }

    /// Forgets what it had.
    pub(super) fn clear(&self) {
        lock(&self.arrivals).clear();
    }

    /// Each record that it had, and when.
    pub(super) fn arrivals(&self) -> Vec<(u64, Instant)> {
        lock(&self.arrivals).clone()
    }
}

impl Target<'_> {
    /// Address and collection.
    pub(super) fn name(&self) -> (String, &str) {
        match self {
            Target::Instantly(sink) => (sink.ack.uri(), COLLECTION),
            Target::Milvus { fresh, uri } => ((*uri).to_owned(), &fresh.name),
        }
    }

    /// Rows that are acknowledged.
    pub(super) fn done(&self, kiteline: &Kiteline) -> u64 {
        match self {
            Target::Instantly(sink) => lock(&sink.arrivals).len() as u64,
            Target::Milvus { .. } => kiteline.metric("kiteline_written_rows_total").unwrap_or_default() as u64,
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
