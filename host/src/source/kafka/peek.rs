//! The last records of a topic, read without a group: nothing is joined, nothing committed.

use std::time::{Duration, Instant};

use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::KafkaError;
use rdkafka::message::Headers;
use rdkafka::{Message, Offset, TopicPartitionList};

use super::client::{self, Settings, setting};
use super::error::SourceError;
use super::{CONNECT, offsets};
use crate::batch::{Origin, Records};

/// How long one question to the client may take.
const POLL: Duration = Duration::from_millis(100);

/// Reads the last records of the settings' topics, at most so many, about as many of each partition.
pub fn peek(settings: &Settings, limit: usize) -> Result<Records, SourceError> {
    let deadline = Instant::now() + CONNECT;
    // librdkafka assigns nothing to a client without a group's name; a group is only joined by subscribing.
    let config = settings.client_config().finish(&[
        ("group.id", &format!("{}-try", settings.group)),
        ("enable.auto.commit", "false"),
        ("enable.auto.offset.store", "false"),
        ("enable.partition.eof", "true"),
        ("isolation.level", "read_committed"),
    ]);
    let consumer: BaseConsumer = config.create().map_err(setting)?;
    let found = client::look(settings, &consumer, CONNECT)?;
    let at = |place| offsets::of(&consumer, found.iter().map(|partition| (partition, place)), deadline);
    let (beginnings, ends) = (at(Offset::Beginning)?, at(Offset::End)?);
    let share = i64::try_from(limit.div_ceil(found.len().max(1))).unwrap_or(i64::MAX);
    let mut list = TopicPartitionList::new();
    let mut open = 0;
    for partition in &found {
        let place = |of: &std::collections::HashMap<_, Option<i64>>| of.get(partition).copied().flatten().unwrap_or(0);
        let (begin, end) = (place(&beginnings), place(&ends));
        if begin < end {
            let start = Offset::Offset(end.saturating_sub(share).max(begin));
            list.add_partition_offset(&partition.topic, partition.partition, start).map_err(SourceError::fatal)?;
            open += 1;
        }
    }
    let mut records = Records::default();
    if open == 0 {
        return Ok(records);
    }
    consumer.assign(&list).map_err(SourceError::fatal)?;
    while open > 0 && records.len() < limit && Instant::now() < deadline {
        match consumer.poll(POLL) {
            Some(Ok(message)) => push(&mut records, &message),
            Some(Err(KafkaError::PartitionEOF(_))) => open -= 1,
            Some(Err(error)) if error.rdkafka_error_code().and_then(SourceError::of_code).is_some() => {
                return Err(SourceError::fatal(error));
            }
            _ => {}
        }
    }
    Ok(records)
}

fn push(records: &mut Records, message: &impl Message) {
    let origin = Origin { topic: message.topic().into(), partition: message.partition(), offset: message.offset() };
    let headers = message.headers().into_iter().flat_map(Headers::iter).map(|header| (header.key, header.value));
    records.push(origin, message.timestamp().to_millis(), message.key(), message.payload(), headers);
}
