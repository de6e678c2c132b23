//! Making topics, and making them larger.

use std::time::Duration;

use rdkafka::ClientConfig;
use rdkafka::admin::{AdminClient, AdminOptions, NewPartitions, NewTopic, TopicReplication};
use rdkafka::client::DefaultClientContext;

use crate::support::wait_until;

/// How long the brokers may take.
const WAIT: Duration = Duration::from_secs(60);

/// Makes topics.
pub(super) fn create(brokers: &str, topics: &[(&str, i32)], replicas: i32) {
    let topics: Vec<NewTopic<'_>> =
        topics.iter().map(|(name, count)| NewTopic::new(name, *count, TopicReplication::Fixed(replicas))).collect();
    admin(brokers, async |admin| {
        for result in admin.create_topics(&topics, &AdminOptions::new()).await.expect("asked") {
            result.expect("made");
        }
        // A broker hears of them a little later than the controller.
        wait_until("the topics have no leaders", WAIT, || {
            topics.iter().all(|topic| {
                let metadata = admin.inner().fetch_metadata(Some(topic.name), Duration::from_secs(5));
                metadata.is_ok_and(|metadata| {
                    let partitions = metadata.topics()[0].partitions();
                    partitions.len() == topic.num_partitions as usize && partitions.iter().all(|p| p.leader() >= 0)
                })
            })
        });
    });
}

/// Gives a topic more partitions, so many in all.
pub(super) fn grow(brokers: &str, topic: &str, total: i32) {
    let new = NewPartitions::new(topic, total as usize);
    admin(brokers, async |admin| {
        let results = admin.create_partitions(&[new], &AdminOptions::new()).await.expect("asked");
        results.into_iter().for_each(|result| drop(result.expect("made")));
    });
}

fn admin(brokers: &str, work: impl AsyncFnOnce(AdminClient<DefaultClientContext>)) {
    let mut config = ClientConfig::new();
    let admin = config.set("bootstrap.servers", brokers).create().expect("an admin client");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(work(admin));
}
