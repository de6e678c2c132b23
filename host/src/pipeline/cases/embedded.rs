//! The self-test: cases that a component carries, so that code and cases are always of one version.
//!
//! They are the files of `cases/` as JSON in a custom section named `kiteline:cases`. A version that does not pass them is
//! not used.

use std::path::Path;
use std::time::{Duration, Instant};

use wasmparser::{Parser, Payload};

use super::{Case, Failed, Files, differences, run};
use crate::plugin::{Code, Limits, LoadError, Plugin};

/// The custom section with a component's cases.
const SECTION: &str = "kiteline:cases";
/// Bytes of all cases together: some hundred records with vectors.
const BYTES: usize = 1 << 20;
/// How long all cases together may take: a version that is not used for this long is no loss.
const TIME: Duration = Duration::from_secs(10);
/// Time for a record where the case gives none. More than a pipeline's default: that a machine is busy is no reason to
/// refuse a version.
const RECORD_TIMEOUT: Duration = Duration::from_secs(1);
/// Lines of a difference that are told, in the log and at `/plugins`.
const LINES: usize = 8;

/// The cases of a project, for its component.
#[derive(Debug, Default)]
pub(crate) struct Packed {
    /// Names of those that are inside.
    pub(crate) inside: Vec<String>,
    /// Names of those that nothing was recorded for yet.
    pub(crate) unrecorded: Vec<String>,
    /// Names of those that there was no room for.
    pub(crate) no_room: Vec<String>,
    texts: Vec<String>,
}

impl Packed {
    /// The cases in a folder, by name, as many as there is room for. An error is a mistake in one of them.
    pub(crate) fn of_folder(folder: &Path) -> Result<Self, String> {
        let mut packed = Self::default();
        if !folder.is_dir() {
            return Ok(packed);
        }
        let mut bytes = 2;
        for files in Files::all(folder)? {
            let (name, text) = (files.name.clone(), serde_json::to_string(&files).expect("texts have a JSON form"));
            let case = Case::new(files, folder)?;
            if !case.is_recorded() {
                packed.unrecorded.push(name);
                continue;
            }
            if !case.only_refuses() {
                case.input()?;
                case.expected()?;
            }
            if bytes + text.len() + 1 > BYTES {
                packed.no_room.push(name);
                continue;
            }
            bytes += text.len() + 1;
            packed.texts.push(text);
            packed.inside.push(name);
        }
        Ok(packed)
    }

    /// Puts them into a component.
    pub(crate) fn put_into(&self, wasm: &mut Vec<u8>) {
        if !self.texts.is_empty() {
            add_section(wasm, format!("[{}]", self.texts.join(",")).as_bytes());
        }
    }
}

/// Names of the cases that a component carries.
pub(crate) fn names(wasm: &[u8]) -> Result<Vec<String>, String> {
    Ok(read(wasm)?.into_iter().map(|files| files.name).collect())
}

/// Has a plugin pass the cases of its component, where it has some.
pub(crate) fn pass(plugin: &Plugin, code: &Code) -> Result<(), LoadError> {
    let failed = |error| LoadError::SelfTest { name: plugin.named().to_owned(), error };
    let until = Instant::now() + TIME;
    for files in read(code.wasm()).map_err(failed)? {
        let name = files.name.clone();
        let wrong = wrong(plugin, files, until).map_err(failed)?;
        if !wrong.is_empty() {
            return Err(failed(format!("case `{name}`: {}", wrong[..wrong.len().min(LINES)].join("\n"))));
        }
    }
    Ok(())
}

/// What is wrong in what the plugin makes of a case.
fn wrong(plugin: &Plugin, files: Files, until: Instant) -> Result<Vec<String>, String> {
    let case = Case::new(files, Path::new("cases"))?;
    let given = plugin.setup().limits;
    let limits = Limits { record_timeout: RECORD_TIMEOUT, ..Limits::default() };
    let ran = run(&case, limits, Some(until), |mut setup, target| {
        // The component's own cases never get it more than its pipeline does.
        setup.limits.memory = setup.limits.memory.min(given.memory);
        setup.limits.answer = setup.limits.answer.min(given.answer);
        plugin.set_up(setup, target)
    });
    let ran = match ran {
        Ok(ran) => ran,
        Err(Failed::Refused(what) | Failed::Other(what)) => return Ok(vec![what]),
    };
    let (Some(outcomes), Some(expected)) = (&ran.outcomes, case.expected()?) else { return Ok(Vec::new()) };
    let collection = case.target.collections().first().map(|collection| &*collection.name);
    Ok(differences(&expected, outcomes, collection))
}

fn read(wasm: &[u8]) -> Result<Vec<Files>, String> {
    let Some(text) = section(wasm) else { return Ok(Vec::new()) };
    if text.len() > BYTES {
        return Err(format!("its cases have {} bytes; at most {BYTES} are read", text.len()));
    }
    serde_json::from_slice(text).map_err(|error| format!("`{SECTION}`: {error}; `kiteline plugin build` writes it"))
}

/// The bytes of the component's own section, not of one in a module inside it.
fn section(wasm: &[u8]) -> Option<&[u8]> {
    let mut depth = 0;
    for payload in Parser::new(0).parse_all(wasm).map_while(Result::ok) {
        match payload {
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
            Payload::End(_) => depth -= 1,
            Payload::CustomSection(section) if depth == 0 && section.name() == SECTION => return Some(section.data()),
            _ => {}
        }
    }
    None
}

