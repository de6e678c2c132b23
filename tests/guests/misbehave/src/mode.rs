//! What the configuration can ask for.

/// What to do, by `mode`, with the keys that it takes.
#[derive(Debug, serde::Deserialize)]
#[serde(tag = "mode", rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) enum Mode {
    /// Panics where a row has that text.
    PanicOnText {
        #[serde(default = "name")]
        field: String,
        text: String,
    },
    /// Never returns where a row has that text.
    SpinOnText {
        #[serde(default = "name")]
        field: String,
        text: String,
    },
    /// Writes the field `written`, then fails where a row has that text.
    ErrorOnText {
        #[serde(default = "name")]
        field: String,
        text: String,
    },
    /// Does what `then` says where a row has that text.
    OnText {
        #[serde(default = "name")]
        field: String,
        text: String,
        then: Box<Mode>,
    },
    /// Takes memory without end, so many bytes at a time.
    Allocate {
        #[serde(default = "mebibyte")]
        step: usize,
    },
    /// Writes a field with so many rows more (or less) than there are.
    WrongCount {
        #[serde(default = "one")]
        by: isize,
    },
    /// Writes a text of so many bytes in each row.
    HugeAnswer {
        #[serde(default = "mebibyte")]
        bytes: usize,
    },
    /// Logs so many messages of so many bytes.
    LogFlood {
        #[serde(default = "many")]
        messages: usize,
        #[serde(default = "long")]
        bytes: usize,
    },
    /// Makes each row so many.
    Repeat {
        #[serde(default = "two")]
        times: u32,
    },
    /// Rejects every row.
    RejectAll {
        #[serde(default = "reason")]
        reason: String,
    },
    /// Discards every second row, from the second on.
    DiscardOdd,
    /// Writes what every reading function gives of these fields, and a field of every type: see `mixed.rs`.
    Mixed {
        #[serde(default)]
        fields: Vec<String>,
        #[serde(default = "header")]
        header: String,
    },
    /// Panics in every call.
    Panic,
    /// Calls itself until the stack is used up.
    Recurse,
    /// Writes a text that is not UTF-8.
    InvalidText,
    /// Writes floats and vectors that are NaN or infinite.
    NotFinite,
    /// Writes a field with a name of so many bytes.
    LongName {
        #[serde(default = "mebibyte")]
        bytes: usize,
    },
    /// Writes so many fields.
    ManyFields {
        #[serde(default = "many")]
        fields: usize,
    },
    /// Rejects a row that there is not.
    RejectBeyond,
    /// Writes into the field `number` the two digits of the text CODE, and this number: tests write other digits into
    /// the component's bytes, to have other code.
    Stamp { number: i64 },
    /// Reads the batch in `configure`, where there is none.
    CallOutside,
    /// Panics in `configure`.
    PanicInConfigure,
    /// Never returns from `configure`.
    SpinInConfigure,
    /// Fails in `configure`.
    ErrorInConfigure,
}

fn name() -> String {
    "name".into()
}

fn header() -> String {
    "header".into()
}

fn reason() -> String {
    "as configured".into()
}

fn one() -> isize {
    1
}

fn two() -> u32 {
    2
}

fn many() -> usize {
    10_000
}

fn long() -> usize {
    4096
}

fn mebibyte() -> usize {
    1 << 20
}
