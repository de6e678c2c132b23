//! Sizes and times as a pipeline file writes them: `"8MiB"`, `"500ms"`.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Error as _, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use thiserror::Error;

/// A number of bytes: `"8MiB"`, `"500kB"`, or a plain number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Bytes(u64);

/// A length of time, longer than nothing: `"500ms"`, `"2s"`, `"1m"`, `"1h"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time {
    millis: u64,
}

/// Why a text is not a size or a time. The text itself is not in it: whoever reports this knows whether it may be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum UnitError {
    /// Not digits and a unit of sizes.
    #[error("not a size; write a whole number with B, kB, MB, GB, KiB, MiB or GiB, as \"8MiB\", or a number of bytes")]
    NotASize,
    /// More bytes than a 64-bit number counts.
    #[error("a size beyond 64 bits; write a smaller one")]
    SizeTooLarge,
    /// Not digits and a unit of time.
    #[error("not a time; write a whole number with ms, s, m or h, as \"500ms\"")]
    NotATime,
    /// More milliseconds than a 64-bit number counts.
    #[error("a time beyond 64 bits of milliseconds; write a shorter one")]
    TimeTooLong,
    /// Not a moment with date, time and offset.
    #[error("not a moment; write it with its offset from UTC, as \"2026-01-01T00:00:00Z\"")]
    NotATimestamp,
    /// Zero, which nothing here can mean.
    #[error("no time at all; write \"1ms\" or more")]
    NoTime,
}

/// Units of sizes, larger ones first.
const SIZES: [(&str, u64); 7] = [
    ("GiB", 1 << 30),
    ("GB", 1_000_000_000),
    ("MiB", 1 << 20),
    ("MB", 1_000_000),
    ("KiB", 1 << 10),
    ("kB", 1000),
    ("B", 1),
];

/// Units of time in milliseconds, larger ones first.
const TIMES: [(&str, u64); 4] = [("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1)];

impl Bytes {
    /// The `format` of sizes in the JSON Schema.
    pub(crate) const FORMAT: &str = "byte-size";

    /// That many bytes.
    pub const fn new(bytes: u64) -> Self {
        Self(bytes)
    }

    /// That many times 1024 · 1024 bytes.
    pub const fn mib(count: u64) -> Self {
        Self(count << 20)
    }

    /// The number of bytes.
    pub const fn get(self) -> u64 {
        self.0
    }

    /// The number of bytes, or the most that memory can be addressed with.
    pub fn as_usize(self) -> usize {
        usize::try_from(self.0).unwrap_or(usize::MAX)
    }
}

impl Time {
    /// The `format` of times in the JSON Schema.
    pub(crate) const FORMAT: &str = "time-span";

    /// That many milliseconds.
    pub const fn millis(count: u64) -> Self {
        Self { millis: count }
    }

    /// That many seconds.
    pub const fn secs(count: u64) -> Self {
        Self { millis: count * 1000 }
    }

    /// The time as the standard library has it.
    pub const fn get(self) -> Duration {
        Duration::from_millis(self.millis)
    }
}

impl FromStr for Bytes {
    type Err = UnitError;

    fn from_str(text: &str) -> Result<Self, UnitError> {
        let (digits, unit) = split(text).ok_or(UnitError::NotASize)?;
        let factor = if unit.is_empty() { 1 } else { factor(&SIZES, unit).ok_or(UnitError::NotASize)? };
        multiply(digits, factor).map(Self).ok_or(UnitError::SizeTooLarge)
    }
}

impl FromStr for Time {
    type Err = UnitError;

    fn from_str(text: &str) -> Result<Self, UnitError> {
        let (digits, unit) = split(text).ok_or(UnitError::NotATime)?;
        let factor = factor(&TIMES, unit).ok_or(UnitError::NotATime)?;
        match multiply(digits, factor) {
            None => Err(UnitError::TimeTooLong),
            Some(0) => Err(UnitError::NoTime),
            Some(millis) => Ok(Self { millis }),
        }
    }
}

/// The digits that a text starts with, at least one, and what comes after them.
fn split(text: &str) -> Option<(&str, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    (end > 0).then(|| text.split_at(end))
}

fn factor(units: &[(&str, u64)], unit: &str) -> Option<u64> {
    units.iter().find(|(name, _)| *name == unit).map(|(_, factor)| *factor)
}

fn multiply(digits: &str, factor: u64) -> Option<u64> {
    digits.parse::<u64>().ok()?.checked_mul(factor)
}

/// The shortest text that is exactly this size; of two as short, the one with the larger unit.
impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&shortest(&SIZES, self.0))
    }
}

/// The shortest text that is exactly this time; of two as short, the one with the larger unit.
impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&shortest(&TIMES, self.millis))
    }
}

