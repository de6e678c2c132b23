//! From a compiler's core module to a component.

use wasmparser::{Parser, Payload};
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};

use super::super::sdk::embedded;
use crate::plugin::inspect::resolved;

/// The name under which compilers for WASI import it.
const WASI: &str = "wasi_snapshot_preview1";
/// What stands in for it.
const STUB: &str = "go/stub-wasi.wat";

/// Makes a component of a core module. One that does not say its types, as Go's, has those of the plugin world; one that
/// wants WASI's first preview gets a stand-in inside the component.
pub(super) fn encode(mut module: Vec<u8>) -> Result<Vec<u8>, String> {
    let Needs { typed, wasi } = Needs::of(&module);
    if !typed {
        let (resolve, world) = resolved();
        embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8)
            .map_err(|error| format!("{error:#}"))?;
    }
    let stub = if wasi {
        let text = embedded(STUB).ok_or("this build of Kiteline has no stand-in for WASI, which the module imports")?;
        Some(wat::parse_bytes(text).map_err(|error| error.to_string())?.into_owned())
    } else {
        None
    };
    let mut encoder = ComponentEncoder::default();
    let encoder = encoder.validate(true).module(&module).and_then(|encoder| match &stub {
        Some(stub) => encoder.adapter(WASI, stub),
        None => Ok(encoder),
    });
    encoder.and_then(ComponentEncoder::encode).map_err(|error| format!("{error:#}"))
}

/// What a module does not bring itself.
struct Needs {
    typed: bool,
    wasi: bool,
}

impl Needs {
    fn of(module: &[u8]) -> Self {
        let mut needs = Self { typed: false, wasi: false };
        for payload in Parser::new(0).parse_all(module).map_while(Result::ok) {
            match payload {
                Payload::CustomSection(section) => needs.typed |= section.name().starts_with("component-type"),
                Payload::ImportSection(imports) => {
                    needs.wasi |= imports.into_imports().flatten().any(|import| import.module == WASI);
                }
                _ => {}
            }
        }
        needs
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plugin::inspect::check;

    /// A module that exports what a plugin must, as a compiler without bindings writes it.
    const PLUGIN: &str = r#"(module
        (import "kiteline:plugin/batch@0.1.0" "rows" (func $rows (result i32)))
        (memory (export "memory") 1)
        (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) i32.const 8)
        (func (export "describe") (result i32) i32.const 64)
        (func (export "configure") (param i32 i32) (result i32) i32.const 96)
        (func (export "process") (result i32) call $rows drop i32.const 96))"#;

    #[test]
    fn a_module_without_types_has_those_of_the_plugin_world() {
        let component = encode(wat::parse_str(PLUGIN).expect("a module")).expect("a component");
        let (world, _) = check(&component).expect("a plugin");
        assert_eq!(world.imports["kiteline:plugin/batch@0.1.0"], ["rows"]);
    }

    #[test]
    fn a_missing_export_is_named() {
        let less = PLUGIN.replace("(export \"process\")", "");
        let error = encode(wat::parse_str(less).expect("a module")).expect_err("refused");
        assert!(error.contains("process"), "{error}");
    }
}
