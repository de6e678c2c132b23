//! MessagePack's timestamp as an RFC 3339 text in UTC, with as many digits as it needs.

use kiteline_plugin_columns::time;

/// The extension type of a timestamp.
pub(crate) const TYPE: i8 = -1;

/// None for data of a wrong length and for years that the text can't have.
pub(crate) fn text(data: &[u8]) -> Option<String> {
    let (seconds, nanoseconds) = read(data)?;
    time::text(seconds, nanoseconds)
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
