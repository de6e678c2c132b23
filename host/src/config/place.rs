//! Where in a file a value stands, and how what stands there is written right.

use serde_json::Value;

use super::shape::{Kind, Layout, Shape};
use super::text;

/// The keys that lead to a value.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) above: Option<&'a Place<'a>>,
    pub(super) key: &'a str,
    pub(super) shape: Shape<'a>,
    /// Whether the key is the user's own choice.
    pub(super) is_free: bool,
}

impl Place<'_> {
    /// The keys with dots between them.
    pub(super) fn path(&self) -> String {
        match self.above.map(Self::path) {
            None => String::new(),
            Some(above) if above.is_empty() => text::key(self.key),
            Some(above) => format!("{above}.{}", text::key(self.key)),
        }
    }

    /// The table at this place as its header in the file has it.
    pub(super) fn header(&self) -> String {
        match (self.above, self.shape.layout()) {
            (None, _) => "the file".to_owned(),
            (_, Layout::Tables) => format!("[[{}]]", self.path()),
            _ => format!("[{}]", self.path()),
        }
    }
}

/// A key that is missing, and how it is written.
pub(super) fn how_to_add(key: &str, shape: Shape<'_>) -> String {
    if shape.layout() == Layout::Line {
        let ellipsis = Value::from("…");
        let line = text::line(key, shape.example().unwrap_or(&ellipsis));
        return format!("`{key}`; add it, as in `{line}`");
    }
    let inside: Vec<_> = shape.required().map(|key| format!("`{key}`")).collect();
    format!("[{key}]; add it with {}", inside.join(", "))
}

/// How a value of another kind than expected is written.
pub(super) fn how_to_write(place: &Place<'_>, shape: Shape<'_>, found: Kind) -> String {
    let path = place.path();
    match place.shape.layout() {
        Layout::Tables if found == Kind::Table => return format!("write its header as [[{path}]]"),
        Layout::Table if found == Kind::List => return format!("write its header as [{path}]"),
        Layout::Table | Layout::Tables => {
            return format!("write {} and its keys below it", place.header());
        }
        Layout::Line => {}
    }
    let expected = shape.all_kinds();
    let is_scalar = matches!(found, Kind::Integer | Kind::Float | Kind::Bool | Kind::Date);
    let words = shape.words();
    if place.is_free && found == Kind::Table {
        "put a name that has dots in quotes".to_owned()
    } else if !words.is_empty() {
        format!("write {}", one_of(&words))
    } else if shape.format().is_none() && expected.contains(&Kind::Text) && is_scalar {
        "put it in quotes".to_owned()
    } else if let Some(value) = shape.example().or(shape.default()) {
        format!("write it as in `{}`", text::line(place.key, value))
    } else {
        format!("write {}", shape.expected())
    }
}

/// The words that are allowed.
pub(super) fn one_of(words: &[(&str, &str)]) -> String {
    let words: Vec<_> = words.iter().map(|(word, _)| text::quoted(word)).collect();
    format!("one of {}", words.join(", "))
}
