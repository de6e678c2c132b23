//! Makes the shipped plugins part of the binary, and lists what `kiteline plugin new` writes. The list of the shipped
//! plugins is here and nowhere else.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

const SHIPPED: [&str; 14] = [
    "add",
    "cast",
    "decode-cbor",
    "decode-msgpack",
    "defaults",
    "dimension",
    "explode",
    "filter",
    "flatten",
    "mask",
    "normalize",
    "rename",
    "route",
    "unwrap",
];

fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    write("shipped.rs", &shipped(&root.join("plugins/dist")));
    let sdks = root.join("guest-sdk");
    write("sdks.rs", &list(&sdks).unwrap_or_else(|error| panic!("{}: {error}", sdks.display())));
}

/// Writes a file that the crate includes.
fn write(name: &str, text: &str) {
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo says where")).join(name);
    fs::write(&out, text).unwrap_or_else(|error| panic!("{}: {error}", out.display()));
}

/// The shipped plugins as Rust arrays of names and bytes.
fn shipped(folder: &Path) -> String {
    let file = |name: &str| folder.join(name).with_extension("wasm");
    let missing: Vec<_> = SHIPPED.iter().filter(|name| !file(name).is_file()).collect();
    if !missing.is_empty() {
        // Cargo prints what a build script panics with, and nothing else, where a person looks first.
        println!(
            "cargo::error=the shipped plugins are not built ({missing:?} not in plugins/dist): run `cargo xtask plugins` once"
        );
    }
    let mut list = format!("/// Names of the shipped plugins.\npub const SHIPPED: &[&str] = &{SHIPPED:?};\n\n");
    list.push_str("const COMPONENTS: &[&[u8]] = &[\n");
    for name in SHIPPED {
        println!("cargo::rerun-if-changed={}", file(name).display());
        writeln!(list, "    include_bytes!({:?}),", file(name)).expect("writing to a String");
    }
    list.push_str("];\n");
    println!("cargo::rustc-env=KITELINE_PLUGINS={}", folder.display());
    list
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
