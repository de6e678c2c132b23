//! One value into another type; none where that can't be without loss.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use kiteline_plugin_columns::{Value, object, text as json_text, time as clock};

use crate::Unit;

/// A float without fraction, or a text with an integer, is one.
pub(crate) fn int(value: Value<'_>) -> Option<i64> {
    match value {
        Value::Int(int) => Some(int),
        Value::Float(float) if float as i64 as f64 == float && float < i64::MAX as f64 => Some(float as i64),
        Value::Bool(bool) => Some(bool.into()),
        Value::Text(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// The nearest float.
pub(crate) fn float(value: Value<'_>) -> Option<f64> {
    match value {
        Value::Int(int) => Some(int as f64),
        Value::Float(float) => Some(float),
        Value::Text(text) => text.trim().parse().ok(),
        Value::Json(text) => text.parse().ok(),
        _ => None,
    }
    .filter(|float| float.is_finite())
}

pub(crate) fn bool(value: Value<'_>) -> Option<bool> {
    match value {
        Value::Bool(bool) => Some(bool),
        Value::Int(0) => Some(false),
        Value::Int(1) => Some(true),
        Value::Text(text) => match text.trim().to_ascii_lowercase().as_str() {
            "true" | "1" => Some(true),
            "false" | "0" => Some(false),
            _ => None,
        },
        _ => None,
    }
}

/// A text as it is, anything else as its JSON text.
pub(crate) fn text(value: Value<'_>) -> Option<String> {
    Some(match value {
        Value::Text(text) => text.into_owned(),
        Value::Bytes(bytes) => STANDARD.encode(bytes),
        value => json_text::of(value).into_owned(),
    })
}

/// The JSON that a text holds; anything else as it is.
pub(crate) fn json(value: Value<'_>) -> Option<String> {
    match value {
        Value::Text(text) => object::is_json(&text).then(|| text.into_owned()),
        value => Some(json_text::of(value).into_owned()),
    }
}

pub(crate) fn bytes(value: Value<'_>) -> Option<Vec<u8>> {
    match value {
        Value::Bytes(bytes) => Some(bytes.to_vec()),
        Value::Text(text) => STANDARD.decode(text.trim()).ok(),
        _ => None,
    }
}

/// An integer is taken as what it should become.
pub(crate) fn timestamp(value: Value<'_>, unit: Unit) -> Option<i64> {
    match value {
        Value::Int(int) => Some(int),
        Value::Text(text) => {
            let (seconds, nanoseconds) = clock::parse(&text)?;
            let parts = parts(unit);
            seconds.checked_mul(parts)?.checked_add(i64::from(nanoseconds) / (1_000_000_000 / parts))
        }
        _ => None,
    }
}

/// A text is taken as what it should become.
pub(crate) fn time(value: Value<'_>, unit: Unit) -> Option<String> {
    match value {
        Value::Int(int) => {
            let parts = parts(unit);
            let nanoseconds = int.rem_euclid(parts) * (1_000_000_000 / parts);
            clock::text(int.div_euclid(parts), u32::try_from(nanoseconds).ok()?)
        }
        Value::Text(text) => clock::parse(&text).map(|_| text.into_owned()),
        _ => None,
    }
}

/// How many of the unit a second has.
fn parts(unit: Unit) -> i64 {
    match unit {
        Unit::Seconds => 1,
        Unit::Milliseconds => 1_000,
        Unit::Microseconds => 1_000_000,
        Unit::Nanoseconds => 1_000_000_000,
    }
}

/// A decimal times ten to the power of the scale. Floats are read by their shortest text.
pub(crate) fn decimal(value: Value<'_>, scale: u8) -> Option<i64> {
    let text = match value {
        Value::Text(text) => text.trim().to_owned(),
        Value::Int(int) => int.to_string(),
        Value::Float(float) => float.to_string(),
        _ => return None,
    };
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(&text)),
    };
    let (whole, behind) = digits.split_once('.').unwrap_or((digits, ""));
    let behind = behind.trim_end_matches('0');
    let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !all_digits(whole) || !all_digits(behind) || behind.len() > usize::from(scale) {
        return None;
    }
    let unsigned: i128 = format!("{whole}{behind:0<width$}", width = usize::from(scale)).parse().ok()?;
    i64::try_from(if negative { -unsigned } else { unsigned }).ok()
}

/// Big-endian bytes of an integer with sign, divided by ten to the power of the scale. A number is taken as it is.
pub(crate) fn unscaled(value: Value<'_>, scale: u8) -> Option<f64> {
    let bytes = match value {
        Value::Bytes(bytes) => bytes.to_vec(),
        Value::Text(text) => STANDARD.decode(text.trim()).ok()?,
        Value::Int(_) | Value::Float(_) => return float(value),
        _ => return None,
    };
    let (first, rest) = bytes.split_first().filter(|_| bytes.len() <= 16)?;
    let number = rest.iter().fold(i128::from(first.cast_signed()), |number, byte| number << 8 | i128::from(*byte));
    // By its text, the float is the nearest one to the decimal.
    let (sign, digits) = (if number < 0 { "-" } else { "" }, number.unsigned_abs());
    format!("{sign}{digits}e-{scale}").parse().ok()
}

#[cfg(test)]
mod tests {
    use kiteline_plugin_columns::Value;

    use super::{decimal, float, int, time, timestamp, unscaled};
    use crate::Unit;

    fn of(text: &str) -> Value<'_> {
        Value::Text(text.into())
    }

    #[test]
    fn an_integer_is_never_rounded() {
        assert_eq!((int(of(" -7 ")), int(Value::Float(3.0)), int(Value::Bool(true))), (Some(-7), Some(3), Some(1)));
        for value in
            [of("7.0"), of(""), Value::Float(0.5), Value::Float(1e19), Value::Float(f64::NAN), Value::Float(-1e19)]
        {
            assert_eq!(int(value.clone()), None, "{value:?}");
        }
        assert_eq!(int(Value::Float(9_223_372_036_854_775_808.0)), None);
    }

    #[test]
    fn a_float_is_finite() {
        assert_eq!((float(of("1e400")), float(of("NaN")), float(of("-0.5"))), (None, None, Some(-0.5)));
    }

    #[test]
    fn times_go_there_and_back() {
        for (unit, number) in [
            (Unit::Seconds, -1),
            (Unit::Milliseconds, 1_700_000_000_123),
            (Unit::Microseconds, -1),
            (Unit::Nanoseconds, 1_700_000_000_123_456_789),
        ] {
            let text = time(Value::Int(number), unit).expect("a time");
            assert_eq!(timestamp(of(&text), unit), Some(number), "{text}");
        }
        assert_eq!(timestamp(of("9999-01-01"), Unit::Nanoseconds), None, "more than 64 bits");
        assert_eq!(timestamp(of("tomorrow"), Unit::Seconds), None);
    }

    #[test]
    fn a_decimal_is_exact_or_none() {
        let cases = [
            ("12.34", 1234),
            ("-0.5", -50),
            ("7", 700),
            ("1.500", 150),
            ("+0.01", 1),
            ("92233720368547758.07", i64::MAX),
        ];
        for (text, number) in cases {
            assert_eq!(decimal(of(text), 2), Some(number), "{text}");
        }
        for text in ["1.234", "1e3", "", ".5", "-", "1.-5", "92233720368547758.08"] {
            assert_eq!(decimal(of(text), 2), None, "{text}");
        }
    }

    #[test]
    fn the_bytes_of_an_integer_are_a_decimal() {
        // 1234, -1234 and 0 in as few bytes as they need.
        assert_eq!(unscaled(of("BNI="), 2), Some(12.34));
        assert_eq!(unscaled(of("+y4="), 2), Some(-12.34));
        assert_eq!(unscaled(Value::Bytes(&[0]), 2), Some(0.0));
        assert_eq!((unscaled(of("?"), 2), unscaled(of(""), 2)), (None, None));
    }
}
