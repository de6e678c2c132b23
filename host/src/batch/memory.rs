//! How much memory records may take while they are on their way.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// What all batches of the process may take together, until each is written, dead-lettered or discarded.
#[derive(Debug)]
pub struct Memory {
    limit: usize,
    used: AtomicUsize,
    /// What is fetched and not yet read takes so much more than its own part.
    excess: AtomicUsize,
}

/// What one batch takes of it. Given back when it is dropped.
#[derive(Debug)]
pub struct Share {
    memory: Arc<Memory>,
    bytes: AtomicUsize,
}

impl Memory {
    /// That many bytes.
    pub fn new(limit: usize) -> Arc<Self> {
        Arc::new(Self { limit, used: AtomicUsize::new(0), excess: AtomicUsize::new(0) })
    }

    /// True where another batch may be read. It may then take the limit a little over: by one batch for each lane.
    /// Where nothing is on its way there is always room, or nothing would ever be done.
    pub fn has_room(&self) -> bool {
        let used = self.used();
        used == 0 || used.saturating_add(self.excess.load(Ordering::Relaxed)) < self.limit
    }

    /// What is fetched and not yet read takes so much more than its own part: batches get less.
    pub fn set_excess(&self, bytes: usize) {
        self.excess.store(bytes, Ordering::Relaxed);
    }

    /// False where the excess alone takes all there is.
    pub fn has_room_for_excess(&self) -> bool {
        self.excess.load(Ordering::Relaxed) < self.limit
    }

    /// The limit in bytes.
    pub fn limit(&self) -> usize {
        self.limit
    }

    /// Bytes in use.
    pub fn used(&self) -> usize {
        self.used.load(Ordering::Relaxed)
    }

    /// A share of it.
    pub fn share(self: &Arc<Self>, bytes: usize) -> Share {
        let share = Share { memory: Arc::clone(self), bytes: AtomicUsize::new(0) };
        share.grow(bytes);
        share
    }
}

impl Share {
    /// The batch takes more.
    pub fn grow(&self, bytes: usize) {
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
        self.memory.used.fetch_add(bytes, Ordering::Relaxed);
    }

    /// The batch gives some of it back.
    pub fn shrink(&self, bytes: usize) {
        self.bytes.fetch_sub(bytes, Ordering::Relaxed);
        self.memory.used.fetch_sub(bytes, Ordering::Relaxed);
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.memory.used.fetch_sub(*self.bytes.get_mut(), Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_batch_took_is_given_back_with_it() {
        let memory = Memory::new(100);
        let (first, second) = (memory.share(40), memory.share(40));
        assert!(memory.has_room());
        second.grow(30);
        assert_eq!((memory.used(), memory.has_room()), (110, false));
        drop(second);
        assert_eq!((memory.used(), memory.has_room()), (40, true));
        drop(first);
        assert_eq!(memory.used(), 0);
    }

    #[test]
    fn batches_get_less_where_more_is_fetched_and_never_nothing() {
        let memory = Memory::new(100);
        memory.set_excess(1000);
        assert!(memory.has_room());
        let one = memory.share(1);
        assert!(!memory.has_room());
        memory.set_excess(50);
        assert!(memory.has_room());
        one.grow(60);
        assert!(!memory.has_room());
    }
}
