//! Times as RFC 3339 texts and as seconds since 1970.

/// A time in UTC with as many digits as it needs; none for years that the text can't have.
pub fn text(seconds: i64, nanoseconds: u32) -> Option<String> {
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

/// Seconds since 1970 and nanoseconds of an RFC 3339 text. A blank may stand for the `T`, the offset may be missing
/// (UTC), and a date may stand alone (midnight).
pub fn parse(text: &str) -> Option<(i64, u32)> {
    let mut rest = text.trim();
    let (year, month, day) = (number(&mut rest, 4)?, after(&mut rest, "-", 2)?, after(&mut rest, "-", 2)?);
    let midnight = days(year, month, day)? * 86_400;
    if rest.is_empty() {
        return Some((midnight, 0));
    }
    rest = rest.strip_prefix(['T', 't', ' '])?;
    let (hour, minute, second) = (number(&mut rest, 2)?, after(&mut rest, ":", 2)?, after(&mut rest, ":", 2)?);
    // A leap second is the next one, as clocks without them show it.
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let nanoseconds = fraction(&mut rest)?;
    let time = midnight + hour * 3600 + minute * 60 + second - offset(rest)?;
    Some((time, nanoseconds))
}

fn number(rest: &mut &str, digits: usize) -> Option<i64> {
    let (digits, behind) = rest.split_at_checked(digits)?;
    *rest = behind;
    digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())?
}

fn after(rest: &mut &str, mark: &str, digits: usize) -> Option<i64> {
    *rest = rest.strip_prefix(mark)?;
    number(rest, digits)
}

/// Digits behind the ninth are less than a nanosecond.
fn fraction(rest: &mut &str) -> Option<u32> {
    let Some(behind) = rest.strip_prefix('.') else { return Some(0) };
    let end = behind.bytes().position(|byte| !byte.is_ascii_digit()).unwrap_or(behind.len());
    let (digits, behind) = behind.split_at(end);
    *rest = behind;
    format!("{:0<9.9}", digits).parse().ok().filter(|_| !digits.is_empty())
}

/// Seconds that the place is ahead of UTC.
fn offset(mut rest: &str) -> Option<i64> {
    if matches!(rest, "" | "Z" | "z") {
        return Some(0);
    }
    let ahead = if rest.starts_with('+') { 1 } else { -1 };
    rest = rest.strip_prefix(['+', '-'])?;
    let (hours, minutes) = (number(&mut rest, 2)?, after(&mut rest, ":", 2)?);
    (rest.is_empty() && hours < 24 && minutes < 60).then_some(ahead * (hours * 3600 + minutes * 60))
}

/// Days since 1970; none where the calendar has no such day.
fn days(year: i64, month: i64, day: i64) -> Option<i64> {
    let shifted = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let (era, of_era) = (shifted.0.div_euclid(400), shifted.0.rem_euclid(400));
    let of_year = (153 * shifted.1 + 2) / 5 + day - 1;
    let days = era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468;
    (date(days) == Some((year, month, day))).then_some(days)
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
    use super::{date, days, parse, text};

    #[test]
    fn a_time_is_a_text_in_utc_with_the_digits_that_it_needs() {
        assert_eq!(text(1_700_000_000, 500_000_000).as_deref(), Some("2023-11-14T22:13:20.5Z"));
        assert_eq!(text(951_782_400, 0).as_deref(), Some("2000-02-29T00:00:00Z"));
        assert_eq!(text(-62_167_219_200, 0).as_deref(), Some("0000-01-01T00:00:00Z"));
        assert_eq!(text(253_402_300_799, 999_999_999).as_deref(), Some("9999-12-31T23:59:59.999999999Z"));
        assert_eq!((text(253_402_300_800, 0), text(i64::MIN, 0), text(i64::MAX, 0)), (None, None, None));
    }

    #[test]
    fn a_text_is_read_as_the_time_that_it_is() {
        let same =
            ["2023-11-14T22:13:20Z", "2023-11-14 22:13:20", "2023-11-15T00:13:20+02:00", "2023-11-14T20:43:20-01:30"];
        for text in same {
            assert_eq!(parse(text), Some((1_700_000_000, 0)), "{text}");
        }
        assert_eq!(parse("2023-11-14T22:13:20.5Z"), Some((1_700_000_000, 500_000_000)));
        assert_eq!(parse("2023-11-14T22:13:20.1234567899Z"), Some((1_700_000_000, 123_456_789)));
        assert_eq!(parse("2000-02-29"), Some((951_782_400, 0)));
    }

    #[test]
    fn what_is_no_time_is_none() {
        let wrong = [
            "",
            "now",
            "2023-02-29",
            "2023-13-01",
            "2023-1-1",
            "2023-01-01T",
            "2023-01-01T24:00:00",
            "2023-01-01T00:00",
        ];
        for text in wrong.into_iter().chain(["2023-01-01T00:00:00.Z", "2023-01-01T00:00:00+2", "2023-01-01T00:00:00ZZ"])
        {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn every_day_of_ten_thousand_years_is_its_own() {
        for day in days(0, 1, 1).expect("a day")..=days(9999, 12, 31).expect("a day") {
            let (year, month, of_month) = date(day).expect("a date");
            assert_eq!(days(year, month, of_month), Some(day));
        }
    }
}