/// A custom section at the end of a component: the byte 0, the size, the length of the name, the name, the data.
fn add_section(wasm: &mut Vec<u8>, data: &[u8]) {
    let mut section = Vec::with_capacity(SECTION.len() + data.len() + 1);
    push_number(&mut section, SECTION.len());
    section.extend(SECTION.as_bytes());
    section.extend(data);
    wasm.push(0);
    push_number(wasm, section.len());
    wasm.extend(section);
}

/// A number as WebAssembly writes them (LEB128).
fn push_number(to: &mut Vec<u8>, mut number: usize) {
    while number >= 0x80 {
        to.push(number as u8 | 0x80);
        number >>= 7;
    }
    to.push(number as u8);
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::plugin::{Engine, Grants, Setup, shipped};

    fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a folder");
        for (name, text) in files {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().expect("it has one")).expect("made");
            std::fs::write(path, text).expect("written");
        }
        folder
    }

    /// What `rename` with these cases inside does to be let in.
    fn rename(files: &[(&str, &str)]) -> Result<(), String> {
        loaded(shipped("rename").expect("shipped").to_vec(), "{}", files)
    }

    fn loaded(mut wasm: Vec<u8>, config: &str, files: &[(&str, &str)]) -> Result<(), String> {
        let folder = folder(files);
        Packed::of_folder(folder.path())?.put_into(&mut wasm);
        let path = folder.path().join("p.wasm");
        std::fs::write(&path, wasm).expect("written");
        let code = Code::read(&path).expect("read");
        let setup = Setup { config: config.into(), limits: Limits::default(), grants: Grants::default(), log: false };
        let plugin = Plugin::load(&Engine::new().expect("an engine"), &code, setup, &Arc::default()).expect("loads");
        pass(&plugin, &code).map_err(|error| error.to_string())
    }

    const SETUP: (&str, &str) = ("a/case.toml", "config = { rename = { a = 'b' } }");
    const INPUT: (&str, &str) = ("a/input.jsonl", "{\"a\": 1}\n{\"$text\": \"no JSON\"}");

    #[test]
    fn the_section_is_found_among_others_and_in_no_broken_file() {
        let wasm = b"\0asm\x0d\0\x01\0\x07\x02ab\0\x05\x04name".to_vec();
        let mut with = wasm.clone();
        add_section(&mut with, &[b'x'; 300]);
        assert_eq!(section(&with).map(<[u8]>::len), Some(300));
        assert_eq!(section(&wasm), None);
        for end in 0..with.len() {
            assert_eq!(section(&with[..end]), None, "{end}");
        }
    }

    #[test]
    fn a_component_passes_the_cases_of_its_project_or_is_refused_by_record_and_field() {
        let refuses = ("b/case.toml", "config.renam = {}\nrefuses = 'unknown field'");
        let told = rename(&[SETUP, INPUT, ("a/expected.jsonl", "{\"record\":1,\"fields\":{\"b\":1}}"), refuses]);
        let told = told.expect_err("the second record is rejected");
        assert!(told.contains("its self-test failed: case `a`: record 2\n  expected nothing\n  but got  {"), "{told}");
        let rejected = told.split("but got  ").nth(1).expect("what came").to_owned();
        let right = format!("{{\"record\":1,\"fields\":{{\"b\":1}}}}\n{rejected}");
        assert_eq!(rename(&[SETUP, INPUT, ("a/expected.jsonl", &right), refuses]), Ok(()));
        let other = right.replace("\"b\":1", "\"b\":2");
        let told = rename(&[SETUP, INPUT, ("a/expected.jsonl", &other)]).expect_err("another value");
        assert!(told.ends_with("case `a`: record 1\n  field `b`: expected 2\n             but got  1"), "{told}");
    }

    #[test]
    fn a_case_gets_no_more_than_the_pipeline_gives() {
        let built = Path::new(env!("CARGO_MANIFEST_DIR")).join("../plugins/dist/test/misbehave.wasm");
        let misbehave = std::fs::read(built).expect("cargo xtask plugins has made it");
        let greedy = ("a/case.toml", "config = { mode = 'allocate' }\nlimits.memory = '1GiB'");
        let reason = "it asked for more than its 67108864 bytes of memory (`memory` of the plugin)";
        let expected = format!("{{\"record\":1,\"rejected\":\"{reason}\"}}");
        let files = [greedy, ("a/input.jsonl", "{\"a\": 1}"), ("a/expected.jsonl", &expected)];
        assert_eq!(loaded(misbehave, "{\"mode\":\"discard-odd\"}", &files), Ok(()));
    }

    #[test]
    fn cases_are_packed_by_name_as_far_as_they_fit_and_mistakes_are_told() {
        let large = format!("{{\"a\": \"{}\"}}", "x".repeat(BYTES));
        let expected = "{\"record\":1,\"fields\":{}}";
        let files = folder(&[
            ("large/input.jsonl", &large),
            ("large/expected.jsonl", expected),
            ("new/input.jsonl", "{}"),
            ("small/input.jsonl", "{}"),
            ("small/expected.jsonl", expected),
            ("refuses/case.toml", "refuses = 'x'"),
        ]);
        let packed = Packed::of_folder(files.path()).expect("packed");
        assert_eq!((packed.unrecorded, packed.no_room), (vec!["new".to_owned()], vec!["large".to_owned()]));
        assert_eq!(packed.inside, ["refuses", "small"]);
        let wrong = folder(&[("a/input.jsonl", "{"), ("a/expected.jsonl", expected)]);
        let told = Packed::of_folder(wrong.path()).expect_err("a mistake");
        assert!(told.contains("a/input.jsonl, line 1: not JSON"), "{told}");
        assert!(Packed::of_folder(&wrong.path().join("none")).expect("no cases").inside.is_empty());
    }
}
