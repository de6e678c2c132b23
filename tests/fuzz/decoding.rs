//! One record through a decoder, as a lane does it, between two that are right.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

use kiteline::batch::{Batch, Operation, Origin, Records};
use kiteline::decode::{Decoded, Decoder};
use kiteline::registry::Wake;
use serde_json::{Map, Value};

/// How long the registry may take to answer.
const WAIT: Duration = Duration::from_secs(60);
/// What columns may take beside the bytes of their records (the blanks of records of several rows), and how many times
/// these: text that is made of a message names its fields.
const MEMORY: usize = 64 << 20;
const TIMES: usize = 1024;
/// Most bytes of a reason.
const REASON: usize = 1024;

/// A record that is given to a decoder.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Given<'a> {
    pub(crate) key: Option<&'a [u8]>,
    pub(crate) payload: Option<&'a [u8]>,
    pub(crate) header: Option<(&'a str, &'a [u8])>,
}

/// What became of a record.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Outcome {
    /// Its rows: the fields that have a value.
    Rows(Vec<Value>),
    Rejected(String),
}

/// A decoder with what it has learnt so far.
pub(crate) struct Decoding {
    decoder: Decoder,
    wake: Wake,
    woken: Receiver<()>,
}

impl Decoding {
    pub(crate) fn new(decoder: Decoder) -> Self {
        let (tell, woken) = mpsc::channel();
        let wake: Wake = Arc::new(move || {
            let _ = tell.send(());
        });
        Self { decoder, wake, woken }
    }

    /// What becomes of a record between two that are right, of which nothing may change.
    pub(crate) fn between(&mut self, right: Given<'_>, given: Given<'_>) -> Outcome {
        let alone = self.alone(right);
        let mut all = self.decode(&[right, given, right]);
        assert!(matches!(alone, Outcome::Rows(_)), "{alone}");
        for around in [&all[0], &all[2]] {
            assert!(same_rows(around, &alone), "{around} where {alone} is expected");
        }
        all.remove(1)
    }

    /// What becomes of a record by itself.
    pub(crate) fn alone(&mut self, given: Given<'_>) -> Outcome {
        self.decode(&[given]).remove(0)
    }

    fn decode(&mut self, given: &[Given<'_>]) -> Vec<Outcome> {
        let mut records = Records::default();
        for (offset, given) in (0..).zip(given) {
            let origin = Origin { topic: "fuzz".into(), partition: 0, offset };
            let header = given.header.map(|(name, value)| (name, Some(value)));
            records.push(origin, None, given.key, given.payload, header.into_iter());
        }
        self.decoder.unpack(&mut records);
        let bytes = records.bytes();
        let records = Arc::new(records);
        while !self.decoder.is_ready(&records, &self.wake) {
            self.woken.recv_timeout(WAIT).expect("the registry answers");
        }
        let Decoded { batch, rejected } = self.decoder.decode(records, Operation::Upsert);
        assert!(batch.memory() <= MEMORY + TIMES * bytes, "{} bytes of {bytes}", batch.memory());
        let mut outcomes = vec![Outcome::Rows(Vec::new()); given.len()];
        for (row, record) in batch.record_of().iter().enumerate() {
            let Outcome::Rows(rows) = &mut outcomes[*record as usize] else { unreachable!("nothing is rejected yet") };
            rows.push(self::row(&batch, row));
        }
        for rejection in rejected {
            let reason = rejection.reason;
            assert!(!reason.is_empty() && reason.len() <= REASON && !reason.contains('\n'), "{reason:?}");
            let outcome = &mut outcomes[rejection.record as usize];
            assert_eq!(*outcome, Outcome::Rows(Vec::new()), "rejected once, and without rows");
            *outcome = Outcome::Rejected(reason);
        }
        outcomes
    }
}

impl Outcome {
    pub(crate) fn is_read(&self) -> bool {
        matches!(self, Self::Rows(_))
    }
}

impl Outcome {
    /// What an outcome has in common with others of its kind: the reason without what is quoted in it, or how many
    /// rows and which kinds of values.
    pub(crate) fn shape(&self) -> String {
        match self {
            Self::Rejected(reason) => {
                let is_ours =
                    |word: &&str| word.bytes().all(|byte| byte.is_ascii_alphabetic() || b",.:`".contains(&byte));
                reason.split_whitespace().filter(is_ours).collect::<Vec<_>>().join(" ")
            }
            Self::Rows(rows) => {
                let fields = rows.first().and_then(Value::as_object).into_iter().flat_map(Map::values);
                let kinds: BTreeSet<_> = fields.map(std::mem::discriminant).map(|kind| format!("{kind:?}")).collect();
                format!("{} {kinds:?}", rows.len().min(3))
            }
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rejected(reason) => write!(f, "rejected: {reason}"),
            Self::Rows(rows) if rows.len() > 4 => write!(f, "{} rows", rows.len()),
            Self::Rows(rows) => {
                let text = Value::from(rows.clone()).to_string();
                if text.len() > 1000 { write!(f, "{} bytes of JSON", text.len()) } else { f.write_str(&text) }
            }
        }
    }
}

fn row(batch: &Batch, row: usize) -> Value {
    let fields = batch.fields().filter_map(|(name, _)| {
        let text = batch.read(name).json_text(row)?;
        // A number beyond 64-bit floats is JSON, and nothing that this library has.
        let value = serde_json::from_str(&text).unwrap_or_else(|_| Value::from("not for serde_json"));
        Some((name.to_string(), value))
    });
    Value::Object(fields.collect::<Map<_, _>>())
}

fn same_rows(a: &Outcome, b: &Outcome) -> bool {
    match (a, b) {
        (Outcome::Rows(a), Outcome::Rows(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        _ => a == b,
    }
}

/// The same JSON: numbers to the digits that 32-bit floats have, of which the smallest have few, but for integers.
pub(crate) fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => match (a.as_i64(), b.as_i64(), a.as_f64(), b.as_f64()) {
            (Some(a), Some(b), ..) => a == b,
            (_, _, Some(a), Some(b)) => (a - b).abs() <= a.abs() * 1e-6 + 1e-44,
            _ => false,
        },
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(name, value)| b.get(name).is_some_and(|b| same(value, b)))
        }
        _ => a == b,
    }
}
