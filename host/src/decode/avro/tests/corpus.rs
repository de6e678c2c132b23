//! What another library wrote: the files in `corpus`, made by fastavro, with the rows that they are.

use std::path::Path;

use serde_json::Value;

use super::*;

/// Schema, and payloads with their rows.
pub(super) type Case = (String, Vec<(Vec<u8>, Value)>);

pub(super) fn cases() -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/decode/avro/tests/corpus");
    let files = std::fs::read_dir(folder).expect("the folder is in the repository");
    let mut paths: Vec<_> = files.map(|file| file.expect("it can be looked at").path()).collect();
    paths.sort();
    let case = |path| {
        let text = std::fs::read_to_string(path).expect("it can be read");
        let file: Value = serde_json::from_str(&text).expect("it is JSON");
        let records = file["records"].as_array().expect("a list").iter();
        let records = records.map(|record| (bytes(record["payload"].as_str().expect("a text")), record["row"].clone()));
        (file["schema"].to_string(), records.collect())
    };
    paths.into_iter().map(case).collect()
}

fn bytes(hex: &str) -> Vec<u8> {
    let pairs = hex.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).expect("ASCII"));
    pairs.map(|pair| u8::from_str_radix(pair, 16).expect("hexadecimal")).collect()
}

#[test]
fn reads_what_another_library_wrote() {
    for (text, records) in cases() {
        let payloads: Vec<_> = records.iter().map(|(payload, _)| payload).collect();
        let Decoded { batch, rejected } = decode(&mut Decoder::avro(schema(&text), Plan::default()), &payloads);
        assert_eq!(rejected, []);
        for (index, (_, right)) in records.iter().enumerate() {
            let mut right = right.clone();
            right.as_object_mut().expect("an object").retain(|_, value| !value.is_null());
            assert!(same(&row(&batch, index), &right), "{} is not {right}", row(&batch, index));
        }
    }
}
