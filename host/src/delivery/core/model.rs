//! The core against a model: random histories of records, faults, revocations and crashes. Whatever happens, each record
//! ends in Milvus, on the dead letter's topic, or overtaken by a later operation on its key, no position is committed
//! before that, and the last state of each key is that of its last operation which Milvus took.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use arrow_array::StringArray;
use proptest::prelude::*;

use super::{Ceiling, Core, Letter, Limits, Outcome, Pace};
use crate::batch::{Batch, Column, Names, Operation, Operations, Origin, Records, Rejection, Stage};
use crate::config::UnknownFields;
use crate::sink::{Class, Request, Schema, WriteError, validate};
use crate::source::TopicPartition;
use crate::target::{Collection, Field, FieldType};

const PARTITIONS: i32 = 3;
const MEMBERS: usize = 2;

/// A record of the history.
#[derive(Debug, Clone, Copy)]
struct Op {
    key: i64,
    delete: bool,
    /// Milvus partition; none in histories without partitions.
    goes: Option<u8>,
    fate: Fate,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Fate {
    /// Milvus takes it.
    Taken,
    /// Milvus refuses any request that has it.
    Refused,
    /// A plugin or validation rejects it.
    Rejected,
    /// A plugin discards it.
    Discarded,
}

struct Random(u64);

impl Random {
    fn below(&mut self, most: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % most
    }

    fn one_in(&mut self, times: u64) -> bool {
        self.below(times) == 0
    }
}

struct Member {
    core: Core,
    /// The next offset to read of each partition that it has.
    next: BTreeMap<i32, i64>,
    under_way: Vec<Request>,
    letters: Vec<Letter>,
    held_until: Instant,
}

struct World {
    random: Random,
    schema: Arc<Schema>,
    log: Vec<Vec<Op>>,
    limits: Limits,
    members: Vec<Member>,
    committed: Vec<i64>,
    /// What Milvus has of each key, by its partitions: the offset that wrote it.
    rows: HashMap<i64, BTreeMap<Option<String>, i64>>,
    /// The last offset that was applied to each key.
    applied: HashMap<i64, i64>,
    dead: BTreeSet<(i32, i64)>,
    /// Milvus does not say that it is the rows that it refuses.
    unclear: bool,
    now: Instant,
}

fn schema() -> Arc<Schema> {
    let key = Field { primary: true, ..Field::new("id", FieldType::Int64) };
    let fields = vec![key, Field::new("offset", FieldType::Int64)];
    Arc::new(Schema::new(Collection { name: "items".into(), fields, dynamic: false, loaded: true }))
}

fn partition(number: i32) -> TopicPartition {
    TopicPartition { topic: "items".into(), partition: number }
}

impl World {
    fn new(seed: u64) -> Self {
        let mut random = Random(seed | 1);
        let partitioned = random.one_in(2);
        let unclear = random.one_in(3);
        let keys = 1 + random.below(12) as i64;
        let log = (0..PARTITIONS).map(|partition| {
            let records = random.below(60);
            let op = |_| Op {
                // A key's records are all in one partition.
                key: random.below(keys as u64) as i64 * i64::from(PARTITIONS) + i64::from(partition),
                delete: random.one_in(4),
                goes: partitioned.then(|| random.below(3) as u8),
                fate: match random.below(20) {
                    0 => Fate::Refused,
                    1 => Fate::Rejected,
                    2 => Fate::Discarded,
                    _ => Fate::Taken,
                },
            };
            (0..records).map(op).collect()
        });
        let log = log.collect();
        let limits = Limits {
            rows: 1 + random.below(20) as usize,
            bytes: if random.one_in(3) { 700 } else { 1 << 20 },
            held: if random.one_in(3) { 200 } else { 1 << 20 },
            age: Duration::from_millis(random.below(500)),
        };
        let mut world = Self {
            random,
            schema: schema(),
            log,
            limits,
            members: Vec::new(),
            committed: vec![0; PARTITIONS as usize],
            rows: HashMap::new(),
            applied: HashMap::new(),
            dead: BTreeSet::new(),
            unclear,
            now: Instant::now(),
        };
        for _ in 0..MEMBERS {
            let member = world.member();
            world.members.push(member);
        }
        for number in 0..PARTITIONS {
            world.assign(number as usize % MEMBERS, number);
        }
        world
    }

    fn member(&self) -> Member {
        let pace = Arc::new(Mutex::new(Pace::new(Ceiling::default())));
        let core = Core::new([&self.schema], self.limits, pace);
        Member { core, next: BTreeMap::new(), under_way: Vec::new(), letters: Vec::new(), held_until: self.now }
    }

    fn assign(&mut self, member: usize, number: i32) {
        let member = &mut self.members[member];
        member.core.assign(partition(number));
        member.next.insert(number, self.committed[number as usize]);
    }

