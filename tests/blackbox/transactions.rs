//! Records of transactions: those that were taken back are invisible, and a bounded run waits for none that is open.

use std::time::Duration;

use rdkafka::ClientConfig;
use rdkafka::producer::{BaseProducer, BaseRecord, Producer};

use super::support::kafka;
use super::support::kiteline::kiteline;
use super::support::line::{Line, value};

const WAIT: Duration = Duration::from_secs(30);

/// A producer in a transaction.
fn begun(id: &str) -> BaseProducer {
    let mut config = ClientConfig::new();
    config.set("bootstrap.servers", kafka::brokers()).set("transactional.id", id);
    let producer: BaseProducer = config.create().expect("a producer");
    producer.init_transactions(WAIT).expect("known to the brokers");
    producer.begin_transaction().expect("begun");
    producer
}

fn write(producer: &BaseProducer, topic: &str, ids: &[&str]) {
    for id in ids {
        let value = value(id, 1);
        producer.send(BaseRecord::to(topic).key(*id).payload(&value)).map_err(|(error, _)| error).expect("queued");
    }
    producer.flush(WAIT).expect("written");
}

#[test]
fn what_was_taken_back_is_invisible_and_what_is_open_is_not_waited_for() {
    let line = Line::new("transactions", 1);
    let (topic, file) = (&line.names.topic, line.names.file("", ""));
    let run = || {
        let ended = kiteline(&["run", file.path(), "--until-end"]);
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
        ended.stdout.split(',').next().unwrap_or_default().to_owned()
    };
    let (taken_back, kept, open) =
        (begun(&format!("{topic}-1")), begun(&format!("{topic}-2")), begun(&format!("{topic}-3")));
    write(&taken_back, topic, &["ghost-1", "ghost-2"]);
    write(&kept, topic, &["a", "b"]);
    taken_back.abort_transaction(WAIT).expect("taken back");
    kept.commit_transaction(WAIT).expect("kept");
    assert_eq!(run(), "read 2 records");
    assert_eq!(run(), "read 0 records", "behind the last record is the mark of the transaction's end");
    write(&open, topic, &["late"]);
    assert_eq!(run(), "read 0 records");
    open.commit_transaction(WAIT).expect("kept");
    assert_eq!(run(), "read 1 record");
    assert_eq!(line.ids().into_iter().collect::<Vec<_>>(), ["a", "b", "late"]);
}
