//! What a run took of the clock and of the processors, by process.

use std::time::Instant;

use crate::process::Process;
use crate::threads::Times;

/// The servers, as far as they can be seen from here.
pub(super) struct Account {
    pub(super) broker: Option<Process>,
    pub(super) milvus: Option<Process>,
}

/// One look at the clock and at the times of all processes.
struct Look {
    at: Instant,
    program: Times,
    broker: Option<Times>,
    milvus: Option<Times>,
}

/// The part of a run that is measured, as the rows that are acknowledged: neither the start nor what waits for others to
/// fill its request in the end.
pub(super) struct Window<'a> {
    account: &'a Account,
    program: Process,
    from: f64,
    to: f64,
    first: Option<(f64, Look)>,
    last: Option<(f64, Look)>,
}

/// Shares of a run's rows between which it is measured.
const FROM: f64 = 0.15;
const TO: f64 = 0.9;

/// Seconds in the measured part of a run.
#[derive(Debug, Clone)]
pub(super) struct Took {
    /// Rows that were acknowledged in it.
    pub(super) rows: f64,
    pub(super) wall: f64,
    /// Of processors, by what writes.
    pub(super) program: f64,
    /// Of processors, by the servers.
    pub(super) broker: Option<f64>,
    pub(super) milvus: Option<f64>,
    /// Rows in a request.
    pub(super) request_rows: f64,
}

impl Account {
    /// Of a run that writes so many rows.
    pub(super) fn window(&self, program: Process, records: u64) -> Window<'_> {
        let [from, to] = [FROM, TO].map(|share| share * records as f64);
        Window { account: self, program, from, to, first: None, last: None }
    }

    /// Looks at what writes, and at the servers.
    fn look(&self, program: Process) -> Look {
        Look {
            at: Instant::now(),
            program: program.times(),
            broker: self.broker.map(Process::times),
            milvus: self.milvus.map(Process::times),
        }
    }
}

impl Window<'_> {
    /// So many rows are acknowledged by now.
    pub(super) fn saw(&mut self, rows: f64) {
        if self.first.is_none() && rows >= self.from {
            self.first = Some((rows, self.account.look(self.program)));
        } else if self.last.is_none() && rows >= self.to {
            self.last = Some((rows, self.account.look(self.program)));
        }
    }

    /// What was spent in it, with requests of so many rows.
    pub(super) fn took(self, request_rows: f64) -> Result<Took, String> {
        match self.first.zip(self.last) {
            Some(((from, start), (to, end))) if to - from > (self.to - self.from) / 2.0 => {
                Ok(start.until(&end, to - from, request_rows))
            }
            _ => Err("the run was too short to be measured".into()),
        }
    }
}

impl Look {
    /// What was spent until a later look.
    fn until(&self, end: &Self, rows: f64, request_rows: f64) -> Took {
        let spent = |before: &Option<Times>, after: &Option<Times>| Some(after.as_ref()?.ran_since(before.as_ref()?));
        Took {
            rows,
            wall: (end.at - self.at).as_secs_f64(),
            program: end.program.ran_since(&self.program),
            broker: spent(&self.broker, &end.broker),
            milvus: spent(&self.milvus, &end.milvus),
            request_rows,
        }
    }
}
