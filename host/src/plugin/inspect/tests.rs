use super::*;
use crate::plugin::shipped;

fn rename() -> Vec<u8> {
    shipped("rename").expect("shipped").to_vec()
}

/// The component with another name of the same length everywhere.
fn with_name(old: &str, new: &str) -> Vec<u8> {
    assert_eq!(old.len(), new.len(), "else sizes in the component are wrong");
    let mut wasm = rename();
    let places: Vec<usize> =
        wasm.windows(old.len()).enumerate().filter(|(_, bytes)| *bytes == old.as_bytes()).map(|(at, _)| at).collect();
    assert!(!places.is_empty(), "{old} is in it");
    for at in places {
        wasm[at..at + new.len()].copy_from_slice(new.as_bytes());
    }
    wasm
}

fn refusal(wasm: &[u8]) -> String {
    let misfits = check(wasm).map(drop).expect_err("refused");
    misfits.iter().map(|misfit| format!("{misfit}\n")).collect()
}

#[test]
fn a_plugin_tells_its_world_and_what_it_was_made_with() {
    let (world, made) = check(&rename()).expect("a plugin");
    assert_eq!(world.exports[""], ["describe", "configure", "process"]);
    assert!(world.imports["kiteline:plugin/batch@0.1.0"].contains(&"rename".to_owned()), "{world:?}");
    assert!(made.producers.iter().any(|producer| producer.name == "wit-bindgen-rust"), "{made:?}");
    assert_eq!(made.languages, ["Rust (by its tools)"]);
}

#[test]
fn an_import_that_nobody_gives_is_named_with_the_likely_cause() {
    insta::assert_snapshot!("function", refusal(&with_name("remove", "delete")));
    insta::assert_snapshot!(
        "version",
        refusal(&with_name("kiteline:plugin/batch@0.1.0", "kiteline:plugin/batch@0.9.0"))
    );
    insta::assert_snapshot!(
        "other_host",
        refusal(&with_name("kiteline:plugin/batch@0.1.0", "somebody:others/stuff@0.1.0"))
    );
}

#[test]
fn a_missing_export_is_named_with_the_likely_cause() {
    insta::assert_snapshot!("export", refusal(&with_name("describe", "descrive")));
    insta::assert_snapshot!("nothing", refusal(b"\0asm\x0d\0\x01\0"));
}

#[test]
fn a_file_that_is_no_component_is_refused_by_what_it_is() {
    let whole = rename();
    let core = |rest: &[u8]| [b"\0asm\x01\0\0\0", rest].concat();
    let start = core(b"\x01\x04\x01\x60\0\0\x03\x02\x01\0\x07\x0a\x01\x06_start\0\0");
    let texts = [
        refusal(b""),
        refusal(b"(module)"),
        refusal(b"#!/bin/sh"),
        refusal(b"\0asm\x07\0\0\0"),
        refusal(&core(b"")),
        refusal(&start),
    ];
    insta::assert_snapshot!("kinds", texts.join("\n"));
    for length in [9, whole.len() / 2, whole.len() - 1] {
        let text = refusal(&whole[..length]);
        assert!(text.contains("cut short"), "{length} bytes: {text}");
    }
}

#[test]
fn an_import_of_wasi_is_no_fault_but_one_of_its_network_is() {
    let world = |import: &str| World {
        imports: [(import.to_owned(), vec!["f".to_owned()])].into(),
        exports: World::of_host().exports.clone(),
    };
    for import in ["wasi:cli/stdout@0.2.6", "wasi:io/streams@0.2.0"] {
        assert_eq!(cause::misfits(&world(import)), []);
    }
    for (import, cause) in [
        ("wasi:http/outgoing-handler@0.2.0", "code that uses the network"),
        ("wasi:cli/stdout@0.3.0", "asynchronous WASI"),
        ("env", "a library that wants something"),
    ] {
        let [misfit] = &cause::misfits(&world(import))[..] else { panic!("one misfit of {import}") };
        assert!(misfit.what.contains(import) && misfit.to_string().contains(cause), "{misfit}");
    }
}
