//! Asking a running `kiteline` over HTTP.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use super::kiteline::Running;
use super::wait_until;

const WAIT: Duration = Duration::from_secs(60);

/// Where a running `kiteline` listens. Its pipeline file has `listen = "127.0.0.1:0"`.
pub(crate) struct Admin(pub(crate) SocketAddr);

/// What a question was answered with.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

/// The metrics at one moment, by name and labels as they are printed.
#[derive(Debug)]
pub(crate) struct Metrics(BTreeMap<String, f64>);

impl Admin {
    /// Waits until it listens, and reads from the log where.
    pub(crate) fn of(running: &Running) -> Self {
        let mut address = None;
        wait_until("nothing listens", WAIT, || {
            address = running.log().lines().find(|line| line.contains("admin listens")).and_then(|line| {
                let (_, rest) = line.split_once("address")?;
                let end = |c: char| !(c.is_ascii_digit() || c == '.' || c == ':');
                rest.trim_start_matches(['=', '"', ':']).split(end).next()?.parse().ok()
            });
            address.is_some()
        });
        Self(address.expect("it was waited for"))
    }

    pub(crate) fn ask(&self, method: &str, path: &str) -> Answer {
        let mut stream = TcpStream::connect(self.0).expect("it listens");
        stream.set_read_timeout(Some(WAIT)).expect("set");
        write!(stream, "{method} {path} HTTP/1.1\r\nHost: {}\r\n\r\n", self.0).expect("sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("answered");
        let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
        Answer { status, head: head.to_lowercase(), body: body.to_owned() }
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        self.ask("GET", path)
    }

    pub(crate) fn metrics(&self) -> Metrics {
        let page = self.get("/metrics");
        assert_eq!(page.status, 200);
        let lines = page.body.lines().filter(|line| !line.starts_with('#'));
        Metrics(
            lines
                .map(|line| {
                    let (name, value) = line.rsplit_once(' ').expect("a value");
                    (name.to_owned(), value.parse().expect("a number"))
                })
                .collect(),
        )
    }
}

impl Metrics {
    /// The sum of a metric over all labels that have these texts in them.
    pub(crate) fn sum(&self, name: &str, labels: &[&str]) -> f64 {
        self.values(name).filter(|(of, _)| labels.iter().all(|label| of.contains(label))).map(|(_, value)| value).sum()
    }

    /// How many values a metric has.
    pub(crate) fn count(&self, name: &str) -> usize {
        self.values(name).count()
    }

    fn values(&self, name: &str) -> impl Iterator<Item = (&str, f64)> {
        self.0.iter().filter_map(move |(of, value)| {
            let labels = of.strip_prefix(name)?;
            (labels.is_empty() || labels.starts_with('{')).then_some((labels, *value))
        })
    }
}
