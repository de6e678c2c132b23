//! Replay: dead letters as records again. A queue asks of each letter whether it is taken; one that is becomes the record
//! that it was, with its own headers and its own origin, and goes the way of every record.
//!
//! What is committed says exactly which letters are done: the offset of the first that is not, and beside it, as text,
//! which behind it are. So letters that one replay passes over are found by the next, and none is replayed twice.

mod choice;
mod marks;
mod progress;

pub use choice::Choice;

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rdkafka::consumer::{BaseConsumer, CommitMode, Consumer, ConsumerContext};
use rdkafka::error::{KafkaError, KafkaResult};
use rdkafka::message::Headers;
use rdkafka::{Message, Offset, TopicPartitionList};

use self::progress::Progress;
use super::error::SourceError;
use super::letter::Letter;
use super::offsets::Committed;
use crate::batch::Origin;
use crate::config::Timestamp;
use crate::source::TopicPartition;

/// How often is committed what is done.
const COMMIT: Duration = Duration::from_secs(1);
/// Kinds of letters that are counted apart; fields of any name would make them any number.
const KINDS: usize = 1000;

/// A replay, shared by the consumer and its queues.
#[derive(Debug)]
pub struct Replay {
    choice: Choice,
    limit: u64,
    /// Whether what earlier replays took is to be forgotten, once.
    starts_over: AtomicBool,
    only_counts: bool,
    /// Whether it counts as if earlier replays had taken nothing.
    forgets: bool,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    partitions: HashMap<TopicPartition, Progress>,
    replayed: Replayed,
    next_commit: Instant,
}

/// What became of the letters that a replay looked at.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Replayed {
    /// Taken, by what they were rejected for.
    pub taken: BTreeMap<Kind, u64>,
    /// Not what was asked for.
    pub others: u64,
    /// Taken by an earlier replay.
    pub before: u64,
    /// Of another pipeline.
    pub foreign: u64,
    /// Without the value, which was too large for the topic.
    pub without_value: u64,
    /// No dead letters at all.
    pub unknown: u64,
    /// Asked for and not taken, as Kafka can't keep more gaps between what is done.
    pub left: u64,
    /// Whether the limit was reached.
    pub limited: bool,
}

/// What a letter was rejected for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Kind {
    /// The stage.
    pub stage: String,
    /// The field, where it is one.
    pub field: Option<String>,
}

/// What becomes of a letter.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is a record again, from there, with as many of the headers.
    Take(Origin, usize),
    /// It is passed over.
    Pass,
    /// The limit is reached, and this one is beyond it.
    Enough,
}

impl Replayed {
    /// Number of letters that were taken.
    pub fn count(&self) -> u64 {
        self.taken.values().sum()
    }
}

impl Replay {
    /// Takes what the choice says, up to a limit. `again` takes what earlier replays took as well; `only_counts` takes
    /// nothing and counts what it would take.
    pub fn new(choice: Choice, limit: Option<u64>, again: bool, only_counts: bool) -> Self {
        let state =
            State { partitions: HashMap::new(), replayed: Replayed::default(), next_commit: Instant::now() + COMMIT };
        Self {
            choice,
            limit: limit.unwrap_or(u64::MAX),
            starts_over: AtomicBool::new(again && !only_counts),
            only_counts,
            forgets: again && only_counts,
            state: Mutex::new(state),
        }
    }

    /// What it did so far.
    pub fn replayed(&self) -> Replayed {
        self.state().replayed.clone()
    }

    /// True once, where what earlier replays committed is to be forgotten.
    pub(super) fn take_starts_over(&self) -> bool {
        self.starts_over.swap(false, Ordering::AcqRel)
    }

    /// A partition is ours from now on. Says where to begin, where that is not what is committed.
    pub(super) fn assigned(
        &self,
        partition: TopicPartition,
        committed: Option<&Committed>,
    ) -> Result<Option<Offset>, SourceError> {
        let progress = match committed.filter(|_| !self.forgets) {
            None => Progress::default(),
            Some(Committed { offset, metadata }) => {
                Progress::of(*offset, metadata).ok_or_else(|| SourceError::ForeignCommit(partition.clone()))?
            }
        };
        self.state().partitions.insert(partition, progress);
        Ok(self.forgets.then_some(Offset::Beginning))
    }

