//! Numbers. Each is read once, from its text straight into the type that is wanted, correctly rounded.

use super::rounding::{POWERS, is_clear};
use super::{Kind, Mistake, Scanner, Unread};

/// A number as it stands in a JSON text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Number<'a> {
    text: &'a [u8],
    /// Without fraction and exponent.
    integer: bool,
    decimal: Option<Decimal>,
}

/// A number without exponent and of few digits, but for its sign: the integer of all its digits, of which so many come
/// behind the point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Decimal {
    digits: u64,
    places: usize,
}

/// What a number has or is that its type can't hold.
type Unfit = &'static str;

/// Appends the numbers of the array that is next, rounded to 64-bit floats.
pub(crate) fn f64s(scanner: &mut Scanner<'_>, out: &mut Vec<f64>) -> Result<(), Unread> {
    numbers(scanner, Number::f64, |number| out.push(number))
}

/// The same, but no integer is rounded: the array does not fit where that would be needed.
pub(crate) fn exact_f64s(scanner: &mut Scanner<'_>, out: &mut Vec<f64>) -> Result<(), Unread> {
    numbers(scanner, Number::exact_f64, |number| out.push(number))
}

/// Appends the integers of the array that is next.
pub(crate) fn i64s(scanner: &mut Scanner<'_>, out: &mut Vec<i64>) -> Result<(), Unread> {
    numbers(scanner, Number::i64, |number| out.push(number))
}

/// Reads the array of numbers that is next. Where it fails, numbers before the fault have been handed on.
pub(crate) fn numbers<'a, T>(
    scanner: &mut Scanner<'a>,
    read: impl Fn(Number<'a>) -> Result<T, Unfit>,
    mut take: impl FnMut(T),
) -> Result<(), Unread> {
    scanner.expect(Kind::Array)?;
    scanner.open()?;
    while scanner.next_element()? {
        scanner.expect(Kind::Number).map_err(|unread| unread.within(Kind::Array))?;
        let at = scanner.at();
        let number = read(scanner.number()?);
        take(number.map_err(|unfit| Unread::misfit(at, unfit).within(Kind::Array))?);
    }
    Ok(())
}

impl<'a> Number<'a> {
    /// The number that starts at `start`.
    pub(super) fn at_start_of(bytes: &'a [u8], start: usize) -> Result<Self, Mistake> {
        let mut at = start + usize::from(bytes[start] == b'-');
        let first = at;
        let mut value = 0;
        at = digits(bytes, at, &mut value)?;
        if bytes[first] == b'0' && at > first + 1 {
            return Err(Mistake { at: first, what: "a number with a leading zero" });
        }
        let whole = at;
        let mut places = 0;
        if bytes.get(at) == Some(&b'.') {
            at = digits(bytes, at + 1, &mut value)?;
            places = at - whole - 1;
        }
        let mut decimal = (at - first <= DIGITS_MAX).then_some(Decimal { digits: value, places });
        if let Some(b'e' | b'E') = bytes.get(at) {
            let signed = matches!(bytes.get(at + 1), Some(b'+' | b'-'));
            at = digits(bytes, at + 1 + usize::from(signed), &mut 0)?;
            decimal = None;
        }
        Ok(Self { text: &bytes[start..at], integer: at == whole, decimal })
    }

    /// Bytes of its text.
    pub(super) fn len(&self) -> usize {
        self.text.len()
    }

    /// The text.
    pub(super) fn text(&self) -> &'a str {
        std::str::from_utf8(self.text).expect("a number is ASCII")
    }

    /// The number as an integer. `1.0` and `1e3` are floats.
    pub(crate) fn i64(self) -> Result<i64, Unfit> {
        if !self.integer {
            return Err("a number with a fraction or exponent");
        }
        self.text().parse().map_err(|_| "an integer beyond 64 bits")
    }

    /// The number rounded to a 32-bit float, once: by way of a 64-bit one only where that comes to the same.
    pub(crate) fn f32(self) -> Result<f32, Unfit> {
        if let Some(number) = self.decimal.and_then(Decimal::f32) {
            return Ok(if self.text.starts_with(b"-") { -number } else { number });
        }
        self.text().parse().ok().filter(|number: &f32| number.is_finite()).ok_or("a number beyond 32-bit floats")
    }

    /// The number rounded to a 64-bit float.
    pub(crate) fn f64(self) -> Result<f64, Unfit> {
        self.text().parse().ok().filter(|number: &f64| number.is_finite()).ok_or("a number beyond 64-bit floats")
    }

    /// The same, but an integer only where it fits 64 bits and is not rounded.
    pub(crate) fn exact_f64(self) -> Result<f64, Unfit> {
        let float = self.f64()?;
        if self.integer && float as i128 != i128::from(self.i64()?) {
            return Err("an integer that no 64-bit float equals");
        }
        Ok(float)
    }
}

