//! Exit codes, and that each error says what to do.

use super::support::kiteline::kiteline;
use super::support::pipeline::PipelineFile;

fn file(milvus: &str, brokers: &str) -> PipelineFile {
    PipelineFile::new(&format!(
        "name = \"x\"\n[kafka]\nbrokers = \"{brokers}\"\ntopics = [\"t\"]\ngroup = \"g\"\n[milvus]\nuri = \"{milvus}\"\ncollection = \"c\"\n"
    ))
}

#[test]
fn two_is_a_mistake_in_the_command_or_the_file() {
    assert_eq!(kiteline(&["ran"]).code, Some(2));
    assert_eq!(kiteline(&["run"]).code, Some(2));
    let missing = kiteline(&["run", "no-such.toml"]);
    assert_eq!(missing.code, Some(2));
    assert!(missing.stderr.contains("no-such.toml"), "{}", missing.stderr);

    let wrong = PipelineFile::new("name = \"x\"\n[kafka]\nbroker = \"localhost\"\n");
    let ended = kiteline(&["check", wrong.path()]);
    assert_eq!(ended.code, Some(2));
    assert!(ended.stderr.contains("pipeline.toml:3:1") && ended.stderr.contains("`brokers`"), "{}", ended.stderr);
}

#[test]
fn three_is_a_server_that_is_not_there_at_the_start() {
    let nobody = file("http://127.0.0.1:1", "127.0.0.1:1");
    let ended = kiteline(&["run", nobody.path()]);
    assert_eq!(ended.code, Some(3), "{}", ended.stderr);
    assert!(ended.stderr.contains("Milvus at http://127.0.0.1:1 can't be reached"), "{}", ended.stderr);
}

#[test]
fn zero_is_done() {
    let schema = kiteline(&["schema"]);
    assert_eq!(schema.code, Some(0));
    let schema: serde_json::Value = serde_json::from_str(&schema.stdout).expect("JSON");
    assert_eq!(schema["properties"]["kafka"]["properties"]["brokers"]["type"], "string");
    let offline = kiteline(&["check", "--offline", file("http://127.0.0.1:1", "127.0.0.1:1").path()]);
    assert_eq!(offline.code, Some(0), "{}", offline.stderr);
}
