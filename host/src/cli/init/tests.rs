//! What is guessed from samples, as the files that are written.

use std::sync::Arc;

use clap::Parser;

use super::*;
use crate::config::parse;
use crate::pipeline::cases::records;
use crate::plugin::SHIPPED;

#[derive(Parser)]
struct Line {
    #[command(flatten)]
    arguments: Arguments,
}

/// The file for these records.
fn written(line: &str, lines: &str) -> String {
    let arguments = Line::try_parse_from(line.split(' ')).expect("the command is right").arguments;
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let topic = topic(&arguments);
    let records = Arc::new(records::read(lines, &topic, 100).expect("records"));
    let (decode, sample) = decoded(&arguments, &records, runtime.handle()).expect("they are JSON");
    let guess = Guess::of(&sample, &records, &topic);
    let page = Page { arguments: &arguments, topic: &topic, place: topic.clone(), decode: &decode, guess: &guess };
    let text = page.text(&sample, records.len());
    if guess.has_vector() {
        let file = parse(&text, "pipeline.toml", SHIPPED, &|_| Some("x".into()));
        let file = file.unwrap_or_else(|mistakes| panic!("{mistakes}\n{text}"));
        let create = file.milvus.create.expect("it says what to create");
        crate::sink::Wanted::of(&create).unwrap_or_else(|mistakes| panic!("{mistakes:?}\n{text}"));
    }
    text
}

#[test]
fn the_key_that_is_a_field_as_well_is_the_primary_key() {
    let vector = format!("[{}]", vec!["0.5"; 24].join(","));
    let line = |key: &str, more: &str| {
        format!(
            "{{\"$key\": \"{key}\", \"$value\": {{\"name\": \"{key}\", \"size\": 7, \"embedding\": {vector}, \"tags\": [\"a\", \"bc\"]{more}}}}}\n"
        )
    };
    let lines = line("gzip", ", \"price\": 1, \"meta\": {\"a\": 1}, \"nothing\": null, \"a-b\": true")
        + &line("lzop", ", \"price\": 2.5, \"meta\": {}, \"a-b\": false, \"odd\": 1")
        + "{\"$key\": \"gone\", \"$value\": null}";
    insta::assert_snapshot!(written("init --topic packages.v2 --brokers b:1", &lines));
}

#[test]
fn without_a_key_it_is_made_of_the_origin() {
    let lines = r#"{"title": "x", "vec": "[1, 2, 3]", "words": {"7": 0.5}, "emb64": "AACAPwAAAEA=", "at": "2026-01-01"}
        {"title": "x", "vec": "[4, 5, 6]", "words": {"indices": [1], "values": [2]}, "emb64": "AACAPwAAAEA=", "when": 5, "odd": 1}
        {"title": "y", "vec": "[4, 5, 6]", "words": {"9": 1}, "emb64": "AACAPwAAAEA=", "odd": "one"}"#;
    insta::assert_snapshot!(written("init --sample /tmp/some.jsonl -X security.protocol=SASL_SSL", lines));
}

#[test]
fn a_vector_that_is_not_found_is_asked_for() {
    let lines = r#"{"order_id": 1, "text": "a"}
        {"order_id": 2, "text": "a"}"#;
    let text = written("init --topic orders", lines);
    assert!(text.contains("{ name = \"order_id\", type = \"Int64\", primary_key = true }"), "{text}");
    assert!(text.contains("TO FILL IN: no vector was found"), "{text}");
}

#[test]
fn keys_that_are_no_field_become_one() {
    let lines = r#"{"$key": "k1", "$value": {"n": 1, "v_emb": [1, 2]}}
        {"$key": "k1", "$value": {"n": 1, "v_emb": [1, 2]}}"#;
    let text = written("init --topic orders", lines);
    assert!(text.contains("[decode.key]\nformat = \"text\"\nfield = \"id\"\n"), "{text}");
    assert!(text.contains("{ name = \"id\", type = \"VarChar(64)\", primary_key = true }"), "{text}");
    let json = lines.replace("\"k1\"", "{\"pk\": 7}");
    let text = written("init --topic orders", &json);
    assert!(text.contains("[decode.key]\nformat = \"json\"\n"), "{text}");
    assert!(text.contains("{ name = \"pk\", type = \"Int64\", primary_key = true }"), "{text}");
}

#[test]
fn records_that_are_no_json_objects_are_told_with_what_to_do() {
    let arguments = Line::try_parse_from(["init", "--topic", "t"]).expect("right").arguments;
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let told = |lines: &str| {
        let records = Arc::new(records::read(lines, "t", 10).expect("records"));
        decoded(&arguments, &records, runtime.handle()).expect_err("no JSON").to_string()
    };
    let framed = told("{\"$base64\": \"AAAAAAECAw==\"}");
    assert!(framed.contains("say where it is, as --registry"), "{framed}");
    let text = told("{\"$text\": \"a,b\"}");
    assert!(text.starts_with("none of 1 records is a JSON object (") && text.contains("with --sample"), "{text}");
}
