//! Builds the plugins: the shipped ones, which become part of the binary, the demo's own, and the ones of the tests.
//!
//! `plugins/toolchain.sh` makes core modules of the crates in the workspace `plugins/`. Each is encoded as a component,
//! which brings its imports and exports with their types, validated, and written to `plugins/dist/`; those of
//! `tests/guests/` go to `plugins/dist/test/`. A file is written only where its bytes change, so that nothing is built
//! again for a plugin that is as it was.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use wit_component::{ComponentEncoder, DecodedWasm};
use wit_parser::WorldItem;

/// Builds all plugins and prints their sizes.
pub(crate) fn build() -> Result<(), String> {
    let plugins = root().join("plugins");
    for core in core_modules(&plugins)? {
        let component = encode(&core).map_err(|error| format!("{}: {error}", core.display()))?;
        let file = place(&plugins, &core);
        let changed = write(&file, &component).map_err(|error| format!("{}: {error}", file.display()))?;
        let state = if changed { "new" } else { "as it was" };
        let shown = file.strip_prefix(root()).unwrap_or(&file).display();
        println!("{:>7.1} KiB  {shown} ({state})", component.len() as f64 / 1024.0);
    }
    Ok(())
}

/// Has the workspace built, and gives the paths of its core modules.
fn core_modules(plugins: &Path) -> Result<Vec<PathBuf>, String> {
    let script = plugins.join("toolchain.sh");
    let output = Command::new(&script)
        .arg("build")
        .arg(plugins)
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("{}: {error}", script.display()))?;
    if !output.status.success() {
        return Err(format!("the plugins were not built: {}", output.status));
    }
    Ok(String::from_utf8_lossy(&output.stdout).lines().map(PathBuf::from).collect())
}

fn encode(core: &Path) -> Result<Vec<u8>, String> {
    let module = fs::read(core).map_err(|error| error.to_string())?;
    let mut encoder = ComponentEncoder::default();
    let encoded = encoder.validate(true).module(&module).and_then(ComponentEncoder::encode);
    let component = encoded.map_err(|error| format!("{error:#}"))?;
    let foreign: Vec<String> =
        imports(&component)?.into_iter().filter(|name| !name.starts_with("kiteline:plugin/")).collect();
    // Ours need nothing else, so one that does has taken in something by mistake, as a clock or a random number.
    if foreign.is_empty() { Ok(component) } else { Err(format!("imports {}", foreign.join(", "))) }
}

/// Names of the interfaces and functions that a component imports.
fn imports(component: &[u8]) -> Result<Vec<String>, String> {
    let decoded = wit_component::decode(component).map_err(|error| format!("{error:#}"))?;
    let DecodedWasm::Component(resolve, world) = decoded else { return Err("not a component".into()) };
    let imports = resolve.worlds[world].imports.iter();
    // A type that the world itself defines is imported by its name, and is nothing that could be called.
    let called = imports.filter(|(_, item)| !matches!(item, WorldItem::Type { .. }));
    Ok(called.map(|(key, _)| resolve.name_world_key(key)).collect())
}

/// A crate's file has `_` for `-`.
fn place(plugins: &Path, core: &Path) -> PathBuf {
    let name = core.file_stem().unwrap_or_default().to_string_lossy().replace('_', "-");
    let of_tests = root().join("tests/guests").join(&name).is_dir();
    let folder = if of_tests { "dist/test" } else { "dist" };
    plugins.join(folder).join(name).with_extension("wasm")
}

/// Writes by renaming, so that nobody reads half a component. False where the file has these bytes already.
fn write(file: &Path, bytes: &[u8]) -> std::io::Result<bool> {
    if fs::read(file).is_ok_and(|old| old == bytes) {
        return Ok(false);
    }
    fs::create_dir_all(file.parent().unwrap_or(file))?;
    let part = file.with_extension("part");
    fs::write(&part, bytes)?;
    fs::rename(part, file)?;
    Ok(true)
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask lies in the workspace")
}
