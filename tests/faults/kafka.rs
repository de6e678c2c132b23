//! Brokers that die and come back, leaders that move, and topics of many partitions, or of more than at the start.

use super::harness::folder::Folder;
use super::harness::producer::Plan;
use super::harness::proxy::Proxy;
use super::harness::run::Run;
use super::harness::servers::Server;
use super::harness::setup::Setup;

#[test]
fn nothing_is_lost_when_the_broker_is_killed_or_cut_off() {
    let folder = Folder::new();
    let (behind, proxy) = Proxy::before_free_port();
    let address = proxy.address();
    let kafka = Server::kafka(folder.path(), &["--proxy", &behind, &address]);
    let setup = Setup {
        brokers: kafka.address.clone(),
        seen_brokers: Some(address),
        ..Setup::shared(Plan { bad: 5, ..Plan::new(2000, 4) })
    };
    let (run, producer) = Run::new("broker", setup);
    run.allowed.borrow_mut().repeated_letters = true;
    let (kills, held) = (run.profile.size(2, 8), run.profile.time(6, 60));
    let feed = producer.feed(1000);
    let mut kiteline = [run.start()];
    for _ in 0..kills {
        run.progress(&mut kiteline, 500);
        run.pass(run.time(0, 500), &mut kiteline);
        kafka.kill(None);
        run.pass(run.time(0, 3000), &mut kiteline);
        kafka.start();
        run.progress(&mut kiteline, 500);
        run.check_committed();
    }
    proxy.cut();
    run.progress(&mut kiteline, 500);
    // Long enough for the group to take the partitions away: what is not committed by then is read again.
    proxy.hold();
    run.pass(held, &mut kiteline);
    proxy.heal();
    run.progress(&mut kiteline, 500);
    feed.stop();
    run.settle(&mut kiteline);
    run.account(&format!("broker killed {kills} times, cut off once, half open for {} s", held.as_secs()));
}

#[test]
fn nothing_is_lost_when_leaders_move() {
    let folder = Folder::new();
    let kafka = Server::kafka(folder.path(), &["--brokers", "3"]);
    let plan = Plan { bad: 5, ..Plan::new(2000, 6) };
    let setup = Setup { brokers: kafka.address.clone(), replicas: 3, session: 30_000, ..Setup::shared(plan) };
    let (run, producer) = Run::new("leaders", setup);
    let rounds = run.profile.size(1, 4);
    let feed = producer.feed(500);
    let mut kiteline = [run.start()];
    for broker in (0..rounds).flat_map(|_| 1..=3) {
        run.progress(&mut kiteline, 300);
        kafka.kill(Some(broker));
        run.progress(&mut kiteline, 300);
        kafka.start();
        run.check_committed();
    }
    feed.stop();
    run.settle(&mut kiteline);
    run.account(&format!("each of three brokers killed, {rounds} times"));
}

#[test]
fn two_hundred_partitions_all_arrive() {
    let (run, mut producer) = Run::new("partitions", Setup::shared(Plan { bad: 5, ..Plan::new(4000, 200) }));
    producer.send_each_key();
    let mut kiteline = [run.start()];
    run.progress(&mut kiteline, 1);
    producer.send(run.profile.size(6000, 60_000));
    producer.flush();
    run.settle(&mut kiteline);
    run.account("200 partitions");
}

#[test]
fn partitions_that_are_added_are_read() {
    let (run, producer) = Run::new("added", Setup::shared(Plan { bad: 5, ..Plan::new(1000, 2) }));
    let plan = producer.plan();
    let feed = producer.feed(500);
    let mut kiteline = [run.start()];
    for _ in 0..run.profile.size(1, 5) {
        run.progress(&mut kiteline, 500);
        run.grow(&mut plan.lock().expect("not poisoned"), 500, 2);
    }
    run.progress(&mut kiteline, 1000);
    feed.stop();
    run.settle(&mut kiteline);
    run.account("two partitions made twelve, one pair after another");
}
