//! The producer: random operations on keys, each written to the key's own partition and entered in the ledger.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::DeliveryResult;
use rdkafka::producer::{BaseRecord, Producer as _, ProducerContext, ThreadedProducer};
use rdkafka::{ClientConfig, ClientContext, Message};

use super::ledger::Ledger;
use super::random::Random;
use super::record::{self, Bad, Shape, What};

/// How long the brokers may take for all that was sent: a broker may be gone for a while.
const FLUSH: Duration = Duration::from_secs(120);
/// How often a feed looks at the clock.
const TICK: Duration = Duration::from_millis(10);

/// Which operations come, and on which keys.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    /// Keys, by the partitions that have them.
    pub(crate) shares: Vec<Share>,
    /// So many keys get half of all operations.
    pub(crate) hot: u32,
    /// So many of a thousand records are tombstones.
    pub(crate) deletes: u32,
    /// So many of a thousand records are bad.
    pub(crate) bad: u32,
    pub(crate) kinds: Vec<Bad>,
    pub(crate) shape: Shape,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Share {
    first_key: u32,
    keys: u32,
    first_partition: i32,
    partitions: i32,
}

/// Writes records. There is one for each scenario.
pub(crate) struct Producer {
    inner: ThreadedProducer<Context>,
    ledger: Arc<Ledger>,
    plan: Arc<Mutex<Plan>>,
    random: Random,
    topic: String,
}

/// A producer at work in a thread of its own.
pub(crate) struct Feed {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<Producer>,
}

pub(crate) struct Context {
    ledger: Arc<Ledger>,
}

impl ClientContext for Context {
    /// A broker that is gone is what the scenarios are about.
    fn error(&self, _: KafkaError, _: &str) {}
}

impl ProducerContext for Context {
    type DeliveryOpaque = usize;

    fn delivery(&self, result: &DeliveryResult<'_>, seq: usize) {
        // One that fails stays without an offset, and the scenario ends by that.
        if let Ok(message) = result {
            self.ledger.acknowledged(seq as u32, message.partition(), message.offset());
        }
    }
}

impl Plan {
    /// Upserts and deletes, on keys that are spread over all partitions.
    pub(crate) fn new(keys: u32, partitions: i32) -> Self {
        let share = Share { first_key: 0, keys, first_partition: 0, partitions };
        Self {
            shares: vec![share],
            hot: 10,
            deletes: 100,
            bad: 0,
            kinds: Bad::PLAIN.to_vec(),
            shape: Shape { dim: 4, more: false },
        }
    }

    /// More partitions, with keys of their own: a key stays in its partition, or its order would be lost.
    pub(crate) fn grow(&mut self, keys: u32, partitions: i32) {
        let (first_key, first_partition) = (self.keys(), self.partitions());
        self.shares.push(Share { first_key, keys, first_partition, partitions });
    }

    /// How many keys there are.
    pub(crate) fn keys(&self) -> u32 {
        self.shares.iter().map(|share| share.keys).sum()
    }

    /// How many partitions there are.
    pub(crate) fn partitions(&self) -> i32 {
        self.shares.iter().map(|share| share.partitions).sum()
    }

    fn partition(&self, key: u32) -> i32 {
        let share = self.shares.iter().rfind(|share| share.first_key <= key).expect("the first key is 0");
        share.first_partition + ((key - share.first_key) % share.partitions as u32) as i32
    }

    fn next(&self, random: &mut Random) -> (u32, What) {
        let of = if random.chance(500) { self.hot.min(self.keys()) } else { self.keys() };
        let key = random.below(of);
        let what = if random.chance(self.bad) {
            What::Bad(random.pick(&self.kinds))
        } else if random.chance(self.deletes) {
            What::Delete
        } else {
            What::Upsert
        };
        (key, what)
    }
}

