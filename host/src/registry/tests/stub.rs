//! A registry of a few lines, which answers what a test says.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// A question that came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Question {
    /// Method and path.
    pub(super) line: String,
    /// Names in small letters.
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: String,
}

impl Question {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

pub(super) struct Stub {
    pub(super) url: String,
    pub(super) questions: Arc<Mutex<Vec<Question>>>,
}

/// Status, more header lines, body.
pub(super) type Reply = (u16, &'static str, String);

pub(super) fn ok(body: &str) -> Reply {
    (200, "", body.to_owned())
}

pub(super) fn unknown() -> Reply {
    (404, "", r#"{"error_code": 40403, "message": "Schema not found"}"#.to_owned())
}

impl Stub {
    /// Listens for as long as the process runs.
    pub(super) fn start(answer: impl FnMut(&Question) -> Reply + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("bound"));
        let questions = Arc::<Mutex<Vec<Question>>>::default();
        let (seen, answer) = (Arc::clone(&questions), Arc::new(Mutex::new(answer)));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (seen, answer) = (Arc::clone(&seen), Arc::clone(&answer));
                std::thread::spawn(move || {
                    let Some(question) = read(&stream) else { return };
                    seen.lock().expect("unharmed").push(question.clone());
                    let (status, headers, body) = (answer.lock().expect("unharmed"))(&question);
                    let length = body.len();
                    let _ = write!(
                        &stream,
                        "HTTP/1.1 {status} -\r\n{headers}content-length: {length}\r\nconnection: close\r\n\r\n{body}"
                    );
                });
            }
        });
        Self { url, questions }
    }

    pub(super) fn questions(&self) -> Vec<Question> {
        self.questions.lock().expect("unharmed").clone()
    }

    pub(super) fn lines(&self) -> Vec<String> {
        self.questions().into_iter().map(|question| question.line).collect()
    }
}

fn read(stream: &TcpStream) -> Option<Question> {
    let mut lines = BufReader::new(stream);
    let mut next = || {
        let mut line = String::new();
        lines.read_line(&mut line).ok()?;
        Some(line.trim_end().to_owned())
    };
    let line = next()?.strip_suffix(" HTTP/1.1")?.to_owned();
    let mut headers = Vec::new();
    while let Some(header) = next().filter(|header| !header.is_empty()) {
        let (name, value) = header.split_once(": ")?;
        headers.push((name.to_lowercase(), value.to_owned()));
    }
    let length = headers.iter().find(|(name, _)| name == "content-length").and_then(|(_, value)| value.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    lines.read_exact(&mut body).ok()?;
    Some(Question { line, headers, body: String::from_utf8(body).ok()? })
}
