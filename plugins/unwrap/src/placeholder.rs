//! What Debezium writes where it does not know a value: PostgreSQL and Oracle leave large values out of an update that
//! does not change them.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use kiteline_plugin_columns::{Row, Value, object};

/// Debezium's `unavailable.value.placeholder`, unless it is set to another.
const DEFAULT: &str = "__debezium_unavailable_value";
/// What stands for it in an array of UUIDs: the one that is made of its name.
const DEFAULT_UUID: &str = "b68a35a7-17ad-35b3-af2a-ae46edb4545a";

/// What becomes of a row with such a value.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Deserialize)]
#[cfg_attr(test, derive(kiteline_guest::schemars::JsonSchema), schemars(crate = "kiteline_guest::schemars"))]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Unavailable {
    /// It is rejected.
    #[default]
    Reject,
    /// The field is left out, so that `milvus.mode = "partial-update"` keeps the value that Milvus has.
    Keep,
}

/// The placeholder in the forms that it has by the type of its column.
#[derive(Debug)]
pub(crate) struct Placeholder {
    text: String,
    base64: String,
}

impl Placeholder {
    pub(crate) fn of(text: Option<&str>) -> Self {
        let text = text.unwrap_or(DEFAULT).to_owned();
        Self { base64: STANDARD.encode(&text), text }
    }

    /// Takes the fields of unknown values off the row, or names the first one.
    pub(crate) fn take_off<'a>(&self, mut row: Row<'a>, unavailable: Unavailable) -> Result<Row<'a>, String> {
        let is_unknown = |value: &Option<Value<'a>>| value.as_ref().is_some_and(|value| self.is(value));
        match unavailable {
            Unavailable::Reject => match row.iter().find(|(_, value)| is_unknown(value)) {
                None => Ok(row),
                Some((name, _)) => Err(format!(
                    "`{name}` did not change, so Debezium does not know its value: give the table REPLICA IDENTITY FULL, \
                     or set `unavailable` to \"keep\" and `milvus.mode` to \"partial-update\""
                )),
            },
            Unavailable::Keep => {
                row.retain(|(_, value)| !is_unknown(value));
                Ok(row)
            }
        }
    }

    fn is(&self, value: &Value<'_>) -> bool {
        match value {
            Value::Text(text) => self.is_text(text),
            Value::Texts(texts) => matches!(&texts[..], [text] if self.is_text(text) || self.is_uuid(text)),
            // Arrays of numbers have one for each byte.
            Value::Ints(numbers) => numbers.iter().copied().eq(self.bytes().map(i64::from)),
            Value::Floats(numbers) => numbers.iter().copied().eq(self.bytes().map(f64::from)),
            Value::Vector(numbers) => numbers.iter().copied().eq(self.bytes().map(f32::from)),
            Value::Json(text) => object::members(text).is_some_and(|members| {
                let value = |text: &str| serde_json::from_str(text).is_ok_and(|value: String| value == self.text);
                matches!(&members[..], [(name, text)] if *name == self.text && value(text))
            }),
            _ => false,
        }
    }

    fn is_text(&self, text: &str) -> bool {
        text == self.text || text == self.base64
    }

    fn is_uuid(&self, text: &str) -> bool {
        self.text == DEFAULT && text == DEFAULT_UUID
    }

    fn bytes(&self) -> impl Iterator<Item = u8> {
        self.text.bytes()
    }
}
