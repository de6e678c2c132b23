//! `kafka.start`: where a partition is read from that the group has committed nothing for.

use std::collections::BTreeSet;
use std::time::Duration;

use kiteline::config::Timestamp;

use super::support::kafka;
use super::support::kiteline::{kiteline, start};
use super::support::line::{Line, value};
use super::support::pipeline::PipelineFile;
use super::support::wait_until;

/// Some days are less than what brokers keep records for.
const DAY: i64 = 86_400_000;

fn run(file: &PipelineFile) -> String {
    let ended = kiteline(&["run", file.path(), "--until-end"]);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    ended.stdout
}

fn set<const N: usize>(ids: [&str; N]) -> BTreeSet<String> {
    ids.map(str::to_owned).into()
}

#[test]
fn latest_begins_at_the_end_and_loses_nothing_that_comes_later() {
    let line = Line::new("latest", 2);
    let file = line.names.file_with("start = \"latest\"", "", "");
    line.produce(["old-1", "old-2", "old-3", "old-4"]);
    assert!(run(&file).starts_with("read 0 records"));
    assert_eq!(line.committed(), 4, "where it begins is committed, or the next start would begin elsewhere");
    line.produce(["new-1", "new-2", "new-3"]);
    assert!(run(&file).starts_with("read 3 records"));
    assert_eq!(line.ids(), set(["new-1", "new-2", "new-3"]));
}

#[test]
fn a_moment_begins_at_the_first_record_of_it_or_later() {
    let line = Line::new("moment", 3);
    let topic = &line.names.topic;
    let moment = Timestamp::from_millis(Timestamp::now().millis() - 4 * DAY);
    let time = |days| Some(moment.millis() + days * DAY);
    for (partition, days, id) in
        [(0, -2, "a"), (0, -1, "b"), (0, 0, "c"), (0, -1, "late"), (0, 1, "d"), (1, -2, "e"), (1, -1, "f")]
    {
        kafka::produce_one(topic, partition, time(days), id, &value(id, 1), &[]);
    }
    let file = line.names.file_with(&format!("start = {{ timestamp = \"{moment}\" }}"), "", "");
    assert!(run(&file).starts_with("read 3 records"));
    assert_eq!(line.ids(), set(["c", "late", "d"]));
    assert_eq!(line.committed(), 5 + 2, "a partition without a record so late begins at its end");
    kafka::produce_one(topic, 1, time(-1), "g", &value("g", 1), &[]);
    kafka::produce_one(topic, 2, time(-1), "h", &value("h", 1), &[]);
    run(&file);
    assert_eq!(line.ids(), set(["c", "late", "d", "g", "h"]), "what came after the start is read, however old");
}

#[test]
fn offsets_begin_there_and_what_is_committed_goes_before() {
    let line = Line::new("offsets", 2);
    let topic = &line.names.topic;
    for (partition, id) in [(0, "a"), (0, "b"), (0, "c"), (1, "d")] {
        kafka::produce_one(topic, partition, None, id, &value(id, 1), &[]);
    }
    let at = |place: &str| line.names.file_with(&format!("start = {{ offsets = {{ {place} }} }}"), "", "");
    for (place, complaint) in [
        (format!("\"{topic}/0\" = 4"), format!("kafka.start: {topic}/0 ends at 3, so it can't be read from 4")),
        (format!("\"{topic}/7\" = 0"), format!("kafka.start: there is no partition {topic}/7")),
    ] {
        let ended = kiteline(&["run", at(&place).path(), "--until-end"]);
        assert_eq!(ended.code, Some(2), "{}", ended.stderr);
        assert!(ended.stderr.contains(&complaint), "{}", ended.stderr);
    }
    assert!(run(&at(&format!("\"{topic}/0\" = 2"))).starts_with("read 2 records"));
    assert_eq!(line.ids(), set(["c", "d"]), "a partition that is not named begins at its first record");
    assert!(run(&at(&format!("\"{topic}/0\" = 0"))).starts_with("read 0 records"));
    assert_eq!(line.committed(), 4);
}

#[test]
fn what_a_topic_grows_by_and_a_new_topic_of_a_pattern_are_read_from_the_first_record() {
    let line = Line::new("grown", 1);
    let topic = &line.names.topic;
    line.produce(["old"]);
    let text = std::fs::read_to_string(line.names.file_with("start = \"latest\"", "", "").path()).expect("readable");
    let file = PipelineFile::new(&text.replace(&format!("[\"{topic}\"]"), &format!("[\"^{topic}.*\"]")));
    let running = start(&["run", file.path()]);
    wait_until("nothing is assigned", Duration::from_secs(60), || running.log().contains("assigned partitions=1"));

    let more = format!("{topic}.more");
    kafka::add_partitions(topic, 2);
    kafka::create_topics(&[(&more, 1)]);
    for (topic, partition, id) in [(topic, 1, "grown"), (&more, 0, "new"), (topic, 0, "later")] {
        kafka::produce_one(topic, partition, None, id, &value(id, 1), &[]);
    }
    wait_until("not all is read", Duration::from_secs(60), || line.ids().len() == 3);
    assert_eq!(line.ids(), set(["grown", "later", "new"]));
    running.terminate();
    let (code, log) = running.wait();
    assert_eq!(code, Some(0), "{log}");
    assert_eq!((line.committed(), kafka::committed(&line.names.group, &more)), (1 + 1 + 1, 1));
}
