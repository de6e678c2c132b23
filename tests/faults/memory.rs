//! Memory while Milvus stands still and Kafka does not.

use std::time::{Duration, Instant};

use super::harness::folder::Folder;
use super::harness::kiteline::Kiteline;
use super::harness::producer::Plan;
use super::harness::record::Shape;
use super::harness::run::Run;
use super::harness::servers::Server;
use super::harness::setup::Setup;
use crate::support::wait_until;

/// What the pipeline may keep of records: for 200 partitions, of each of which it holds at least one batch of the
/// producer (up to a megabyte, as librdkafka makes them).
const LIMIT: u64 = 128 << 20;
/// How much resident memory may move and still count as flat: what the allocator keeps.
const FLAT: u64 = 8 << 20;

#[test]
fn memory_stays_flat_and_within_its_limit_while_milvus_stands_still() {
    // The vector makes records of a few kilobytes, so that the topic holds several times the limit.
    let plan = Plan { shape: Shape { dim: 256, more: false }, ..Plan::new(4000, 200) };
    stand_still("memory", plan, (60_000, 200_000), (60, 300));
}

#[test]
fn memory_stays_flat_and_within_its_limit_where_all_records_are_tombstones() {
    // What is kept beside a record is many times a tombstone.
    let plan = Plan { deletes: 1000, ..Plan::new(4000, 200) };
    stand_still("tombstones", plan, (400_000, 1_000_000), (20, 60));
}

/// So many records, and Milvus frozen for so many seconds, small and in full.
fn stand_still(scenario: &'static str, plan: Plan, records: (u32, u32), seconds: (u64, u64)) {
    let folder = Folder::new();
    let milvus = Server::milvus(folder.path(), &[]);
    let setup = Setup { milvus: milvus.address.clone(), ..Setup::shared(plan) };
    let setup = Setup {
        tables: format!("[limits]\nmemory = {LIMIT}\n"),
        kafka_keys: "fetch_memory = \"32MiB\"".into(),
        ..setup
    };
    let (run, mut producer) = Run::new(scenario, setup);
    let idle = run.start();
    wait_until("partitions are assigned", Duration::from_secs(60), || idle.log().contains("assigned"));
    let idle_size = settled(&idle);
    idle.terminate();

    producer.send(run.profile.size(records.0, records.1));
    producer.flush();
    let mut kiteline = [run.start()];
    run.progress(&mut kiteline, 1);
    milvus.pause(None);
    let still = run.profile.time(seconds.0, seconds.1);
    let mut sizes = Vec::new();
    for _ in 0..still.as_secs() {
        run.pass(Duration::from_secs(1), &mut kiteline);
        sizes.push(kiteline[0].resident());
    }
    run.thaw(&milvus);
    let (early, late) = sizes.split_at(sizes.len() / 2);
    let most = |sizes: &[u64]| sizes.iter().max().copied().unwrap_or(0);
    assert!(most(late) <= most(early) + FLAT, "it grows: {sizes:?}");
    run.settle(&mut kiteline);
    let peak = kiteline[0].peak_resident();
    let mib = |bytes: u64| bytes >> 20;
    run.account(&format!(
        "Milvus stood still for {} s: {} MiB then, {} at most, {} idle",
        still.as_secs(),
        mib(most(&sizes)),
        mib(peak),
        mib(idle_size)
    ));
    assert!(peak <= LIMIT + idle_size, "{} MiB over {} idle", mib(peak), mib(idle_size));
}

/// The size of a process that has nothing to do, once it stops changing.
fn settled(kiteline: &Kiteline) -> u64 {
    let (mut size, mut since) = (0, Instant::now());
    wait_until("memory settles", Duration::from_secs(60), || {
        let now = kiteline.resident();
        if now.abs_diff(size) > 1 << 20 {
            (size, since) = (now, Instant::now());
        }
        since.elapsed() > Duration::from_secs(2)
    });
    size
}
