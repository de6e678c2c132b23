//! Milvus killed, frozen, behind a bad connection, and short of what it allows.

use super::harness::folder::Folder;
use super::harness::producer::Plan;
use super::harness::proxy::Proxy;
use super::harness::record::Shape;
use super::harness::run::Run;
use super::harness::servers::Server;
use super::harness::setup::Setup;

#[test]
fn nothing_is_lost_when_milvus_is_killed_or_frozen() {
    let folder = Folder::new();
    let milvus = Server::milvus(folder.path(), &[]);
    let setup = Setup { milvus: milvus.address.clone(), ..Setup::shared(Plan { bad: 5, ..Plan::new(2000, 4) }) };
    let (run, producer) = Run::new("milvus", setup);
    let frozen = run.profile.time(20, 120);
    let kills = run.profile.size(1, 5);
    let feed = producer.feed(500);
    let mut kiteline = [run.start()];
    for _ in 0..kills {
        run.progress(&mut kiteline, 500);
        run.pass(run.time(0, 500), &mut kiteline);
        milvus.kill(None);
        run.pass(run.time(500, 3000), &mut kiteline);
        milvus.start();
        run.check_committed();
    }
    run.progress(&mut kiteline, 500);
    milvus.pause(None);
    run.pass(frozen, &mut kiteline);
    run.thaw(&milvus);
    run.progress(&mut kiteline, 500);
    run.check_committed();
    feed.stop();
    run.settle(&mut kiteline);
    run.account(&format!("Milvus killed {kills} times, frozen for {} s", frozen.as_secs()));
}

#[test]
fn nothing_is_lost_over_a_bad_connection_to_milvus() {
    let shared = Setup::shared(Plan { bad: 5, ..Plan::new(2000, 4) });
    let proxy = Proxy::before(shared.milvus.trim_start_matches("http://"));
    let setup = Setup { seen_milvus: Some(format!("http://{}", proxy.address())), ..shared };
    let (run, producer) = Run::new("connection", setup);
    let (rounds, held) = (run.profile.size(1, 5), run.profile.time(8, 40));
    let feed = producer.feed(1000);
    let mut kiteline = [run.start()];
    for _ in 0..rounds {
        for _ in 0..5 {
            run.progress(&mut kiteline, 300);
            proxy.cut();
        }
        proxy.refuse();
        run.pass(run.time(500, 3000), &mut kiteline);
        proxy.heal();
        run.progress(&mut kiteline, 300);

        proxy.slow(20_000);
        run.pass(held, &mut kiteline);
        proxy.heal();
        run.progress(&mut kiteline, 300);

        // Half open: once what was held comes through after all, once it never does.
        proxy.hold();
        run.pass(held, &mut kiteline);
        proxy.heal();
        run.progress(&mut kiteline, 300);
        proxy.hold();
        run.pass(held, &mut kiteline);
        proxy.cut();
        proxy.heal();
        run.progress(&mut kiteline, 300);
        run.check_committed();
    }
    feed.stop();
    run.settle(&mut kiteline);
    run.account(&format!("{rounds} times cut 6 times, slowed, half open twice for {} s", held.as_secs()));
}

#[test]
fn a_rate_limit_of_milvus_only_makes_it_slower() {
    let folder = Folder::new();
    let limits =
        ["enabled=true", "insertRate.max=0.1", "upsertRate.max=0.1"].map(|limit| format!("quotaAndLimits.dml.{limit}"));
    let milvus = Server::milvus(folder.path(), &limits.each_ref().map(String::as_str));
    let setup = Setup {
        milvus: milvus.address.clone(),
        ..Setup::shared(Plan { shape: Shape { dim: 64, more: false }, ..Plan::new(2000, 4) })
    };
    let (run, mut producer) = Run::new("limited", setup);
    producer.send(run.profile.size(6000, 30_000));
    producer.flush();
    let mut kiteline = [run.start()];
    run.settle(&mut kiteline);
    assert!(kiteline[0].log().contains("limits the rate"), "Milvus limited nothing");
    run.account("Milvus takes 0.1 MB a second");
}
