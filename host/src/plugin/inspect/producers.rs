//! What a component was made with, and the language that it was written in.
//!
//! Both are found in the sections `producers` of the component and of the modules inside it, and in the modules' names.
//! Some of these modules are not the author's: the adapter of WASI is Rust in a component of any language, and an
//! interpreter is C or Rust around the author's Python or JavaScript.

use std::collections::BTreeSet;

use wasmparser::{ComponentName, KnownCustom, Parser, Payload};

/// One that had a part in making a component.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Producer {
    /// `language`, `processed-by` or `sdk`.
    pub part: String,
    /// Its name.
    pub name: String,
    /// Its version; may be empty.
    pub version: String,
}

/// What a component was made with.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Made {
    /// All that had a part in it, each once.
    pub producers: Vec<Producer>,
    /// What it was written in, where that can be told.
    pub languages: Vec<String>,
}

/// Interpreters, by a part of the name of their modules, and what they run.
const INTERPRETERS: [(&str, &str); 8] = [
    ("libpython", "Python"),
    ("componentize_py", "Python"),
    ("componentize-py", "Python"),
    ("componentize_qjs", "JavaScript"),
    ("quickjs", "JavaScript"),
    ("starling", "JavaScript"),
    ("spidermonkey", "JavaScript"),
    ("javy", "JavaScript"),
];
/// Tools that are for one language alone.
const TOOLS: [(&str, &str); 10] = [
    ("componentize-py", "Python"),
    ("componentize-js", "JavaScript"),
    ("ComponentizeJS", "JavaScript"),
    ("componentize-qjs", "JavaScript"),
    ("javy", "JavaScript"),
    ("TinyGo", "Go"),
    ("Go cmd/compile", "Go"),
    ("wit-bindgen-go", "Go"),
    ("wit-bindgen-c", "C"),
    ("wit-bindgen-rust", "Rust"),
];
/// What the names of the modules begin with that the component's encoder adds.
const GLUE: &str = "wit-component";
/// The name by which an adapter imports what it is an adapter for.
const ADAPTED: &str = "__main_module__";

/// A component or a module, while it is read.
#[derive(Default)]
struct Layer {
    is_module: bool,
    /// An adapter or another addition of the encoder.
    is_glue: bool,
    producers: Vec<Producer>,
    /// The modules of a component.
    modules: Vec<Layer>,
}

/// What a component was made with. A section that can't be read is passed over: it is there for people only.
pub(super) fn of(wasm: &[u8]) -> Made {
    let (mut layers, mut producers, mut names) = (Vec::<Layer>::new(), BTreeSet::new(), Vec::new());
    for payload in Parser::new(0).parse_all(wasm).map_while(Result::ok) {
        match payload {
            Payload::Version { encoding, .. } => {
                layers.push(Layer { is_module: encoding == wasmparser::Encoding::Module, ..Layer::default() });
            }
            Payload::ImportSection(imports) => {
                let is_adapter = imports.into_imports().flatten().any(|import| import.module == ADAPTED);
                if let Some(layer) = layers.last_mut() {
                    layer.is_glue |= is_adapter;
                }
            }
            Payload::CustomSection(section) => {
                let Some(layer) = layers.last_mut() else { continue };
                match section.as_known() {
                    KnownCustom::Producers(fields) => layer.producers.extend(of_section(fields)),
                    KnownCustom::ComponentName(parts) => names.extend(layer.name_modules(parts)),
                    _ => {}
                }
            }
            Payload::End(_) => {
                let Some(layer) = layers.pop() else { continue };
                match layers.last_mut() {
                    Some(component) if layer.is_module => component.modules.push(layer),
                    _ => layer.give(&mut producers),
                }
            }
            _ => {}
        }
    }
    layers.into_iter().for_each(|layer| layer.give(&mut producers));
    let producers: Vec<Producer> = producers.into_iter().collect();
    Made { languages: languages(&producers, &names), producers }
}

fn of_section(fields: wasmparser::ProducersSectionReader<'_>) -> Vec<Producer> {
    let mut found = Vec::new();
    for field in fields.into_iter().filter_map(Result::ok) {
        for value in field.values.into_iter().filter_map(Result::ok) {
            let [part, name, version] = [field.name, value.name, value.version].map(str::to_owned);
            found.push(Producer { part, name, version });
        }
    }
    found
}

