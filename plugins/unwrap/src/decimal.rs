//! Decimals, which Kafka Connect writes as the bytes of an integer whose scale stands in the schema only.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use kiteline_plugin_columns::{Row, Value};
use serde_json::Value as Json;

/// What Kafka Connect calls a decimal.
const DECIMAL: &str = "org.apache.kafka.connect.data.Decimal";
/// Most bytes and the greatest scale of a decimal: Oracle's have 38 digits, PostgreSQL's up to 1,000 without effort. What
/// is written takes time with the square of its bytes.
const BYTES_MAX: usize = 416;
const SCALE_MAX: i32 = 1000;

/// The decimals of the schema that was met last. A topic has few, and records of the same one come together.
#[derive(Debug, Default)]
pub(crate) struct Decimals {
    schema: String,
    scales: BTreeMap<String, i32>,
}

impl Decimals {
    /// Makes texts of a row's decimals; or names one that is none.
    pub(crate) fn write(&mut self, schema: &str, row: &mut Row<'_>) -> Result<(), String> {
        if self.schema != schema {
            schema.clone_into(&mut self.schema);
            self.scales = serde_json::from_str(schema).map_or_else(|_| BTreeMap::new(), |fields: Json| scales(&fields));
        }
        if self.scales.is_empty() {
            return Ok(());
        }
        for (name, value) in row {
            // By `decimal.format = NUMERIC` it is a number already.
            let (Some(scale), Some(Value::Text(bytes))) = (self.scales.get(&**name), &*value) else { continue };
            let text = text(bytes, *scale).ok_or_else(|| format!("`{name}` is not a decimal of its schema"))?;
            *value = Some(Value::Text(text.into()));
        }
        Ok(())
    }
}

/// The scales of the decimals among the fields of a row. Debezium has the row twice among those of its envelope.
fn scales(fields: &Json) -> BTreeMap<String, i32> {
    let fields = fields.as_array().map(Vec::as_slice).unwrap_or_default();
    if let Some(after) = fields.iter().find(|field| field["field"] == "after" && field["type"] == "struct") {
        return scales(&after["fields"]);
    }
    let scale = |field: &Json| {
        let scale = field["parameters"]["scale"].as_str()?.parse().ok()?;
        (field["name"] == DECIMAL).then_some((field["field"].as_str()?.to_owned(), scale))
    };
    fields.iter().filter_map(scale).collect()
}

/// A decimal to its last digit.
fn text(base64: &str, scale: i32) -> Option<String> {
    let mut bytes = STANDARD.decode(base64).ok().filter(|bytes| (1..=BYTES_MAX).contains(&bytes.len()))?;
    let scale = usize::try_from(scale).ok().filter(|_| scale <= SCALE_MAX)?;
    let is_negative = bytes[0] >= 0x80;
    if is_negative {
        negate(&mut bytes);
    }
    let mut digits = digits(bytes);
    while digits.len() <= scale {
        digits.insert(0, '0');
    }
    if scale > 0 {
        digits.insert(digits.len() - scale, '.');
    }
    Some(if is_negative { format!("-{digits}") } else { digits })
}

/// In two's complement, the most significant byte first.
fn negate(bytes: &mut [u8]) {
    let mut carry = true;
    for byte in bytes.iter_mut().rev() {
        (*byte, carry) = (!*byte).overflowing_add(carry.into());
    }
}

fn digits(mut bytes: Vec<u8>) -> String {
    let mut digits = Vec::new();
    while bytes.iter().any(|byte| *byte != 0) {
        let rest = bytes.iter_mut().fold(0, |rest: u32, byte| {
            let part = rest << 8 | u32::from(*byte);
            *byte = u8::try_from(part / 10).expect("the rest is below 10");
            part % 10
        });
        digits.push(char::from_digit(rest, 10).expect("a digit"));
    }
    digits.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::text;

    #[test]
    fn a_decimal_is_its_integer_with_the_point_where_the_scale_says() {
        for (base64, scale, expected) in [
            ("EtaH", 2, "12345.67"),
            ("/y4=", 1, "-21.0"),
            ("AA==", 0, "0"),
            ("AQ==", 3, "0.001"),
            ("gA==", 0, "-128"),
            ("AIA=", 0, "128"),
            ("BgzsvWvijUtvVfEFhDuU", 20, "314159265358979.32384626433832795028"),
        ] {
            let found = text(base64, scale);
            assert_eq!(found.as_deref(), Some(expected), "{base64}");
        }
        assert_eq!((text("", 0), text("?", 0), text("AA==", -1), text("AA==", 1001)), (None, None, None, None));
    }
}
