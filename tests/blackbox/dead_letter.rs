//! The dead letter's topic, and what is on it.

use super::support::kafka::{self, Got};
use super::support::kiteline::kiteline;
use super::support::line::{Line, value};
use super::support::pipeline::PipelineFile;

fn run(file: &PipelineFile) -> String {
    let ended = kiteline(&["run", file.path(), "--until-end"]);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    ended.stdout
}

#[test]
fn it_is_created_where_the_pipeline_says_so_and_has_the_record_and_the_reason() {
    let line = Line::new("created", 1);
    let (topic, dead) = (&line.names.topic, line.dead());
    let file = line.names.file("", &format!("[dead_letter]\ntopic = \"{dead}\"\ncreate = true\npartitions = 3\n"));
    let checked = kiteline(&["check", file.path()]);
    assert!(checked.stdout.contains(&format!("# dead letter {dead}: missing; `kiteline run` creates it")));
    assert_eq!(kafka::partitions(&dead), None, "looking creates nothing");
    let copies = format!("[dead_letter]\ntopic = \"{dead}\"\ncreate = true\nreplication = 99\n");
    let ended = kiteline(&["run", line.names.file("", &copies).path(), "--until-end"]);
    assert_eq!(ended.code, Some(2), "{}", ended.stderr);
    assert!(ended.stderr.contains(&format!("topic `{dead}` can't be created")), "{}", ended.stderr);

    let bad = value("bad", 300);
    let before_retention = 1_000_000_000_000;
    kafka::produce_one(topic, 0, Some(before_retention), "bad", &bad, &[("trace", "17")]);
    kafka::produce_one(topic, 0, None, "good", &value("good", 1), &[]);
    assert!(run(&file).starts_with("read 2 records, wrote 1 row in 1 request, dead-lettered 1"));
    let checked = kiteline(&["check", file.path()]);
    assert!(checked.stdout.contains(&format!("# dead letter {dead}: there, with 3 partitions")), "{}", checked.stdout);

    let letters = kafka::read_all(&dead);
    let [letter] = &letters[..] else { panic!("{letters:?}") };
    assert_eq!((letter.key.as_deref(), letter.value.as_deref()), (Some(&b"bad"[..]), Some(&bad[..])));
    assert_eq!(letter.time, Some(before_retention));
    assert_eq!(letter.headers[0], ("trace".to_owned(), "17".to_owned()));
    for (name, value) in [
        ("__connect.errors.topic", topic.as_str()),
        ("__connect.errors.partition", "0"),
        ("__connect.errors.offset", "0"),
        ("__connect.errors.connector.name", "test"),
        ("__connect.errors.stage", "validate"),
        ("__connect.errors.exception.class.name", "org.apache.kafka.connect.errors.DataException"),
        ("kiteline.field", "number"),
    ] {
        assert_eq!(letter.header(name), Some(value), "{name}");
    }
    assert!(letter.header("__connect.errors.exception.message").is_some_and(|reason| !reason.contains("300")));
    assert!(letter.header("kiteline.rejected.at").is_some_and(|time| time.starts_with("20")));
    assert_eq!(line.committed(), 2);
}

#[test]
fn a_record_too_large_for_it_goes_there_without_its_value() {
    let line = Line::new("large", 1);
    let (topic, dead) = (&line.names.topic, line.dead());
    kafka::create_topic_with(&dead, ("max.message.bytes", "100000"));
    let bytes = |seed: u64, count: usize| {
        // What a compressor can make nothing of.
        let next = |state: &mut u64| {
            *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            Some((*state >> 40) as u8)
        };
        std::iter::successors(Some(seed), |_| Some(0))
            .scan(seed, |state, _| next(state))
            .take(count)
            .collect::<Vec<_>>()
    };
    let (large, larger, small) = (bytes(1, 200_000), bytes(2, 900_000), bytes(3, 50_000));
    let headers = [("trace", "17")];
    for (id, value) in [("large", &large), ("small", &small), ("larger", &larger), ("small-too", &small)] {
        kafka::produce_one(topic, 0, None, id, value, &headers);
    }
    // What librdkafka refuses by itself, and what only the brokers refuse.
    let client = "[kafka.client]\n\"message.max.bytes\" = 500000\n";
    run(&line.names.file("", &format!("[dead_letter]\ntopic = \"{dead}\"\n{client}")));
    let letters = kafka::read_all(&dead);
    let of = |key: &str| {
        let found: Vec<&Got> = letters.iter().filter(|letter| letter.key.as_deref() == Some(key.as_bytes())).collect();
        assert_eq!(found.len(), 1, "{key}");
        found[0]
    };
    for (key, bytes) in [("large", "200000"), ("larger", "900000")] {
        let letter = of(key);
        assert_eq!(letter.value, None);
        assert_eq!(letter.header("kiteline.value.bytes"), Some(bytes));
        assert_eq!(letter.header("kiteline.value.dropped"), Some("too large"));
        assert_eq!(
            (letter.header("trace"), letter.header("__connect.errors.topic")),
            (Some("17"), Some(topic.as_str()))
        );
    }
    for key in ["small", "small-too"] {
        let letter = of(key);
        assert_eq!((letter.value.as_deref(), letter.header("kiteline.value.dropped")), (Some(&small[..]), None));
    }
    assert_eq!(line.committed(), 4);
}

#[test]
fn too_many_rejected_records_stop_the_pipeline() {
    let line = Line::new("stopped", 1);
    let dead = line.dead();
    kafka::create_topics(&[(&dead, 1)]);
    for number in 0..20 {
        let id = format!("row-{number}");
        let value = if number % 4 == 0 { b"{".to_vec() } else { value(&id, 300) };
        kafka::produce_one(&line.names.topic, 0, None, &id, &value, &[]);
    }
    let limit = "stop_after = { records = 7, within = \"1h\" }\n";
    let file = line.names.file("", &format!("[batch]\nrows = 1\n[dead_letter]\ntopic = \"{dead}\"\n{limit}"));
    let ended = kiteline(&["run", file.path(), "--until-end"]);
    assert_eq!(ended.code, Some(1), "{}", ended.stderr);
    let text = "8 records were rejected within 3600s, more than `dead_letter.stop_after` allows; 6 of them by validate, field `number`";
    assert!(ended.stderr.contains(text), "{}", ended.stderr);
    assert!(kafka::read_all(&dead).len() <= 7, "the eighth is not on the topic");
    assert!(line.committed() <= 7);
}

#[test]
fn a_wave_of_bad_records_is_all_on_it() {
    let line = Line::new("wave", 2);
    let dead = line.dead();
    kafka::create_topics(&[(&dead, 2)]);
    let ids: Vec<String> = (0..5000).map(|number| format!("row-{number}")).collect();
    let values: Vec<_> = ids.iter().map(|id| value(id, 300)).collect();
    let records = ids.iter().zip(&values).map(|(key, value)| kafka::ToSend { key, value: Some(value) });
    kafka::produce(&line.names.topic, records);
    // Far less room than there are letters.
    let client = "[kafka.client]\n\"queue.buffering.max.messages\" = 50\n";
    let out = run(&line.names.file("", &format!("[dead_letter]\ntopic = \"{dead}\"\n{client}")));
    assert!(out.contains("dead-lettered 5000"), "{out}");
    assert_eq!((kafka::read_all(&dead).len(), line.committed()), (5000, 5000));
}
