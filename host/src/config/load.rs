//! From the text of a pipeline file to a pipeline, or to everything that is wrong with it.

use std::path::Path;
use std::string::FromUtf8Error;

use serde::Deserialize;
use toml::de::{DeTable, Deserializer};

use super::file::PipelineFile;
use super::mistakes::{Found, Mistakes};
use super::rules;
use super::schema::json_schema;
use super::secret::Secrets;
use super::shape::Shape;
use super::walk::Walk;

/// Reads a pipeline file. `shipped` are the names of the plugins that come with Kiteline, `env` looks up an environment
/// variable. Files that it names are looked for from the folder of the pipeline file, so their paths begin with it.
pub fn load(path: &Path, shipped: &[&str], env: &dyn Fn(&str) -> Option<String>) -> Result<PipelineFile, Mistakes> {
    let name = path.display().to_string();
    let bytes = std::fs::read(path)
        .map_err(|error| Mistakes::whole(&name, format!("the file cannot be read: {error}; check its path")))?;
    let text = String::from_utf8(bytes).map_err(|error| not_utf8(&name, &error))?;
    let folder = path.parent().unwrap_or(Path::new(""));
    let mut file = parse_in(folder, &text, &name, shipped, env)?;
    let tls = file.milvus.tls.iter_mut().flat_map(|tls| [&mut tls.ca, &mut tls.cert, &mut tls.key]);
    let registry = file.decode.registry.iter_mut().flat_map(|registry| &mut registry.tls);
    let registry = registry.flat_map(|tls| [&mut tls.ca, &mut tls.cert, &mut tls.key]);
    let schemas = [&mut file.decode.schema_file, &mut file.decode.key.schema_file];
    for path in file.plugins.iter_mut().map(|plugin| &mut plugin.path).chain(tls).chain(registry).chain(schemas) {
        *path = path.take().map(|path| folder.join(path));
    }
    for protobuf in [&mut file.decode.protobuf, &mut file.decode.key.protobuf].into_iter().flatten() {
        protobuf.file = folder.join(&protobuf.file);
    }
    Ok(file)
}

/// Reads the text of a pipeline file that is called `name` in mistakes.
pub fn parse(
    text: &str,
    name: &str,
    shipped: &[&str],
    env: &dyn Fn(&str) -> Option<String>,
) -> Result<PipelineFile, Mistakes> {
    parse_in(Path::new(""), text, name, shipped, env)
}

/// A text that is not TOML is reported for that alone: what its keys were meant to be is anyone's guess.
fn parse_in(
    folder: &Path,
    text: &str,
    name: &str,
    shipped: &[&str],
    env: &dyn Fn(&str) -> Option<String>,
) -> Result<PipelineFile, Mistakes> {
    let (mut root, errors) = DeTable::parse_recoverable(text);
    let mut found = Found::default();
    errors.iter().for_each(|error| syntax(error, text, &mut found));
    found.one_a_line(text);
    found.settle(name, text)?;

    let mut found = Found::default();
    Walk::new(&Secrets { env, folder }, &mut found).file(Shape::new(&json_schema()), &mut root);
    rules::check(root.get_ref(), shipped, &mut found);
    found.settle(name, text)?;

    PipelineFile::deserialize(Deserializer::from(root)).map_err(|error| {
        let at = error.span().unwrap_or_default();
        Mistakes::one(name, text, &at, format!("{}; see `kiteline schema`", error.message()))
    })
}

/// Reports an error of the TOML parser, whose message ends in what it expected.
fn syntax(error: &toml::de::Error, text: &str, found: &mut Found) {
    let at = error.span().unwrap_or(text.len()..text.len());
    let (what, advice) = match error.message().split_once(", expected ") {
        Some((what, _)) if what.contains("must be quoted") => (what, "put a text in double quotes".to_owned()),
        Some((what, "nothing")) => (what, "remove it".to_owned()),
        Some((what, expected)) => (what, format!("expected {expected}")),
        None if error.message() == "duplicate key" => ("the key is there twice", "keep one of them".to_owned()),
        None => (error.message(), "see https://toml.io".to_owned()),
    };
    found.add(&at, format!("not TOML: {what}; {advice}"));
}

fn not_utf8(name: &str, error: &FromUtf8Error) -> Mistakes {
    let end = error.utf8_error().valid_up_to();
    let text = String::from_utf8_lossy(&error.as_bytes()[..end]);
    Mistakes::one(name, &text, &(end..end), "not UTF-8; save the file as UTF-8".to_owned())
}
