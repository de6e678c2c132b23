//! Processes of one group that join and leave.

use std::time::Instant;

use super::harness::producer::Plan;
use super::harness::run::{Run, Setup};

#[test]
fn nothing_is_lost_when_processes_join_and_leave() {
    let (run, producer) = Run::new("group", Setup::shared(Plan { bad: 5, ..Plan::new(2000, 12) }));
    run.allowed.borrow_mut().repeated_letters = true;
    let (time, start) = (run.profile.time(30, 240), Instant::now());
    let feed = producer.feed(1500);
    let mut processes = vec![run.start()];
    let (mut joined, mut left, mut killed) = (1, 0, 0);
    while start.elapsed() < time {
        run.pass(run.time(500, 4000), &mut processes);
        let random = run.random.borrow_mut().next();
        if processes.len() < 2 || processes.len() < 3 && random.is_multiple_of(2) {
            processes.push(run.start());
            joined += 1;
        } else {
            let one = processes.remove((random / 8) as usize % processes.len());
            if random.is_multiple_of(3) {
                one.kill();
                killed += 1;
            } else {
                one.terminate();
                left += 1;
            }
        }
    }
    run.check_committed();
    feed.stop();
    run.settle(&mut processes);
    run.account(&format!("{joined} joined, {left} left, {killed} killed, up to three at a time"));
}
