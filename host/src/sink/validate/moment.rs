//! Moments, as Milvus reads a Timestamptz: RFC 3339, with a blank or a `T` between date and time.
//!
//! Milvus takes a text without an offset too, by a time zone that the collection may have. It is refused here: what
//! wrote it may have meant another one. And Milvus keeps microseconds, so what is finer must be zeros.

/// Whether a text is a moment; else why not.
pub(super) fn check(text: &str) -> Result<(), &'static str> {
    const NO_MOMENT: &str = "a text that is no moment";
    let digits = |from: usize, to: usize| {
        let digits = text.get(from..to).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()));
        digits.and_then(|digits| digits.parse::<u32>().ok()).ok_or(NO_MOMENT)
    };
    let bytes = text.as_bytes();
    let has = |at: usize, any: &[u8]| bytes.get(at).is_some_and(|byte| any.contains(byte));
    let (year, month, day) = (digits(0, 4)?, digits(5, 7)?, digits(8, 10)?);
    let (hour, minute, second) = (digits(11, 13)?, digits(14, 16)?, digits(17, 19)?);
    let separated = has(4, b"-") && has(7, b"-") && has(10, b"T ") && has(13, b":") && has(16, b":");
    let exists = (1..=12).contains(&month) && (1..=days(year, month)).contains(&day);
    if !separated || !exists || hour > 23 || minute > 59 || second > 59 {
        return Err(NO_MOMENT);
    }

    let rest = &text[19..];
    let offset = match rest.strip_prefix('.') {
        None => rest,
        Some(fraction) => {
            let end = fraction.find(|c: char| !c.is_ascii_digit()).unwrap_or(fraction.len());
            // Go, which Milvus reads it with, takes nine.
            if !(1..=9).contains(&end) {
                return Err(NO_MOMENT);
            }
            if fraction[..end].bytes().skip(6).any(|digit| digit != b'0') {
                return Err("a moment finer than microseconds");
            }
            &fraction[end..]
        }
    };
    match offset.as_bytes() {
        b"" => Err("a moment without an offset from UTC"),
        b"Z" => Ok(()),
        [sign @ (b'+' | b'-'), _, _, b':', _, _] => {
            let start = text.len() - 5;
            let (hours, minutes) = (digits(start, start + 2)?, digits(start + 3, start + 5)?);
            let most = if *sign == b'+' { 14 * 60 } else { 12 * 60 };
            if minutes > 59 {
                Err(NO_MOMENT)
            } else if hours * 60 + minutes > most {
                Err("an offset from UTC beyond -12:00 to +14:00")
            } else {
                Ok(())
            }
        }
        _ => Err(NO_MOMENT),
    }
}

fn days(year: u32, month: u32) -> u32 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn a_moment_has_date_time_and_offset() {
        for text in [
            "0001-01-01T00:00:00Z",
            "9999-12-31T23:59:59.999999+14:00",
            "2024-02-29 23:59:59-12:00",
            "2026-01-31T08:00:00.5+01:00",
            "2026-01-31T08:00:00.123456000Z",
        ] {
            assert_eq!(check(text), Ok(()), "{text}");
        }
    }

    #[test]
    fn what_milvus_would_guess_cut_or_refuse_is_refused() {
        for text in ["2026-01-31T08:00:00", "2026-01-31 08:00:00.5"] {
            assert_eq!(check(text), Err("a moment without an offset from UTC"), "{text}");
        }
        assert_eq!(check("2026-01-31T08:00:00.1234567Z"), Err("a moment finer than microseconds"));
        for text in ["2026-01-31T08:00:00+14:01", "2026-01-31T08:00:00-12:30"] {
            assert_eq!(check(text), Err("an offset from UTC beyond -12:00 to +14:00"), "{text}");
        }
        for text in [
            "",
            "2026-01-31",
            "2026-01-31T08:00Z",
            "2026-02-29T08:00:00Z",
            "2026-13-01T08:00:00Z",
            "2026-00-01T08:00:00Z",
            "2026-01-31T24:00:00Z",
            "2026-01-31T08:00:60Z",
            "2026-01-31t08:00:00z",
            "2026-01-31T08:00:00.Z",
            "2026-01-31T08:00:00.1234567890Z",
            "2026-01-31T08:00:00+01",
            "2026-01-31T08:00:00+0100",
            "2026-01-31T08:00:00+01:60",
            "2026-01-31T08:00:00+01:000",
            "2026-01-31T08:00:00 Europe/Berlin",
            "+026-01-31T08:00:00Z",
            "1767225600",
            "2026-01-31T08:00:0ßZ",
        ] {
            assert_eq!(check(text), Err("a text that is no moment"), "{text}");
        }
    }
}
