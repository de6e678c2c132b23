//! Records from Kafka: one consumer of the group for the process, whose partition queues are handed to the lanes.
//!
//! The consumer itself is polled for events only: rebalances, errors, commits. Records of a partition come through
//! that partition's own queue, so a lane reads just what is its own, in order, and what it does not read stays in
//! librdkafka, within its limit. No type of rdkafka leaves this module.

mod ask;
mod client;
mod ends;
mod error;
mod fetch;
mod letter;
mod local;
mod offsets;
mod peek;
mod queue;
mod rebalance;
mod replay;
mod start;
mod statistics;
mod told;
mod topic;

pub use client::Settings;
pub(crate) use client::setting;
pub use ends::Ends;
pub use error::SourceError;
pub(crate) use letter::names;
pub use local::LocalKafka;
pub use peek::peek;
pub use queue::{Polled, Queue};
pub use rebalance::Assignments;
pub use replay::{Choice, Kind, Replay, Replayed};
pub use start::Start;
pub use statistics::Fetched;
pub use topic::{Looked, Topic};

use std::collections::BTreeSet;
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

use rdkafka::consumer::{BaseConsumer, CommitMode, Consumer};
use rdkafka::error::{KafkaError, KafkaResult, RDKafkaErrorCode};
use rdkafka::{Offset, TopicPartitionList};

use self::client::Reading;
use self::rebalance::Context;
use self::start::Starts;
use super::TopicPartition;

/// How long a start waits for the brokers.
const CONNECT: Duration = Duration::from_secs(15);
/// How long the last commit may wait for a rebalance to end. It mostly does within seconds; but a member that died makes
/// the others wait for as long as its session lasts (45 s).
const COMMIT: Duration = Duration::from_secs(50);
/// How often the consumer is served meanwhile.
const SERVE: Duration = Duration::from_millis(10);

/// The consumer of this process.
pub struct KafkaSource {
    consumer: Arc<BaseConsumer<Context>>,
    settings: Settings,
    starts: Arc<Starts>,
    replay: Option<Arc<Replay>>,
    /// What the topics of the settings have, as found at the start.
    found: BTreeSet<TopicPartition>,
}

impl std::fmt::Debug for KafkaSource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KafkaSource").field("found", &self.found.len()).finish_non_exhaustive()
    }
}

impl KafkaSource {
    /// Connects and looks at the topics. `until_end` makes the queues say where a partition ends.
    pub fn connect(settings: Settings, until_end: bool) -> Result<Self, SourceError> {
        Self::new(settings, if until_end { Reading::UntilEnd } else { Reading::On }, None)
    }

    /// Connects to replay dead letters: the settings' only topic is that of the dead letter. It is a bounded run, and
    /// what is committed says which letters were replayed.
    pub fn replay(settings: Settings, replay: Arc<Replay>) -> Result<Self, SourceError> {
        let source = Self::new(settings, Reading::Replay, Some(Arc::clone(&replay)))?;
        if replay.take_starts_over() {
            source.start_over()?;
        }
        Ok(source)
    }

    fn new(settings: Settings, reading: Reading, replay: Option<Arc<Replay>>) -> Result<Self, SourceError> {
        let deadline = Instant::now() + CONNECT;
        let client = client::asking(&settings)?;
        let found = client::look(&settings, &client, CONNECT)?;
        let starts = Arc::new(Starts::new(&settings.start, &client, &found, deadline)?);
        let context = Context::new(Arc::clone(&starts), replay.clone());
        let consumer = client::consumer(&settings, context, found.len(), reading)?;
        Ok(Self { consumer, settings, starts, replay, found })
    }

    /// Forgets what earlier replays committed. It comes before joining the group: brokers take it from no member then.
    fn start_over(&self) -> Result<(), SourceError> {
        let deadline = Instant::now() + CONNECT;
        let places = self.found.iter().map(|partition| (partition, Offset::Beginning));
        let mut list = TopicPartitionList::new();
        for (partition, beginning) in offsets::of(&self.consumer, places, deadline)? {
            let offset = Offset::Offset(beginning.unwrap_or(0));
            list.add_partition_offset(&partition.topic, partition.partition, offset).map_err(SourceError::fatal)?;
        }
        let committed = ask::until(deadline, |_| self.consumer.commit(&list, CommitMode::Sync));
        committed.map_err(|error| SourceError::NotStartedOver(error.to_string()))
    }

    /// The partitions that the topics had at the start.
    pub fn partitions(&self) -> &BTreeSet<TopicPartition> {
        &self.found
    }

    /// Where the partitions end now.
    pub fn ends(&self) -> Result<Ends, SourceError> {
        ends::of(&self.consumer, &self.starts, &self.found, Instant::now() + CONNECT)
    }

