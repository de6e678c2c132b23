//! `kiteline plugin inspect`.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::page::{size, wrap};
use crate::cli::exit::Exit;
use crate::pipeline::cases;
use crate::plugin::inspect::{Inspected, Misfit, World, inspect as look};
use crate::plugin::{Engine, Limits, shipped};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The component, or the name of a plugin that comes with Kiteline
    file: PathBuf,
    /// Print it as JSON, with the whole schema of the configuration
    #[arg(long)]
    json: bool,
}

/// Prints what a component is, or why it is no plugin.
pub(super) fn inspect(arguments: &Arguments) -> Result<(), Exit> {
    let name = arguments.file.display().to_string();
    let wasm = match shipped(&name) {
        Some(wasm) if !arguments.file.exists() => wasm.to_vec(),
        _ => std::fs::read(&arguments.file)
            .map_err(|error| Exit::Mistake(format!("{name}: {error}; `kiteline plugin build` writes a component")))?,
    };
    let engine = Engine::new().map_err(|error| Exit::Failed(error.to_string()))?;
    let found = look(&engine, &wasm, Limits::default());
    let cases = cases::names(&wasm);
    if arguments.json {
        println!("{:#}", as_json(&name, wasm.len(), &found, cases.as_deref().unwrap_or_default()));
    } else if let Ok(inspected) = &found {
        print!("{}", page(&name, inspected, &cases));
    }
    found.map(drop).map_err(|misfits| refusal(&name, &misfits))
}

/// Everything that is wrong with a file, each with its cause.
pub(super) fn refusal(name: &str, misfits: &[Misfit]) -> Exit {
    let lines: Vec<String> = misfits.iter().map(ToString::to_string).collect();
    Exit::Mistake(format!("{name} is no plugin:\n{}", lines.join("\n")))
}

fn page(name: &str, found: &Inspected, cases: &Result<Vec<String>, String>) -> String {
    let info = &found.info;
    let mut rows = vec![
        ("file", vec![format!("{name}, {}", size(found.bytes as u64))]),
        ("sha256", vec![found.digest.clone()]),
        ("world", vec!["kiteline:plugin/plugin@0.1.0".to_owned()]),
        ("languages", some(found.made.languages.join(", "), "unknown")),
        ("made by", [of_part(found, "processed-by"), of_part(found, "sdk")].concat()),
        ("imports", functions(&found.world.imports)),
        ("exports", functions(&found.world.exports)),
        ("self-test", self_test(cases)),
    ];
    for (_, lines) in &mut rows {
        if lines.is_empty() {
            lines.push("not said".to_owned());
        }
    }
    let mut page = format!("{} {}\n", info.name, info.version);
    for (title, lines) in rows {
        for (index, line) in lines.iter().flat_map(|line| wrap(line, 100)).enumerate() {
            let title = if index == 0 { title } else { "" };
            page.push_str(format!("  {title:<10} {line}\n").trim_end());
            page.push('\n');
        }
    }
    page.push_str(&configuration(&info.config_schema));
    page
}

/// A line of a text, or of what stands for none.
fn some(text: String, none: &str) -> Vec<String> {
    vec![if text.is_empty() { none.to_owned() } else { text }]
}

/// The cases that the component carries.
fn self_test(cases: &Result<Vec<String>, String>) -> Vec<String> {
    match cases {
        Ok(names) => some(names.join(", "), "no case"),
        Err(error) => vec![error.clone()],
    }
}

fn of_part(found: &Inspected, part: &str) -> Vec<String> {
    let parts = found.made.producers.iter().filter(|producer| producer.part == part);
    let names: Vec<String> =
        parts.map(|producer| format!("{} {}", producer.name, producer.version).trim().to_owned()).collect();
    if names.is_empty() { Vec::new() } else { vec![names.join(", ")] }
}

fn functions(interfaces: &std::collections::BTreeMap<String, Vec<String>>) -> Vec<String> {
    let line = |(interface, names): (&String, &Vec<String>)| match (interface.as_str(), names.join(", ")) {
        ("", names) => names,
        (interface, names) if names.is_empty() => format!("{interface}: types only"),
        (interface, names) => format!("{interface}: {names}"),
    };
    if interfaces.is_empty() { vec!["nothing".into()] } else { interfaces.iter().map(line).collect() }
}

