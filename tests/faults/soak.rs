//! Random faults in random order, for a minute or for as many as KITELINE_FAULTS_MINUTES says.
//!
//! One fault is over before the next one comes. What Kiteline does not promise is left out: that nothing older comes
//! last where partitions move to another process while Milvus stands still with requests of the first (ARCHITECTURE.md).

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::harness::folder::Folder;
use super::harness::kiteline::Kiteline;
use super::harness::producer::Plan;
use super::harness::proxy::Proxy;
use super::harness::run::Run;
use super::harness::servers::Server;
use super::harness::setup::Setup;

/// Records a second.
const RATE: u32 = 400;
/// Processes at a time, at most.
const PROCESSES: usize = 3;
/// Brokers, on all of which every topic is.
const BROKERS: u32 = 3;

/// What can happen, with the name that the report has for it.
type Fault = (&'static str, fn(&mut World));

const FAULTS: [Fault; 12] = [
    ("killed", World::kill),
    ("ended", World::end),
    ("joined by one more", World::join),
    ("Milvus killed", World::kill_milvus),
    ("Milvus frozen", World::freeze_milvus),
    ("connection cut", World::cut),
    ("connection refused", World::refuse),
    ("connection slow", World::slow),
    ("connection half open", World::hold),
    ("broker killed", World::kill_broker),
    ("broker frozen", World::freeze_broker),
    ("collection made anew", World::drop_collection),
];

/// What faults happen to.
struct World {
    run: Run,
    kafka: Server,
    milvus: Server,
    proxy: Proxy,
    processes: Vec<Kiteline>,
}

#[test]
fn random_faults_lose_nothing() {
    let minutes = std::env::var("KITELINE_FAULTS_MINUTES");
    let minutes: u64 = minutes.map_or(1, |minutes| minutes.parse().expect("KITELINE_FAULTS_MINUTES is a number"));
    let folder = Folder::new();
    let kafka = Server::kafka(folder.path(), &["--brokers", &BROKERS.to_string()]);
    let milvus = Server::milvus(folder.path(), &[]);
    let proxy = Proxy::before(milvus.address.trim_start_matches("http://"));
    let setup = Setup {
        brokers: kafka.address.clone(),
        milvus: milvus.address.clone(),
        seen_milvus: Some(format!("http://{}", proxy.address())),
        replicas: BROKERS as i32,
        ..Setup::shared(Plan { bad: 5, ..Plan::new(3000, 8) })
    };
    let (run, producer) = Run::new("soak", setup);
    run.allowed.borrow_mut().repeated_letters = true;
    let (start, feed) = (Instant::now(), producer.feed(RATE));
    let processes = vec![run.start()];
    let mut world = World { run, kafka, milvus, proxy, processes };
    world.run.progress(&mut world.processes, 1);
    let mut happened: BTreeMap<&str, u32> = BTreeMap::new();
    while start.elapsed() < Duration::from_secs(60 * minutes) {
        let (name, fault) = world.run.random.borrow_mut().pick(&FAULTS);
        println!("soak: after {:.0} s: {name}", start.elapsed().as_secs_f64());
        fault(&mut world);
        *happened.entry(name).or_default() += 1;
        world.run.progress(&mut world.processes, i64::from(RATE));
        world.run.check_committed();
    }
    feed.stop();
    world.run.settle(&mut world.processes);
    let happened: Vec<String> = happened.iter().map(|(name, times)| format!("{name} {times}")).collect();
    world.run.account(&format!("{minutes} minutes: {}", happened.join(", ")));
}

impl World {
    /// Lets a random time go by, in milliseconds.
    fn pass(&mut self, from: u32, to: u32) {
        let time = self.run.time(from, to);
        self.run.pass(time, &mut self.processes);
    }

    fn take_one(&mut self) -> Kiteline {
        let index = self.run.random.borrow_mut().below(self.processes.len() as u32);
        self.processes.remove(index as usize)
    }

    fn kill(&mut self) {
        self.take_one().kill();
        self.pass(0, 2000);
        self.processes.push(self.run.start());
    }

    /// One leaves; where it was the only one, another one comes.
    fn end(&mut self) {
        self.take_one().terminate();
        if self.processes.is_empty() {
            self.processes.push(self.run.start());
        }
    }

    fn join(&mut self) {
        if self.processes.len() == PROCESSES {
            self.take_one().terminate();
        }
        self.processes.push(self.run.start());
    }

    fn kill_milvus(&mut self) {
        self.milvus.kill(None);
        self.pass(0, 5000);
        self.milvus.start();
    }

    fn freeze_milvus(&mut self) {
        self.milvus.pause(None);
        self.pass(1000, 20_000);
        self.run.thaw(&self.milvus);
    }

    fn cut(&mut self) {
        self.proxy.cut();
    }

    fn refuse(&mut self) {
        self.proxy.refuse();
        self.pass(500, 8000);
        self.proxy.heal();
    }

    fn slow(&mut self) {
        let bytes = self.run.random.borrow_mut().below(30_000) + 1000;
        self.proxy.slow(bytes);
        self.pass(2000, 10_000);
        self.proxy.heal();
    }

    /// What was held comes through after all, or never does.
    fn hold(&mut self) {
        self.proxy.hold();
        self.pass(1000, 15_000);
        if self.run.random.borrow_mut().chance(500) {
            self.proxy.cut();
        }
        self.proxy.heal();
    }

    fn kill_broker(&mut self) {
        let broker = self.run.random.borrow_mut().below(BROKERS) + 1;
        self.kafka.kill(Some(broker));
        self.pass(0, 8000);
        self.kafka.start();
    }

    fn freeze_broker(&mut self) {
        let broker = self.run.random.borrow_mut().below(BROKERS) + 1;
        self.kafka.pause(Some(broker));
        self.pass(1000, 10_000);
        self.kafka.resume(Some(broker));
    }

    fn drop_collection(&mut self) {
        self.run.collection.remove();
        self.run.dropped(&mut self.processes);
        self.run.collection.create(&[]);
    }
}
