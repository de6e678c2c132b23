//! The bindings of the Rust guest SDK, generated from the interface and checked in: a plugin's first build would
//! otherwise compile a WIT parser, which takes several times as long as all the rest of it.

use std::fs;
use std::path::{Path, PathBuf};

use wit_bindgen_core::wit_parser::Resolve;
use wit_bindgen_core::{Files, WorldGenerator};
use wit_bindgen_rust::{Opts, Ownership};

/// Writes the bindings.
pub(crate) fn generate() -> Result<(), String> {
    let (file, bindings) = (path(), bindings()?);
    if fs::read_to_string(&file).is_ok_and(|old| old == bindings) {
        return Ok(());
    }
    fs::write(&file, bindings).map_err(|error| format!("{}: {error}", file.display()))
}

/// Fails where the bindings that are checked in are not what the generator makes of the interface.
pub(crate) fn check() -> Result<(), String> {
    let file = path();
    let old = fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
    if old == bindings()? {
        return Ok(());
    }
    Err(format!("{} is not what wit/ says: run `cargo xtask bindings`", file.display()))
}

fn bindings() -> Result<String, String> {
    let mut resolve = Resolve::default();
    let wit = root().join("wit/v0.1.0");
    let (package, _) = resolve.push_path(&wit).map_err(|error| format!("{error:#}"))?;
    let world = resolve.select_world(&[package], Some("plugin")).map_err(|error| format!("{error:#}"))?;
    let mut files = Files::default();
    let options = Opts {
        format: true,
        // Lists of optional texts are passed as `&[Option<&str>]`.
        ownership: Ownership::Borrowing { duplicate_if_necessary: false },
        runtime_path: Some("::kiteline_guest::wit_bindgen::rt".to_owned()),
        default_bindings_module: Some("::kiteline_guest::bindings".to_owned()),
        pub_export_macro: true,
        ..Opts::default()
    };
    options.build().generate(&mut resolve, world, &mut files).map_err(|error| format!("{error:#}"))?;
    let (_, bindings) = files.iter().next().ok_or("the generator wrote no file")?;
    Ok(String::from_utf8_lossy(bindings).into_owned())
}

fn path() -> PathBuf {
    root().join("guest-sdk/rust/src/bindings.rs")
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask lies in the workspace")
}