/// The keys of the configuration, as its schema has them.
fn configuration(schema: &str) -> String {
    if schema.trim().is_empty() {
        return "\nconfiguration: the plugin gives no schema\n".to_owned();
    }
    let Ok(schema) = serde_json::from_str::<Value>(schema) else {
        return "\nconfiguration: the schema that the plugin gives is not JSON\n".to_owned();
    };
    let Some(keys) = schema.get("properties").and_then(Value::as_object).filter(|keys| !keys.is_empty()) else {
        return "\nconfiguration: none\n".to_owned();
    };
    let required: Vec<&str> =
        schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
    let mut page = "\nconfiguration (the whole schema: --json)\n".to_owned();
    for (key, value) in keys {
        let default = value.get("default").map(|default| format!(", default {default}"));
        let need = if required.contains(&key.as_str()) { Some(", required".to_owned()) } else { default };
        page.push_str(&format!("  {key}: {}{}\n", type_of(value), need.unwrap_or_default()));
        let description = value.get("description").and_then(Value::as_str).unwrap_or_default();
        for line in wrap(description, 100) {
            page.push_str(&format!("      {line}\n"));
        }
    }
    page
}

/// A schema's type in a word or two.
fn type_of(schema: &Value) -> String {
    let of_items = || schema.get("items").map_or_else(|| "anything".to_owned(), type_of);
    if let Some(words) = schema.get("enum").and_then(Value::as_array) {
        return words.iter().map(Value::to_string).collect::<Vec<_>>().join(" | ");
    }
    match schema.get("type") {
        Some(Value::String(ty)) if ty == "array" => format!("list of {}", of_items()),
        Some(Value::String(ty)) if ty == "object" => match schema.get("additionalProperties") {
            Some(values @ Value::Object(_)) => format!("table of {}", type_of(values)),
            _ => "table".to_owned(),
        },
        Some(Value::String(ty)) => ty.clone(),
        Some(Value::Array(types)) => types.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" or "),
        _ => "anything".to_owned(),
    }
}

fn as_json(name: &str, bytes: usize, found: &Result<Inspected, Vec<Misfit>>, cases: &[String]) -> Value {
    let functions = |world: &World| json!({ "imports": world.imports, "exports": world.exports });
    match found {
        Ok(found) => {
            let producers = found.made.producers.iter();
            let producers = producers.map(|p| json!({ "part": p.part, "name": p.name, "version": p.version }));
            let schema = serde_json::from_str::<Value>(&found.info.config_schema).unwrap_or(Value::Null);
            let mut value = functions(&found.world);
            value["file"] = name.into();
            value["plugin"] = true.into();
            value["bytes"] = bytes.into();
            value["sha256"] = found.digest.as_str().into();
            value["world"] = "kiteline:plugin/plugin@0.1.0".into();
            value["producers"] = producers.collect();
            value["languages"] = found.made.languages.as_slice().into();
            value["cases"] = cases.into();
            value["describe"] =
                json!({ "name": found.info.name, "version": found.info.version, "config_schema": schema });
            value
        }
        Err(misfits) => {
            let misfits = misfits.iter().map(|misfit| json!({ "what": misfit.what, "cause": misfit.cause }));
            json!({ "file": name, "plugin": false, "bytes": bytes, "misfits": misfits.collect::<Vec<_>>() })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn looked(name: &str) -> Inspected {
        let engine = Engine::new().expect("an engine");
        look(&engine, shipped(name).expect("shipped"), Limits::default()).expect("a plugin")
    }

    fn assert_page(page: &str) {
        insta::with_settings!({ filters => vec![
            (r"[0-9a-f]{64}", "DIGEST"),
            (r"\d+\.\d KiB", "SIZE"),
            (r"(?m)^  made by .*$", "  made by    TOOLS"),
        ]}, { insta::assert_snapshot!(page) });
    }

    #[test]
    fn a_plugin_is_shown_with_its_world_and_the_keys_of_its_configuration() {
        assert_page(&page("plugins/rename.wasm", &looked("rename"), &Ok(Vec::new())));
    }

    #[test]
    fn a_schema_is_shown_by_its_keys_and_their_types() {
        let schema = r#"{ "required": ["a"], "properties": {
            "a": { "type": "string", "description": "The field." },
            "b": { "type": "array", "items": { "type": "integer" }, "default": [] },
            "c": { "enum": ["x", "y"] }, "d": { "type": ["string", "null"] }, "e": {} } }"#;
        insta::assert_snapshot!(configuration(schema));
        assert_eq!(configuration("{"), "\nconfiguration: the schema that the plugin gives is not JSON\n");
        assert_eq!(configuration(" "), "\nconfiguration: the plugin gives no schema\n");
        assert_eq!(configuration("{}"), "\nconfiguration: none\n");
    }
}