/// Most characters of a number, its point among them, whose digits surely fit 64 bits.
const DIGITS_MAX: usize = 19;

impl Decimal {
    /// The number rounded to a 32-bit float, where 64-bit ones tell it.
    ///
    /// The integer as a 64-bit float and the quotient are each within half a unit in the last place, and the power of
    /// ten is exact, so the quotient is off by less than two units.
    fn f32(self) -> Option<f32> {
        let quotient = self.digits as f64 / POWERS.get(self.places)?;
        is_clear::<4>(quotient).then_some(quotient as f32)
    }
}

/// The end of the digits that start at `at`, of which there must be one. They are appended to `value`, which overflows
/// where they are too many.
fn digits(bytes: &[u8], at: usize, value: &mut u64) -> Result<usize, Mistake> {
    let mut end = at;
    while let Some(digit) = bytes.get(end).map(|byte| byte.wrapping_sub(b'0')).filter(|digit| *digit < 10) {
        *value = value.wrapping_mul(10).wrapping_add(u64::from(digit));
        end += 1;
    }
    if end > at {
        return Ok(end);
    }
    match bytes.get(at) {
        Some(b'I') => Err(Mistake { at, what: "NaN or an infinity, which JSON does not have," }),
        _ => Err(Mistake { at, what: "expected a digit" }),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::json::{check, f32s};

    /// Reads an array of one number as the last one of a text, and where more follows, as kernels read it.
    fn f32_of(text: &str) -> Option<f32> {
        let read = |text: &str| {
            let mut out = Vec::new();
            f32s(&mut Scanner::new(text), &mut out).ok().map(|()| out)
        };
        let last = read(&format!("[{text}]"));
        let many = read(&format!("[{text},{text}, {text}]{}", " ".repeat(64)));
        assert_eq!(
            many.as_ref().map(|many| bits(many)),
            last.as_ref().map(|last| vec![last[0].to_bits(); 3]),
            "{text}"
        );
        last.map(|last| last[0])
    }

    fn bits(numbers: &[f32]) -> Vec<u32> {
        numbers.iter().copied().map(f32::to_bits).collect()
    }

    #[test]
    fn rejects_numbers_that_json_does_not_have() {
        let mistake = |text| check(text).expect_err(text).to_string();
        assert_eq!(mistake("-"), "expected a digit at byte 1");
        assert_eq!(mistake("-a"), "expected a digit at byte 1");
        assert_eq!(mistake("01"), "a number with a leading zero at byte 0");
        assert_eq!(mistake("-00.5"), "a number with a leading zero at byte 1");
        assert_eq!(mistake("1."), "expected a digit at byte 2");
        assert_eq!(mistake("[1.]"), "expected a digit at byte 3");
        assert_eq!(mistake("1e"), "expected a digit at byte 2");
        assert_eq!(mistake("1e+"), "expected a digit at byte 3");
        assert_eq!(mistake(".5"), "expected a value at byte 0");
        assert_eq!(mistake("+1"), "expected a value at byte 0");
        assert_eq!(mistake("0x10"), "expected the end of the text at byte 1");
        assert_eq!(mistake("1_000"), "expected the end of the text at byte 1");
    }

    #[test]
    fn an_array_of_numbers_is_appended() {
        let mut out = vec![7.0];
        let mut scanner = Scanner::new(" [ 1 , -2.5e0,3 ] ,");
        assert_eq!(f32s(&mut scanner, &mut out), Ok(()));
        assert_eq!((out, scanner.at()), (vec![7.0, 1.0, -2.5, 3.0], 17));
    }

    #[test]
    fn an_array_with_another_value_says_which_and_where() {
        let found = |text: &str| match f32s(&mut Scanner::new(text), &mut Vec::new()) {
            Err(Unread::Misfit(misfit)) => format!("{misfit} at {}", misfit.at),
            other => panic!("{text}: {other:?}"),
        };
        assert_eq!(found("[1, null]"), "an array with null at 4");
        assert_eq!(found("[1, \"2\"]"), "an array with a text at 4");
        assert_eq!(found("[[1]]"), "an array with an array at 1");
        assert_eq!(found("[1e39]"), "an array with a number beyond 32-bit floats at 1");
        assert_eq!(found(" \"1\""), "a text at 1");
    }

    #[test]
    fn numbers_at_the_edges_of_32_bit_floats_are_right() {
        let right = [
            ("0", 0.0),
            ("1e-46", 0.0),
            ("7.006492321624085e-46", 0.0),
            ("7.006492321624086e-46", f32::from_bits(1)),
            ("1.1754943508222875e-38", f32::MIN_POSITIVE),
            ("1.1754942807573643e-38", f32::MIN_POSITIVE),
            ("1.1754942807573642e-38", f32::from_bits(0x007f_ffff)),
            ("3.4028234663852886e38", f32::MAX),
            ("3.4028235677973366e38", f32::MAX),
            ("16777217", 16_777_216.0),
            ("16777217.000000000000000000000000000000000001", 16_777_218.0),
            // To 64 bits first it would be halfway, and then go down to even.
            ("1.00000017881393432617187499", 1.000_000_1),
            ("1.000000178813934326171875", 1.000_000_2),
        ];
        for (text, number) in right {
            assert_eq!(f32_of(text).map(f32::to_bits), Some(number.to_bits()), "{text}");
        }
        assert_eq!(f32_of("-0.0").map(f32::to_bits), Some((-0.0f32).to_bits()));
        assert_eq!(f32_of("-1e-60").map(f32::to_bits), Some((-0.0f32).to_bits()));
        assert_eq!((f32_of("3.4028235677973367e38"), f32_of("1e999999999999"), f32_of("-1e39")), (None, None, None));
        assert_eq!(f32_of(&format!("0.{}1", "0".repeat(5000))), Some(0.0));
        assert_eq!(f32_of(&format!("1{}e-5000", "0".repeat(5000))), Some(1.0));
    }

    #[test]
    fn integers_of_a_64_bit_float_column_are_exact_or_refused() {
        let read = |text: &str| {
            let mut out = Vec::new();
            exact_f64s(&mut Scanner::new(text), &mut out).map(|()| out)
        };
        assert_eq!(read("[0.1, 9007199254740992, -3]"), Ok(vec![0.1, 9_007_199_254_740_992.0, -3.0]));
        assert!(matches!(read("[0.1, 9007199254740993]"), Err(Unread::Misfit(_))));
        assert!(matches!(read("[9223372036854775807]"), Err(Unread::Misfit(_))));
    }

    proptest! {
        /// The point halfway between two neighbours is exact in 64 bits, so its decimals can be written out. It goes
        /// to the even one, a hair more or less to the nearer one: known without another parser.
        #[test]
        fn around_a_halfway_point_the_nearest_float_is_read(bits in 0u32..f32::MAX.to_bits(), zeros in 0usize..40) {
            let (low, high) = (f32::from_bits(bits), f32::from_bits(bits + 1));
            let halfway = format!("{:.200e}", (f64::from(low) + f64::from(high)) / 2.0);
            let (digits, exponent) = halfway.split_once('e').expect("an exponent was asked for");
            let even = if bits.is_multiple_of(2) { low } else { high };
            prop_assert_eq!(f32_of(&halfway), Some(even));

            let (rest, last) = digits.trim_end_matches('0').split_at(digits.trim_end_matches('0').len() - 1);
            let less = last.parse::<u8>().expect("a digit but 0") - 1;
            prop_assert_eq!(f32_of(&format!("{rest}{last}{}1e{exponent}", "0".repeat(zeros))), Some(high));
            prop_assert_eq!(f32_of(&format!("{rest}{less}{}9e{exponent}", "9".repeat(zeros))), Some(low));
        }

        /// Few enough digits to be read by way of 64-bit floats, which is right unless the last digit is looked over.
        #[test]
        fn around_a_halfway_point_of_few_digits_the_nearest_float_is_read(
            odd in 1u64 << 24..1 << 25,
            places in 0usize..=10,
            off in 0u64..=2,
        ) {
            let digits = (odd | 1) * 5u64.pow(places as u32) + off - 1;
            let mut text = digits.to_string();
            if places > 0 {
                text.insert(text.len() - places, '.');
            }
            let number: f32 = text.parse().expect("a number");
            for (text, number) in [(format!("-{text}"), -number), (text, number)] {
                prop_assert_eq!(f32_of(&text).map(f32::to_bits), Some(number.to_bits()), "{}", text);
            }
        }

        #[test]
        fn shortest_texts_read_back(bits: u32) {
            let number = f32::from_bits(bits);
            prop_assume!(number.is_finite());
            for text in [format!("{number}"), format!("{number:e}"), format!("{:.17e}", f64::from(number))] {
                prop_assert_eq!(f32_of(&text).map(f32::to_bits), Some(bits), "{}", text);
            }
        }

        #[test]
        fn any_digits_are_read_as_by_the_standard_library(
            text in "-?(0|[1-9][0-9]{0,30})(\\.[0-9]{1,40})?([eE][+-]?[0-9]{1,3})?",
        ) {
            let number: f32 = text.parse().expect("Rust takes what JSON takes");
            prop_assert_eq!(f32_of(&text).map(f32::to_bits), Some(number).filter(|n| n.is_finite()).map(f32::to_bits));
        }
    }
}