    /// Looks at the next record of a partition.
    pub(super) fn look(&self, partition: &TopicPartition, message: &impl Message) -> Verdict {
        let headers: Vec<_> =
            message.headers().into_iter().flat_map(Headers::iter).map(|header| (header.key, header.value)).collect();
        let time = message.timestamp().to_millis().map(Timestamp::from_millis);
        self.judge(partition, message.offset(), &headers, time)
    }

    fn judge(
        &self,
        partition: &TopicPartition,
        offset: i64,
        headers: &[(&str, Option<&[u8]>)],
        time: Option<Timestamp>,
    ) -> Verdict {
        let state = &mut *self.state();
        let replayed = &mut state.replayed;
        if replayed.count() >= self.limit {
            replayed.limited = true;
            return Verdict::Enough;
        }
        let progress = state.partitions.entry(partition.clone()).or_default();
        let passed_over_as = if progress.meet(offset) {
            &mut replayed.before
        } else {
            match Letter::read(headers) {
                None => &mut replayed.unknown,
                Some(letter) if letter.pipeline != self.choice.pipeline => &mut replayed.foreign,
                Some(letter) if !self.choice.takes(&letter, time) => &mut replayed.others,
                Some(letter) if letter.lacks_value => &mut replayed.without_value,
                Some(_) if !self.only_counts && !progress.take(offset) => &mut replayed.left,
                Some(letter) => {
                    replayed.count_taken(&letter);
                    if !self.only_counts {
                        return Verdict::Take(letter.origin, letter.own_headers);
                    }
                    return Verdict::Pass;
                }
            }
        };
        *passed_over_as += 1;
        Verdict::Pass
    }

    /// All that was taken before these positions is done.
    pub(super) fn store(&self, positions: &[(TopicPartition, i64)]) {
        let mut state = self.state();
        for (partition, position) in positions {
            if let Some(progress) = state.partitions.get_mut(partition) {
                progress.done_before(*position);
            }
        }
    }

    /// Commits, where it is time for it, what became done. An answer that says no changes nothing: it comes again.
    pub(super) fn commit_now_and_then<C: ConsumerContext>(
        &self,
        consumer: &BaseConsumer<C>,
    ) -> Result<(), SourceError> {
        let list = {
            let state = &mut *self.state();
            if Instant::now() < state.next_commit {
                return Ok(());
            }
            state.next_commit = Instant::now() + COMMIT;
            let moved = state
                .partitions
                .iter_mut()
                .filter_map(|(partition, progress)| progress.take_moved().then_some((partition, &*progress)));
            list(moved).map_err(SourceError::fatal)?
        };
        if list.count() == 0 {
            return Ok(());
        }
        consumer.commit(&list, CommitMode::Async).map_err(|error| SourceError::Commit(error.to_string()))
    }

    /// Commits what is done and waits for the answer.
    pub(super) fn commit<C: ConsumerContext>(&self, consumer: &BaseConsumer<C>) -> KafkaResult<()> {
        if self.only_counts {
            return Ok(());
        }
        let list = list(&self.state().partitions)?;
        if list.count() == 0 { Ok(()) } else { consumer.commit(&list, CommitMode::Sync) }
    }

