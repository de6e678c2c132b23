//! Primary keys made from where records came from: whatever is read twice is there once, though the feed has no key.

use std::fmt::Write;

use arrow_array::builder::StringBuilder;

use crate::batch::{Batch, Column, Operation};

/// The longest name that Kafka lets a topic have.
pub const TOPIC_MAX: usize = 249;
/// `/`, a partition of at most 10 digits, `/`, an offset of at most 19.
const PLACE_MAX: usize = 1 + 10 + 1 + 19;
/// `/`, and the number of a row of at most 10 digits.
const ROW_MAX: usize = 1 + 10;

/// The length of the longest key that a record of a topic can get.
pub fn longest(topic: usize, several_rows: bool) -> usize {
    topic + PLACE_MAX + if several_rows { ROW_MAX } else { 0 }
}

/// The batch with `topic/partition/offset` as its rows' primary keys, and behind it `/0`, `/1` and so on for the rows of
/// a record that has several here. A row to delete keeps the key that it brings.
pub(super) fn with_keys(batch: &Batch, key: &str) -> Batch {
    let mut rows_of = vec![0u32; batch.records().len()];
    batch.record_of().iter().for_each(|record| rows_of[*record as usize] += 1);
    let mut next = vec![0u32; rows_of.len()];
    let mut keys = StringBuilder::with_capacity(batch.rows(), batch.rows() * 32);
    for (row, record) in batch.record_of().iter().map(|record| *record as usize).enumerate() {
        let number = next[record];
        next[record] += 1;
        if batch.operations().get(row) == Operation::Delete {
            keys.append_null();
            continue;
        }
        let origin = batch.record(row).origin();
        let written = match rows_of[record] {
            1 => write!(keys, "{origin}"),
            _ => write!(keys, "{origin}/{number}"),
        };
        written.expect("writing to a builder");
        keys.append_value("");
    }
    let keys = Column::texts(keys.finish());
    let keys = batch.column(key).map_or_else(|| keys.clone(), |brought| keys.or(brought));
    let mut batch = batch.clone();
    batch.set(key, keys);
    batch
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow_array::UInt32Array;

    use super::*;
    use crate::batch::{Operations, Origin, Records};

    /// One row a record: two of `a`, one of `b`.
    fn batch() -> Batch {
        let mut records = Records::default();
        for (topic, partition, offset) in [("a", 0, 7), ("a", 3, i64::MAX), ("b", i32::MAX, 0)] {
            let origin = Origin { topic: topic.into(), partition, offset };
            records.push(origin, None, None, None, std::iter::empty());
        }
        Batch::new(Arc::new(records), Operation::Upsert)
    }

    fn keys(batch: &Batch) -> Vec<String> {
        let batch = with_keys(batch, "id");
        let column = batch.column("id").expect("is there");
        assert!(column.others().is_none());
        let texts = column.as_texts().expect("texts");
        texts.iter().map(|key| key.unwrap_or("-").to_owned()).collect()
    }

    #[test]
    fn a_row_is_named_by_topic_partition_and_offset() {
        assert_eq!(keys(&batch()), ["a/0/7", "a/3/9223372036854775807", "b/2147483647/0"]);
    }

    #[test]
    fn the_rows_of_a_record_are_numbered() {
        let batch = batch().take(&UInt32Array::from(vec![0, 1, 1, 1, 2]));
        let third = "a/3/9223372036854775807";
        assert_eq!(
            keys(&batch),
            ["a/0/7", &format!("{third}/0"), &format!("{third}/1"), &format!("{third}/2"), "b/2147483647/0"]
        );
    }

    #[test]
    fn a_row_that_brings_a_key_gets_its_own_but_where_it_is_deleted() {
        let mut batch = batch();
        batch.set("id", Column::texts(vec![Some("x"), Some("y"), None].into()));
        assert_eq!(keys(&batch), ["a/0/7", "a/3/9223372036854775807", "b/2147483647/0"]);
        batch.set_operations(Operations::Each(Arc::new([Operation::Upsert, Operation::Delete, Operation::Delete])));
        assert_eq!(keys(&batch), ["a/0/7", "y", "-"]);
    }

    #[test]
    fn no_key_is_longer_than_the_longest() {
        let topic: Arc<str> = "t".repeat(TOPIC_MAX).into();
        let origin = Origin { topic, partition: i32::MAX, offset: i64::MAX };
        assert_eq!(origin.to_string().len(), longest(TOPIC_MAX, false));
        assert_eq!(format!("{origin}/{}", u32::MAX).len(), longest(TOPIC_MAX, true));
    }
}
