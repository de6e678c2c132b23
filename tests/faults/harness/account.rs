//! The checker: what became of every record that was sent.

mod tests;

use std::collections::HashMap;
use std::fmt;

use serde_json::{Map, Value};

use super::collection::Rows;
use super::ledger::{Sent, by_key};
use super::letters::Letter;
use super::record::{self, Shape, What};

/// Differences that are shown of each kind.
const SHOWN: usize = 5;

/// What a scenario allows.
#[derive(Debug, Clone, Default)]
pub(crate) struct Allowed {
    /// A process ended between a dead letter's acknowledgement and the commit, so that a letter may be there twice.
    pub(crate) repeated_letters: bool,
    /// Rows of records below these offsets, by partition, were dropped by the operator.
    pub(crate) dropped_below: Vec<i64>,
    pub(crate) shape: Shape,
}

/// What became of the records, each counted once.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Account {
    pub(crate) records: usize,
    /// Rows in Milvus.
    pub(crate) written: usize,
    /// Good records with a later operation on their key.
    pub(crate) overtaken: usize,
    /// Tombstones that are the last operation on their key, which is gone.
    pub(crate) deleted: usize,
    pub(crate) dead_lettered: usize,
    /// Dead letters that are there once more, where that is allowed.
    pub(crate) repeated: usize,
    /// Rows that the operator dropped with their collection.
    pub(crate) dropped: usize,
    pub(crate) lost: Vec<String>,
    pub(crate) doubled: Vec<String>,
    pub(crate) wrong: Vec<String>,
}

/// Accounts for every record, after all are committed.
pub(crate) fn of(sent: &[Sent], rows: &Rows, letters: &[Letter], allowed: &Allowed) -> Account {
    let mut account = Account { records: sent.len(), ..Account::default() };
    account.check_order(sent);
    account.check_rows(sent, rows, allowed);
    account.check_letters(sent, letters, allowed);
    account
}

/// Committed records that are not accounted for: each must be in Milvus, overtaken there, dropped, or a dead letter.
/// `rows` and `letters` were read after the offsets were.
pub(crate) fn missing_below(
    sent: &[Sent],
    committed: &[i64],
    rows: &Rows,
    letters: &[Letter],
    allowed: &Allowed,
) -> Vec<String> {
    let is_committed = |record: &Sent| record.is_below(committed);
    let letters: HashMap<_, _> = letters.iter().map(|letter| ((letter.partition, letter.offset), letter)).collect();
    let letter = |record: &Sent| letters.get(&(record.partition, record.offset?));
    let mut missing = Vec::new();
    for (seq, record) in sent.iter().enumerate().filter(|(_, record)| is_committed(record)) {
        if matches!(record.what, What::Bad(_)) && letter(record).is_none() {
            missing.push(format!("{}: committed, and no dead letter", name(sent, seq as u32)));
        }
    }
    for (key, operations) in by_key(sent) {
        let is_below = |seq: &&u32| is_committed(&sent[**seq as usize]);
        let Some(last) = operations.iter().rfind(is_below).copied() else { continue };
        let is_delete = |seq: &u32| sent[*seq as usize].what == What::Delete;
        let rows = rows.by_key.get(&record::key(key)).map_or(&[][..], Vec::as_slice);
        let fine = match rows.iter().filter_map(seq_of).max() {
            Some(seq) => seq > last || seq == last && !is_delete(&last),
            None => {
                sent[last as usize].is_below(&allowed.dropped_below)
                    || operations.iter().filter(|seq| **seq >= last).any(is_delete)
            }
        };
        if !fine {
            let instead = letter(&sent[last as usize]).map_or("not in Milvus".to_owned(), |letter| rejected(letter));
            missing.push(format!("{}: committed, and {instead}", name(sent, last)));
        }
    }
    missing.sort();
    missing
}

impl Account {
    /// True where nothing is lost, doubled or wrong.
    pub(crate) fn is_clean(&self) -> bool {
        self.lost.is_empty() && self.doubled.is_empty() && self.wrong.is_empty()
    }

    /// The ledger itself must be whole: each record acknowledged, and the order of a partition the one it was sent in.
    fn check_order(&mut self, sent: &[Sent]) {
        let mut last: HashMap<i32, i64> = HashMap::new();
        for (seq, record) in sent.iter().enumerate() {
            let offset = record.offset.unwrap_or_else(|| panic!("record {seq} never came to the brokers"));
            let before = last.insert(record.partition, offset);
            assert!(before.is_none_or(|before| before < offset), "record {seq} is not behind the one sent before it");
        }
    }

