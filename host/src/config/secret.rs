//! Texts that may be secret: filled in from the environment when the file is read, and never printed.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize, Serializer};
use thiserror::Error;

/// What stands where a secret would be printed.
pub(crate) const HIDDEN: &str = "…";

/// A text that is never printed. In the file `${NAME}` stands for the environment variable NAME, and `$${` for `${`.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

/// Why a text with `${…}` could not be filled in.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub(crate) enum FillError {
    #[error("the environment variable {0} is not set; set it, or write the text itself")]
    Unset(String),
    #[error(
        "`${{` without the name of an environment variable and `}}`; write `${{NAME}}`, or `$${{` for a plain `${{`"
    )]
    NoName,
}

impl Secret {
    /// The text, for the one place that hands it on.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(HIDDEN)
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(HIDDEN)
    }
}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(HIDDEN)
    }
}

/// A secret is a text that is only written (`writeOnly`); reading the file against the schema fills such texts in.
impl JsonSchema for Secret {
    fn schema_name() -> Cow<'static, str> {
        "Secret".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "writeOnly": true })
    }
}

/// `text` with each `${NAME}` replaced by what `env` has for NAME, and each `$${` by `${`.
pub(crate) fn fill(text: &str, env: &dyn Fn(&str) -> Option<String>) -> Result<String, FillError> {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("${") {
        let (before, opened) = (&rest[..at], &rest[at + 2..]);
        if let Some(before) = before.strip_suffix('$') {
            filled.push_str(before);
            filled.push_str("${");
            rest = opened;
            continue;
        }
        let (name, after) = opened.split_once('}').ok_or(FillError::NoName)?;
        if !is_name(name) {
            return Err(FillError::NoName);
        }
        filled.push_str(before);
        filled.push_str(&env(name).ok_or_else(|| FillError::Unset(name.to_owned()))?);
        rest = after;
    }
    filled.push_str(rest);
    Ok(filled)
}

fn is_name(text: &str) -> bool {
    let starts_well = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    starts_well && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(text: &str) -> Result<String, FillError> {
        fill(text, &|name| match name {
            "USER" => Some("root".into()),
            "TOKEN" => Some("a${USER}$${b".into()),
            "EMPTY" => Some(String::new()),
            _ => None,
        })
    }

    #[test]
    fn fills_in_variables_once() {
        assert_eq!(filled("${USER}:${TOKEN}!").as_deref(), Ok("root:a${USER}$${b!"));
        assert_eq!(filled("<${EMPTY}>").as_deref(), Ok("<>"));
    }

    #[test]
    fn keeps_a_dollar_that_opens_nothing() {
        for text in ["", "$", "$$", "a$b", "$USER", "{USER}", "}"] {
            assert_eq!(filled(text).as_deref(), Ok(text));
        }
    }

    #[test]
    fn a_doubled_dollar_makes_a_plain_brace() {
        assert_eq!(filled("$${USER}").as_deref(), Ok("${USER}"));
        assert_eq!(filled("$$${USER}$${").as_deref(), Ok("$${USER}${"));
    }

    #[test]
    fn names_the_variable_that_is_not_set() {
        assert_eq!(filled("${USER}${NOPE}"), Err(FillError::Unset("NOPE".into())));
    }

    #[test]
    fn refuses_a_brace_without_a_name() {
        for text in ["${", "${USER", "${}", "${1}", "${A B}", "${${USER}}"] {
            assert_eq!(filled(text), Err(FillError::NoName), "{text:?}");
        }
    }

    #[test]
    fn prints_nothing_of_the_text() {
        let secret = Secret::from("hunter2".to_owned());
        let printed = [format!("{secret}"), format!("{secret:?}"), serde_json::json!(secret).to_string()];
        assert_eq!(printed, ["…", "…", "\"…\""]);
        assert_eq!(secret.expose(), "hunter2");
    }
}
