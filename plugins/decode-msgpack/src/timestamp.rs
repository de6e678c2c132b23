//! MessagePack's timestamp as an RFC 3339 text in UTC, with as many digits as it needs.

/// The extension type of a timestamp.
pub(crate) const TYPE: i8 = -1;

/// None for data of a wrong length and for years that the text can't have.
pub(crate) fn text(data: &[u8]) -> Option<String> {
    let (seconds, nanoseconds) = read(data)?;
    let (year, month, day) = date(seconds.div_euclid(86_400))?;
    let second = seconds.rem_euclid(86_400);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    let mut text = format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}");
    if nanoseconds > 0 {
        let digits = format!(".{nanoseconds:09}");
        text.push_str(digits.trim_end_matches('0'));
    }
    text.push('Z');
    Some(text)
}

fn read(data: &[u8]) -> Option<(i64, u32)> {
    let (seconds, nanoseconds) = match data.len() {
        4 => (u32::from_be_bytes(*data.first_chunk()?).into(), 0),
        8 => {
            // 30 bits of nanoseconds, then 34 of seconds.
            let both = u64::from_be_bytes(*data.first_chunk()?);
            ((both & 0x3_ffff_ffff).cast_signed(), (both >> 34) as u32)
        }
        12 => (i64::from_be_bytes(*data.last_chunk()?), u32::from_be_bytes(*data.first_chunk()?)),
        _ => return None,
    };
    (nanoseconds < 1_000_000_000).then_some((seconds, nanoseconds))
}

/// Year, month and day of a day since 1970, in the Gregorian calendar. Counted in years that begin in March, the leap
/// day is the last of its year and all months but the last have a rhythm.
fn date(day: i64) -> Option<(i64, i64, i64)> {
    let day = day.checked_add(719_468)?;
    let era = day.div_euclid(146_097);
    let of_era = day.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (0..10_000).contains(&year).then_some((year, month, day))
}

#[cfg(test)]
mod tests {
    use super::text;

    fn long(seconds: i64, nanoseconds: u32) -> Option<String> {
        text(&[&nanoseconds.to_be_bytes()[..], &seconds.to_be_bytes()].concat())
    }

    #[test]
    fn a_timestamp_is_a_text_in_utc() {
        assert_eq!(text(&1_700_000_000_u32.to_be_bytes()).as_deref(), Some("2023-11-14T22:13:20Z"));
        assert_eq!(long(951_782_400, 0).as_deref(), Some("2000-02-29T00:00:00Z"));
        assert_eq!(long(-1, 0).as_deref(), Some("1969-12-31T23:59:59Z"));
        assert_eq!(long(-62_167_219_200, 0).as_deref(), Some("0000-01-01T00:00:00Z"));
        assert_eq!(long(253_402_300_799, 999_999_999).as_deref(), Some("9999-12-31T23:59:59.999999999Z"));
    }

    #[test]
    fn a_fraction_has_the_digits_that_it_needs() {
        let both = (500_000_000_u64 << 34) | 1_700_000_000;
        assert_eq!(text(&both.to_be_bytes()).as_deref(), Some("2023-11-14T22:13:20.5Z"));
        assert_eq!(long(0, 1).as_deref(), Some("1970-01-01T00:00:00.000000001Z"));
    }

    #[test]
    fn what_is_no_timestamp_is_none() {
        assert_eq!(text(&[1, 2, 3]), None);
        assert_eq!(long(0, 1_000_000_000), None);
        assert_eq!(long(253_402_300_800, 0), None);
        assert_eq!(long(i64::MIN, 0), None);
        assert_eq!(long(i64::MAX, 0), None);
    }
}
