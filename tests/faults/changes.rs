//! A change feed against a model: the final state must be equal, row by row.

use super::harness::producer::Plan;
use super::harness::run::Run;
use super::harness::setup::Setup;

#[test]
fn a_change_feed_ends_in_the_state_of_its_model() {
    let (run, mut producer) = Run::new("changes", Setup::shared(Plan { deletes: 300, ..Plan::new(3000, 4) }));
    producer.send(run.profile.size(10_000, 100_000));
    producer.flush();
    let mut kiteline = [run.start()];
    run.settle(&mut kiteline);
    run.account("none");
}
