//! What a plugin says reaches the log where the pipeline file says so.

use std::io::Write;
use std::sync::Mutex;

use super::*;
use crate::plugin::{Code, Grants, Setup};

/// What was logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("not poisoned").write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// The log of a batch of four rows, of which the plugin logs 20 messages.
fn logged(log: bool) -> String {
    let written = Log::default();
    let writer = written.clone();
    let subscriber = tracing_subscriber::fmt().with_ansi(false).with_writer(move || writer.clone()).finish();
    tracing::subscriber::with_default(subscriber, || {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../plugins/dist/test/misbehave.wasm");
        let config = r#"{"mode":"log-flood","messages":20,"bytes":3}"#.to_owned();
        let setup = Setup { config, limits: limits(), grants: Grants::default(), log };
        let code = Code::read(&path).expect("read");
        let plugin = Plugin::load(engine(), &code, setup, &Arc::default()).expect("loads");
        chain_of(plugin).process(batch_with_bad(4, &[]));
    });
    String::from_utf8(written.0.lock().expect("not poisoned").clone()).expect("text")
}

#[test]
fn what_a_plugin_says_is_logged_with_its_name_and_its_records_where_the_file_says_so() {
    let log = logged(true);
    let lines: Vec<&str> = log.lines().filter(|line| line.contains("plugin says: ")).collect();
    assert_eq!(lines.len(), 17, "16 messages, and how many more there were: {log}");
    for part in ["INFO", "plugin says: xxx", "misbehave.wasm", "record=\"items/2/0\"", "rows=4"] {
        assert!(lines[0].contains(part), "{part} in {}", lines[0]);
    }
    assert!(lines[16].contains("and 4 messages more"), "{}", lines[16]);
    assert_eq!(logged(false).matches("plugin says").count(), 0);
}
