//! How the fetch memory is shared: what librdkafka may hold of each partition, and what it asks for at once.
//!
//! librdkafka has a queue for each partition and counts a limit for each. What it holds is more than that limit: an
//! answer that comes when a queue is almost full; an operation beside each record, more than the record where that is
//! a tombstone; and the whole answer of many partitions as long as one record of it is not read. So a queue gets a
//! quarter of a partition's share, an answer a sixteenth (of tombstones it becomes sixteen times as much), and all
//! partitions in one answer together a small part of the whole. Answers count as they are on the wire: compressed.

/// What librdkafka keeps beside a record, which its limits do not count.
pub(super) const BESIDE_RECORD: u64 = 512;
/// With less, a lane would wait for the brokers after every few records.
const LEAST_QUEUE: u64 = 16 << 10;
/// An answer has at least one batch of records of a partition, however large.
const LEAST_ANSWER: u64 = 4 << 10;
/// One answer is one round trip; more than this gains nothing.
const MOST_ANSWER: u64 = 8 << 20;
/// librdkafka takes no less for all partitions in one answer, for its `message.max.bytes`.
const LEAST_ANSWERS: u64 = 1 << 20;
/// The largest queue that librdkafka takes is 2 GiB; a record more than this ahead is not sooner written.
const MOST_QUEUE: u64 = 64 << 20;

/// Settings of librdkafka that share `memory` bytes between so many partitions.
pub(super) fn settings(memory: u64, partitions: usize) -> [(&'static str, String); 4] {
    let share = memory / partitions.max(1) as u64;
    let queue = (share / 4).clamp(LEAST_QUEUE, MOST_QUEUE);
    let answer = (share / 16).clamp(LEAST_ANSWER, MOST_ANSWER);
    let answers = (memory / 32).clamp(LEAST_ANSWERS, MOST_ANSWER);
    [
        ("queued.max.messages.kbytes", (queue >> 10).to_string()),
        ("queued.min.messages", (queue / BESIDE_RECORD).to_string()),
        ("fetch.message.max.bytes", answer.to_string()),
        ("fetch.max.bytes", answers.to_string()),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(memory: u64, partitions: usize) -> [u64; 4] {
        settings(memory, partitions).map(|(_, value)| value.parse().expect("a number"))
    }

    #[test]
    fn what_all_partitions_hold_stays_within_the_fetch_memory() {
        for (memory, partitions) in [(64 << 20, 1), (64 << 20, 12), (32 << 20, 200), (1 << 30, 1000), (64 << 30, 3)] {
            let [queue_kib, records, answer, answers] = of(memory, partitions);
            let of_tombstones = records * BESIDE_RECORD + 8 * answer;
            let held = ((queue_kib << 10) + records * BESIDE_RECORD + answer).max(of_tombstones);
            assert!(held * partitions as u64 + answers <= memory, "{memory} of {partitions}: {held}");
        }
    }

    #[test]
    fn what_librdkafka_refuses_is_never_set() {
        for (memory, partitions) in [(1, 0), (1, 5000), (u64::MAX, 1)] {
            let [queue_kib, records, answer, answers] = of(memory, partitions);
            assert!((1..=2_097_151).contains(&queue_kib) && (1..=10_000_000).contains(&records));
            assert!((1..=1_000_000_000).contains(&answer) && (1_000_000..=2_147_483_135).contains(&answers));
        }
    }
}
