//! What a store of a guest holds on the host's side.

use std::sync::Arc;

use wasmtime::{ResourceLimiter, Result, bail};
use wasmtime_wasi::{WasiCtxView, WasiView};

use super::limits::{Limits, cut, fixed};
use super::output::Output;
use super::probe::Lineage;
use super::sandbox::{Grants, Refused, Sandbox};
use super::voice::{About, Voice};
use crate::batch::Batch;
use crate::target::Target;

/// What a store of a guest holds on the host's side.
pub(super) struct State {
    /// The batch that `process` works on; none outside of it.
    pub(super) current: Option<Current>,
    pub(super) target: Arc<Target>,
    pub(super) limits: Limits,
    /// Bytes of all memories of the instance.
    memory: usize,
    /// Elements of all tables of the instance.
    table_elements: usize,
    /// True once the guest asked for more memory than it may have.
    pub(super) memory_refused: bool,
    /// True once the guest asked for larger tables than it may have.
    pub(super) table_refused: bool,
    messages: Vec<(&'static str, String)>,
    messages_dropped: usize,
    output: Output,
    /// None where what the guest says stays out of the log.
    voice: Option<Arc<Voice>>,
    pub(super) sandbox: Sandbox,
}

/// What a guest said in a call.
pub(super) struct Said {
    /// What it logged, each with its level.
    pub(super) messages: Vec<(&'static str, String)>,
    /// Messages beyond those that are kept.
    pub(super) dropped: usize,
    /// The end of what it printed.
    pub(super) printed: String,
}

/// The current batch.
pub(super) struct Current {
    pub(super) batch: Batch,
    /// What becomes of each row; empty while all go on.
    pub(super) verdicts: Vec<Verdict>,
    /// Records whose rejected rows are no longer among the rows, and why.
    pub(super) rejected: Vec<(u32, Arc<str>)>,
    /// Where fields come from, in the call with an empty batch that acts as if it had every field.
    pub(super) lineage: Option<Lineage>,
}

/// What becomes of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    Keep,
    Reject(Arc<str>),
    Discard,
}

impl State {
    pub(super) fn new(
        target: Arc<Target>,
        limits: Limits,
        grants: Grants,
        refused: Refused,
        voice: Option<Arc<Voice>>,
    ) -> Self {
        let output = Output::default();
        let sandbox = Sandbox::new(grants, refused, &output);
        Self {
            current: None,
            target,
            limits,
            memory: 0,
            table_elements: 0,
            memory_refused: false,
            table_refused: false,
            messages: Vec::new(),
            messages_dropped: 0,
            output,
            voice,
            sandbox,
        }
    }

    pub(super) fn memory(&self) -> usize {
        self.memory
    }

    /// The current batch; a fault where there is none.
    pub(super) fn current(&mut self) -> Result<&mut Current> {
        match &mut self.current {
            Some(current) => Ok(current),
            None => bail!("batch functions may be called in `process` only"),
        }
    }

    pub(super) fn keep_message(&mut self, level: &'static str, message: String) {
        if self.messages.len() < fixed::MESSAGES {
            self.messages.push((level, cut(message, fixed::MESSAGE)));
        } else {
            self.messages_dropped += 1;
        }
    }

    /// Takes what the plugin logged and printed since the last call. It goes to the log, too, where that is wanted, with
    /// the records that it was about.
    pub(super) fn take_said(&mut self, about: impl FnOnce() -> Option<About>) -> Option<String> {
        let messages = std::mem::take(&mut self.messages);
        let dropped = std::mem::take(&mut self.messages_dropped);
        let said = Said { messages, dropped, printed: self.output.take() };
        if said.is_nothing() {
            return None;
        }
        if let Some(voice) = &self.voice {
            voice.tell(&said, about().as_ref());
        }
        Some(said.text())
    }
}

impl Said {
    fn is_nothing(&self) -> bool {
        self.messages.is_empty() && self.printed.is_empty()
    }

    fn text(self) -> String {
        let mut lines: Vec<String> =
            self.messages.into_iter().map(|(level, message)| format!("{level}: {message}")).collect();
        if self.dropped > 0 {
            lines.push(format!("and {} messages more", self.dropped));
        }
        if !self.printed.is_empty() {
            lines.push(self.printed);
        }
        lines.join("\n")
    }
}

impl Current {
    /// Marks a row; the first mark stays.
    pub(super) fn mark(&mut self, row: u32, verdict: Verdict) -> Result<()> {
        let rows = self.batch.rows();
        let Some(row) = usize::try_from(row).ok().filter(|row| *row < rows) else {
            bail!("row {row} of a batch of {rows} rows");
        };
        if self.verdicts.is_empty() {
            self.verdicts = vec![Verdict::Keep; rows];
        }
        if self.verdicts[row] == Verdict::Keep {
            self.verdicts[row] = verdict;
        }
        Ok(())
    }
}

impl ResourceLimiter for State {
    fn memory_growing(&mut self, current: usize, desired: usize, _: Option<usize>) -> Result<bool> {
        let memory = self.memory + (desired - current);
        if memory > self.limits.memory {
            self.memory_refused = true;
            return Ok(false);
        }
        self.memory = memory;
        Ok(true)
    }

    fn table_growing(&mut self, current: usize, desired: usize, _: Option<usize>) -> Result<bool> {
        let elements = self.table_elements + (desired - current);
        if elements > fixed::TABLE {
            self.table_refused = true;
            return Ok(false);
        }
        self.table_elements = elements;
        Ok(true)
    }
}

impl WasiView for State {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView { ctx: &mut self.sandbox.wasi, table: &mut self.sandbox.table }
    }
}
