//! Sees that the shipped plugins are built, and makes them part of the binary. The list of them is here and nowhere
//! else.

use std::fmt::Write;
use std::path::{Path, PathBuf};

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
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../plugins/dist");
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
    let out = PathBuf::from(std::env::var_os("OUT_DIR").expect("cargo sets it")).join("shipped.rs");
    std::fs::write(&out, list).expect("cargo's own folder can be written");
}