impl Layer {
    /// Learns which of the modules are the encoder's, and gives the names of the others.
    fn name_modules(&mut self, parts: wasmparser::ComponentNameSectionReader<'_>) -> Vec<String> {
        let mut names = Vec::new();
        for part in parts.into_iter().filter_map(Result::ok) {
            let ComponentName::CoreModules(modules) = part else { continue };
            for naming in modules.into_iter().filter_map(Result::ok) {
                if !naming.name.starts_with(GLUE) {
                    names.push(naming.name.to_owned());
                } else if let Some(module) = self.modules.get_mut(naming.index as usize) {
                    module.is_glue = true;
                }
            }
        }
        names
    }

    /// What of it and its modules is said of the author's code.
    fn give(self, to: &mut BTreeSet<Producer>) {
        let is_glue = self.is_glue;
        to.extend(self.producers.into_iter().filter(|producer| !is_glue || producer.part != "language"));
        self.modules.into_iter().for_each(|module| module.give(to));
    }
}

/// An interpreter first, as what it is made of says nothing of what it runs; then what the modules say, then what tools
/// are for one language alone.
fn languages(producers: &[Producer], modules: &[String]) -> Vec<String> {
    let of_module = |name: &String| INTERPRETERS.iter().find(|(part, _)| name.to_lowercase().contains(part));
    let of_tool = |producer: &Producer| TOOLS.iter().find(|(tool, _)| producer.name == *tool);
    let interpreted = |language: &str| ["Python", "JavaScript"].contains(&language);
    let tools: BTreeSet<&str> = producers.iter().filter_map(of_tool).map(|(_, language)| *language).collect();
    let run: BTreeSet<&str> = modules.iter().filter_map(of_module).map(|(_, language)| *language).collect();
    let run: BTreeSet<&str> = run.into_iter().chain(tools.iter().copied().filter(|name| interpreted(name))).collect();
    if !run.is_empty() {
        return run.into_iter().map(str::to_owned).collect();
    }
    let said = producers.iter().filter(|producer| producer.part == "language");
    let said: Vec<String> =
        said.map(|producer| format!("{} {}", producer.name, producer.version).trim().to_owned()).collect();
    if !said.is_empty() {
        return said;
    }
    tools.into_iter().map(|name| format!("{name} (by its tools)")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A module that says that it is in Rust, as a text of WebAssembly.
    fn module(name: &str, import: &str) -> String {
        let import = if import.is_empty() { String::new() } else { format!("(import \"{import}\" \"f\" (func))") };
        format!(
            "(core module ${name} {import} (@producers (language \"Rust\" \"\") (processed-by \"rustc\" \"1.96.0\")))"
        )
    }

    fn languages_of(modules: &[String]) -> Vec<String> {
        let wasm = wat::parse_str(format!("(component {})", modules.concat())).expect("a component");
        of(&wasm).languages
    }

    #[test]
    fn an_adapter_is_not_the_language_of_a_plugin() {
        assert_eq!(languages_of(&[module("main", "")]), ["Rust"]);
        assert_eq!(languages_of(&[module("main", ADAPTED)]), Vec::<String>::new());
        let named = module("wit-component:adapter:wasi_snapshot_preview1", "");
        assert_eq!(languages_of(&["(core module $main)".into(), named]), Vec::<String>::new());
    }

    #[test]
    fn what_an_interpreter_runs_is_the_language() {
        assert_eq!(languages_of(&[module("main", ""), module("libpython3.14.so", "")]), ["Python"]);
        assert_eq!(
            languages_of(&[format!("(component {})", module("componentize_qjs_runtime.wasm", ""))]),
            ["JavaScript"]
        );
    }

    #[test]
    fn a_language_is_told_by_its_own_tools_and_by_no_others() {
        let by = |part: &str, name: &str| {
            languages(&[Producer { part: part.into(), name: name.into(), version: "1".into() }], &[])
        };
        assert_eq!(by("processed-by", "wit-bindgen-rust"), ["Rust (by its tools)"]);
        assert_eq!(by("processed-by", "ComponentizeJS"), ["JavaScript"]);
        assert_eq!(by("language", "Go"), ["Go 1"]);
        for general in ["clang", "rustc", "wit-component", "wasm-opt"] {
            assert_eq!(by("processed-by", general), Vec::<String>::new(), "{general}");
        }
    }
}
