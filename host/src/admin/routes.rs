//! The pages.

use std::fmt::Write;
use std::time::Instant;

use hyper::{Method, StatusCode};

use super::Facts;
use crate::metrics::Phase;
use crate::reload::By;

const TEXT: &str = "text/plain; charset=utf-8";
const JSON: &str = "application/json";
/// Prometheus' text format.
const METRICS: &str = "text/plain; version=0.0.4; charset=utf-8";

/// What a question is answered with.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) content_type: &'static str,
    /// The methods that the path has, where the question's method is another.
    pub(super) allow: Option<String>,
    pub(super) body: String,
}

struct Route {
    method: Method,
    path: &'static str,
    about: &'static str,
    answer: fn(&Facts) -> Answer,
}

const ROUTES: [Route; 6] = [
    Route { method: Method::GET, path: "/", about: "this page", answer: index },
    Route { method: Method::GET, path: "/metrics", about: "metrics, as Prometheus reads them", answer: metrics },
    Route { method: Method::GET, path: "/healthz", about: "200 while all threads come round", answer: health },
    Route { method: Method::GET, path: "/readyz", about: "200 from the first assignment to the end", answer: ready },
    Route {
        method: Method::GET,
        path: "/plugins",
        about: "the plugins, and their last reload, as JSON",
        answer: plugins,
    },
    Route { method: Method::POST, path: "/reload", about: "POST: reads the plugins again", answer: reload },
];

/// Answers a question. HEAD is answered as GET; the server leaves the body out.
pub(super) fn answer(method: &Method, path: &str, facts: &Facts) -> Answer {
    let method = if method == Method::HEAD { &Method::GET } else { method };
    let mut of_path = ROUTES.iter().filter(|route| route.path == path).peekable();
    if of_path.peek().is_none() {
        return Answer { status: StatusCode::NOT_FOUND, ..text(format!("not found; there are:\n{}", list())) };
    }
    if let Some(route) = of_path.clone().find(|route| route.method == method) {
        return (route.answer)(facts);
    }
    let names = of_path.map(|route| if route.method == Method::GET { "GET, HEAD" } else { route.method.as_str() });
    let allow = names.collect::<Vec<_>>().join(", ");
    let body = format!("{path} takes {allow}\n");
    Answer { status: StatusCode::METHOD_NOT_ALLOWED, allow: Some(allow), ..text(body) }
}

fn index(facts: &Facts) -> Answer {
    text(format!("Kiteline {}, pipeline {}\n\n{}", env!("CARGO_PKG_VERSION"), facts.pipeline, list()))
}

fn metrics(facts: &Facts) -> Answer {
    Answer { content_type: METRICS, ..text(facts.metrics.text()) }
}

fn health(facts: &Facts) -> Answer {
    let stuck = facts.metrics.status().stuck(facts.patience, Instant::now());
    if stuck.is_empty() {
        return text("healthy\n".into());
    }
    let line = |(thread, since): &(String, std::time::Duration)| {
        format!("{thread} has not come round for {} s\n", since.as_secs())
    };
    unavailable(stuck.iter().map(line).collect())
}

fn ready(facts: &Facts) -> Answer {
    match facts.metrics.status().phase() {
        Phase::Starting => unavailable("starting: the servers are looked at\n".into()),
        Phase::Joining => unavailable("joining: no partitions were assigned yet\n".into()),
        Phase::Running => text("ready\n".into()),
        Phase::Ending => unavailable("ending: what was read is written and committed\n".into()),
    }
}

fn plugins(facts: &Facts) -> Answer {
    Answer { content_type: JSON, ..text(facts.reload.page()) }
}

/// The work takes longer than a question may; `/plugins` says what became of it.
fn reload(facts: &Facts) -> Answer {
    let asked = facts.reload.ask(By::Http);
    let body = format!("{{\"reloads_asked\": {asked}}}\n");
    Answer { status: StatusCode::ACCEPTED, content_type: JSON, ..text(body) }
}

fn text(body: String) -> Answer {
    Answer { status: StatusCode::OK, content_type: TEXT, allow: None, body }
}

fn unavailable(body: String) -> Answer {
    Answer { status: StatusCode::SERVICE_UNAVAILABLE, ..text(body) }
}

fn list() -> String {
    let mut list = String::new();
    for Route { path, about, .. } in ROUTES {
        writeln!(list, "{path:<10}{about}").expect("writing to a String");
    }
    list
}