    /// Where these partitions end now, asked of their leaders all at once.
    pub fn latest(
        &self,
        partitions: &[TopicPartition],
        wait: Duration,
    ) -> Result<Vec<(TopicPartition, i64)>, SourceError> {
        ends::latest(&self.consumer, partitions, wait)
    }

    /// Joins the group. From now on partitions come and go through `assignments`, called by [`Self::serve`].
    pub fn subscribe(&self, assignments: Arc<dyn Assignments>) -> Result<(), SourceError> {
        self.consumer.context().start(&self.consumer, assignments);
        let topics: Vec<&str> = self.settings.topics.iter().map(String::as_str).collect();
        self.consumer.subscribe(&topics).map_err(SourceError::fatal)
    }

    /// Serves rebalances, errors and commits for up to `wait`.
    pub fn serve(&self, wait: Duration) -> Result<(), SourceError> {
        let polled = self.consumer.poll(wait);
        if let Some(error) = self.consumer.context().take_failure() {
            return Err(error);
        }
        if let Some(replay) = &self.replay {
            replay.commit_now_and_then(&self.consumer)?;
        }
        match polled {
            None => Ok(()),
            Some(Ok(message)) => {
                // Queues are split before a partition is fetched from, so no record can come this way.
                use rdkafka::Message;
                let (topic, partition, offset) = (message.topic(), message.partition(), message.offset());
                Err(SourceError::Astray(format!("{topic}/{partition}/{offset}")))
            }
            Some(Err(error)) => {
                // librdkafka says of a fatal error only that there is one; what it is must be asked for.
                let fatal = self.consumer.client().fatal_error().map(|(code, _)| code);
                let code = fatal.or(error.rdkafka_error_code());
                let ends_the_run = code.and_then(SourceError::of_code);
                ends_the_run.or(fatal.map(SourceError::fatal)).map_or(Ok(()), Err)
            }
        }
    }

    /// Marks positions as what may be committed: the offsets before them are done. They are committed every second,
    /// when partitions are revoked and at the end. Only `delivery` calls this.
    pub fn store(&self, positions: &[(TopicPartition, i64)]) {
        if let Some(replay) = &self.replay {
            return replay.store(positions);
        }
        for (partition, position) in positions {
            let mut list = TopicPartitionList::new();
            let added = list.add_partition_offset(&partition.topic, partition.partition, Offset::Offset(*position));
            if let Err(error) = added.and_then(|()| self.consumer.store_offsets(&list)) {
                // The partition is another process's by now: it will read these records again.
                tracing::debug!(%partition, position, %error, "position not stored");
            }
        }
    }

    /// Commits the stored positions and waits for the answer. Meanwhile the consumer is served: brokers answer only when
    /// a rebalance is over that they may be in, and that may need this member.
    pub fn commit(&self) -> Result<(), SourceError> {
        let deadline = Instant::now() + COMMIT;
        loop {
            match self.commit_once(deadline)? {
                Ok(()) | Err(KafkaError::ConsumerCommit(RDKafkaErrorCode::NoOffset)) => return Ok(()),
                // Brokers take no commit while members come and go. It comes again when this member is back; what is
                // another's by then is read again there.
                Err(KafkaError::ConsumerCommit(
                    RDKafkaErrorCode::RebalanceInProgress
                    | RDKafkaErrorCode::IllegalGeneration
                    | RDKafkaErrorCode::UnknownMemberId,
                )) if Instant::now() < deadline => self.serve(SERVE)?,
                Err(error) => return Err(SourceError::Commit(error.to_string())),
            }
        }
    }

    fn commit_once(&self, deadline: Instant) -> Result<KafkaResult<()>, SourceError> {
        let (consumer, replay) = (Arc::clone(&self.consumer), self.replay.clone());
        let (tell, told) = mpsc::channel();
        let commit = move || {
            let committed = match &replay {
                Some(replay) => replay.commit(&consumer),
                None => consumer.commit_consumer_state(CommitMode::Sync),
            };
            // The consumer is closed by whoever drops it last, and that takes longer than this thread may live.
            drop((consumer, replay));
            // Nobody waits any more where the time was over.
            let _ = tell.send(committed);
        };
        std::thread::Builder::new().name("commit".to_owned()).spawn(commit).expect("a thread can be started");
        loop {
            match told.recv_timeout(SERVE) {
                Ok(committed) => return Ok(committed),
                Err(_) if Instant::now() < deadline => self.serve(Duration::ZERO)?,
                Err(_) => {
                    let text = format!("the brokers have not answered after {} s", COMMIT.as_secs());
                    return Err(SourceError::Commit(text));
                }
            }
        }
    }
}
