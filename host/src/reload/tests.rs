use std::sync::mpsc;
use std::thread;

use super::*;
use crate::config::Time;
use crate::plugin::{Engine, Limits};

const WAIT: Duration = Duration::from_secs(30);

fn rules() -> Rollback {
    Rollback { records: 10, percent: 10, within: Time::secs(60) }
}

fn version(field: &str) -> Version {
    let config = format!(r#"{{"rename":{{"{field}":"to"}}}}"#);
    let engine = Engine::new().expect("an engine");
    let plugin = Plugin::shipped(&engine, "rename", config, Limits::default(), &Arc::default()).expect("loads");
    Version { plugins: vec![Arc::new(plugin)], ..Version::default() }
}

fn runs(reload: &Reload, version: &Version) -> bool {
    reload.running().is_some_and(|running| Arc::ptr_eq(&running.plugins[0], &version.plugins[0]))
}

/// What asks for an attempt now, without waiting.
fn cause(reload: &Reload) -> Option<Cause> {
    reload.wait(Duration::ZERO, Duration::ZERO, &AtomicBool::new(false))
}

#[test]
fn an_attempt_that_ends_after_its_run_changes_nothing_and_is_made_again() {
    let (reload, stop) = (Reload::never(), AtomicBool::new(false));
    let (old, new) = (version("old"), version("new"));
    reload.started(&old, &rules());
    let asked = reload.ask(By::Http);
    let wish = cause(&reload).expect("somebody asks");
    assert!(reload.refused("as it is".into(), wish, &stop), "the run is there");

    reload.ask(By::Http);
    let wish = cause(&reload).expect("somebody asks");
    reload.stop(&stop);
    assert!(!reload.swapped(new.clone(), &rules(), wish, &stop));
    assert!(runs(&reload, &old) && !reload.is_on_trial());
    let page: serde_json::Value = serde_json::from_str(&reload.page()).expect("JSON");
    assert_eq!((&page["reloads_answered"], &page["last_reload"]["result"]), (&asked.into(), &"refused".into()));

    reload.started(&old, &rules());
    let again = cause(&reload).expect("the wish is still there");
    assert_eq!(again.by, By::Http, "and no start over in its place");
    assert!(reload.swapped(new.clone(), &rules(), again, &AtomicBool::new(false)) && runs(&reload, &new));
}

#[test]
fn a_wish_that_is_postponed_late_goes_before_the_start_over() {
    let (reload, stop) = (Reload::never(), AtomicBool::new(false));
    let old = version("old");
    reload.started(&old, &rules());
    reload.ask(By::Signal);
    let wish = cause(&reload).expect("somebody asks");
    assert!(reload.refused("as it is".into(), wish, &stop));
    reload.ask(By::Signal);
    let wish = cause(&reload).expect("somebody asks");
    reload.stop(&stop);
    reload.started(&old, &rules());
    assert!(!reload.unchanged(wish, &stop));
    assert_eq!(cause(&reload).map(|cause| cause.by), Some(By::Signal));
}

#[test]
fn plugins_that_fail_when_the_run_ends_are_judged_by_the_next() {
    let (reload, stop) = (Reload::never(), AtomicBool::new(false));
    let (old, new) = (version("old"), version("new"));
    reload.started(&old, &rules());
    let cause = Cause { by: By::File, at: SystemTime::now(), asked: 0 };
    assert!(reload.swapped(new.clone(), &rules(), cause, &stop));
    (0..10).for_each(|_| new.plugins[0].tally().count_fault());
    let failed = reload.judge(&rules()).expect("they fail");
    reload.stop(&stop);
    assert!(!reload.went_back(old.clone(), &failed, Cause::of_faults(), &stop));
    reload.started(&new, &rules());
    let failed = reload.judge(&rules()).expect("they still do");
    assert!(reload.went_back(old.clone(), &failed, Cause::of_faults(), &AtomicBool::new(false)));
    assert!(runs(&reload, &old) && reload.judge(&rules()).is_none());
    assert!(reload.refuse_taken_back(&new).is_err());
}

#[test]
fn files_are_looked_at_no_more_often_because_plugins_are_on_trial() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a.wasm");
    std::fs::write(&path, b"old").expect("written");
    let reload = Reload::new(Some(path.clone()), Table::new(), Files::new(vec![path.clone()], Instant::now()));
    let hour = Duration::from_secs(3600);
    let is_looked_at = |watch| {
        assert!(reload.wait(watch, Duration::ZERO, &AtomicBool::new(false)).is_none());
        reload.files().until_look(Instant::now(), hour) < hour / 2
    };
    assert!(!is_looked_at(hour));
    std::fs::write(&path, b"another").expect("written");
    assert!(!is_looked_at(hour));
    assert!(is_looked_at(Duration::ZERO));
}

#[test]
fn a_look_at_files_that_blocks_keeps_nobody_from_stopping_or_asking() {
    let reload = Reload::never();
    // As a look at a file on a mount that is gone does.
    let look = reload.files();
    let (tell, told) = mpsc::channel();
    let threads = [0, 1].map(|number| {
        let (reload, tell) = (Arc::clone(&reload), tell.clone());
        thread::spawn(move || {
            if number == 0 {
                reload.wait(Duration::ZERO, Duration::ZERO, &AtomicBool::new(false));
            } else {
                // Again and again, as the other thread has to be looking for this to say anything.
                for _ in 0..1000 {
                    reload.ask(By::Signal);
                    reload.page();
                    reload.stop(&AtomicBool::new(false));
                    thread::yield_now();
                }
            }
            let _ = tell.send(number);
        })
    });
    assert_eq!(told.recv_timeout(WAIT), Ok(1), "whoever looks waits, and nobody else");
    drop(look);
    threads.into_iter().for_each(|thread| thread.join().expect("it ends"));
}
