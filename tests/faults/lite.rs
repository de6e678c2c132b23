//! The same on Milvus Lite.

use super::harness::folder::Folder;
use super::harness::producer::Plan;
use super::harness::run::Run;
use super::harness::servers::Server;
use super::harness::setup::Setup;

#[test]
fn a_change_feed_on_lite_survives_kills_of_both() {
    let folder = Folder::new();
    let lite = Server::milvus_lite(folder.path());
    let setup = Setup { milvus: lite.address.clone(), ..Setup::shared(Plan { bad: 5, ..Plan::new(1000, 4) }) };
    let (run, producer) = Run::new("lite", setup);
    run.allowed.borrow_mut().repeated_letters = true;
    let rounds = run.profile.size(2, 10);
    let feed = producer.feed(300);
    for _ in 0..rounds {
        let mut kiteline = [run.start()];
        run.progress(&mut kiteline, 1);
        run.pass(run.time(0, 1500), &mut kiteline);
        let [kiteline] = kiteline;
        kiteline.kill();
        run.check_committed();
    }
    let mut kiteline = [run.start()];
    run.progress(&mut kiteline, 100);
    lite.kill(None);
    run.pass(run.time(0, 2000), &mut kiteline);
    lite.start();
    // Lite forgets what was loaded.
    run.collection.load();
    run.progress(&mut kiteline, 100);
    feed.stop();
    run.settle(&mut kiteline);
    run.account(&format!("Kiteline killed {rounds} times, Milvus Lite once"));
}
