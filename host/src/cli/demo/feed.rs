//! The data set: 2,000 Debian packages with descriptions and embeddings, and questions with their answers. See
//! `tests/data/README.md` for where it comes from.

use std::io::{BufRead, BufReader};

use flate2::read::GzDecoder;
use serde::Deserialize;

const RECORDS: &[u8] = include_bytes!("../../../../tests/data/packages-2k.jsonl.gz");
const QUERIES: &str = include_str!("../../../../tests/data/packages-queries.json");

/// A record of the feed.
pub(super) struct FeedRecord {
    pub(super) key: String,
    pub(super) value: Vec<u8>,
}

/// A question, and the five best answers.
#[derive(Deserialize)]
pub(super) struct Query {
    pub(super) text: String,
    pub(super) filter: Option<String>,
    pub(super) top5: Vec<Answer>,
    pub(super) emb: Vec<f32>,
}

/// An answer of the data set.
#[derive(Deserialize)]
pub(super) struct Answer {
    pub(super) pkg: String,
}

/// The records, keyed by the package's name.
pub(super) fn records() -> Vec<FeedRecord> {
    #[derive(Deserialize)]
    struct Key {
        pkg: String,
    }
    let lines = BufReader::new(GzDecoder::new(RECORDS)).split(b'\n');
    lines
        .map(|line| {
            let value = line.expect("the data set is in the binary, whole");
            let key = serde_json::from_slice::<Key>(&value).expect("each line is a package").pkg;
            FeedRecord { key, value }
        })
        .collect()
}

/// The questions.
pub(super) fn queries() -> Vec<Query> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum File {
        List(Vec<Query>),
        Named { queries: Vec<Query> },
    }
    match serde_json::from_str(QUERIES).expect("the questions are in the binary, whole") {
        File::List(queries) | File::Named { queries } => queries,
    }
}
