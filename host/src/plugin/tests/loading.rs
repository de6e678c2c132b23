//! What can't be a plugin is refused, with the reason.

use super::*;

fn refusal(result: Result<Plugin, LoadError>) -> String {
    result.expect_err("refused").to_string()
}

fn load_bytes(bytes: &[u8]) -> Result<Plugin, LoadError> {
    let mut file = tempfile::NamedTempFile::new().expect("a file");
    std::io::Write::write_all(&mut file, bytes).expect("written");
    Plugin::from_file(engine(), file.path(), "{}".into(), limits(), &Arc::default())
}

#[test]
fn a_file_that_is_missing_or_no_component_is_refused() {
    let missing = Plugin::from_file(engine(), Path::new("/no/such.wasm"), "{}".into(), limits(), &Arc::default());
    assert!(refusal(missing).starts_with("/no/such.wasm: there is no such file; `kiteline plugin build DIR`"));
    let text = refusal(load_bytes(b"#!/bin/sh\n"));
    assert!(text.ends_with("not a WebAssembly component, but something else; it does not start with \\0asm"), "{text}");
    let core = refusal(load_bytes(b"\0asm\x01\0\0\0"));
    assert!(core.contains("but a core module; make a component of it"), "{core}");
}

#[test]
fn a_truncated_component_is_refused() {
    let whole = crate::plugin::shipped("rename").expect("shipped");
    let text = refusal(load_bytes(&whole[..whole.len() / 2]));
    assert!(text.contains("not a plugin for kiteline:plugin@0.1.0"), "{text}");
}

#[test]
fn a_component_of_another_world_is_refused_with_what_it_lacks() {
    let text = refusal(load_bytes(b"\0asm\x0d\0\x01\0"));
    assert!(text.ends_with("not a plugin for kiteline:plugin@0.1.0: no export `configure` found"), "{text}");
}

/// A program for a command line, as other hosts run them.
#[test]
fn a_component_of_the_world_of_commands_is_refused() {
    let command = r#"(component
      (core module $main (func (export "run") (result i32) (i32.const 0)))
      (core instance $main (instantiate $main))
      (func $run (result (result)) (canon lift (core func $main "run")))
      (component $run-interface (import "run" (func $run (result (result)))) (export "run" (func $run)))
      (instance $run-instance (instantiate $run-interface (with "run" (func $run))))
      (export "wasi:cli/run@0.2.0" (instance $run-instance)))"#;
    let text = refusal(load_bytes(&wat::parse_str(command).expect("a component")));
    assert!(text.ends_with("not a plugin for kiteline:plugin@0.1.0: no export `configure` found"), "{text}");
}

#[test]
fn an_unknown_shipped_plugin_is_refused_with_those_that_there_are() {
    let unknown = Plugin::shipped(engine(), "renam", "{}".into(), limits(), &Arc::default());
    let names = crate::plugin::SHIPPED.join(", ");
    assert_eq!(refusal(unknown), format!("there is no shipped plugin `renam`; there are {names}"));
}

#[test]
fn a_configuration_that_the_plugin_refuses_is_its_users_mistake() {
    let text = refusal(load_misbehave(r#"{"mode":"error-in-configure"}"#, limits()));
    assert!(text.ends_with("misbehave.wasm: the plugin refuses its configuration: as configured"), "{text}");
}

#[test]
fn a_panic_in_configure_says_where() {
    let text = refusal(load_misbehave(r#"{"mode":"panic-in-configure"}"#, limits()));
    assert!(text.contains("configure failed: it trapped") && text.contains("as configured, in configure"), "{text}");
}

#[test]
fn a_panic_in_describe_says_where() {
    let mut wasm = std::fs::read(misbehave_path()).expect("cargo xtask plugins has made it");
    let mark = b"misbehave-code=00";
    let at = wasm.windows(mark.len()).position(|bytes| bytes == mark).expect("it is there") + mark.len();
    wasm[at - 2..at].copy_from_slice(b"!!");
    let text = refusal(load_bytes(&wasm));
    assert!(text.contains("describe failed: it trapped") && text.contains("as its bytes say, in describe"), "{text}");
}

#[test]
fn a_loop_without_end_in_configure_is_ended() {
    let text = refusal(load_misbehave(r#"{"mode":"spin-in-configure"}"#, limits()));
    assert!(text.ends_with("configure failed: it took longer than 10s"), "{text}");
}

#[test]
fn batch_functions_outside_process_are_a_fault() {
    let text = refusal(load_misbehave(r#"{"mode":"call-outside"}"#, limits()));
    assert!(text.contains("batch functions may be called in `process` only"), "{text}");
}
