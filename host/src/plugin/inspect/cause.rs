//! Why something is no plugin: the cause that is likely, and what to do about it.

use wasmparser::{Parser, Payload};

use super::{Misfit, World};

/// The interface's package, and the version that this host has.
const PACKAGE: &str = "kiteline:plugin/";
const VERSION: &str = "0.1.0";
/// The parts of WASI that are linked, with nothing behind them.
const WASI: [&str; 6] = ["wasi:cli/", "wasi:clocks/", "wasi:filesystem/", "wasi:io/", "wasi:random/", "wasi:sockets/"];

/// What a file is that is no component.
pub(super) fn not_a_component(wasm: &[u8]) -> Option<Misfit> {
    Some(match wasm.get(..8) {
        Some(b"\0asm\x0d\0\x01\0") => return None,
        Some(b"\0asm\x01\0\0\0") => core_module(wasm),
        Some([b'\0', b'a', b's', b'm', ..]) => Misfit::new(
            "WebAssembly of an unknown version",
            "a tool that is much older or newer than this Kiteline; build it anew with `kiteline plugin build`",
        ),
        _ if wasm.is_empty() => Misfit::new("the file is empty", "a build that failed half way; build it anew"),
        _ if wasm.trim_ascii_start().starts_with(b"(") => Misfit::new(
            "a text, not a WebAssembly component",
            "it is WebAssembly's text format; make it binary with `wasm-tools parse FILE -o OUT`",
        ),
        _ => Misfit::new(
            "not a WebAssembly component; it does not start with \\0asm",
            "the path of another file, as of the source or of an archive; give the .wasm that the build wrote",
        ),
    })
}

/// A core module, which is what most compilers write and what a component is made of.
fn core_module(wasm: &[u8]) -> Misfit {
    let (mut typed, mut wasi, mut start) = (false, false, false);
    for payload in Parser::new(0).parse_all(wasm).map_while(Result::ok) {
        match payload {
            Payload::CustomSection(section) => typed |= section.name().starts_with("component-type"),
            Payload::ImportSection(imports) => {
                wasi |= imports.into_imports().flatten().any(|import| import.module == "wasi_snapshot_preview1");
            }
            Payload::ExportSection(exports) => {
                start |= exports.into_iter().flatten().any(|export| export.name == "_start");
            }
            _ => {}
        }
    }
    let cause = if start {
        "a program, not a library (it exports `_start`): in Rust `crate-type = [\"cdylib\"]`, in C \
         `-mexec-model=reactor`, in Go `-buildmode=c-shared`; `kiteline plugin build` does that"
    } else if typed {
        "the compiler's output as it is; the last step is missing, which `kiteline plugin build` takes, or \
         `wasm-tools component new FILE -o OUT`"
    } else if wasi {
        "a module for WASI's first preview; `kiteline plugin build` makes a component of it and takes WASI out"
    } else {
        "a module that was made without the plugin interface; start from `kiteline plugin new`"
    };
    Misfit::new("a core module, not a component", cause)
}

/// A component that can't be read to its end.
pub(super) fn broken(wasm: &[u8], error: &str) -> Misfit {
    let what = format!("broken: {error}; the file has {} bytes", wasm.len());
    if error.contains("unexpected end") || error.contains("extends past end") || error.contains("unexpected-eof") {
        return Misfit::new(what, "the file was cut short while it was written or copied; build or copy it anew");
    }
    Misfit::new(what, "the file was changed after it was built, or its tool is newer; build it anew")
}

/// The names fit and the types don't.
pub(super) fn other_types(error: &str) -> Misfit {
    Misfit::new(
        format!("not a plugin for kiteline:plugin@{VERSION}: {error}"),
        format!(
            "a copy of the interface that was changed; take `wit/` of {VERSION} as `kiteline plugin new` writes it"
        ),
    )
}

/// What a component imports that nobody gives, and what it does not export.
pub(super) fn misfits(world: &World) -> Vec<Misfit> {
    let host = World::of_host();
    let mut found = Vec::new();
    let is_of_another_version =
        world.imports.keys().any(|name| name.starts_with(PACKAGE) && !host.imports.contains_key(name));
    for (interface, functions) in &world.imports {
        match host.imports.get(interface) {
            Some(known) => {
                let unknown = functions.iter().filter(|function| !known.contains(function));
                found.extend(unknown.map(|function| extra_function(interface, function)));
            }
            None if interface.is_empty() => {
                found.extend(functions.iter().map(|function| foreign(&format!("the function `{function}`"))));
            }
            None if is_linked(interface) => {}
            None => found.push(extra_interface(interface)),
        }
    }
    let offered = world.exports.get("");
    let missing: Vec<&str> = host.exports[""]
        .iter()
        .filter(|name| !offered.is_some_and(|names| names.contains(name)))
        .map(String::as_str)
        .collect();
    if !missing.is_empty() && !is_of_another_version {
        found.push(missing_exports(&missing, world));
    }
    found
}

fn is_linked(interface: &str) -> bool {
    WASI.iter().any(|part| interface.starts_with(part)) && interface.contains("@0.2.")
}

fn extra_function(interface: &str, function: &str) -> Misfit {
    Misfit::new(
        format!(
            "it imports `{function}` of {interface}, which this Kiteline ({}) does not have",
            env!("CARGO_PKG_VERSION")
        ),
        "an SDK that is newer than this Kiteline, or a changed copy of `wit/`; take a newer Kiteline, or the SDK that \
         `kiteline plugin new` writes",
    )
}

fn extra_interface(interface: &str) -> Misfit {
    let what = format!("it imports {interface}, which a plugin does not get");
    let cause = if interface.starts_with(PACKAGE) {
        format!(
            "it was built for another version of the interface; this Kiteline has {VERSION}: build it with that SDK"
        )
    } else if interface.starts_with("wasi:http/") || interface.contains("sockets") {
        "code that uses the network; plugins have none, so take it out".into()
    } else if interface.starts_with("wasi:") && interface.contains("@0.3") {
        "asynchronous WASI; build without it, as JavaScript with `--sync`, which `kiteline plugin build` gives".into()
    } else {
        return foreign(interface);
    };
    Misfit::new(what, cause)
}

fn foreign(name: &str) -> Misfit {
    Misfit::new(
        format!("it imports {name}, which a plugin does not get"),
        "a library that wants something of its host; plugins get kiteline:plugin and an empty WASI only, so do without",
    )
}

fn missing_exports(missing: &[&str], world: &World) -> Misfit {
    let names = missing.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    let what = format!("it does not export {names}");
    let cause = if has_run(world) {
        "a program, not a plugin: it exports WASI's `run`; build it as a library (in Rust `crate-type = [\"cdylib\"]`)"
    } else if world.imports.keys().any(|name| name.starts_with(PACKAGE)) {
        "the functions are there in no exported form: in Rust `plugin!(TYPE)` is missing, in other languages the world's \
         functions of these names"
    } else if world.imports.is_empty() && world.exports.is_empty() {
        "a component of nothing; the plugin's code was not linked in (in Rust `plugin!(TYPE)` is missing)"
    } else {
        "a component for another host; start from `kiteline plugin new`"
    };
    Misfit::new(what, cause)
}

fn has_run(world: &World) -> bool {
    world.exports.keys().any(|name| name.starts_with("wasi:cli/run@"))
}