    fn step(&mut self) {
        let member = self.random.below(MEMBERS as u64) as usize;
        match self.random.below(40) {
            0..12 => self.read(member),
            12..22 => {
                let flush = self.random.one_in(4);
                for _ in 0..=self.random.below(4) {
                    self.send(member, flush);
                }
            }
            22..32 => self.end(member, true),
            32..35 => self.letter(member),
            35..37 => self.now += Duration::from_millis(self.random.below(700)),
            37 => self.commit(member),
            38 => self.hand_over(member),
            _ if self.random.one_in(3) => self.crash(member),
            _ => {
                let until = self.now + Duration::from_millis(self.random.below(700));
                self.members[member].core.hold(until);
                self.members[member].held_until = until.max(self.members[member].held_until);
            }
        }
    }

    fn read(&mut self, member: usize) {
        let mut ops = Vec::new();
        let most = 1 + self.random.below(8) as usize;
        let this = &mut self.members[member];
        for (number, next) in &mut this.next {
            let log = &self.log[*number as usize];
            while ops.len() < most && (*next as usize) < log.len() {
                ops.push((*number, *next, log[*next as usize]));
                *next += 1;
            }
        }
        if ops.is_empty() {
            return;
        }
        let mut records = Records::default();
        for (number, offset, _) in &ops {
            let origin = Origin { topic: "items".into(), partition: *number, offset: *offset };
            records.push(origin, None, None, None, std::iter::empty());
        }
        let records = Arc::new(records);
        let id = this.core.enter(Arc::clone(&records));
        let mut batch = Batch::new(Arc::clone(&records), Operation::Upsert);
        batch.set("id", Column::ints(ops.iter().map(|(.., op)| op.key).collect::<Vec<_>>().into()));
        batch.set("offset", Column::ints(ops.iter().map(|(_, offset, _)| *offset).collect::<Vec<_>>().into()));
        let operation = |op: &Op| if op.delete { Operation::Delete } else { Operation::Upsert };
        batch.set_operations(Operations::Each(ops.iter().map(|(.., op)| operation(op)).collect()));
        let names: StringArray = ops.iter().map(|(.., op)| op.goes.map(|goes| format!("p{goes}"))).collect();
        batch.set_partitions(Names::Each(names));
        let goes_on = |op: &Op| matches!(op.fate, Fate::Taken | Fate::Refused);
        let batch = batch.filter(&ops.iter().map(|(.., op)| Some(goes_on(op))).collect());
        let (prepared, flawed) = validate(&batch, &self.schema, UnknownFields::Reject);
        assert_eq!(flawed, []);
        this.core.add(0, &prepared, id, self.now);
        let rejected = (0..).zip(&ops).filter(|(_, (.., op))| op.fate == Fate::Rejected);
        let rejected = rejected.map(|(record, _)| Rejection::new(record, Stage::Decode, "bad"));
        this.core.reject(id, rejected.collect());
        this.core.finish(id);
    }

    fn send(&mut self, member: usize, flush: bool) {
        let this = &mut self.members[member];
        if let Some(request) = this.core.next_request(self.now, flush) {
            assert!(self.now >= this.held_until, "nothing is sent while it is held");
            self.members[member].under_way.push(request);
            let requests = &self.members[member].under_way;
            let keys = requests.iter().flat_map(|request| self.ops(member, request)).map(|(.., op)| op.key);
            let keys: Vec<i64> = keys.collect();
            assert_eq!(keys.iter().collect::<BTreeSet<_>>().len(), keys.len(), "a key is under way once");
        }
    }

    /// The rows of a request that are sent.
    fn ops(&self, member: usize, request: &Request) -> Vec<(i32, i64, Op)> {
        let origin = |token| self.members[member].core.ledger.origin(token);
        let origins = request.sent().map(origin);
        origins.map(|o| (o.partition, o.offset, self.log[o.partition as usize][o.offset as usize])).collect()
    }

    fn end(&mut self, member: usize, faults: bool) {
        let under_way = self.members[member].under_way.len();
        if under_way == 0 {
            return;
        }
        let any = self.random.below(under_way as u64) as usize;
        let request = self.members[member].under_way.swap_remove(any);
        let ops = self.ops(member, &request);
        let fault = if faults { self.random.below(12) } else { 99 };
        let refused = ops.iter().any(|(.., op)| op.fate == Fate::Refused);
        let failed = |class| Outcome::Failed { error: WriteError::of_class(class), answers: true };
        let outcome = match fault {
            0 => failed(Class::Retry),
            1 => failed(Class::Slow),
            2 => failed(Class::NoPartition),
            3 if ops.len() > 2 => failed(Class::TooLarge),
            5 => failed(Class::Unclear),
            _ if refused && self.unclear => failed(Class::Unclear),
            _ if refused => failed(Class::Refused),
            4 => {
                // It was written, and the answer was lost.
                self.apply(&request, &ops);
                failed(Class::Retry)
            }
            _ => {
                self.apply(&request, &ops);
                Outcome::Written
            }
        };
        self.members[member].core.ended(request, outcome, self.now).expect("nothing ends the run");
    }

