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
pub(super) struct Look {
    at: Instant,
    program: Times,
    broker: Option<Times>,
    milvus: Option<Times>,
}

/// Seconds between two looks.
#[derive(Debug, Clone)]
pub(super) struct Took {
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
    /// Looks at what writes, and at the servers.
    pub(super) fn look(&self, program: Process) -> Look {
        Look {
            at: Instant::now(),
            program: program.times(),
            broker: self.broker.map(Process::times),
            milvus: self.milvus.map(Process::times),
        }
    }
}

impl Look {
    /// What was spent until a later look.
    pub(super) fn until(&self, end: &Self, request_rows: f64) -> Took {
        let spent = |before: &Option<Times>, after: &Option<Times>| Some(after.as_ref()?.ran_since(before.as_ref()?));
        Took {
            wall: (end.at - self.at).as_secs_f64(),
            program: end.program.ran_since(&self.program),
            broker: spent(&self.broker, &end.broker),
            milvus: spent(&self.milvus, &end.milvus),
            request_rows,
        }
    }
}
