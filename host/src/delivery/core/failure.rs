//! What is done where a request fails.

use std::time::{Duration, Instant};

use super::{BatchId, Core};
use crate::batch::{Rejection, Stage};
use crate::delivery::error::RunError;
use crate::sink::{Class, Doubt, Request, RowToken, Version, WriteError};

/// The smallest share of its limits that a request may have when Milvus is short of something.
const SMALLEST: f64 = 1.0 / 64.0;

/// What it weighs that a request fails while Milvus takes others; that it only answers other questions weighs 1.
const OTHERS_TAKEN: u32 = 4;
/// With so much against it a request's own rows are at fault: three failures among others that are taken, or a minute and
/// a half of failures of a Milvus that answers.
const GUILTY: u32 = 12;
/// Failures closer than this are one: while Milvus comes back it takes one request and fails the next.
const SPACING: Duration = Duration::from_secs(2);

impl Core {
    /// What is done about a request that failed, by the class of its error.
    pub(super) fn failed(
        &mut self,
        request: Request,
        error: WriteError,
        answers: bool,
        now: Instant,
    ) -> Result<(), RunError> {
        // Partitions may have been taken away while it was under way.
        let mut requests = self.ours(request);
        let Some(request) = requests.pop_front() else { return Ok(()) };
        for other in requests.into_iter().rev() {
            self.closed.push_front(other);
        }
        match error.class {
            Class::Retry | Class::NoPartition => {
                self.pause(now);
                self.closed.push_front(request);
            }
            Class::Slow => {
                if self.pause(now) {
                    self.share = (self.share / 2.0).max(SMALLEST);
                    self.pace().refused(now);
                }
                let limits = self.scaled();
                if request.rows() > 1 && (request.bytes() > limits.bytes || request.versions() > limits.rows) {
                    self.split(request);
                } else {
                    self.closed.push_front(request);
                }
            }
            Class::TooLarge | Class::Refused => self.blame(request, &error),
            Class::Unclear => self.doubt(request, &error, answers, now),
            Class::Changed => {
                self.fail();
                let collection = request.schema().collection.name.to_string();
                return Err(RunError::Changed { collection, why: error.to_string() });
            }
            Class::Stop => {
                self.fail();
                let first = request.tokens().next().expect("a request that was sent has a row");
                return Err(RunError::Write {
                    collection: request.schema().collection.name.to_string(),
                    error: Box::new(error),
                    first: self.ledger.origin(first),
                });
            }
        }
        Ok(())
    }

    /// Nothing is sent for a while. False where that is so already: what was under way together failed for one reason, and
    /// is answered once.
    fn pause(&mut self, now: Instant) -> bool {
        let anew = self.paused_until.is_none_or(|time| time <= now);
        if anew {
            let until = now + self.pauses.next();
            self.paused_until = Some(until);
            self.hold(until);
        }
        anew
    }

    /// The request fails for what is in it: its rows are told apart, and a single one goes to the dead letter.
    fn blame(&mut self, request: Request, error: &WriteError) {
        if request.rows() > 1 {
            return self.split(request);
        }
        let stage = Stage::Write { code: error.code.to_string().into(), attempts: request.attempts() };
        self.refuse(request, |token| Rejection {
            said: Some(error.detail().to_owned()),
            ..Rejection::new(token.record, stage.clone(), error.to_string())
        });
    }

    /// The request fails for reasons that may lie in it or in Milvus. It is sent again and again, until enough speaks for
    /// its rows being at fault.
    fn doubt(&mut self, mut request: Request, error: &WriteError, answers: bool, now: Instant) {
        let mut doubt = request.doubt().unwrap_or(Doubt { weight: 0, since: now });
        let others_taken = self.pace().was_acknowledged_since(doubt.since);
        let weight = if others_taken { OTHERS_TAKEN } else { u32::from(answers) };
        if weight > 0 && now.saturating_duration_since(doubt.since) >= SPACING {
            doubt = Doubt { weight: doubt.weight + weight, since: now };
        }
        if doubt.weight >= GUILTY {
            // Where others are taken one more failure of a part is enough: the other part is one of those.
            let left = if others_taken { GUILTY - OTHERS_TAKEN } else { 0 };
            request.set_doubt(Doubt { weight: left, since: now });
            return self.blame(request, error);
        }
        request.set_doubt(doubt);
        self.pause(now);
        // The next one goes first, to show whether Milvus takes anything.
        let goes_first = self.closed.front().is_some_and(|next| next.is_apart_from(&request));
        self.closed.insert(usize::from(goes_first), request);
    }

    /// Nothing more is sent: what is not written is not committed.
    fn fail(&mut self) {
        self.failed = true;
    }

    fn split(&mut self, request: Request) {
        let (first, second) = request.split();
        self.closed.push_front(second);
        self.closed.push_front(first);
    }

    /// The rows of a request go to the dead letter. What they overtook is written after all.
    pub(super) fn refuse(&mut self, request: Request, rejection: impl Fn(RowToken) -> Rejection) {
        let mut left = Vec::new();
        for mut versions in request.into_keys() {
            let Version { token, .. } = versions.pop().expect("a row is its own last version");
            self.reject(BatchId(token.batch), vec![rejection(token)]);
            self.release(token);
            left.extend(Request::of_key(versions));
        }
        for request in left.into_iter().rev() {
            self.closed.push_front(request);
        }
    }
}
