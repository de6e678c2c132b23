//! Kiteline killed, and asked to end, at random moments.

use super::harness::producer::Plan;
use super::harness::run::Run;
use super::harness::setup::Setup;

#[test]
fn nothing_is_lost_when_it_is_killed_at_random_moments() {
    let plan = Plan { bad: 5, ..Plan::new(2000, 6) };
    let (run, producer) = Run::new("killed", Setup::shared(plan));
    run.allowed.borrow_mut().repeated_letters = true;
    let (kills, ends) = (run.profile.size(5, 30), run.profile.size(2, 10));
    let feed = producer.feed(1500);
    // Kills and ends in random order.
    let mut left = (kills, ends);
    while left != (0, 0) {
        let mut kiteline = [run.start()];
        run.progress(&mut kiteline, 1);
        run.pass(run.time(0, 1500), &mut kiteline);
        let [kiteline] = kiteline;
        if run.random.borrow_mut().below(left.0 + left.1) < left.0 {
            left.0 -= 1;
            kiteline.kill();
        } else {
            left.1 -= 1;
            kiteline.terminate();
        }
        run.check_committed();
    }
    feed.stop();
    let mut kiteline = [run.start()];
    run.settle(&mut kiteline);
    run.account(&format!("{kills} SIGKILL, {ends} SIGTERM"));
}
