//! Processes of one group that join and leave.

use std::time::{Duration, Instant};

use super::harness::kiteline::Kiteline;
use super::harness::producer::Plan;
use super::harness::run::Run;
use super::harness::setup::Setup;
use crate::support::wait_until;

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

/// How often a process' log says that.
fn times(process: &Kiteline, what: &str) -> usize {
    process.log().matches(what).count()
}

#[test]
fn a_process_that_was_frozen_writes_nothing_old_over_what_others_wrote_meanwhile() {
    let (mut run, mut producer) = Run::new("frozen", Setup::shared(Plan { bad: 5, ..Plan::new(500, 6) }));
    run.allowed.get_mut().repeated_letters = true;
    let rounds = run.profile.size(2, 20);
    let mut processes = vec![run.start(), run.start()];
    for _ in 0..rounds {
        let feed = producer.feed(3000);
        run.progress(&mut processes, 3000);
        let index = run.random.get_mut().below(2) as usize;
        processes[index].pause();
        let other = 1 - index;
        let (lost, got) = (times(&processes[index], "revoked"), times(&processes[other], " assigned "));
        wait_until("the other one does not get its partitions", Duration::from_secs(60), || {
            times(&processes[other], " assigned ") > got
        });
        // The other one has all partitions, and writes all that there is.
        run.progress(&mut processes, 3000);
        producer = feed.stop();
        run.settle(&mut processes);
        processes[index].resume();
        wait_until("it does not hear that it lost its partitions", Duration::from_secs(30), || {
            times(&processes[index], "revoked") > lost
        });
        run.check_committed();
    }
    run.settle(&mut processes);
    run.account(&format!("one of two frozen for longer than its session, {rounds} times"));
}