fn shortest(units: &[(&str, u64)], count: u64) -> String {
    let exact = units.iter().filter(|(_, factor)| count.is_multiple_of(*factor));
    let texts = exact.map(|(unit, factor)| format!("{}{unit}", count / factor));
    texts.min_by_key(String::len).unwrap_or_default()
}

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Size;

        impl Visitor<'_> for Size {
            type Value = Bytes;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a size as \"8MiB\" or a number of bytes")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Bytes, E> {
                text.parse().map_err(E::custom)
            }

            fn visit_u64<E: serde::de::Error>(self, count: u64) -> Result<Bytes, E> {
                Ok(Bytes(count))
            }

            fn visit_i64<E: serde::de::Error>(self, count: i64) -> Result<Bytes, E> {
                u64::try_from(count).map(Bytes).map_err(|_| E::custom(UnitError::NotASize))
            }
        }

        deserializer.deserialize_any(Size)
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<str>::deserialize(deserializer)?;
        text.parse().map_err(D::Error::custom)
    }
}

impl JsonSchema for Bytes {
    fn schema_name() -> Cow<'static, str> {
        "Bytes".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": ["string", "integer"],
            "format": Self::FORMAT,
            "pattern": "^[0-9]+(B|kB|MB|GB|KiB|MiB|GiB)?$",
            "minimum": 0,
        })
    }
}

impl JsonSchema for Time {
    fn schema_name() -> Cow<'static, str> {
        "Time".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "format": Self::FORMAT,
            "pattern": "^0*[1-9][0-9]*(ms|s|m|h)$",
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_every_unit_of_size() {
        let sizes = ["7", "7B", "7kB", "7MB", "7GB", "7KiB", "7MiB", "7GiB"];
        let counts = sizes.map(|text| text.parse::<Bytes>().map(Bytes::get));
        let expected = [7, 7, 7000, 7_000_000, 7_000_000_000, 7 << 10, 7 << 20, 7 << 30];
        assert_eq!(counts, expected.map(Ok));
    }

    #[test]
    fn reads_every_unit_of_time() {
        let times = ["7ms", "7s", "7m", "7h"].map(|text| text.parse::<Time>().map(Time::get));
        assert_eq!(times, [7, 7000, 420_000, 25_200_000].map(|millis| Ok(Duration::from_millis(millis))));
    }

    #[test]
    fn rejects_what_is_no_size() {
        for text in ["", "MiB", "-1", "1.5MiB", "8 MiB", "8mib", "8Mi", " 8MiB", "8MiB ", "+8", "٣MB"] {
            assert_eq!(text.parse::<Bytes>(), Err(UnitError::NotASize), "{text:?}");
        }
        for text in ["18446744073709551616", "17179869184GiB"] {
            assert_eq!(text.parse::<Bytes>(), Err(UnitError::SizeTooLarge), "{text:?}");
        }
    }

    #[test]
    fn rejects_what_is_no_time() {
        for text in ["", "500", "s", "-1s", "1.5s", "5 s", "5S", "5d"] {
            assert_eq!(text.parse::<Time>(), Err(UnitError::NotATime), "{text:?}");
        }
        assert_eq!("0ms".parse::<Time>(), Err(UnitError::NoTime));
        assert_eq!("18446744073709551615s".parse::<Time>(), Err(UnitError::TimeTooLong));
    }

    #[test]
    fn prints_the_shortest_exact_text() {
        let sizes =
            [0, 1001, 1000, 1024, 1 << 20, 1_048_577, 3 << 30, 64_000_000].map(|count| Bytes(count).to_string());
        assert_eq!(sizes, ["0B", "1001B", "1kB", "1KiB", "1MiB", "1048577B", "3GiB", "64MB"]);
        let times = [1, 1000, 1500, 60_000, 90_000, 7_200_000].map(|millis| Time::millis(millis).to_string());
        assert_eq!(times, ["1ms", "1s", "1500ms", "1m", "90s", "2h"]);
    }

    proptest! {
        #[test]
        fn a_printed_size_reads_as_itself(count in sizes()) {
            prop_assert_eq!(Bytes(count).to_string().parse(), Ok(Bytes(count)));
        }

        #[test]
        fn a_printed_time_reads_as_itself(millis in sizes().prop_filter("no time", |millis| *millis > 0)) {
            prop_assert_eq!(Time::millis(millis).to_string().parse(), Ok(Time::millis(millis)));
        }
    }

    /// Any number, and often one that is a multiple of some unit.
    fn sizes() -> impl Strategy<Value = u64> {
        let unit = prop::sample::select([&SIZES[..], &TIMES[..]].concat());
        prop_oneof![any::<u64>(), (unit, 0..1_u64 << 30).prop_map(|((_, factor), count)| factor * count)]
    }
}
