//! `kiteline plugin new`, `build` and `test`, as the README says them, from each template, to records that the plugin changes
//! in a running pipeline.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use serde_json::json;

use super::support::kiteline::{Ended, kiteline_in};
use super::support::plugin::{run, toolchain};

/// A folder for projects, and a PATH that begins with a folder of tools; gone when it is dropped.
struct Workshop {
    folder: tempfile::TempDir,
    path: String,
}

impl Workshop {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let tools = folder.path().join("tools");
        std::fs::create_dir(&tools).expect("made");
        let path = format!("{}:{}", tools.display(), std::env::var("PATH").expect("a PATH"));
        Self { folder, path }
    }

    /// Cargo with the WebAssembly toolchain that this repository builds its own plugins with, wherever that comes from.
    fn with_cargo(self) -> Self {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../plugins/toolchain.sh");
        self.tool(
            "cargo",
            &format!("CARGO_TARGET_DIR=target PATH=\"${{PATH#*:}}\" exec {} build . ", script.display()),
        );
        self
    }

    /// The compiler that `guest-sdk/LANGUAGE/setup.sh` got, as if it were installed; none where there is none.
    fn with_toolchain(self, language: &str) -> Option<Self> {
        let command = toolchain(language)?;
        match language {
            "python" => self.tool("componentize-py", &format!("exec {command} \"$@\"")),
            "javascript" => self.tool("componentize-qjs", &format!("exec {command} \"$@\"")),
            // Looked for before any other, and found without help where it is Debian's.
            "c" if !command.starts_with("clang-22 ") => self.tool("clang-22", &format!("exec {command} \"$@\"")),
            _ => {}
        }
        Some(self)
    }

    fn tool(&self, name: &str, command: &str) {
        let path = self.folder.path().join("tools").join(name);
        std::fs::write(&path, format!("#!/bin/sh\n{command}\n")).expect("written");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).expect("changed");
    }

    fn kiteline(&self, folder: &str, arguments: &[&str]) -> Ended {
        kiteline_in(&self.folder.path().join(folder), arguments, &[("PATH", self.path.as_str())])
    }

    /// What a README says: make it, build it, test it.
    fn assert_builds_and_passes(&self, lang: &str) -> PathBuf {
        let ended = self.kiteline("", &["plugin", "new", "clean-titles", "--lang", lang]);
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
        let ended = self.kiteline("clean-titles", &["plugin", "build"]);
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
        assert!(ended.stdout.contains("a plugin for kiteline:plugin@0.1.0"), "{}", ended.stdout);
        assert!(ended.stdout.contains("1 case inside") && ended.stdout.contains("blanks-go"), "{}", ended.stdout);
        let ended = self.kiteline("clean-titles", &["plugin", "test"]);
        assert_eq!(ended.code, Some(0), "{}{}", ended.stdout, ended.stderr);
        assert!(ended.stdout.contains("1 passed, 0 failed"), "{}", ended.stdout);
        let ended = self.kiteline("clean-titles", &["plugin", "inspect", "clean-titles.wasm"]);
        assert!(ended.stdout.starts_with("clean-titles 0.1.0\n"), "{}", ended.stdout);
        assert!(ended.stdout.contains("  self-test  blanks-go\n"), "{}", ended.stdout);
        self.folder.path().join("clean-titles/clean-titles.wasm")
    }
}

/// The plugin that was made changes records in a running pipeline.
fn assert_changes_records(lang: &str, plugin: &Path) {
    let records = [
        json!({"id": 1, "title": "  a kite ", "v": [1, 2]}),
        json!({"id": 2, "title": "   ", "v": [1, 2]}),
        json!({"id": 3, "v": [1, 2]}),
    ];
    let rows = run(&format!("new_{lang}"), plugin, "{ field = \"title\" }", &records);
    assert_eq!(rows.ids(), [1, 3]);
    assert_eq!((&rows.of(1)["title"], &rows.of(3)["title"]), (&json!("a kite"), &json!(null)));
    assert_eq!(rows.reasons, ["title is blank"]);
}

#[test]
fn a_new_plugin_in_rust_builds_and_its_test_passes() {
    let workshop = Workshop::new().with_cargo();
    let plugin = workshop.assert_builds_and_passes("rust");
    assert_changes_records("rust", &plugin);
}

