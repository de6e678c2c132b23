//! The JSON Schema as those who read and write pipeline files by it ask it.

use serde_json::{Map, Value};
use toml::de::DeValue;

use super::timestamp::Timestamp;
use super::units::{Bytes, Time};

/// What the schema says of one value.
#[derive(Clone, Copy)]
pub(super) struct Shape<'a>(&'a Value);

/// The kinds of values that TOML has, named as mistakes name them.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Integer,
    Float,
    Bool,
    Date,
    List,
    Table,
}

/// How a value is laid out in a file.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Layout {
    /// Behind its key: `key = value`.
    Line,
    /// Below a header: `[key]`.
    Table,
    /// Below as many headers as it has elements: `[[key]]`.
    Tables,
}

impl Kind {
    pub(super) fn of(value: &DeValue<'_>) -> Self {
        match value {
            DeValue::String(_) => Self::Text,
            DeValue::Integer(_) => Self::Integer,
            DeValue::Float(_) => Self::Float,
            DeValue::Boolean(_) => Self::Bool,
            DeValue::Datetime(_) => Self::Date,
            DeValue::Array(_) => Self::List,
            DeValue::Table(_) => Self::Table,
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Text => "a text",
            Self::Integer => "an integer",
            Self::Float => "a number with a fraction",
            Self::Bool => "a truth value",
            Self::Date => "a date",
            Self::List => "a list",
            Self::Table => "a table",
        }
    }

    /// The kinds that a `type` of the schema stands for.
    fn of_type(name: &str) -> &'static [Self] {
        match name {
            "string" => &[Self::Text],
            "integer" => &[Self::Integer],
            "number" => &[Self::Integer, Self::Float],
            "boolean" => &[Self::Bool],
            "array" => &[Self::List],
            "object" => &[Self::Table],
            _ => &[],
        }
    }
}

impl<'a> Shape<'a> {
    pub(super) fn new(schema: &'a Value) -> Self {
        Self(schema)
    }

    fn list(self, keyword: &str) -> &'a [Value] {
        self.0.get(keyword).and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }

    fn text(self, keyword: &str) -> Option<&'a str> {
        self.0.get(keyword).and_then(Value::as_str)
    }

    fn count(self, keyword: &str) -> Option<u64> {
        self.0.get(keyword).and_then(Value::as_u64)
    }

    /// Itself, or what any of it may be.
    fn alternatives(self) -> impl Iterator<Item = Self> {
        let several = self.list("anyOf");
        let itself = several.is_empty().then_some(self);
        several.iter().map(Self).chain(itself)
    }

    /// What is said of a value of this kind, if there may be one.
    pub(super) fn choose(self, kind: Kind) -> Option<Self> {
        self.alternatives().find(|shape| {
            let kinds = shape.kinds();
            kinds.is_empty() || kinds.contains(&kind)
        })
    }

    /// Whether nothing is said of a value.
    pub(super) fn takes_anything(self) -> bool {
        self.0 == &Value::Bool(true) || self.0.as_object().is_some_and(Map::is_empty)
    }

    /// The kinds that a value may be of. None are named where any will do.
    fn kinds(self) -> Vec<Kind> {
        if !self.words().is_empty() {
            return vec![Kind::Text];
        }
        let types = match self.0.get("type") {
            Some(Value::Array(names)) => names.as_slice(),
            Some(name) => std::slice::from_ref(name),
            None => &[],
        };
        types.iter().filter_map(Value::as_str).flat_map(Kind::of_type).copied().collect()
    }

    /// The kinds that a value may be of, over all alternatives.
    pub(super) fn all_kinds(self) -> Vec<Kind> {
        self.alternatives().flat_map(Self::kinds).collect()
    }

    /// What a mistake says that it expected.
    pub(super) fn expected(self) -> String {
        match self.format() {
            Some(Bytes::FORMAT) => "a size as \"8MiB\"".to_owned(),
            Some(Time::FORMAT) => "a time as \"500ms\"".to_owned(),
            Some(Timestamp::FORMAT) => "a moment as \"2026-01-01T00:00:00Z\"".to_owned(),
            _ => {
                let names: Vec<_> = self.all_kinds().into_iter().map(Kind::name).collect();
                match names.split_last() {
                    Some((last, [])) => (*last).to_owned(),
                    Some((last, names)) => format!("{} or {last}", names.join(", ")),
                    None => "a value".to_owned(),
                }
            }
        }
    }

    /// The texts that are allowed, each with its meaning, where only some are.
    pub(super) fn words(self) -> Vec<(&'a str, &'a str)> {
        let word = |value| Some((Self(value).text("const")?, Self(value).description()));
        self.alternatives().flat_map(|shape| shape.list("oneOf")).filter_map(word).collect()
    }

    pub(super) fn properties(self) -> impl Iterator<Item = (&'a str, Self)> {
        let properties = self.0.get("properties").and_then(Value::as_object);
        properties.into_iter().flatten().map(|(name, schema)| (name.as_str(), Self(schema)))
    }

    pub(super) fn property(self, name: &str) -> Option<Self> {
        self.0.get("properties").and_then(|properties| properties.get(name)).map(Self)
    }

    pub(super) fn required(self) -> impl Iterator<Item = &'a str> {
        self.list("required").iter().filter_map(Value::as_str)
    }

    /// The keys of which exactly one is given.
    pub(super) fn exclusive(self) -> impl Iterator<Item = Vec<&'a str>> {
        self.list("oneOf").iter().map(|choice| Self(choice).required().collect())
    }

    /// What the values of a table with free keys are.
    pub(super) fn free(self) -> Option<Self> {
        self.0.get("additionalProperties").filter(|schema| **schema != Value::Bool(false)).map(Self)
    }

    pub(super) fn items(self) -> Option<Self> {
        self.0.get("items").map(Self)
    }

    pub(super) fn format(self) -> Option<&'a str> {
        self.text("format")
    }

    pub(super) fn is_secret(self) -> bool {
        self.0.get("writeOnly") == Some(&Value::Bool(true))
    }

    pub(super) fn minimum(self) -> Option<u64> {
        self.count("minimum")
    }

    pub(super) fn maximum(self) -> Option<u64> {
        self.count("maximum")
    }

    /// Whether a text or list must have something in it.
    pub(super) fn is_filled(self) -> bool {
        self.count("minLength").or(self.count("minItems")).is_some_and(|least| least > 0)
    }

    pub(super) fn description(self) -> &'a str {
        self.text("description").unwrap_or_default()
    }

    pub(super) fn default(self) -> Option<&'a Value> {
        self.0.get("default")
    }

    pub(super) fn example(self) -> Option<&'a Value> {
        self.list("examples").first()
    }

    pub(super) fn layout(self) -> Layout {
        if self.properties().next().is_some() {
            Layout::Table
        } else if self.items().is_some_and(|items| items.layout() == Layout::Table) {
            Layout::Tables
        } else {
            Layout::Line
        }
    }
}
