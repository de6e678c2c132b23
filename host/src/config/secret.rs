//! Texts that may be secret: filled in from the environment or a file when the pipeline file is read, and never printed.

use std::borrow::Cow;
use std::fmt;
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::Path;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize, Serializer};
use thiserror::Error;

/// What stands where a secret would be printed.
pub(crate) const HIDDEN: &str = "…";

/// A text that is never printed. In the file `${NAME}` stands for the environment variable NAME, `$${` for `${`, and a
/// text `file:PATH` for what the file at that path holds.
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
    /// The path as it is written, so without what the environment has for it.
    #[error("the file {path} {why}")]
    File { path: String, why: String },
}

/// Where secrets come from.
pub(crate) struct Secrets<'a> {
    pub(crate) env: &'a dyn Fn(&str) -> Option<String>,
    /// Where files are looked for.
    pub(crate) folder: &'a Path,
}

/// Longest secret in a file: room for any key or chain of certificates, and none for a file that is something else.
const FILE_MAX: u64 = 1 << 20;

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

impl Secrets<'_> {
    /// The text that a text in the pipeline file stands for.
    pub(crate) fn read(&self, text: &str) -> Result<String, FillError> {
        let Some(path) = text.strip_prefix("file:") else { return fill(text, self.env) };
        let filled = fill(path, self.env)?;
        let why = match content(&self.folder.join(filled)) {
            Ok(content) if content.is_empty() => "is empty; write the secret into it".to_owned(),
            Ok(content) => return Ok(content),
            Err(why) => why,
        };
        Err(FillError::File { path: path.to_owned(), why })
    }
}

/// What a file holds, without the newline that editors put at the end.
fn content(path: &Path) -> Result<String, String> {
    let mut content = String::new();
    let read = File::open(path).and_then(|file| file.take(FILE_MAX + 1).read_to_string(&mut content));
    match read {
        Ok(_) if content.len() as u64 > FILE_MAX => return Err("has more than 1 MiB, so it is no secret".to_owned()),
        Ok(_) => {}
        Err(error) if error.kind() == ErrorKind::InvalidData => return Err("is not UTF-8".to_owned()),
        Err(error) => return Err(format!("cannot be read: {error}; check its path and who may read it")),
    }
    if content.ends_with('\n') {
        content.pop();
        if content.ends_with('\r') {
            content.pop();
        }
    }
    Ok(content)
}

/// `text` with each `${NAME}` replaced by what `env` has for NAME, and each `$${` by `${`.
fn fill(text: &str, env: &dyn Fn(&str) -> Option<String>) -> Result<String, FillError> {
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
    fn reads_a_file_without_its_last_newline() {
        let folder = tempfile::tempdir().expect("a folder");
        let read = |text: &str| {
            let env = |name: &str| (name == "DIR").then(|| folder.path().display().to_string());
            Secrets { env: &env, folder: folder.path() }.read(text).map_err(|error| error.to_string())
        };
        for (content, secret) in
            [("s3cret", "s3cret"), ("s3cret\n", "s3cret"), ("s3cret\r\n", "s3cret"), (" a${b}\n\n", " a${b}\n")]
        {
            std::fs::write(folder.path().join("token"), content).expect("is written");
            let absolute = format!("file:{}", folder.path().join("token").display());
            for text in ["file:token", "file:${DIR}/token", &absolute] {
                assert_eq!(read(text).as_deref(), Ok(secret), "{text}");
            }
        }
        for (content, why) in [
            (&b""[..], "is empty; write the secret into it"),
            (b"\n", "is empty; write the secret into it"),
            (b"\xff", "is not UTF-8"),
            (&vec![b'x'; FILE_MAX as usize + 1], "has more than 1 MiB, so it is no secret"),
        ] {
            std::fs::write(folder.path().join("token"), content).expect("is written");
            assert_eq!(read("file:${DIR}/token"), Err(format!("the file ${{DIR}}/token {why}")));
        }
        let missing =
            "the file none cannot be read: No such file or directory (os error 2); check its path and who may read it";
        assert_eq!(read("file:none"), Err(missing.to_owned()));
        assert_eq!(
            read("file:${NOPE}"),
            Err("the environment variable NOPE is not set; set it, or write the text itself".to_owned())
        );
    }

    #[test]
    fn prints_nothing_of_the_text() {
        let secret = Secret::from("hunter2".to_owned());
        let printed = [format!("{secret}"), format!("{secret:?}"), serde_json::json!(secret).to_string()];
        assert_eq!(printed, ["…", "…", "\"…\""]);
        assert_eq!(secret.expose(), "hunter2");
    }
}
