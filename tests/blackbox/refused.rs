//! What Milvus answers to writes, by its codes: a server of our own gives answers that the real ones give only when they
//! are short of something.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use kiteline::target::Field;
use milvus::proto::common::Status;
use serde_json::json;

use super::ack::{Ack, Rule, ids};
use super::support::collection::{Milvus, field, text, vector};
use super::support::kafka::{self, ToSend};
use super::support::kiteline::kiteline;
use super::support::pipeline::Names;

const ROWS: usize = 400;

/// Milvus' codes: a parameter that is wrong, and a rate limit.
const ILLEGAL: i32 = 1100;
const RATE_LIMIT: i32 = 8;

fn refusal(code: i32, reason: &str) -> Option<Status> {
    Some(Status { code, reason: reason.into(), ..Status::default() })
}

/// Rows `row-0` to `row-399` in a topic of their own, and a collection for them.
fn names(test: &str, ack: &Ack) -> Names {
    let names = Names::unique(test, kafka::brokers(), ack.uri());
    kafka::create_topics(&[(&names.topic, 2), (&format!("{}.dead", names.topic), 1)]);
    let records: Vec<(String, Vec<u8>)> = (0..ROWS)
        .map(|number| {
            let id = format!("row-{number}");
            let value = json!({"id": id, "v": [number, 1]}).to_string().into_bytes();
            (id, value)
        })
        .collect();
    kafka::produce(&names.topic, records.iter().map(|(key, value)| ToSend { key, value: Some(value) }));
    let key = Field { primary: true, ..field("id", text(64)) };
    Milvus::at(ack.uri()).create_unloaded(&names.collection, &[key, field("v", vector(2))]);
    names
}

#[test]
fn the_rows_that_milvus_refuses_are_found_and_go_to_the_dead_letter() {
    let bad = |id: &String| id.ends_with("77");
    let rule: Rule = Box::new(move |fields| {
        ids(fields)
            .iter()
            .find(|id| bad(id))
            .and_then(|id| refusal(ILLEGAL, &format!("the value of {id} is out of range")))
    });
    let ack = Ack::start(Some(rule));
    let names = names("refused", &ack);
    let file = names.file("", &format!("[dead_letter]\ntopic = \"{}.dead\"\n", names.topic));
    let ended = kiteline(&["run", file.path(), "--until-end"]);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert_eq!(ack.rows(), ROWS as u64 - 4);
    assert!(!ended.stderr.contains("out of range"), "what Milvus says may quote a row: {}", ended.stderr);

    let letters = kafka::read_all(&format!("{}.dead", names.topic));
    let mut keys: Vec<_> = letters.iter().map(|letter| letter.key.as_deref()).collect();
    keys.sort();
    assert_eq!(keys, ["row-177", "row-277", "row-377", "row-77"].map(|key| Some(key.as_bytes())));
    for letter in &letters {
        assert_eq!(letter.header("__connect.errors.stage"), Some("write"));
        assert_eq!(letter.header("__connect.errors.exception.message"), Some("Milvus refuses the rows (code 1100)"));
    }
    assert_eq!(kafka::committed(&names.group, &names.topic), ROWS as i64);
}

#[test]
fn what_milvus_is_short_of_is_waited_for_and_less_is_sent_at_once() {
    let asked = Arc::new(AtomicUsize::new(0));
    let largest = Arc::new(AtomicUsize::new(0));
    let rule: Rule = {
        let (asked, largest) = (Arc::clone(&asked), Arc::clone(&largest));
        Box::new(move |fields| {
            let ids = ids(fields);
            // Only small requests pass, as where the burst of a rate limit is small.
            if asked.fetch_add(1, Ordering::Relaxed) < 2 || ids.len() > 60 {
                return refusal(RATE_LIMIT, "request is rejected by the limiter");
            }
            largest.fetch_max(ids.len(), Ordering::Relaxed);
            None
        })
    };
    let ack = Ack::start(Some(rule));
    let names = names("limited", &ack);
    let ended = kiteline(&["run", names.file("", "").path(), "--until-end"]);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert_eq!(ack.rows(), ROWS as u64);
    assert!(largest.load(Ordering::Relaxed) <= 60);
    assert!(ended.stderr.contains("Milvus limits the rate of requests (code 8)"), "{}", ended.stderr);
}