impl Producer {
    /// `brokers` acknowledge each record once, in order, however often it had to be sent.
    pub(crate) fn new(brokers: &str, topic: &str, ledger: Arc<Ledger>, plan: Plan, random: Random) -> Self {
        let mut config = ClientConfig::new();
        config.set("bootstrap.servers", brokers).set("acks", "all").set("enable.idempotence", "true");
        config
            .set("message.timeout.ms", "300000")
            .set("linger.ms", "5")
            .set("topic.metadata.refresh.interval.ms", "1000");
        // A broker that is gone is looked for soon, as the scenarios wait for it.
        config.set("reconnect.backoff.max.ms", "500").set("socket.timeout.ms", "5000");
        let inner = config.create_with_context(Context { ledger: Arc::clone(&ledger) }).expect("a producer");
        Self { inner, ledger, plan: Arc::new(Mutex::new(plan)), random, topic: topic.to_owned() }
    }

    /// The plan, to be looked at or changed while the producer works.
    pub(crate) fn plan(&self) -> Arc<Mutex<Plan>> {
        Arc::clone(&self.plan)
    }

    /// Writes so many records of the plan.
    pub(crate) fn send(&mut self, count: u32) {
        for _ in 0..count {
            self.send_one();
        }
    }

    /// Writes one record for each key, in order.
    pub(crate) fn send_each_key(&mut self) {
        let keys = self.plan.lock().unwrap_or_else(PoisonError::into_inner).keys();
        for key in 0..keys {
            self.write(key, What::Upsert);
        }
    }

    fn send_one(&mut self) {
        let (key, what) = self.plan.lock().unwrap_or_else(PoisonError::into_inner).next(&mut self.random);
        self.write(key, what);
    }

    fn write(&mut self, key: u32, what: What) {
        let (partition, shape) = {
            let plan = self.plan.lock().unwrap_or_else(PoisonError::into_inner);
            (plan.partition(key), plan.shape)
        };
        let seq = self.ledger.enter(key, what, partition);
        let id = record::key(key);
        let value = record::value(what, &id, seq, shape);
        let mut message: BaseRecord<'_, String, Vec<u8>, usize> =
            BaseRecord::with_opaque_to(&self.topic, seq as usize).partition(partition);
        message.key = (!matches!(what, What::Bad(bad) if bad.is_keyless())).then_some(&id);
        message.payload = value.as_ref();
        loop {
            match self.inner.send(message) {
                Ok(()) => return,
                // The queue is full, or partitions were added and the producer has not heard of them.
                Err((
                    KafkaError::MessageProduction(RDKafkaErrorCode::QueueFull | RDKafkaErrorCode::UnknownPartition),
                    back,
                )) => {
                    message = back;
                    std::thread::park_timeout(TICK);
                }
                Err((error, _)) => panic!("record {seq} can't be sent: {error}"),
            }
        }
    }

    /// Waits until the brokers have all that was sent.
    pub(crate) fn flush(&self) {
        self.inner.flush(FLUSH).expect("the brokers take what was sent");
    }

    /// Goes on writing, so many records a second, until it is told to stop.
    pub(crate) fn feed(mut self, rate: u32) -> Feed {
        let stop = Arc::<AtomicBool>::default();
        let stopped = Arc::clone(&stop);
        let thread = std::thread::spawn(move || {
            let (start, mut sent) = (Instant::now(), 0);
            while !stopped.load(Ordering::Acquire) {
                let due = (start.elapsed().as_secs_f64() * f64::from(rate)) as u32;
                self.send(due.saturating_sub(sent));
                sent = sent.max(due);
                std::thread::park_timeout(TICK);
            }
            self
        });
        Feed { stop, thread }
    }
}

impl Feed {
    /// Stops it; all that it sent is with the brokers then.
    pub(crate) fn stop(self) -> Producer {
        self.stop.store(true, Ordering::Release);
        let producer = self.thread.join().expect("the feed does not panic");
        producer.flush();
        producer
    }
}