#[test]
fn a_new_plugin_in_python_builds_and_its_test_passes() {
    assert_works("python");
}

#[test]
fn a_new_plugin_in_javascript_builds_and_its_test_passes() {
    assert_works("javascript");
}

#[test]
fn a_new_plugin_in_go_builds_and_its_test_passes() {
    assert_works("go");
}

#[test]
fn a_new_plugin_in_c_builds_and_its_test_passes() {
    assert_works("c");
}

/// A language whose toolchain is not there is passed over, and the test says so.
fn assert_works(lang: &str) {
    let Some(workshop) = Workshop::new().with_toolchain(lang) else { return };
    let plugin = workshop.assert_builds_and_passes(lang);
    assert_changes_records(lang, &plugin);
}

#[test]
fn a_missing_tool_is_named_with_the_command_to_get_it() {
    let workshop = Workshop::new();
    let ended = workshop.kiteline("", &["plugin", "new", "clean-titles", "--lang", "rust"]);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    for (lang, tool, how) in [
        ("rust", "cargo", "rustup target add wasm32-unknown-unknown"),
        ("go", "go", "install Go"),
        ("c", "clang", ".venv/bin/pip install ziglang"),
        ("javascript", "componentize-qjs", "npm install"),
        ("python", "componentize-py", ".venv/bin/pip install componentize-py"),
    ] {
        let manifest = workshop.folder.path().join("clean-titles/kiteline-plugin.toml");
        std::fs::write(manifest, format!("name = \"clean-titles\"\nlang = \"{lang}\"")).expect("written");
        let folder = workshop.folder.path().join("clean-titles");
        let ended = kiteline_in(&folder, &["plugin", "build"], &[("PATH", "/nowhere"), ("XDG_CACHE_HOME", "/nowhere")]);
        assert_eq!(ended.code, Some(2), "{lang}: {}", ended.stderr);
        assert!(
            ended.stderr.contains(&format!("`{tool}` is missing: ")) && ended.stderr.contains(how),
            "{}",
            ended.stderr
        );
    }
}

#[test]
fn what_a_tool_builds_is_held_against_the_plugin_interface() {
    let workshop = Workshop::new();
    // A component of another world in the plugin's place.
    let out = "while [ \"$1\" != -o ]; do shift; done; printf '\\0asm\\015\\0\\001\\0' > \"$2\"";
    workshop.tool("componentize-py", out);
    let project = workshop.folder.path().join("x");
    std::fs::create_dir(&project).expect("made");
    std::fs::write(project.join("kiteline-plugin.toml"), "name = 'x'\nlang = 'python'").expect("written");
    let ended = workshop.kiteline("x", &["plugin", "build"]);
    assert_eq!(ended.code, Some(2), "{}", ended.stderr);
    assert!(ended.stderr.contains("it does not export `describe`, `configure`, `process`"), "{}", ended.stderr);
    assert!(!project.join("x.wasm").exists());

    workshop.tool("componentize-py", "exit 7");
    let ended = workshop.kiteline("x", &["plugin", "build"]);
    assert_eq!(ended.code, Some(1));
    assert!(ended.stderr.contains("the build failed (exit status: 7) in: "), "{}", ended.stderr);
}

#[test]
fn nothing_that_is_there_is_written_over() {
    let workshop = Workshop::new();
    std::fs::create_dir(workshop.folder.path().join("mine")).expect("made");
    let ended = workshop.kiteline("", &["plugin", "new", "mine", "--lang", "rust"]);
    assert_eq!(ended.code, Some(2));
    assert!(ended.stderr.contains("mine: File exists"), "{}", ended.stderr);
    let ended = workshop.kiteline("", &["plugin", "new", "My_Plugin", "--lang", "rust"]);
    assert_eq!(ended.code, Some(2));
    assert!(ended.stderr.contains("take small letters, digits and single dashes"), "{}", ended.stderr);
    let ended = workshop.kiteline("mine", &["plugin", "build"]);
    assert_eq!(ended.code, Some(2));
    assert!(ended.stderr.contains("`kiteline plugin new` makes one"), "{}", ended.stderr);
}