    /// These partitions are another's from now on.
    pub(super) fn revoked(&self, partitions: &[TopicPartition]) {
        let mut state = self.state();
        partitions.iter().for_each(|partition| drop(state.partitions.remove(partition)));
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Replayed {
    fn count_taken(&mut self, letter: &Letter<'_>) {
        let mut kind = Kind { stage: letter.stage.to_owned(), field: letter.field.map(str::to_owned) };
        if self.taken.len() >= KINDS && !self.taken.contains_key(&kind) {
            kind = Kind { stage: "other".to_owned(), field: None };
        }
        *self.taken.entry(kind).or_default() += 1;
    }
}

fn list<'a>(
    partitions: impl IntoIterator<Item = (&'a TopicPartition, &'a Progress)>,
) -> Result<TopicPartitionList, KafkaError> {
    let mut list = TopicPartitionList::new();
    for (partition, progress) in partitions {
        if let Some((offset, text)) = progress.to_commit() {
            let mut element = list.add_partition(&partition.topic, partition.partition);
            element.set_offset(Offset::Offset(offset))?;
            element.set_metadata(text);
        }
    }
    Ok(list)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::kafka::letter::names;

    type Header = (&'static str, Option<&'static [u8]>);

    const LETTER: [Header; 5] = [
        (names::TOPIC, Some(b"items")),
        (names::PARTITION, Some(b"3")),
        (names::OFFSET, Some(b"17")),
        (names::PIPELINE, Some(b"packages")),
        (names::STAGE, Some(b"decode")),
    ];

    fn dead(number: i32) -> TopicPartition {
        TopicPartition { topic: "dead".into(), partition: number }
    }

    fn replay(limit: Option<u64>, only_counts: bool) -> Replay {
        let choice = Choice { pipeline: "packages".into(), stage: Some("decode".into()), ..Choice::default() };
        Replay::new(choice, limit, false, only_counts)
    }

    fn with(index: usize, header: Header) -> Vec<Header> {
        let mut headers = LETTER.to_vec();
        headers[index] = header;
        headers
    }

    #[test]
    fn what_is_asked_for_is_taken_and_all_else_counted() {
        let replay = replay(None, false);
        let marked = Committed { offset: 0, metadata: "kiteline-replayed:AgE".into() };
        replay.assigned(dead(0), Some(&marked)).expect("ours");
        let cut = [&LETTER[..], &[(names::VALUE_DROPPED, Some(&b"too large"[..]))]].concat();
        let letters = [
            LETTER.to_vec(),
            with(3, (names::PIPELINE, Some(b"other"))),
            LETTER.to_vec(),
            with(4, (names::STAGE, Some(b"write"))),
            cut,
            Vec::new(),
            [&[("own", None)], &LETTER[..]].concat(),
        ];
        let verdicts: Vec<_> =
            (0..).zip(&letters).map(|(offset, letter)| replay.judge(&dead(0), offset, letter, None)).collect();
        let origin = Origin { topic: "items".into(), partition: 3, offset: 17 };
        use Verdict::{Pass, Take};
        assert_eq!(
            verdicts,
            [Take(origin.clone(), 0), Pass, Pass, Pass, Pass, Pass, Take(origin, 1)],
            "the third is marked as replayed"
        );
        let replayed = replay.replayed();
        assert_eq!((replayed.count(), replayed.before, replayed.foreign, replayed.others), (2, 1, 1, 1));
        assert_eq!((replayed.without_value, replayed.unknown, replayed.left), (1, 1, 0));
    }

    #[test]
    fn a_limit_ends_it() {
        let replay = replay(Some(2), false);
        let verdicts: Vec<_> =
            (0..4).map(|offset| replay.judge(&dead(offset % 2), offset.into(), &LETTER, None)).collect();
        assert!(matches!(verdicts[..], [Verdict::Take(..), Verdict::Take(..), Verdict::Enough, Verdict::Enough]));
        assert!(replay.replayed().limited);
    }

    #[test]
    fn one_that_only_counts_takes_nothing() {
        let replay = replay(None, true);
        assert_eq!(replay.judge(&dead(0), 0, &LETTER, None), Verdict::Pass);
        assert_eq!(replay.replayed().count(), 1);
    }

    #[test]
    fn what_others_committed_is_not_guessed_at() {
        let foreign = Committed { offset: 3, metadata: "someone else's".into() };
        assert!(replay(None, false).assigned(dead(0), Some(&foreign)).is_err());
    }
}
