//! Sees that the shipped plugins are built, which are part of the binary, and lists what `kiteline plugin new` writes.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

const SHIPPED: [&str; 4] = ["decode-msgpack", "dimension", "rename", "route"];

fn main() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../plugins/dist");
    let missing: Vec<_> = SHIPPED.iter().filter(|name| !folder.join(name).with_extension("wasm").is_file()).collect();
    if !missing.is_empty() {
        // Cargo prints what a build script panics with, and nothing else, where a person looks first.
        println!(
            "cargo::error=the shipped plugins are not built ({missing:?} not in plugins/dist): run `cargo xtask plugins` once"
        );
    }
    for name in SHIPPED {
        println!("cargo::rerun-if-changed={}", folder.join(name).with_extension("wasm").display());
    }
    println!("cargo::rustc-env=KITELINE_PLUGINS={}", folder.display());
    let sdks = Path::new(env!("CARGO_MANIFEST_DIR")).join("../guest-sdk");
    let list = list(&sdks).unwrap_or_else(|error| panic!("{}: {error}", sdks.display()));
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo says where")).join("sdks.rs");
    fs::write(&out, list).unwrap_or_else(|error| panic!("{}: {error}", out.display()));
}

/// The SDKs and templates as a Rust array of paths and bytes.
fn list(root: &Path) -> io::Result<String> {
    let mut text = "&[\n".to_owned();
    let mut folders = vec![root.to_owned()];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        // A folder changes when something is made in it or goes.
        println!("cargo::rerun-if-changed={}", folder.display());
        for entry in fs::read_dir(&folder)? {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let is_made = ["target", "node_modules", "__pycache__", "Cargo.lock"].contains(&name.as_str())
                || name.ends_with(".wasm")
                || name.ends_with(".pyc");
            match () {
                () if is_made => {}
                () if path.is_dir() => folders.push(path),
                () => files.push(path),
            }
        }
    }
    files.sort();
    for file in files {
        println!("cargo::rerun-if-changed={}", file.display());
        let name = file.strip_prefix(root).expect("it lies there");
        writeln!(text, "({:?}, include_bytes!({:?})),", name.display().to_string(), file.display().to_string())
            .expect("writing to a String");
    }
    text.push_str("]\n");
    Ok(text)
}
