//! The SDKs and templates, which are part of the binary: a project needs no registry for them.

use std::path::PathBuf;

use super::project::Lang;
use crate::cli::exit::Exit;

/// All files below `guest-sdk/`.
const FILES: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/sdks.rs"));
/// The plugin interface, which generators want as files.
const WIT: [(&str, &str); 4] = [
    ("wit/batch.wit", include_str!("../../../../wit/v0.1.0/batch.wit")),
    ("wit/log.wit", include_str!("../../../../wit/v0.1.0/log.wit")),
    ("wit/plugin.wit", include_str!("../../../../wit/v0.1.0/plugin.wit")),
    ("wit/target.wit", include_str!("../../../../wit/v0.1.0/target.wit")),
];
/// The workspace that the Rust SDK belongs to here, and does not in a project.
const RUST_WORKSPACE: &str = include_str!("../../../../plugins/Cargo.toml");
/// What stands in a template for the plugin's name.
const NAME: &str = "{{name}}";

/// A file of a project: its path in it, and its bytes.
pub(super) type File = (PathBuf, Vec<u8>);

/// One of the embedded files.
pub(super) fn embedded(path: &str) -> Option<&'static [u8]> {
    FILES.iter().find(|(name, _)| *name == path).map(|(_, bytes)| *bytes)
}

/// The files of a new project, template and SDK.
pub(super) fn project(lang: Lang, name: &str) -> Result<Vec<File>, Exit> {
    let folder = format!("{}/", lang.folder());
    let template = format!("{folder}template/");
    let mut files: Vec<File> = Vec::new();
    let mut add = |path: &str, bytes: Vec<u8>| {
        let path = PathBuf::from(path.replace(NAME, name));
        if files.iter().all(|(there, _)| *there != path) {
            files.push((path, bytes));
        }
    };
    for (path, bytes) in FILES {
        if let Some(path) = path.strip_prefix(&template) {
            add(path, named(bytes, name));
        }
    }
    // What the templates have in common comes second: a language's own file holds.
    for (path, bytes) in FILES {
        if let Some(path) = path.strip_prefix("template/") {
            add(path, named(bytes, name));
        } else if let Some(path) = path.strip_prefix(&folder).and_then(|path| of_sdk(lang, path)) {
            let bytes = if path == "sdk/Cargo.toml" { rust_manifest(bytes)?.into_bytes() } else { bytes.to_vec() };
            add(&path, bytes);
        }
    }
    WIT.iter().for_each(|(path, text)| add(path, text.as_bytes().to_vec()));
    Ok(files)
}

/// Where a file of the SDK lies in a project; none for what a project does not need.
fn of_sdk(lang: Lang, path: &str) -> Option<String> {
    match lang {
        Lang::Rust if path == "Cargo.toml" || path == "README.md" || path.starts_with("src/") => {
            Some(format!("sdk/{path}"))
        }
        Lang::Rust => None,
        _ => path.starts_with("kiteline").then(|| path.to_owned()),
    }
}

/// A template's file with the plugin's name in it. What is no text stays as it is.
fn named(bytes: &[u8], name: &str) -> Vec<u8> {
    std::str::from_utf8(bytes).map_or_else(|_| bytes.to_vec(), |text| text.replace(NAME, name).into_bytes())
}

/// The manifest of the Rust SDK, with what it takes from its workspace written out.
fn rust_manifest(bytes: &[u8]) -> Result<String, Exit> {
    let broken = |what: String| Exit::Failed(format!("the embedded Rust SDK: {what}"));
    let text = String::from_utf8_lossy(bytes);
    let mut manifest: toml::Table = toml::from_str(&text).map_err(|error| broken(error.to_string()))?;
    let root: toml::Table = toml::from_str(RUST_WORKSPACE).map_err(|error| broken(error.to_string()))?;
    let workspace = root.get("workspace").and_then(toml::Value::as_table).cloned().unwrap_or_default();
    if let Some(package) = manifest.get_mut("package").and_then(toml::Value::as_table_mut) {
        package.remove("workspace");
    }
    inherit(&mut manifest, &workspace);
    toml::to_string(&manifest).map_err(|error| broken(error.to_string()))
}

/// Replaces each `KEY.workspace = true` by what the workspace has under that key.
fn inherit(table: &mut toml::Table, workspace: &toml::Table) {
    let empty = toml::Table::new();
    for (key, value) in table.iter_mut() {
        let of_key = if key == "dev-dependencies" { "dependencies" } else { key };
        let of_workspace = workspace.get(of_key).and_then(toml::Value::as_table);
        let Some(inner) = value.as_table_mut() else { continue };
        if inner.get("workspace") == Some(&toml::Value::Boolean(true)) {
            if let Some(given) = workspace.get(of_key) {
                *value = given.clone();
            }
            continue;
        }
        match key.as_str() {
            // Tables by target hold tables of dependencies.
            "target" => inner.iter_mut().filter_map(|(_, of)| of.as_table_mut()).for_each(|of| inherit(of, workspace)),
            _ => inherit(inner, of_workspace.unwrap_or(&empty)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_project_has_its_template_its_sdk_the_interface_and_a_case() {
        let files = project(Lang::Rust, "clean-titles").expect("a project");
        let text = |path: &str| {
            let file = files.iter().find(|(there, _)| there.as_path() == std::path::Path::new(path));
            String::from_utf8(file.unwrap_or_else(|| panic!("{path} is there")).1.clone()).expect("text")
        };
        assert!(text("Cargo.toml").contains("name = \"clean-titles\""));
        assert!(text("wit/batch.wit").starts_with("package kiteline:plugin@0.1.0;"));
        assert!(text("cases/blanks-go/expected.jsonl").contains("is blank"));
        assert!(text("sdk/src/lib.rs").contains("macro_rules! plugin"));
        for (path, bytes) in files.iter().filter(|(path, _)| !path.starts_with("sdk")) {
            assert!(!String::from_utf8_lossy(bytes).contains(NAME), "{}", path.display());
        }
    }

    #[test]
    fn the_rust_sdks_manifest_stands_by_itself() {
        let manifest = rust_manifest(embedded("rust/Cargo.toml").expect("embedded")).expect("a manifest");
        assert!(!manifest.contains("workspace"), "{manifest}");
        let table: toml::Table = toml::from_str(&manifest).expect("TOML");
        assert!(table["package"]["edition"].is_str() && table["dependencies"]["wit-bindgen"].is_table(), "{manifest}");
    }
}
