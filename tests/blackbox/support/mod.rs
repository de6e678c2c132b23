//! What the tests share.

pub(crate) mod admin;
pub(crate) mod collection;
pub(crate) mod feed;
pub(crate) mod kafka;
pub(crate) mod kiteline;
pub(crate) mod line;
pub(crate) mod pipeline;
pub(crate) mod plugin;

use std::path::PathBuf;
use std::time::{Duration, Instant};

/// The address of a server that `cargo xtask test` starts.
pub(crate) fn server(variable: &str, script: &str) -> String {
    std::env::var(variable).unwrap_or_else(|_| {
        panic!(
            "{variable} is not set: run `cargo xtask test`, or start the server with tests/servers/{script} and set it"
        )
    })
}

/// The address of the schema registry.
pub(crate) fn registry() -> String {
    server("KITELINE_TEST_REGISTRY", "schema-registry.sh")
}

/// The address of the secured Milvus, and the folder with its certificates.
pub(crate) fn secure_milvus() -> (String, PathBuf) {
    let value = server("KITELINE_TEST_MILVUS_SECURE", "milvus.sh");
    let (address, folder) = value.split_once(' ').expect("an address and a folder");
    (address.to_owned(), folder.into())
}

/// A name that no other test and no other run uses.
pub(crate) fn unique(name: &str) -> String {
    use std::sync::atomic::{AtomicU32, Ordering};
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let time = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("after 1970").as_millis();
    format!("{name}_{time}_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}

/// Waits for something to become true.
pub(crate) fn wait_until(what: &str, limit: Duration, mut done: impl FnMut() -> bool) {
    let deadline = Instant::now() + limit;
    while !done() {
        assert!(Instant::now() < deadline, "after {limit:?}: {what}");
        std::thread::park_timeout(Duration::from_millis(20));
    }
}
