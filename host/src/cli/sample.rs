//! `--sample`: a few records, from a file or off the topic.

use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::{Arc, mpsc};
use std::time::Duration;

use serde::de::IgnoredAny;

use super::exit::Exit;
use crate::batch::{Origin, Records};
use crate::config::Format;
use crate::decode::Decoder;
use crate::pipeline::cases::records;
use crate::registry::Wake;
use crate::source::kafka::{Settings, peek};

/// Most records that are looked at: enough to know their fields, little enough to wait for.
pub(super) const RECORDS_MAX: usize = 10_000;
/// Largest file; all of it is in memory.
const FILE_MAX: u64 = 256 << 20;
/// How long schemas are waited for.
const SCHEMAS: Duration = Duration::from_secs(30);

/// Which records are looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Sample {
    /// Those of a file.
    File(PathBuf),
    /// The last so many of the topics.
    Topic(usize),
}

impl FromStr for Sample {
    type Err = String;

    /// A number is a number of records, anything else a file; one that is named by a number is written as `./7`.
    fn from_str(text: &str) -> Result<Self, String> {
        if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Ok(Self::File(text.into()));
        }
        let count = text.parse().ok().filter(|count| (1..=RECORDS_MAX).contains(count));
        count.map(Self::Topic).ok_or_else(|| format!("1 to {RECORDS_MAX} records can be looked at"))
    }
}

impl Sample {
    /// The records. Those of a file are of the first topic that is named.
    pub(super) fn records(&self, settings: &Settings, format: Format) -> Result<Records, Exit> {
        let records = match self {
            Self::Topic(count) => peek(settings, *count)?,
            Self::File(path) => {
                let topic = settings.topics.iter().find(|topic| !topic.starts_with('^'));
                of_file(path, topic.map_or(records::TOPIC, String::as_str), format).map_err(Exit::Mistake)?
            }
        };
        if records.is_empty() {
            return Err(Exit::Mistake(match self {
                Self::Topic(_) => {
                    format!("there is no record in {}; write some, or give a file of some", settings.topics.join(", "))
                }
                Self::File(path) => format!("{}: there is no record in it", path.display()),
            }));
        }
        Ok(records)
    }

    /// Where they are from.
    pub(super) fn place(&self, settings: &Settings) -> String {
        match self {
            Self::File(path) => path.display().to_string(),
            Self::Topic(_) => settings.topics.join(", "),
        }
    }
}

/// A record a line; or the whole file is one record, where its lines are none by themselves.
fn of_file(path: &Path, topic: &str, format: Format) -> Result<Records, String> {
    let of = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
    let size = std::fs::metadata(path).map_err(|error| of(&error))?.len();
    if size > FILE_MAX {
        return Err(of(&format!("{size} bytes, and at most {FILE_MAX} are read; give a part of it")));
    }
    let bytes = std::fs::read(path).map_err(|error| of(&error))?;
    let lines = std::str::from_utf8(&bytes).map_err(|error| error.to_string());
    let error = match lines.and_then(|text| records::read(text, topic, RECORDS_MAX)) {
        Ok(records) => return Ok(records),
        Err(error) => error,
    };
    let values: Vec<&[u8]> = match format {
        Format::Json if serde_json::from_slice::<IgnoredAny>(&bytes).is_err() => return Err(of(&error)),
        Format::Csv | Format::Text => {
            let lines = bytes.split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
            lines.filter(|line| !line.is_empty()).take(RECORDS_MAX).collect()
        }
        _ => vec![&bytes],
    };
    let mut records = Records::default();
    for (offset, value) in (0..).zip(values) {
        let origin = Origin { topic: topic.into(), partition: 0, offset };
        records.push(origin, None, None, Some(value), std::iter::empty());
    }
    Ok(records)
}

/// Waits until the schemas of the records are known, and not for ever: somebody sits before this.
pub(super) fn await_schemas(decoder: &mut Decoder, records: &Records) -> Result<(), Exit> {
    let (wake, woken) = mpsc::channel();
    let wake: Wake = Arc::new(move || {
        let _ = wake.send(());
    });
    while !decoder.is_ready(records, &wake) {
        woken.recv_timeout(SCHEMAS).map_err(|_| {
            let text = "the schema registry did not tell the records' schemas in time; look at [decode.registry]";
            Exit::Unreachable(text.to_owned())
        })?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_a_number_of_records_and_anything_else_a_file() {
        assert_eq!("20".parse(), Ok(Sample::Topic(20)));
        for file in ["a.jsonl", "./20", "-1", ""] {
            assert_eq!(file.parse(), Ok(Sample::File(file.into())));
        }
        for none in ["0", "10001", "99999999999999999999"] {
            assert_eq!(none.parse::<Sample>(), Err("1 to 10000 records can be looked at".into()));
        }
    }

    #[test]
    fn a_file_has_a_record_a_line_or_is_one() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("sample");
        let read = |bytes: &[u8], format| {
            std::fs::write(&path, bytes).expect("written");
            of_file(&path, "items", format).map(|records| records.len())
        };
        assert_eq!(read(b"{\"a\": 1}\n{\"a\": 2}\n", Format::Json), Ok(2));
        assert_eq!(read(b"{\n  \"a\": 1\n}\n", Format::Json), Ok(1));
        assert_eq!(read(b"\xff\x00\x01", Format::Avro), Ok(1));
        assert_eq!(read(b"a,1\r\n\"b\",2\n", Format::Csv), Ok(2));
        let refused = read(b"{\"a\": 1}\n{", Format::Json).expect_err("no JSON");
        assert!(refused.contains("line 2: not JSON"), "{refused}");
    }
}
