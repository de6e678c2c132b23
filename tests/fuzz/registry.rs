//! A schema registry of a few lines.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use kiteline::registry::{Options, Registry};
use serde_json::json;
use tokio::runtime::Runtime;

/// The first id of those that are given anew. No changed frame asks for it before, as it has to be known then.
const FIRST: u32 = 0x5968_2f1b;

/// Schemas by id, and what their language is.
type Schemas = Arc<Mutex<HashMap<u32, (&'static str, String)>>>;

/// The registry of the process: targets share it, and each has ids of its own.
pub(crate) struct Shared {
    pub(crate) registry: Registry,
    schemas: Schemas,
    next: AtomicU32,
    // Dropped last: the registry works on it.
    _runtime: Runtime,
}

pub(crate) fn shared() -> &'static Shared {
    static SHARED: OnceLock<Shared> = OnceLock::new();
    SHARED.get_or_init(|| {
        let schemas = Schemas::default();
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("bound"));
        let known = Arc::clone(&schemas);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let known = Arc::clone(&known);
                std::thread::spawn(move || answer(&stream, &known));
            }
        });
        let runtime = Runtime::new().expect("a runtime");
        let options = Options { urls: vec![url], timeout: Duration::from_secs(20), ..Options::default() };
        let registry = runtime.block_on(Registry::connect(&options, runtime.handle())).expect("it answers");
        Shared { registry, schemas, next: AtomicU32::new(FIRST), _runtime: runtime }
    })
}

impl Shared {
    /// Keeps a schema under an id.
    pub(crate) fn keep(&self, id: u32, language: &'static str, text: &str) {
        self.schemas.lock().expect("unharmed").insert(id, (language, text.to_owned()));
    }

    /// Keeps a schema under a new id.
    pub(crate) fn add(&self, language: &'static str, text: &str) -> u32 {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        self.keep(id, language, text);
        id
    }

    /// Forgets a schema: what was asked for is known by now.
    pub(crate) fn forget(&self, id: u32) {
        self.schemas.lock().expect("unharmed").remove(&id);
    }
}

/// Answers questions until the connection ends.
fn answer(stream: &TcpStream, schemas: &Schemas) {
    let mut lines = BufReader::new(stream).lines().map_while(Result::ok);
    while let Some(question) = lines.next() {
        // None of them has a body.
        lines.by_ref().take_while(|line| !line.is_empty()).for_each(drop);
        let path = question.split(' ').nth(1).unwrap_or_default();
        let asked = path.strip_prefix("/schemas/ids/").map(|id| id.parse().unwrap_or(0));
        let known = asked.and_then(|id: u32| schemas.lock().expect("unharmed").get(&id).cloned());
        let (status, body) = match (asked, known) {
            (_, Some((language, text))) => (200, json!({"schemaType": language, "schema": text}).to_string()),
            (Some(_), None) => (404, json!({"error_code": 40403, "message": "Schema not found"}).to_string()),
            (None, None) if path.starts_with("/schemas/guids/") => {
                (404, json!({"error_code": 40403, "message": "Schema not found"}).to_string())
            }
            (None, None) => (200, "[]".to_owned()),
        };
        // At once: a part that waits for the other side's word takes 40 ms.
        let answer = format!("HTTP/1.1 {status} -\r\ncontent-length: {}\r\n\r\n{body}", body.len());
        let mut stream = stream;
        if stream.write_all(answer.as_bytes()).is_err() {
            return;
        }
    }
}
