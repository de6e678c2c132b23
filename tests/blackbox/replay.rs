//! `kiteline replay`: dead letters become records again.

use std::collections::BTreeSet;

use kiteline::config::Timestamp;
use kiteline::target::{Field, FieldType};

use super::support::collection::{field, text, vector};
use super::support::kafka::{self, Got};
use super::support::kiteline::kiteline;
use super::support::line::{Line, value};
use super::support::pipeline::PipelineFile;

/// A day ago: long past, and less than what brokers keep records for.
fn yesterday() -> Timestamp {
    Timestamp::from_millis(Timestamp::now().millis() - 86_400_000)
}

/// A line with letters on its dead letter's topic, and a pipeline that takes most of their records.
struct Rejected {
    line: Line,
    /// The name of the collection that takes larger numbers.
    wide: String,
    /// The time of the records.
    time: Timestamp,
    file: PipelineFile,
}

/// Of every three records one has a number too large for the first collection, one a vector of another dimension, and
/// one is no JSON.
fn rejected(test: &str, count: usize) -> Rejected {
    let line = Line::new(test, 1);
    let (topic, dead) = (&line.names.topic, line.dead());
    let table = format!("[dead_letter]\ntopic = \"{dead}\"\n");
    let time = yesterday();
    kafka::create_topics(&[(&dead, 1)]);
    for number in 0..count {
        let id = format!("row-{number}");
        let value = match number % 3 {
            0 => value(&id, 300),
            1 => format!(r#"{{"id": "{id}", "number": 1, "v": [1]}}"#).into_bytes(),
            _ => b"{".to_vec(),
        };
        kafka::produce_one(topic, 0, Some(time.millis()), &id, &value, &[("trace", &id)]);
    }
    let ended = kiteline(&["run", line.names.file("", &table).path(), "--until-end"]);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert_eq!(kafka::read_all(&dead).len(), count);

    let wide = format!("{}_wide", line.names.collection);
    let key = Field { primary: true, ..field("id", text(64)) };
    line.milvus.create(&wide, &[key, field("number", FieldType::Int64), field("v", vector(2))]);
    let narrow = std::fs::read_to_string(line.names.file("", &table).path()).expect("readable");
    let (one, by_topic) = (format!("\"{}\"\n", line.names.collection), format!("{{ \"{topic}\" = \"{wide}\" }}\n"));
    let file = PipelineFile::new(&narrow.replace(&format!("collection = {one}"), &format!("collection = {by_topic}")));
    Rejected { line, wide, time, file }
}

impl Rejected {
    fn replay(&self, arguments: &[&str]) -> String {
        let ended = kiteline(&[&["replay", self.file.path()], arguments].concat());
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
        ended.stdout
    }

    fn ids(&self) -> BTreeSet<String> {
        self.line.milvus.rows(&self.wide, "id").into_keys().collect()
    }

    fn letters(&self) -> Vec<Got> {
        kafka::read_all(&self.line.dead())
    }
}

#[test]
fn what_is_asked_for_is_replayed_once_and_the_rest_is_found_later() {
    let rejected = rejected("replay", 30);
    let page = rejected.replay(&["--field", "number"]);
    assert!(page.starts_with("replayed 10 of 30 dead letters: wrote 10 rows"), "{page}");
    assert!(page.contains("  10 × validate, field `number`\npassed over: 20 not asked for\n"), "{page}");
    let wide: BTreeSet<_> = (0..30).step_by(3).map(|number| format!("row-{number}")).collect();
    assert_eq!(rejected.ids(), wide);

    let page = rejected.replay(&["--field", "number"]);
    assert!(page.starts_with("replayed 0 of 29 dead letters: wrote 0 rows"), "the first is left behind: {page}");
    assert!(page.contains("passed over: 9 replayed before"), "{page}");

    let page = rejected.replay(&["--stage", "decode"]);
    assert!(page.starts_with("replayed 10 of 29 dead letters: wrote 0 rows in 0 requests, dead-lettered 10 again"));
    assert_eq!(rejected.letters().len(), 40);

    let page = rejected.replay(&[]);
    assert!(
        page.starts_with("replayed 20 of 39 dead letters: wrote 0 rows in 0 requests, dead-lettered 20 again"),
        "{page}"
    );
    assert_eq!(rejected.letters().len(), 60);

    // A letter of the third generation says the same as one of the first.
    let letters = rejected.letters();
    let of_row =
        |id: &str| letters.iter().filter(|letter| letter.key.as_deref() == Some(id.as_bytes())).collect::<Vec<_>>();
    let generations = of_row("row-2");
    assert_eq!(generations.len(), 3);
    let steady = |letter: &Got| {
        let headers = letter.headers.iter().filter(|(name, _)| name != "kiteline.rejected.at").cloned();
        (letter.value.clone(), letter.time, headers.collect::<Vec<_>>())
    };
    assert_eq!(steady(generations[0]), steady(generations[2]));
    assert_eq!((generations[2].header("trace"), generations[2].time), (Some("row-2"), Some(rejected.time.millis())));
    assert_eq!(generations[2].header("__connect.errors.topic"), Some(rejected.line.names.topic.as_str()));
    assert_eq!(generations[2].header("__connect.errors.offset"), Some("2"));
}

#[test]
fn a_limit_a_time_and_a_reason_choose_and_again_starts_over() {
    let rejected = rejected("choose", 9);
    let page = rejected.replay(&["--dry-run"]);
    assert!(page.starts_with("would replay 9 of 9 dead letters\n"), "{page}");
    let after = Timestamp::from_millis(rejected.time.millis() + 1).to_string();
    let page = rejected.replay(&["--dry-run", "--until", &after]);
    assert!(page.starts_with("would replay 0 of 9"), "their records are older, but not their rejection: {page}");
    let page = rejected.replay(&["--dry-run", "--since", &after, "--reason", "dimension"]);
    assert!(page.starts_with("would replay 3 of 9") && page.contains("3 × validate, field `v`"), "{page}");

    let page = rejected.replay(&["--limit", "2", "--field", "number"]);
    assert!(page.starts_with("replayed 2 of") && page.contains("the limit was reached"), "{page}");
    assert_eq!(rejected.ids().len(), 2);
    let page = rejected.replay(&["--dry-run"]);
    assert!(page.starts_with("would replay 7 of 8"), "{page}");
    let page = rejected.replay(&["--again", "--field", "number"]);
    assert!(page.starts_with("replayed 3 of 9 dead letters: wrote 3 rows"), "{page}");
    assert_eq!(rejected.ids().len(), 3);
    let page = rejected.replay(&["--dry-run", "--again"]);
    assert!(page.starts_with("would replay 9 of 9"), "{page}");
}

#[test]
fn letters_of_others_and_without_a_value_are_passed_over() {
    let rejected = rejected("others", 3);
    let dead = rejected.line.dead();
    let letter = |pipeline, more: &[(&str, &str)]| {
        let headers = [
            ("__connect.errors.topic", rejected.line.names.topic.as_str()),
            ("__connect.errors.partition", "0"),
            ("__connect.errors.offset", "7"),
            ("__connect.errors.connector.name", pipeline),
            ("__connect.errors.stage", "VALUE_CONVERTER"),
        ];
        kafka::produce_one(&dead, 0, None, "k", &value("connect", 1), &[&headers[..], more].concat());
    };
    letter("test", &[]);
    letter("other", &[]);
    letter("test", &[("kiteline.value.dropped", "too large")]);
    kafka::produce_one(&dead, 0, None, "k", b"no letter", &[]);
    let page = rejected.replay(&[]);
    assert!(
        page.starts_with("replayed 4 of 6 dead letters: wrote 2 rows in 1 request, dead-lettered 2 again"),
        "{page}"
    );
    assert!(page.contains("passed over: 1 of other pipelines\npassed over: 1 without their value"), "{page}");
    assert!(page.contains("passed over: 1 no dead letters"), "{page}");
    assert!(rejected.ids().contains("connect"), "a letter of Kafka Connect is one, too");
}

#[test]
fn without_a_dead_letter_there_is_nothing_to_replay() {
    let line = Line::new("nothing", 1);
    let ended = kiteline(&["replay", line.names.file("", "").path()]);
    assert_eq!(ended.code, Some(2));
    assert!(ended.stderr.contains("the pipeline has no dead letter"), "{}", ended.stderr);
    let ended = kiteline(&["replay", line.names.file("", "").path(), "--since", "yesterday"]);
    assert!(ended.stderr.contains("not a moment"), "{}", ended.stderr);
}
