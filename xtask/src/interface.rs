//! What is made of the interface in `wit/` and checked in: the bindings of the Rust guest SDK, as a plugin's first build
//! would otherwise compile a WIT parser, which takes several times as long as all the rest of it; and its reference for
//! plugin authors.

use std::fs;
use std::path::{Path, PathBuf};

use wit_bindgen_core::wit_parser::Resolve;
use wit_bindgen_core::{Files, WorldGenerator};
use wit_bindgen_rust::Ownership;

/// A generated file.
struct Generated {
    file: PathBuf,
    text: String,
}

/// Writes the files.
pub(crate) fn generate() -> Result<(), String> {
    for Generated { file, text } in all()? {
        if !fs::read_to_string(&file).is_ok_and(|old| old == text) {
            fs::write(&file, text).map_err(|error| format!("{}: {error}", file.display()))?;
        }
    }
    Ok(())
}

/// Fails where a file that is checked in is not what the generator makes of the interface.
pub(crate) fn check() -> Result<(), String> {
    for Generated { file, text } in all()? {
        let old = fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
        if old != text {
            return Err(format!("{} is not what wit/ says: run `cargo xtask bindings`", file.display()));
        }
    }
    Ok(())
}

fn all() -> Result<[Generated; 2], String> {
    Ok([
        Generated { file: root().join("guest-sdk/rust/src/bindings.rs"), text: bindings()? },
        Generated { file: root().join("docs/interface.md"), text: reference()? },
    ])
}

fn bindings() -> Result<String, String> {
    let options = wit_bindgen_rust::Opts {
        format: true,
        // Lists of optional texts are passed as `&[Option<&str>]`.
        ownership: Ownership::Borrowing { duplicate_if_necessary: false },
        runtime_path: Some("::kiteline_guest::wit_bindgen::rt".to_owned()),
        default_bindings_module: Some("::kiteline_guest::bindings".to_owned()),
        pub_export_macro: true,
        ..wit_bindgen_rust::Opts::default()
    };
    made(&mut options.build(), ".rs")
}

fn reference() -> Result<String, String> {
    let text = made(&mut *wit_bindgen_markdown::Opts::default().build(), ".md")?;
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    Ok(format!("<!-- Made of wit/ by `cargo xtask bindings`. -->\n\n{}\n", lines.join("\n").trim_end()))
}

/// The file with that ending that a generator makes of the interface.
fn made(generator: &mut dyn WorldGenerator, ending: &str) -> Result<String, String> {
    let mut resolve = Resolve::default();
    let (package, _) = resolve.push_path(root().join("wit/v0.1.0")).map_err(|error| format!("{error:#}"))?;
    let world = resolve.select_world(&[package], Some("plugin")).map_err(|error| format!("{error:#}"))?;
    let mut files = Files::default();
    generator.generate(&mut resolve, world, &mut files).map_err(|error| format!("{error:#}"))?;
    let file = files.iter().find(|(name, _)| name.ends_with(ending));
    let (_, text) = file.ok_or("the generator wrote no file")?;
    Ok(String::from_utf8_lossy(text).into_owned())
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask lies in the workspace")
}
