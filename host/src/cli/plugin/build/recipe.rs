//! How each language's component is built.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::super::project::{Lang, Project};
use super::encode::encode;
use super::tool::{first_of, missing, run};
use crate::cli::exit::Exit;

/// Where the tools leave what is not the component.
const CORE: &str = "core.wasm";
const RUST_TARGET: &str = "wasm32-unknown-unknown";

const GET_RUST: &str = "install Rust (https://rustup.rs), then `rustup target add wasm32-unknown-unknown`";
const GET_GO: &str = "install Go 1.24 or newer (https://go.dev/dl)";
const GET_C: &str = "install a clang for WebAssembly (Debian: `apt-get install clang lld libclang-rt-dev-wasm32 wasi-libc`), \
                     or `pip install ziglang`, or set CC";
const GET_JAVASCRIPT: &str = "run `npm install --ignore-scripts` in the project, or once \
                              `npm install --global --ignore-scripts componentize-qjs@0.4.5`";
const GET_PYTHON: &str = "run `pip install componentize-py==0.25.1`";

/// Builds the component of a project.
pub(super) fn component(project: &Project) -> Result<Vec<u8>, Exit> {
    match project.lang {
        Lang::Rust => rust(project),
        Lang::Go => go(project),
        Lang::C => c(project),
        Lang::Javascript => javascript(project),
        Lang::Python => python(project),
    }
}

fn rust(project: &Project) -> Result<Vec<u8>, Exit> {
    let mut cargo = Command::new("cargo");
    // A target folder of one's own choice would have to be asked for.
    cargo.args(["build", "--release", "--target", RUST_TARGET, "--target-dir", "target"]);
    run(cargo, &project.folder, GET_RUST).map_err(|exit| match exit {
        Exit::Failed(text) => Exit::Failed(format!(
            "{text}\nwhere it says that `core` or `std` can't be found: rustup target add {RUST_TARGET}"
        )),
        exit => exit,
    })?;
    let folder = project.folder.join("target").join(RUST_TARGET).join("release");
    encoded(&folder.join(format!("{}.wasm", project.name.replace('-', "_"))), false)
}

fn go(project: &Project) -> Result<Vec<u8>, Exit> {
    let mut go = Command::new("go");
    // The machine's workspace and flags have no say in what is built.
    go.envs([("GOOS", "wasip1"), ("GOARCH", "wasm"), ("GOWORK", "off"), ("GOFLAGS", "-mod=mod")]);
    go.args(["build", "-trimpath", "-buildmode=c-shared", "-ldflags=-s -w", "-o", CORE, "."]);
    run(go, &project.folder, GET_GO)?;
    encoded(&project.folder.join(CORE), true)
}

fn c(project: &Project) -> Result<Vec<u8>, Exit> {
    let mut compiler = c_compiler()?;
    compiler.args(["--target=wasm32-wasi", "-std=c11", "-Wall", "-Wextra", "-Wno-deprecated", "-O3", "-s", "-flto"]);
    compiler.args(["-msimd128", "-mbulk-memory", "-mexec-model=reactor", "-I."]);
    compiler.args(sources(&project.folder)?).args(["-o", CORE]);
    run(compiler, &project.folder, GET_C)?;
    encoded(&project.folder.join(CORE), true)
}

fn c_compiler() -> Result<Command, Exit> {
    if let Some(words) = std::env::var_os("CC") {
        let words = words.to_string_lossy().into_owned();
        let mut words = words.split_whitespace();
        let mut command = Command::new(words.next().unwrap_or("cc"));
        command.args(words);
        return Ok(command);
    }
    let names = ["clang", "clang-22", "clang-21", "clang-20", "clang-19", "clang-18"];
    // Debian's wasi-libc lies beside the newest clang; a plain `clang` may be one without WebAssembly.
    let newest = names[1..].iter().chain(&names[..1]).map(PathBuf::from).collect::<Vec<_>>();
    if let Some(clang) = first_of(&newest) {
        return Ok(Command::new(clang));
    }
    let mut zig = Command::new("python3");
    zig.args(["-m", "ziglang"]);
    let there = Command::new("python3").args(["-c", "import ziglang"]).output();
    if !there.is_ok_and(|output| output.status.success()) {
        return Err(missing(&Command::new("clang"), GET_C));
    }
    zig.arg("cc");
    Ok(zig)
}

/// All C files of the project, its own and the SDK's.
fn sources(folder: &Path) -> Result<Vec<PathBuf>, Exit> {
    let mut found = Vec::new();
    for below in [PathBuf::new(), PathBuf::from("kiteline")] {
        let Ok(entries) = std::fs::read_dir(folder.join(&below)) else { continue };
        let names = entries.filter_map(Result::ok).map(|entry| below.join(entry.file_name()));
        found.extend(names.filter(|path| path.extension().is_some_and(|extension| extension == "c")));
    }
    // Tests, and the batch in memory that they run on in the host's place.
    found.retain(|path| !["test", "kiteline_memory"].iter().any(|part| path.to_string_lossy().contains(part)));
    found.sort();
    if found.is_empty() {
        return Err(Exit::Mistake(format!("{}: no C file in it; the template has plugin.c", folder.display())));
    }
    Ok(found)
}

fn javascript(project: &Project) -> Result<Vec<u8>, Exit> {
    let own = project.folder.join("node_modules/.bin/componentize-qjs");
    let tool = first_of(&[own, "componentize-qjs".into()]);
    let tool = tool.map(|path| std::path::absolute(&path).unwrap_or(path));
    let Some(tool) = tool else { return Err(missing(&Command::new("componentize-qjs"), GET_JAVASCRIPT)) };
    let mut command = Command::new(tool);
    // Without `--sync` the component wants an asynchronous host.
    command.args([
        "--wit",
        "wit",
        "--world",
        "plugin",
        "--js",
        "plugin.js",
        "--module-root",
        ".",
        "--sync",
        "-o",
        CORE,
    ]);
    run(command, &project.folder, GET_JAVASCRIPT)?;
    taken(&project.folder.join(CORE))
}

fn python(project: &Project) -> Result<Vec<u8>, Exit> {
    let own = project.folder.join(".venv/bin/componentize-py");
    let tool = first_of(&[own, "componentize-py".into()]);
    let tool = tool.map(|path| std::path::absolute(&path).unwrap_or(path));
    let Some(tool) = tool else { return Err(missing(&Command::new("componentize-py"), GET_PYTHON)) };
    let mut command = Command::new(tool);
    command.args(["-d", "wit", "-w", "plugin", "componentize", "app", "-o", CORE]);
    run(command, &project.folder, GET_PYTHON)?;
    taken(&project.folder.join(CORE))
}

/// Makes a component of the module that a compiler wrote. `between`: the file is of no use afterwards.
fn encoded(core: &Path, between: bool) -> Result<Vec<u8>, Exit> {
    let module = if between { taken(core)? } else { read(core)? };
    encode(module).map_err(|error| Exit::Failed(format!("{}: no component can be made of it: {error}", core.display())))
}

fn taken(path: &Path) -> Result<Vec<u8>, Exit> {
    let bytes = read(path)?;
    std::fs::remove_file(path).map_err(|error| Exit::Failed(format!("{}: {error}", path.display())))?;
    Ok(bytes)
}

fn read(path: &Path) -> Result<Vec<u8>, Exit> {
    std::fs::read(path)
        .map_err(|error| Exit::Failed(format!("{}: {error}; the build did not leave it there", path.display())))
}
