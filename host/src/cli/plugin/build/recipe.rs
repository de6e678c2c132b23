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

/// Where `setup.sh` of the SDKs puts the tools, below the user's folder for caches.
const PY_CACHE: &str = "componentize-py-0.25.1";
const QJS_CACHE: &str = "componentize-qjs-0.4.5";
const ZIG_CACHE: &str = "zig-0.17.0";

const GET_RUST: &str = "install Rust (https://rustup.rs), then `rustup target add wasm32-unknown-unknown`";
const GET_GO: &str = "install Go 1.24 or newer (https://go.dev/dl) and have `go` on the PATH";
const GET_C: &str = "\n  install a clang for WebAssembly (Debian: `apt-get install clang lld libclang-rt-dev-wasm32 wasi-libc`);\
                     \n  or, in the project, `python3 -m venv .venv && .venv/bin/pip install ziglang`;\
                     \n  or, in a clone of Kiteline, `guest-sdk/c/setup.sh`, which puts zig into ~/.cache/kiteline;\
                     \n  or set CC to a compiler for wasm32-wasi that is elsewhere";
const GET_NODE: &str = "install Node.js 20 or newer (https://nodejs.org) and have `node` on the PATH";
const GET_JAVASCRIPT: &str = "\n  in the project, `npm install --ignore-scripts`;\
                              \n  or once for all, `npm install --global --ignore-scripts componentize-qjs@0.4.5`;\
                              \n  or, in a clone of Kiteline, `guest-sdk/javascript/setup.sh`, which puts it into ~/.cache/kiteline";
const GET_PYTHON: &str = "\n  in the project, `python3 -m venv .venv && .venv/bin/pip install componentize-py==0.25.1`;\
                          \n  or anywhere on the PATH, `pip install componentize-py==0.25.1`;\
                          \n  or, in a clone of Kiteline, `guest-sdk/python/setup.sh`, which puts it into ~/.cache/kiteline";

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
    run(go, &project.folder, GET_GO).map_err(|exit| match exit {
        Exit::Failed(text) => {
            Exit::Failed(format!("{text}\nwhere it does not know -buildmode=c-shared for wasip1: {GET_GO}"))
        }
        exit => exit,
    })?;
    encoded(&project.folder.join(CORE), true)
}

fn c(project: &Project) -> Result<Vec<u8>, Exit> {
    let mut compiler = c_compiler(&project.folder)?;
    compiler.args(["--target=wasm32-wasi", "-std=c11", "-Wall", "-Wextra", "-Wno-deprecated", "-O3", "-s", "-flto"]);
    compiler.args(["-msimd128", "-mbulk-memory", "-mexec-model=reactor", "-I."]);
    compiler.args(sources(&project.folder)?).args(["-o", CORE]);
    run(compiler, &project.folder, GET_C)?;
    encoded(&project.folder.join(CORE), true)
}

fn c_compiler(folder: &Path) -> Result<Command, Exit> {
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
    let pythons = [Some(folder.join(".venv/bin/python3")), Some("python3".into()), in_cache(ZIG_CACHE, "bin/python3")];
    for python in pythons.into_iter().flatten() {
        let Some(python) = found(&[python]) else { continue };
        let there = Command::new(&python).args(["-c", "import ziglang"]).output();
        if there.is_ok_and(|output| output.status.success()) {
            let mut zig = Command::new(python);
            zig.args(["-m", "ziglang", "cc"]);
            return Ok(zig);
        }
    }
    Err(missing(&Command::new("clang"), GET_C))
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
    let cached = in_cache(QJS_CACHE, "node_modules/.bin/componentize-qjs");
    let tools: Vec<PathBuf> = [own, "componentize-qjs".into()].into_iter().chain(cached).collect();
    let Some(tool) = found(&tools) else { return Err(missing(&Command::new("componentize-qjs"), GET_JAVASCRIPT)) };
    // It is a script of Node's.
    first_of(&["node".into()]).ok_or_else(|| missing(&Command::new("node"), GET_NODE))?;
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
    let mut command = componentize_py(&project.folder)?;
    command.args(["-d", "wit", "-w", "plugin", "componentize", "app", "-o", CORE]);
    run(command, &project.folder, GET_PYTHON)?;
    taken(&project.folder.join(CORE))
}

fn componentize_py(folder: &Path) -> Result<Command, Exit> {
    if let Some(tool) = found(&[folder.join(".venv/bin/componentize-py"), "componentize-py".into()]) {
        return Ok(Command::new(tool));
    }
    let cached = in_cache(PY_CACHE, "bin/componentize-py").filter(|path| path.is_file());
    let python = first_of(&["python3".into()]);
    let (Some(script), Some(python)) = (cached, python) else {
        return Err(missing(&Command::new("componentize-py"), GET_PYTHON));
    };
    // Installed by `pip --target`, so Python has to be told where its modules are.
    let mut command = Command::new(python);
    command.env("PYTHONPATH", in_cache(PY_CACHE, "").unwrap_or_default()).arg(script);
    Ok(command)
}

/// The first of these programs that is there, by a path that holds in any folder.
fn found(programs: &[PathBuf]) -> Option<PathBuf> {
    first_of(programs).map(|path| std::path::absolute(&path).unwrap_or(path))
}

/// A file of a tool that `setup.sh` of an SDK has installed.
fn in_cache(tool: &str, file: &str) -> Option<PathBuf> {
    let caches = std::env::var_os("XDG_CACHE_HOME").filter(|folder| !folder.is_empty()).map(PathBuf::from);
    let caches = caches.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cache")))?;
    Some(caches.join("kiteline").join(tool).join(file))
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
