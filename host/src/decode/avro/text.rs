//! Logical types as text: dates and times as ISO 8601 has them, decimals to their last digit.

use std::fmt::Write;

use super::schema::Unit;
use crate::config::calendar_date;

const DAY_SECONDS: i64 = 86_400;

/// Most bytes of a decimal: as many as a thousand digits need.
const DECIMAL_BYTES_MAX: usize = 416;

/// What a value is or has that there is no text for.
type Unfit = &'static str;

/// `2026-01-31`.
pub(super) fn date(days: i64) -> Result<String, Unfit> {
    match calendar_date(days) {
        (year @ 0..=9999, month, day) => Ok(format!("{year:04}-{month:02}-{day:02}")),
        _ => Err("a date outside of the years 0 to 9999"),
    }
}

/// `23:59:59.999`.
pub(super) fn time(count: i64, unit: Unit) -> Result<String, Unfit> {
    let (second, part) = (count.div_euclid(unit.per_second()), count.rem_euclid(unit.per_second()));
    if !(0..DAY_SECONDS).contains(&second) {
        return Err("a time of day beyond 24 hours");
    }
    let mut text = format!("{:02}:{:02}:{:02}", second / 3600, second / 60 % 60, second % 60);
    if part > 0 {
        let digits = unit.per_second().ilog10() as usize;
        write!(text, ".{part:0digits$}").expect("writing to a String");
    }
    Ok(text)
}

/// `2026-01-31T23:59:59.999Z`, without `Z` where it is local.
pub(super) fn timestamp(count: i64, unit: Unit, local: bool) -> Result<String, Unfit> {
    let day = DAY_SECONDS * unit.per_second();
    let date = date(count.div_euclid(day)).map_err(|_| "a timestamp outside of the years 0 to 9999")?;
    let time = time(count.rem_euclid(day), unit)?;
    Ok(format!("{date}T{time}{}", if local { "" } else { "Z" }))
}

/// `-12.50`: the integer that the bytes are, the highest first, its last `scale` digits behind the point.
pub(super) fn decimal(bytes: &[u8], scale: usize) -> Result<String, Unfit> {
    if bytes.len() > DECIMAL_BYTES_MAX {
        return Err("a decimal of more than a thousand digits");
    }
    let negative = bytes.first().is_some_and(|byte| *byte >= 0x80);
    let mut digits = digits(bytes, negative);
    if digits.len() <= scale {
        digits.insert_str(0, &"0".repeat(scale + 1 - digits.len()));
    }
    if scale > 0 {
        digits.insert(digits.len() - scale, '.');
    }
    if negative {
        digits.insert(0, '-');
    }
    Ok(digits)
}

/// The digits of an integer, but for its sign.
fn digits(bytes: &[u8], negative: bool) -> String {
    let fill = if negative { 0xff } else { 0 };
    if bytes.len() <= size_of::<i128>() {
        let mut wide = [fill; size_of::<i128>()];
        wide[size_of::<i128>() - bytes.len()..].copy_from_slice(bytes);
        return i128::from_be_bytes(wide).unsigned_abs().to_string();
    }
    // Of a negative number the complement, and one more: that one goes through the parts of nine digits as a carry.
    let mut parts: Vec<u32> = vec![0];
    for byte in bytes {
        let mut carry = u64::from(byte ^ fill);
        for part in &mut parts {
            carry += u64::from(*part) << 8;
            *part = (carry % PART) as u32;
            carry /= PART;
        }
        if carry > 0 {
            parts.push(carry as u32);
        }
    }
    let mut carry = u32::from(negative);
    for part in &mut parts {
        *part += carry;
        carry = u32::from(u64::from(*part) == PART);
        *part %= PART as u32;
    }
    parts.extend((carry > 0).then_some(carry));
    let (first, rest) = parts.split_last().expect("there is one at least");
    let mut digits = first.to_string();
    for part in rest.iter().rev() {
        write!(digits, "{part:09}").expect("writing to a String");
    }
    digits
}

