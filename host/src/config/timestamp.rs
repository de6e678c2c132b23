//! Moments as a pipeline file, a command and a dead letter write them: RFC 3339, as `"2026-01-01T00:00:00Z"`.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;
use std::time::{SystemTime, UNIX_EPOCH};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use toml::value::{Datetime, Offset};

use super::units::UnitError;

const DAY: i64 = 86_400_000;

/// A moment, in milliseconds since 1970, as Kafka has the times of records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The `format` of moments in the JSON Schema.
    pub(crate) const FORMAT: &str = "date-time";

    /// That many milliseconds after 1970 began.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since 1970.
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// This moment.
    pub fn now() -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }
}

/// Date, time and offset from UTC must all be there: a time of day means nothing on a broker elsewhere.
impl FromStr for Timestamp {
    type Err = UnitError;

    fn from_str(text: &str) -> Result<Self, UnitError> {
        let read: Datetime = text.parse().map_err(|_| UnitError::NotATimestamp)?;
        let (Some(date), Some(time), Some(offset)) = (read.date, read.time, read.offset) else {
            return Err(UnitError::NotATimestamp);
        };
        let minutes = match offset {
            Offset::Z => 0,
            Offset::Custom { minutes } => i64::from(minutes),
        };
        let (hour, minute) = (i64::from(time.hour), i64::from(time.minute) - minutes);
        let seconds = (hour * 60 + minute) * 60 + i64::from(time.second.unwrap_or(0));
        let millis = seconds * 1000 + i64::from(time.nanosecond.unwrap_or(0) / 1_000_000);
        Ok(Self(days(i64::from(date.year), i64::from(date.month), i64::from(date.day)) * DAY + millis))
    }
}

/// In UTC, with milliseconds where there are any.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = date(self.0.div_euclid(DAY));
        let (seconds, millis) = (self.0.rem_euclid(DAY) / 1000, self.0.rem_euclid(1000));
        let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")?;
        if millis > 0 {
            write!(f, ".{millis:03}")?;
        }
        f.write_str("Z")
    }
}

/// Days from 1970 to a date of the Gregorian calendar. Years are counted from March, so that a leap day comes last.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// The date (year, month, day) of the Gregorian calendar that is so many days after 1970-01-01.
pub(crate) fn date(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * day_of_year + 2) / 153;
    let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
    let year = era * 400 + year_of_era + i64::from(month <= 2);
    (year, month, day_of_year - (153 * march_month + 2) / 5 + 1)
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Cow::<str>::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

impl JsonSchema for Timestamp {
    fn schema_name() -> Cow<'static, str> {
        "Timestamp".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": Self::FORMAT })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn millis(text: &str) -> Result<i64, UnitError> {
        text.parse().map(Timestamp::millis)
    }

    #[test]
    fn reads_moments_with_an_offset() {
        assert_eq!(millis("1970-01-01T00:00:00Z"), Ok(0));
        assert_eq!(millis("2026-01-01T00:00:00Z"), Ok(1_767_225_600_000));
        assert_eq!(millis("2026-01-01T01:30:00.25+01:30"), Ok(1_767_225_600_250));
        assert_eq!(millis("2024-02-29T23:59:59-00:01"), Ok(1_709_251_259_000));
        assert_eq!(millis("1969-12-31T23:59:59.999Z"), Ok(-1));
    }

    #[test]
    fn rejects_what_is_no_moment() {
        for text in ["", "yesterday", "2026-01-01", "2026-01-01T00:00:00", "00:00:00Z", "2026-13-01T00:00:00Z"] {
            assert_eq!(millis(text), Err(UnitError::NotATimestamp), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn a_printed_moment_reads_as_itself(millis in -62_135_596_800_000_i64..253_402_300_800_000) {
            let moment = Timestamp::from_millis(millis);
            prop_assert_eq!(moment.to_string().parse(), Ok(moment));
        }
    }
}