    fn check_rows(&mut self, sent: &[Sent], rows: &Rows, allowed: &Allowed) {
        let mut known = 0;
        for (key, operations) in by_key(sent) {
            let last = *operations.last().expect("a key has an operation");
            let record = &sent[last as usize];
            let id = record::key(key);
            self.overtaken += operations.len() - 1;
            let found = rows.by_key.get(&id).map_or(&[][..], Vec::as_slice);
            known += found.len();
            let origin = || name(sent, last);
            match (record.what, found) {
                (What::Delete, []) => self.deleted += 1,
                (What::Delete, _) => self.wrong.push(format!("{}: a deleted row is there", origin())),
                (_, []) if record.is_below(&allowed.dropped_below) => self.dropped += 1,
                (_, []) => self.lost.push(format!("{}: no row", origin())),
                (_, [row, more @ ..]) => {
                    self.written += 1;
                    self.doubled.extend(more.iter().map(|_| format!("{}: one more row", origin())));
                    let difference = difference(row, &id, last, allowed.shape);
                    self.wrong.extend(difference.map(|difference| format!("{}: {difference}", origin())));
                }
            }
        }
        let strange = rows.by_key.values().map(Vec::len).sum::<usize>() - known;
        self.wrong.extend((0..strange).map(|_| "a row whose key has no good record".to_owned()));
        let seen = (known + strange) as u64;
        let counted = format!("the collection counts {} rows and shows {seen}", rows.count);
        self.doubled.extend((seen..rows.count).map(|_| counted.clone()));
        self.lost.extend((rows.count..seen).map(|_| counted.clone()));
    }

    fn check_letters(&mut self, sent: &[Sent], letters: &[Letter], allowed: &Allowed) {
        let mut by_origin: HashMap<(i32, i64), Vec<&Letter>> = HashMap::new();
        for letter in letters {
            by_origin.entry((letter.partition, letter.offset)).or_default().push(letter);
        }
        for (seq, record) in sent.iter().enumerate() {
            let seq = seq as u32;
            let found = record.offset.and_then(|offset| by_origin.remove(&(record.partition, offset)));
            let origin = || name(sent, seq);
            match (record.what, found.as_deref()) {
                (What::Bad(_), None) => self.lost.push(format!("{}: no dead letter", origin())),
                (What::Bad(bad), Some(letters)) => {
                    self.dead_lettered += 1;
                    if allowed.repeated_letters {
                        self.repeated += letters.len() - 1;
                    } else if letters.len() > 1 {
                        self.doubled.push(format!("{}: {} dead letters", origin(), letters.len()));
                    }
                    let value = record::value(record.what, &record::key(record.key), seq, allowed.shape);
                    let (stage, reason) = bad.reason();
                    for letter in letters {
                        if letter.stage != stage || !letter.reason.contains(reason) {
                            self.wrong.push(format!("{}: {}", origin(), rejected(letter)));
                        } else if letter.value != value {
                            self.wrong.push(format!("{}: a dead letter of another value", origin()));
                        }
                    }
                }
                (_, Some(letters)) => {
                    self.wrong.push(format!("{}: {}", origin(), rejected(letters[0])));
                }
                (_, None) => {}
            }
        }
        self.wrong.extend(
            by_origin
                .keys()
                .map(|(partition, offset)| format!("a dead letter of {partition}/{offset}, which nobody sent")),
        );
    }
}

/// What of a row is not as its record has it.
fn difference(row: &Map<String, Value>, id: &str, seq: u32, shape: Shape) -> Option<String> {
    if let Some(there) = seq_of(row)
        && there != seq
    {
        return Some(format!("record {there} is there instead"));
    }
    let differs = |(field, value): &(String, Value)| match (row.get(field), value) {
        (Some(Value::Array(there)), Value::Array(sent)) => {
            !there.iter().map(Value::as_f64).eq(sent.iter().map(Value::as_f64))
        }
        (there, sent) => there != Some(sent),
    };
    let field = record::row(id, seq, shape).into_iter().find(differs)?.0;
    Some(format!("field `{field}` is another one"))
}

fn rejected(letter: &Letter) -> String {
    let Letter { stage, reason, said, .. } = letter;
    format!("rejected by {stage}: {reason} ({said})")
}

fn seq_of(row: &Map<String, Value>) -> Option<u32> {
    u32::try_from(row.get("seq")?.as_u64()?).ok()
}

/// A record by number, origin, operation and key.
fn name(sent: &[Sent], seq: u32) -> String {
    let Sent { key, what, partition, offset } = sent[seq as usize];
    let offset = offset.map_or("?".to_owned(), |offset| offset.to_string());
    format!("record {seq} ({partition}/{offset}, {what:?} of {})", record::key(key))
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { records, written, overtaken, deleted, dead_lettered, repeated, dropped, lost, doubled, wrong } =
            self;
        write!(
            f,
            "{records} records: {written} written, {overtaken} overtaken, {deleted} deleted, {dead_lettered} \
             dead-lettered ({repeated} letters repeated), {dropped} dropped with their collection; lost {}, doubled {}, wrong {}",
            lost.len(),
            doubled.len(),
            wrong.len()
        )?;
        for (what, differences) in [("lost", lost), ("doubled", doubled), ("wrong", wrong)] {
            for difference in differences.iter().take(SHOWN) {
                write!(f, "\n  {what}: {difference}")?;
            }
        }
        Ok(())
    }
}
