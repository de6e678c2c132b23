//! What a lane is told, and by whom.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver};
use std::time::Instant;

use super::dead_letter::Delivered;
use super::sender::Ended;
use super::swap::Swap;
use crate::source::TopicPartition;
use crate::source::kafka::Queue;

/// What a lane is told.
pub(super) enum Event {
    /// A queue is no longer empty.
    Ready,
    /// These partitions are the lane's from now on.
    Assigned(Vec<Queue>),
    /// These partitions are about to be lost; the lane answers when what it read of them is stored, or when the time
    /// is over until which the group waits.
    Revoked(Vec<TopicPartition>, Instant, mpsc::Sender<()>),
    /// A write request ended.
    Written(Box<Ended>),
    /// A dead letter was delivered, or not.
    Delivered(Delivered),
    /// Other plugins, from the next batch on.
    Swap(Box<Swap>),
    /// Read no more, finish what was read, and end.
    Drain,
}

/// A lane's mailbox, with the flag that keeps `Ready` from piling up in it.
#[derive(Clone)]
pub(super) struct Mailbox {
    events: mpsc::Sender<Event>,
    ready: Arc<AtomicBool>,
}

impl Mailbox {
    pub(super) fn new() -> (Self, Receiver<Event>) {
        let (events, receiver) = mpsc::channel();
        (Self { events, ready: Arc::default() }, receiver)
    }

    /// Puts an event in. A lane that is gone needs none.
    pub(super) fn send(&self, event: Event) {
        let _ = self.events.send(event);
    }

    /// Says that a queue is no longer empty.
    pub(super) fn wake(&self) {
        if !self.ready.swap(true, Ordering::AcqRel) {
            self.send(Event::Ready);
        }
    }

    /// The lane looks at its queues; what comes from now on wakes it again.
    pub(super) fn woke(&self) {
        self.ready.store(false, Ordering::Release);
    }
}
