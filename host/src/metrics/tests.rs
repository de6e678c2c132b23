use std::time::Duration;

use super::*;
use crate::batch::{Operation, Origin, Records, Rejection, Stage};
use crate::sink::{Class, WriteError};

fn partition(number: i32) -> TopicPartition {
    TopicPartition { topic: "items".into(), partition: number }
}

/// Records of these partitions, each with two bytes of key and three of value, a second apart.
fn records(of: &[(&TopicPartition, i64)]) -> Records {
    let mut records = Records::default();
    for (partition, offset) in of {
        let origin = Origin { topic: Arc::clone(&partition.topic), partition: partition.partition, offset: *offset };
        records.push(origin, Some(offset * 1000), Some(b"ke"), Some(b"val"), std::iter::empty());
    }
    records
}

/// The values of one metric, without its name.
fn values(metrics: &Metrics, name: &str) -> Vec<String> {
    let text = metrics.text();
    let lines = text.lines().filter_map(|line| line.strip_prefix(name)?.starts_with(['{', ' ']).then_some(line));
    lines.map(|line| line[name.len()..].trim().to_owned()).collect()
}

fn value(metrics: &Metrics, name: &str) -> String {
    let values = values(metrics, name);
    assert_eq!(values.len(), 1, "{name}: {values:?}");
    values.into_iter().next().expect("one")
}