    fn apply(&mut self, request: &Request, ops: &[(i32, i64, Op)]) {
        for (_, offset, op) in ops {
            assert_eq!(op.delete, request.operation() == Operation::Delete);
            let rows = self.rows.entry(op.key).or_default();
            // What the sender does: rows that name a partition are deleted wherever they are.
            if op.delete || request.partition().is_some() {
                rows.clear();
            }
            if !op.delete {
                rows.insert(request.partition().map(ToString::to_string), *offset);
            }
            let applied = self.applied.entry(op.key).or_insert(*offset);
            *applied = (*applied).max(*offset);
        }
    }

    fn letter(&mut self, member: usize) {
        let this = &mut self.members[member];
        this.letters.extend(this.core.next_letter());
        if this.letters.is_empty() || self.random.one_in(3) {
            return;
        }
        let Letter { batch, records, rejection } =
            this.letters.swap_remove(self.random.below(this.letters.len() as u64) as usize);
        let origin = records.get(rejection.record as usize).origin();
        self.dead.insert((origin.partition, origin.offset));
        this.core.delivered(batch, rejection.record);
    }

    fn commit(&mut self, member: usize) {
        for (moved, position) in self.members[member].core.take_moved() {
            let number = moved.partition;
            assert!(self.members[member].next.contains_key(&number), "a position of a partition that is another's");
            assert!(position > self.committed[number as usize], "positions grow");
            self.committed[number as usize] = position;
            for (offset, op) in (0..position).zip(&self.log[number as usize]) {
                let done = op.fate == Fate::Discarded
                    || self.dead.contains(&(number, offset))
                    || self.applied.get(&op.key).is_some_and(|applied| *applied >= offset);
                assert!(done, "{number}/{offset} is committed, and nowhere: {op:?}");
            }
        }
    }

    /// A rebalance whose time ran out: what was not done is another member's.
    fn hand_over(&mut self, member: usize) {
        let Some(number) = self.members[member].next.keys().next().copied() else { return };
        self.commit(member);
        // What is under way ends before the other member writes; if the answer comes later, it says nothing.
        let late = std::mem::take(&mut self.members[member].under_way);
        for request in &late {
            let ops = self.ops(member, request);
            if self.random.one_in(2) && ops.iter().all(|(.., op)| op.fate != Fate::Refused) {
                self.apply(request, &ops);
            }
        }
        self.members[member].next.remove(&number);
        self.members[member].core.revoke(&[partition(number)]);
        let other = (member + 1) % MEMBERS;
        self.assign(other, number);
        for request in late {
            let outcome = Outcome::Failed { error: WriteError::of_class(Class::Retry), answers: false };
            self.members[member].core.ended(request, outcome, self.now).expect("nothing ends the run");
        }
    }

    fn crash(&mut self, member: usize) {
        let numbers: Vec<i32> = self.members[member].next.keys().copied().collect();
        self.members[member] = self.member();
        for number in numbers {
            self.assign(member, number);
        }
    }

    /// Without faults, until everything is done.
    fn drain(&mut self) {
        for _ in 0..100_000 {
            for member in 0..MEMBERS {
                self.read(member);
                self.send(member, true);
                self.end(member, false);
                self.letter(member);
                self.commit(member);
            }
            self.now += Duration::from_secs(20);
            let ends = self.log.iter().map(|log| log.len() as i64);
            if self.committed.iter().copied().eq(ends) && self.members.iter().all(|member| member.core.is_settled()) {
                return;
            }
        }
        panic!("not done: committed {:?}", self.committed);
    }

    fn check(&self) {
        let mut expected: BTreeMap<i64, (i64, Option<String>)> = BTreeMap::new();
        for (number, log) in self.log.iter().enumerate() {
            for (offset, op) in (0..).zip(log) {
                match op.fate {
                    Fate::Taken if op.delete => drop(expected.remove(&op.key)),
                    Fate::Taken => drop(expected.insert(op.key, (offset, op.goes.map(|goes| format!("p{goes}"))))),
                    Fate::Rejected => assert!(self.dead.contains(&(number as i32, offset)), "{number}/{offset}"),
                    Fate::Refused | Fate::Discarded => {}
                }
            }
        }
        for (number, offset) in &self.dead {
            let op = self.log[*number as usize][*offset as usize];
            assert!(matches!(op.fate, Fate::Refused | Fate::Rejected), "{number}/{offset} is no bad record: {op:?}");
        }
        let mut found: BTreeMap<i64, (i64, Option<String>)> = BTreeMap::new();
        for (key, rows) in &self.rows {
            assert!(rows.len() <= 1, "key {key} is there twice: {rows:?}");
            found.extend(rows.iter().map(|(goes, offset)| (*key, (*offset, goes.clone()))));
        }
        assert_eq!(found, expected);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, max_shrink_iters: 0, failure_persistence: None, ..ProptestConfig::default() })]

    /// The seed of a history that fails is printed.
    #[test]
    fn every_record_is_written_or_on_the_dead_letter_or_overtaken(seed: u64) {
        let mut world = World::new(seed);
        for _ in 0..400 {
            world.step();
        }
        world.drain();
        world.check();
    }
}
