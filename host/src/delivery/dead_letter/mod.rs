//! The dead letter: where rejected records go, with the reason in headers that Kafka Connect's tools know.
//!
//! A lane never waits for room in the producer: letters that find none stay with it, it reads no more, and goes on
//! answering rebalances meanwhile. A letter that the topic does not take for its size goes without its value.

mod cut;
mod headers;
mod producer;
mod stop_after;

pub(super) use producer::{DeadLetter, Delivered, Notify};
pub use stop_after::{Cause, Passed};

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Instant;

use self::producer::{Outgoing, Refused};
use super::core::{BatchId, Letter};
use super::error::RunError;

/// A lane's letters on their way to the topic.
pub(super) struct Letters {
    dead_letter: Arc<DeadLetter>,
    notify: Notify,
    /// Letters that found no room. A lane hands on no letter while there are any, so they are one that was handed on,
    /// and those that came back too large.
    waiting: VecDeque<Box<Outgoing>>,
}

impl Letters {
    pub(super) fn new(dead_letter: Arc<DeadLetter>, notify: Notify) -> Self {
        Self { dead_letter, notify, waiting: VecDeque::new() }
    }

    /// True where a letter would not have to wait.
    pub(super) fn has_room(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Sends a record. It is told of by [`Delivered`] when the brokers have it, or can't have it.
    pub(super) fn send(&mut self, letter: Letter) -> Result<(), RunError> {
        self.dead_letter.count(&letter.rejection, Instant::now())?;
        self.waiting.push_back(Box::new(Outgoing::whole(letter, Arc::clone(&self.notify))));
        self.pump()
    }

    /// Sends what waits, as far as there is room.
    pub(super) fn pump(&mut self) -> Result<(), RunError> {
        while let Some(letter) = self.waiting.pop_front() {
            if let Some(back) = self.dead_letter.send(letter).map_err(RunError::DeadLetter)? {
                self.waiting.push_front(back);
                break;
            }
        }
        Ok(())
    }

    /// Looks at what was told of a letter. Gives its record where the brokers have it.
    pub(super) fn delivered(&mut self, delivered: Delivered) -> Result<Option<(BatchId, u32)>, RunError> {
        let Delivered { letter, result } = delivered;
        match result {
            Ok(()) => return Ok(Some(letter.record())),
            Err(Refused::TooLarge) => {
                self.waiting.push_back(letter.cut(&self.dead_letter).map_err(RunError::DeadLetter)?);
                self.pump()?;
            }
            Err(Refused::Failed(error)) => return Err(RunError::DeadLetter(error)),
        }
        Ok(None)
    }
}