/// Nine digits of an integer are a part of it.
const PART: u64 = 1_000_000_000;

/// `P1M2DT3.004S`: months, days and milliseconds, the lowest byte first.
pub(super) fn duration(bytes: [u8; 12]) -> String {
    let [months, days, millis] =
        [0, 4, 8].map(|at| u32::from_le_bytes(*bytes[at..].first_chunk().expect("there are twelve bytes")));
    format!("P{months}M{days}DT{}.{:03}S", millis / 1000, millis % 1000)
}

/// `123e4567-e89b-12d3-a456-426614174000`.
pub(super) fn uuid(bytes: [u8; 16]) -> String {
    let mut text = String::with_capacity(36);
    for (index, byte) in bytes.iter().enumerate() {
        if let 4 | 6 | 8 | 10 = index {
            text.push('-');
        }
        write!(text, "{byte:02x}").expect("writing to a String");
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn dates_and_times() {
        assert_eq!(
            [0, -1, 20_484, -719_528].map(|days| date(days).expect("a date")),
            ["1970-01-01", "1969-12-31", "2026-01-31", "0000-01-01"]
        );
        assert_eq!(date(-719_529), Err("a date outside of the years 0 to 9999"));
        assert_eq!(date(2_932_897), Err("a date outside of the years 0 to 9999"));
        assert_eq!(time(0, Unit::Millis).as_deref(), Ok("00:00:00"));
        assert_eq!(time(86_399_999, Unit::Millis).as_deref(), Ok("23:59:59.999"));
        assert_eq!(time(1, Unit::Nanos).as_deref(), Ok("00:00:00.000000001"));
        assert_eq!(time(86_400_000, Unit::Millis), Err("a time of day beyond 24 hours"));
        assert_eq!(time(-1, Unit::Micros), Err("a time of day beyond 24 hours"));
        assert_eq!(timestamp(-1, Unit::Micros, false).as_deref(), Ok("1969-12-31T23:59:59.999999Z"));
        assert_eq!(timestamp(1_769_904_000_000, Unit::Millis, true).as_deref(), Ok("2026-02-01T00:00:00"));
        for (count, unit) in [(i64::MIN, Unit::Millis), (i64::MAX, Unit::Micros)] {
            assert_eq!(timestamp(count, unit, false), Err("a timestamp outside of the years 0 to 9999"));
        }
    }

    #[test]
    fn decimals_durations_and_uuids() {
        assert_eq!(decimal(&[0xfb, 0x1e], 2).as_deref(), Ok("-12.50"));
        assert_eq!(decimal(&[5], 3).as_deref(), Ok("0.005"));
        assert_eq!(decimal(&[0x80], 0).as_deref(), Ok("-128"));
        assert_eq!(decimal(&[0; 20], 1).as_deref(), Ok("0.0"));
        assert_eq!(decimal(&[0xff; 417], 0), Err("a decimal of more than a thousand digits"));
        assert_eq!(decimal(&[0x7f; 416], 0).map(|text| text.len()), Ok(1002));
        assert_eq!(duration([1, 0, 0, 0, 2, 0, 0, 0, 0xbc, 0x0b, 0, 0]), "P1M2DT3.004S");
        assert_eq!(
            uuid(*b"\x12\x3e\x45\x67\xe8\x9b\x12\xd3\xa4\x56\x42\x66\x14\x17\x40\x00"),
            "123e4567-e89b-12d3-a456-426614174000"
        );
    }

    proptest! {
        /// More bytes of the sign change nothing, and from 17 on another way is taken.
        #[test]
        fn a_decimal_of_many_bytes_is_the_same_number(number: i128, more in 1usize..30) {
            let fill = if number < 0 { 0xff } else { 0 };
            let bytes = [vec![fill; more], number.to_be_bytes().to_vec()].concat();
            prop_assert_eq!(decimal(&bytes, 0), Ok(number.to_string()));
        }
    }
}
