//! Sees that the shipped plugins are built, which are part of the binary.

use std::path::Path;

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
}