#[test]
fn a_lane_counts_by_topic_stage_and_plugin() {
    let metrics = Metrics::new("p", "g");
    let first = partition(0);
    let second = TopicPartition { partition: 1, ..first.clone() };
    metrics.assigned([first.clone(), second.clone()].into_iter());
    let mut lane = metrics.lane(3);
    lane.assigned(&first);
    lane.assigned(&second);
    lane.read(&records(&[(&first, 5), (&first, 6), (&second, 0), (&first, 7)]));
    lane.decoded(Duration::from_millis(2));
    let stage = Stage::Plugin { name: "clean".into(), digest: "abc".into() };
    for stage in [Stage::Decode, stage.clone(), stage] {
        lane.rejected(&Rejection::new(0, stage, "no"));
    }
    lane.dead_lettered();
    lane.discarded(2);

    assert_eq!(value(&metrics, "kiteline_read_records_total"), r#"{topic="items"} 4"#);
    assert_eq!(value(&metrics, "kiteline_read_bytes_total"), r#"{topic="items"} 20"#);
    assert_eq!(value(&metrics, "kiteline_batch_records_sum"), "4");
    let fetched = |end| Fetched { end, next: end, queued: 0, held: 0, committed: None };
    metrics.fetched([(first, fetched(8)), (second, fetched(1))].into_iter());
    let lag = [r#"{partition="0",topic="items"} 3"#, r#"{partition="1",topic="items"} 1"#];
    assert_eq!(values(&metrics, "kiteline_lag_records"), lag, "each run of records is of one partition");
    assert_eq!(value(&metrics, "kiteline_decode_duration_seconds_sum"), "0.002");
    let rejected = values(&metrics, "kiteline_rejected_records_total");
    assert_eq!(rejected, [r#"{plugin="",stage="decode"} 1"#, r#"{plugin="clean",stage="plugin"} 2"#]);
    let totals = metrics.totals();
    assert_eq!((totals.read, totals.dead_lettered, totals.discarded), (4, 1, 2));
}

#[test]
fn the_lag_of_a_partition_is_there_from_its_assignment_to_its_revocation() {
    let metrics = Metrics::new("p", "g");
    let (first, second) = (partition(0), partition(1));
    metrics.assigned([first.clone(), second.clone()].into_iter());
    let mut lane = metrics.lane(0);
    lane.assigned(&first);
    assert_eq!(values(&metrics, "kiteline_lag_records"), [""; 0]);
    lane.read(&records(&[(&first, 5), (&first, 6)]));
    let fetched = |end| Fetched { end, next: end, queued: 0, held: 0, committed: None };
    metrics.fetched([(first.clone(), fetched(10)), (second.clone(), fetched(0))].into_iter());
    lane.stored(&[(first.clone(), 6)]);
    let lag = |number, records| format!(r#"{{partition="{number}",topic="items"}} {records}"#);
    assert_eq!(values(&metrics, "kiteline_lag_records"), [lag(0, 4), lag(1, 0)]);
    assert_eq!(values(&metrics, "kiteline_lag_seconds")[1], lag(1, 0));
    metrics.ends([(first.clone(), 20)].into_iter());
    assert_eq!(values(&metrics, "kiteline_lag_records")[0], lag(0, 14));

    metrics.revoked(std::slice::from_ref(&first));
    // A lane may be late.
    lane.stored(&[(first.clone(), 7)]);
    lane.revoked(std::slice::from_ref(&first));
    assert_eq!(values(&metrics, "kiteline_lag_records"), [lag(1, 0)]);
    assert_eq!(values(&metrics, "kiteline_lag_seconds"), [lag(1, 0)]);
    assert_eq!(value(&metrics, "kiteline_assigned_partitions"), "1");
    metrics.left();
    assert_eq!(values(&metrics, "kiteline_lag_records"), [""; 0]);
    assert_eq!(value(&metrics, "kiteline_assigned_partitions"), "0");
    let rebalances = values(&metrics, "kiteline_rebalances_total");
    assert_eq!(rebalances, [r#"{event="assigned"} 1"#, r#"{event="revoked"} 1"#]);
}

#[test]
fn requests_count_by_collection_and_operation() {
    let metrics = Metrics::new("p", "g");
    let mut writes = metrics.writes();
    assert_eq!(values(&metrics, "kiteline_milvus_up"), [""; 0], "not known before the first call");
    let write = writes.of(&"items".into(), Operation::Upsert).clone();
    write.acknowledged(30, 5000, Duration::from_millis(20));
    writes.of(&"items".into(), Operation::Upsert).acknowledged(12, 500, Duration::from_millis(30));
    writes.of(&"others".into(), Operation::Insert).acknowledged(1, 5, Duration::from_millis(30));

    let of = |collection, operation, value| format!(r#"{{collection="{collection}",operation="{operation}"}} {value}"#);
    let (items, others) = (|value| of("items", "upsert", value), |value| of("others", "insert", value));
    assert_eq!(values(&metrics, "kiteline_written_rows_total"), [items("42"), others("1")]);
    assert_eq!(values(&metrics, "kiteline_write_requests_total"), [items("2"), others("1")]);
    assert_eq!(values(&metrics, "kiteline_write_request_bytes_total"), [items("5500"), others("5")]);
    assert_eq!(values(&metrics, "kiteline_write_request_rows_sum"), [items("42"), others("1")]);
    assert_eq!(values(&metrics, "kiteline_write_duration_seconds_sum"), [items("0.05"), others("0.03")]);
    assert_eq!(value(&metrics, "kiteline_milvus_up"), "1");
    let last = value(&metrics, "kiteline_last_write_timestamp_seconds").parse::<f64>().expect("a number");
    assert!(last > 1.7e9, "{last}");
    assert_eq!((metrics.totals().written, metrics.totals().requests), (43, 3));
}

#[test]
fn failures_count_by_code_and_class_and_apart_from_what_is_sent_again() {
    let metrics = Metrics::new("p", "g");
    let write = metrics.writes().of(&"items".into(), Operation::Upsert).clone();
    write.failed(&WriteError::of_class(Class::Slow), true);
    write.failed(&WriteError::of_class(Class::Slow), true);
    write.failed(&WriteError::of_class(Class::Refused), false);
    let failures = values(&metrics, "kiteline_write_failures_total");
    assert_eq!(failures, [r#"{class="refused",code="1"} 1"#, r#"{class="slow",code="1"} 2"#]);
    assert_eq!(value(&metrics, "kiteline_write_retries_total"), r#"{class="slow",code="1"} 2"#);
    assert_eq!(value(&metrics, "kiteline_milvus_up"), "1", "it answers");
    assert_eq!(metrics.totals().retries, 2);
}

#[test]
fn a_plugins_calls_count_by_name_and_the_start_of_its_digest() {
    let metrics = Metrics::new("p", "g");
    let plugin = metrics.lane(0).plugin("clean", "0123456789abcdef");
    plugin.given(150);
    plugin.called(Duration::from_millis(4), None);
    plugin.called(Duration::from_millis(1), Some(PluginFault::Timeout));
    let of = |value| format!(r#"{{digest="0123456789ab",plugin="clean"}} {value}"#);
    assert_eq!(value(&metrics, "kiteline_plugin_rows_total"), of("150"));
    assert_eq!(value(&metrics, "kiteline_plugin_duration_seconds_count"), of("2"));
    let faults = values(&metrics, "kiteline_plugin_faults_total");
    let fault = |kind, count| format!(r#"{{digest="0123456789ab",kind="{kind}",plugin="clean"}} {count}"#);
    assert_eq!(faults, [fault("error", 0), fault("timeout", 1), fault("trap", 0)]);
}

#[test]
fn a_pause_counts_once_however_often_it_is_told() {
    let metrics = Metrics::new("p", "g");
    let lane = metrics.lane(1);
    for paused in [false, true, true, false, true] {
        lane.paused(paused);
    }
    lane.busy(true);
    assert_eq!(value(&metrics, "kiteline_lane_pauses_total"), r#"{lane="1"} 2"#);
    assert_eq!(value(&metrics, "kiteline_lane_paused"), r#"{lane="1"} 1"#);
    assert_eq!(value(&metrics, "kiteline_lane_busy"), r#"{lane="1"} 1"#);
}

#[test]
fn memory_is_shown_as_it_is() {
    let metrics = Metrics::new("p", "g");
    assert_eq!(values(&metrics, "kiteline_memory_in_flight_bytes"), [""; 0]);
    let memory = Memory::new(1 << 20);
    metrics.memory(&memory);
    let _share = memory.share(4096);
    assert_eq!(value(&metrics, "kiteline_memory_in_flight_bytes"), "4096");
    assert_eq!(value(&metrics, "kiteline_memory_limit_bytes"), "1048576");
}

#[test]
fn names_of_a_pipeline_can_hold_anything() {
    let metrics = Metrics::new("a \"b\"\n\\", "g");
    assert_eq!(value(&metrics, "kiteline_pipeline_info"), r#"{group="g",pipeline="a \"b\"\n\\"} 1"#);
}

/// A row of the tables in `docs/metrics.md`.
fn documented() -> Vec<[String; 4]> {
    let page = include_str!("../../../docs/metrics.md");
    let rows = page.lines().filter(|line| line.starts_with("| `kiteline_"));
    let cell = |text: &str| text.trim().trim_matches('`').to_owned();
    rows.map(|row| {
        let cells: Vec<&str> = row.trim_matches('|').split('|').collect();
        let [name, kind, labels, _unit, meaning] = cells[..] else { panic!("five cells: {row}") };
        [cell(name), cell(kind), labels.trim().to_owned(), meaning.trim().to_owned()]
    })
    .collect()
}

#[test]
fn the_documentation_has_every_metric_and_no_other() {
    let described = &Families::new().described;
    let mut exposed: Vec<[String; 4]> = described
        .iter()
        .map(|metric| {
            let labels: Vec<String> = metric.labels.iter().map(|label| format!("`{label}`")).collect();
            [metric.name.clone(), metric.kind.clone(), labels.join(", "), metric.help.clone()]
        })
        .collect();
    let mut documented = documented();
    exposed.sort();
    documented.sort();
    for (exposed, documented) in exposed.iter().zip(&documented) {
        assert_eq!(exposed, documented, "docs/metrics.md says otherwise");
    }
    assert_eq!(exposed.len(), documented.len());
}
