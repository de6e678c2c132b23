//! Values as the expressions see them.

use std::collections::BTreeMap;

use kiteline_plugin_columns::{Value, object};
use minijinja::Value as Seen;

/// A value of a field.
pub(crate) fn of(value: Value<'_>) -> Seen {
    match value {
        Value::Bool(value) => Seen::from(value),
        Value::Int(value) => Seen::from(value),
        Value::Float(value) => Seen::from(value),
        Value::Text(text) => Seen::from(text.into_owned()),
        Value::Bytes(bytes) => Seen::from_bytes(bytes.to_vec()),
        Value::EmptyArray => Seen::from(Vec::<Seen>::new()),
        Value::Bools(values) => Seen::from(values),
        Value::Ints(values) => Seen::from(values),
        Value::Floats(values) => Seen::from(values),
        Value::Texts(values) => values.into_iter().map(|text| Seen::from(text.into_owned())).collect(),
        Value::Vector(values) => Seen::from(values),
        Value::Json(text) => nested(&text),
    }
}

/// Objects, whose members that are null are absent, and arrays. How deep they lie in each other was limited when the
/// JSON was read.
fn nested(text: &str) -> Seen {
    if let Some(members) = object::members(text) {
        let member = |(name, text)| Some((std::borrow::Cow::into_owned(name), of(object::value(text, false)?)));
        return Seen::from(members.into_iter().filter_map(member).collect::<BTreeMap<String, Seen>>());
    }
    match object::elements(text) {
        Some(elements) => {
            elements.into_iter().map(|text| object::value(text, false).map_or(Seen::from(()), of)).collect()
        }
        // What is left is a number of more than 64 bits.
        None => {
            text.parse::<i128>().map(Seen::from).or_else(|_| text.parse::<f64>().map(Seen::from)).unwrap_or_default()
        }
    }
}
