//! What a plugin may use.

use std::time::Duration;

/// What a plugin may use. Everything that a guest can make grow has a limit here or in [`fixed`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of memory of one instance.
    pub memory: usize,
    /// Time for one record.
    pub record_timeout: Duration,
    /// Bytes that the fields of a batch may hold after the plugin.
    pub answer: usize,
}

impl Limits {
    /// Longest time for a call with so many rows.
    pub fn of_call(&self, rows: usize) -> Duration {
        self.record_timeout.saturating_mul(u32::try_from(rows).unwrap_or(u32::MAX)).min(fixed::CALL)
    }
}

/// What a plugin may use where the pipeline file says nothing: the defaults of its keys.
impl Default for Limits {
    fn default() -> Self {
        Self { memory: 64 << 20, record_timeout: Duration::from_millis(100), answer: 64 << 20 }
    }
}

/// Limits that no pipeline needs to change.
pub(super) mod fixed {
    use std::time::Duration;

    /// No call takes longer, whatever the batch: a lane that waits for a guest must still answer a rebalance in time.
    pub(in crate::plugin) const CALL: Duration = Duration::from_secs(1);
    /// `describe` and `configure`. Interpreters load their modules there.
    pub(in crate::plugin) const LOAD: Duration = Duration::from_secs(10);
    /// Rows that a batch may have after `repeat`: a hundred for each of a usual batch.
    pub(in crate::plugin) const ROWS: usize = 131_072;
    /// Rows of a call, where records have many: a plugin has a second for them.
    pub(in crate::plugin) const ROWS_AT_ONCE: usize = 8_192;
    /// Fields of a batch: Milvus takes 64, and a dynamic field's members come before `pick` or `drop` take them away.
    pub(in crate::plugin) const FIELDS: usize = 1_024;
    /// Bytes of a name: of a field, collection or partition. Milvus takes 255.
    pub(in crate::plugin) const NAME: usize = 1_024;
    /// Bytes of a reason or of a log message: enough for a sentence and a place in the code, small enough for a header.
    pub(in crate::plugin) const MESSAGE: usize = 1_024;
    /// Log messages that are kept of a call.
    pub(in crate::plugin) const MESSAGES: usize = 16;
    /// Bytes of standard output and error that are kept, the last ones: a Python traceback has about one KiB.
    pub(in crate::plugin) const OUTPUT: usize = 4_096;
    /// Elements of all tables of an instance: StarlingMonkey needs 7,700.
    pub(in crate::plugin) const TABLE: usize = 100_000;
    /// Random bytes that are given at once: a key or a seed has 32.
    pub(in crate::plugin) const RANDOM: u64 = 65_536;
    /// Things of WASI that an instance may hold at a time: streams, and moments that it waits for.
    pub(in crate::plugin) const RESOURCES: usize = 1_024;
    /// Bytes of a configuration schema.
    pub(in crate::plugin) const SCHEMA: usize = 65_536;
    /// Bytes of a component: the largest interpreters have 20 MB.
    pub(in crate::plugin) const COMPONENT: u64 = 128 << 20;
}

/// Cuts a text at the last character that ends within `bytes`.
pub(super) fn cut(mut text: String, bytes: usize) -> String {
    if text.len() > bytes {
        text.truncate(text.floor_char_boundary(bytes));
    }
    text
}
