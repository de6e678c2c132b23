//! The data set: 2,000 Debian packages with descriptions and embeddings, a change feed on them, and questions with their
//! answers. See `tests/data/README.md` for where it comes from.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};

use flate2::read::GzDecoder;
use serde::Deserialize;
use serde_json::value::RawValue;

const RECORDS: &[u8] = include_bytes!("../../../../tests/data/packages-2k.jsonl.gz");
const CHANGES: &[u8] = include_bytes!("../../../../tests/data/packages-cdc-200.jsonl.gz");
const OUTCOME: &str = include_str!("../../../../tests/data/packages-cdc-expected.json");
const QUERIES: &str = include_str!("../../../../tests/data/packages-queries.json");

/// A record of a feed.
pub(super) struct FeedRecord {
    pub(super) key: String,
    /// None is a tombstone.
    pub(super) value: Option<Vec<u8>>,
}

/// A question, and the five best answers: at first, and after the changes where those are others.
#[derive(Deserialize)]
pub(super) struct Query {
    pub(super) text: String,
    pub(super) filter: Option<String>,
    pub(super) top5: Vec<Answer>,
    pub(super) top5_after_cdc: Option<Vec<Answer>>,
    pub(super) emb: Vec<f32>,
}

/// An answer of the data set.
#[derive(Deserialize)]
pub(super) struct Answer {
    pub(super) pkg: String,
}

/// What the changes make of the packages.
#[derive(Deserialize)]
pub(super) struct Outcome {
    pub(super) rows_after: u64,
    pub(super) deleted: Vec<String>,
    /// Created and deleted again.
    pub(super) never_there_after: Vec<String>,
    pub(super) created: BTreeMap<String, State>,
    pub(super) updated: BTreeMap<String, State>,
}

/// Fields of a package in the end.
#[derive(Debug, PartialEq, Deserialize)]
pub(super) struct State {
    pub(super) ver: String,
    pub(super) section: String,
    pub(super) size_kb: i64,
    pub(super) summary: String,
}

/// The packages, keyed by their names.
pub(super) fn packages() -> Vec<FeedRecord> {
    #[derive(Deserialize)]
    struct Key {
        pkg: String,
    }
    let key = |line: &[u8]| serde_json::from_slice::<Key>(line).expect("each line is a package").pkg;
    lines(RECORDS).map(|line| FeedRecord { key: key(&line), value: Some(line) }).collect()
}

/// The changes, in Debezium's envelopes; their keys are objects.
pub(super) fn changes() -> Vec<FeedRecord> {
    #[derive(Deserialize)]
    struct Change<'a> {
        #[serde(borrow)]
        key: &'a RawValue,
        #[serde(borrow)]
        value: Option<&'a RawValue>,
    }
    let record = |line: Vec<u8>| {
        let Change { key, value } = serde_json::from_slice(&line).expect("each line is a change");
        FeedRecord { key: key.get().to_owned(), value: value.map(|value| value.get().into()) }
    };
    lines(CHANGES).map(record).collect()
}

/// What is there when all changes are.
pub(super) fn outcome() -> Outcome {
    serde_json::from_str(OUTCOME).expect("the outcome is in the binary, whole")
}

/// The questions.
pub(super) fn queries() -> Vec<Query> {
    #[derive(Deserialize)]
    struct File {
        queries: Vec<Query>,
    }
    serde_json::from_str::<File>(QUERIES).expect("the questions are in the binary, whole").queries
}

fn lines(packed: &'static [u8]) -> impl Iterator<Item = Vec<u8>> {
    let lines = BufReader::new(GzDecoder::new(packed)).split(b'\n');
    lines.map(|line| line.expect("the data set is in the binary, whole"))
}
