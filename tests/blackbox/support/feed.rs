//! The data set, as the tests compare it.

use std::io::{BufRead, BufReader};

use flate2::read::GzDecoder;
use serde_json::Value;

/// A record of the feed, as it is written to Kafka and as JSON.
pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) line: Vec<u8>,
    pub(crate) value: Value,
}

/// All 2,000 records.
pub(crate) fn packages() -> Vec<Package> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/data/packages-2k.jsonl.gz");
    let lines = BufReader::new(GzDecoder::new(std::fs::File::open(path).expect("the data set"))).split(b'\n');
    lines
        .map(|line| {
            let line = line.expect("a line");
            let value: Value = serde_json::from_slice(&line).expect("JSON");
            Package { name: value["pkg"].as_str().expect("a name").to_owned(), line, value }
        })
        .collect()
}
