//! Several processes of a group: strategies, static membership, and bounded runs while members come and go.

use std::collections::BTreeSet;
use std::time::Duration;

use super::support::kafka;
use super::support::kiteline::{Running, kiteline, start};
use super::support::line::{Line, value};
use super::support::wait_until;

const WAIT: Duration = Duration::from_secs(60);
/// So slow that the others can come and go meanwhile.
const SLOW: &str =
    "[batch]\nrows = 1\n[write]\nrows = 1\nrows_per_second = 60\n\n[kafka.client]\n\"heartbeat.interval.ms\" = 200\n";

fn ids(count: usize) -> Vec<String> {
    (0..count).map(|number| format!("row-{number}")).collect()
}

fn assigned(running: &Running, times: usize) -> impl FnMut() -> bool {
    move || running.log().matches(" assigned ").count() >= times
}

/// Two processes with a strategy that takes everything from everyone; one leaves while there is much to do.
fn nothing_is_lost_when_one_leaves(test: &str, client: impl Fn(usize) -> String) {
    let line = Line::new(test, 4);
    let file = |number| line.names.file("", &format!("{SLOW}{}", client(number)));
    let (one, two) = (file(1), file(2));
    let first = start(&["run", one.path()]);
    wait_until("the first gets nothing", WAIT, assigned(&first, 1));
    let ids = ids(500);
    line.produce(ids.iter().map(String::as_str));
    wait_until("nothing is written", WAIT, || !line.ids().is_empty());
    let second = start(&["run", two.path()]);
    wait_until("the second gets nothing", WAIT, || second.log().contains(" assigned partitions=2"));
    first.terminate();
    let (code, log) = first.wait();
    assert_eq!(code, Some(0), "{log}");
    wait_until("not all is written", WAIT * 2, || line.committed() == 500);
    assert_eq!(line.ids(), ids.into_iter().collect::<BTreeSet<_>>());
    second.terminate();
    let (code, log) = second.wait();
    assert_eq!(code, Some(0), "{log}");
}

#[test]
fn an_eager_strategy_loses_nothing_when_a_member_leaves() {
    nothing_is_lost_when_one_leaves("eager", |_| "\"partition.assignment.strategy\" = \"range\"\n".to_owned());
}

#[test]
fn static_members_lose_nothing_when_one_leaves() {
    nothing_is_lost_when_one_leaves("static", |number| {
        format!("\"group.instance.id\" = \"member-{number}\"\n\"session.timeout.ms\" = 1000\n")
    });
}

#[test]
fn a_bounded_run_does_its_share_while_members_come_and_go() {
    let line = Line::new("share", 4);
    let ids = ids(600);
    line.produce(ids.iter().map(String::as_str));
    let eager = "\"partition.assignment.strategy\" = \"range\"\n";
    let file = line.names.file("", &format!("{SLOW}{eager}"));
    let running = start(&["run", file.path(), "--until-end"]);
    wait_until("nothing is written", WAIT, || !line.ids().is_empty());
    // Each time it joins and leaves, everything is taken from the bounded run and given to it anew.
    for _ in 0..3 {
        let visitor = start(&["run", file.path()]);
        wait_until("the visitor gets no share", WAIT, || visitor.log().contains(" assigned partitions=2"));
        visitor.terminate();
        let (code, log) = visitor.wait();
        assert_eq!(code, Some(0), "{log}");
        println!("visitor {log}");
    }
    let (code, log) = running.wait();
    assert_eq!(code, Some(0), "{log}");
    assert_eq!((line.ids().len(), line.committed()), (600, 600), "{log}");
}

#[test]
fn two_bounded_runs_do_it_all() {
    let line = Line::new("two", 4);
    let ids = ids(300);
    line.produce(ids.iter().map(String::as_str));
    let file = line.names.file("", SLOW);
    let first = start(&["run", file.path(), "--until-end"]);
    wait_until("nothing is written", WAIT, || !line.ids().is_empty());
    let second = start(&["run", file.path(), "--until-end"]);
    wait_until("the second gets no share", WAIT, || second.log().contains(" assigned partitions=2"));
    for running in [first, second] {
        let (code, log) = running.wait();
        assert_eq!(code, Some(0), "{log}");
    }
    assert_eq!(line.ids(), ids.into_iter().collect::<BTreeSet<_>>());
    assert_eq!(line.committed(), 300);
}

#[test]
fn a_process_whose_place_is_taken_ends_and_says_so() {
    let line = Line::new("fenced", 1);
    let file = line.names.file("", "[kafka.client]\n\"group.instance.id\" = \"one\"\n");
    let first = start(&["run", file.path()]);
    wait_until("the first gets nothing", WAIT, assigned(&first, 1));
    let second = start(&["run", file.path()]);
    let (code, log) = first.wait();
    assert_eq!(code, Some(1), "{log}");
    assert!(log.contains("another process of the group has the same `group.instance.id`"), "{log}");
    kafka::produce_one(&line.names.topic, 0, None, "a", &value("a", 1), &[]);
    wait_until("the second reads nothing", WAIT, || line.ids().len() == 1);
    second.terminate();
    assert_eq!(second.wait().0, Some(0));
}

#[test]
fn members_with_other_strategies_are_told() {
    let line = Line::new("strategies", 1);
    let usual = line.names.file("", "");
    let first = start(&["run", usual.path()]);
    wait_until("the first gets nothing", WAIT, assigned(&first, 1));
    let eager = line.names.file("", "[kafka.client]\n\"partition.assignment.strategy\" = \"range\"\n");
    let ended = kiteline(&["run", eager.path(), "--until-end"]);
    assert_eq!(ended.code, Some(1), "{}", ended.stderr);
    assert!(ended.stderr.contains("another `partition.assignment.strategy`"), "{}", ended.stderr);
}
