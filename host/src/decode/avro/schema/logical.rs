//! Logical types: what a number or some bytes mean.

use serde_json::{Map, Value};

use super::{Type, Unit};

/// Most digits of a decimal. More than any database has, and few enough to be written in a moment.
pub(in crate::decode::avro) const DIGITS_MAX: u64 = 1000;

/// The type of that base with what `logicalType` says of it. What Avro does not define is the base alone.
pub(super) fn logical(base: Type, object: &Map<String, Value>) -> Type {
    let name = object.get("logicalType").and_then(Value::as_str).unwrap_or_default();
    let timestamp = |unit| Type::Timestamp { unit, local: name.starts_with("local-") };
    match (name, &base) {
        ("date", Type::Int) => Type::Date,
        ("time-millis", Type::Int) => Type::Time(Unit::Millis),
        ("time-micros", Type::Long) => Type::Time(Unit::Micros),
        ("timestamp-millis" | "local-timestamp-millis", Type::Long) => timestamp(Unit::Millis),
        ("timestamp-micros" | "local-timestamp-micros", Type::Long) => timestamp(Unit::Micros),
        ("timestamp-nanos" | "local-timestamp-nanos", Type::Long) => timestamp(Unit::Nanos),
        ("uuid", Type::Fixed(16)) => Type::Uuid,
        ("duration", Type::Fixed(12)) => Type::Duration,
        ("decimal", Type::Bytes) => decimal(None, object).unwrap_or(base),
        ("decimal", Type::Fixed(size)) => decimal(Some(*size), object).unwrap_or(base),
        _ => base,
    }
}

fn decimal(size: Option<usize>, object: &Map<String, Value>) -> Option<Type> {
    let precision = object.get("precision")?.as_u64()?;
    let scale = object.get("scale").map_or(Some(0), Value::as_u64)?;
    let fits = size.is_none_or(|size| precision <= digits(size));
    let right = (1..=DIGITS_MAX).contains(&precision) && scale <= precision && fits;
    right.then_some(Type::Decimal { size, scale: scale as usize })
}

/// Digits of which every number fits so many bytes, one bit of which is the sign.
fn digits(bytes: usize) -> u64 {
    let bits = (bytes as u64).saturating_mul(8).saturating_sub(1);
    (bits as f64 * std::f64::consts::LOG10_2) as u64
}
