//! Why a record does not go on.

use std::sync::Arc;

/// A record that goes to the dead letter, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejection {
    /// Index of the record in its batch's records.
    pub record: u32,
    /// Who rejected it.
    pub stage: Stage,
    /// The field that is at fault, where it is one.
    pub field: Option<Arc<str>>,
    /// What is wrong, naming field, kind of value and rule.
    pub reason: String,
    /// What a plugin said beside it (log messages, a panic, a traceback), or Milvus. May hold values, so it goes to the
    /// dead letter only.
    pub said: Option<String>,
}

impl Rejection {
    /// A rejection without a field.
    pub fn new(record: u32, stage: Stage, reason: impl Into<String>) -> Self {
        Self { record, stage, field: None, reason: reason.into(), said: None }
    }

    /// The same, with the field that is at fault.
    #[must_use]
    pub fn of_field(mut self, field: impl Into<Arc<str>>) -> Self {
        self.field = Some(field.into());
        self
    }
}

/// The steps of a record's way that can reject it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stage {
    /// Its value is not what `[decode]` says.
    Decode,
    /// A plugin rejected it, failed on it, or took too long.
    Plugin {
        /// The plugin's name.
        name: Arc<str>,
        /// SHA-256 of the component, in hexadecimal.
        digest: Arc<str>,
    },
    /// A row of it is nothing that its collection takes.
    Validate,
    /// Milvus refused a row of it.
    Write {
        /// What Milvus calls it, as `code 1100`.
        code: Arc<str>,
        /// How often the row was sent.
        attempts: u32,
    },
}

impl Stage {
    /// The stage's name, as in messages and dead letters.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Decode => "decode",
            Self::Plugin { .. } => "plugin",
            Self::Validate => "validate",
            Self::Write { .. } => "write",
        }
    }
}
