//! A JSON text read as one scalar; none where it is anything else.

use std::borrow::Cow;

use super::{Kind, Mistake, Quoted, Scanner};

/// The value of a JSON string.
pub fn text(raw: &str) -> Option<Cow<'_, str>> {
    read(raw, Kind::Text, Scanner::text).as_ref().map(Quoted::value)
}

/// A number without fraction and exponent that fits 64 bits.
pub fn int(raw: &str) -> Option<i64> {
    read(raw, Kind::Number, Scanner::number)?.i64().ok()
}

/// A number as a 64-bit float, correctly rounded; an integer only where that is exact.
pub fn float(raw: &str) -> Option<f64> {
    let number = read(raw, Kind::Number, Scanner::number)?;
    // An integer beyond 64 bits may be exact as well.
    let long = || number.f64().ok().filter(|float| format!("{float:.0}") == number.text());
    number.exact_f64().ok().or_else(long)
}

/// `true` or `false`.
pub fn bool(raw: &str) -> Option<bool> {
    read(raw, Kind::Bool, Scanner::bool)
}

fn read<'a, T>(raw: &'a str, kind: Kind, read: fn(&mut Scanner<'a>) -> Result<T, Mistake>) -> Option<T> {
    let mut scanner = Scanner::new(raw);
    scanner.expect(kind).ok()?;
    let value = read(&mut scanner).ok()?;
    scanner.end().ok()?;
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_a_json_string_only() {
        assert_eq!(text(" \"a\\n\" ").as_deref(), Some("a\n"));
        for raw in ["1", "true", "null", "[\"a\"]", "", "\"a"] {
            assert_eq!(text(raw), None, "{raw}");
        }
    }

    #[test]
    fn an_int_has_neither_fraction_nor_exponent_and_fits_64_bits() {
        assert_eq!(int(" 9223372036854775807"), Some(i64::MAX));
        assert_eq!(int("-9223372036854775808"), Some(i64::MIN));
        assert_eq!(int("-0"), Some(0));
        for raw in ["9223372036854775808", "-9223372036854775809", "1.0", "1e3", "\"1\"", "01", "1 2", "true"] {
            assert_eq!(int(raw), None, "{raw}");
        }
    }

    #[test]
    fn a_float_is_rounded_but_an_integer_is_one_only_where_it_is_exact() {
        assert_eq!(float("0.1"), Some(0.1));
        assert_eq!(float("1e3"), Some(1000.0));
        assert_eq!(float("9007199254740992"), Some(9_007_199_254_740_992.0));
        assert_eq!(float("18446744073709551616"), Some(18_446_744_073_709_551_616.0));
        assert_eq!(float("-100000000000000000000000"), None, "1e23 is no 64-bit float");
        assert_eq!(float("-10000000000000000000000"), Some(-1e22));
        assert_eq!(float("-0").map(f64::is_sign_negative), Some(true));
        for raw in ["9007199254740993", "9223372036854775807", "1e400", "-1e400", "\"1\"", "null"] {
            assert_eq!(float(raw), None, "{raw}");
        }
    }

    #[test]
    fn only_true_and_false_are_bools() {
        assert_eq!((bool("true"), bool(" false "), bool("0"), bool("\"true\"")), (Some(true), Some(false), None, None));
    }
}
