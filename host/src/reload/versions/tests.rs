use std::sync::LazyLock;
use std::time::Duration;

use super::*;
use crate::config::Time;
use crate::plugin::{Engine, Limits};

const MINUTE: Duration = Duration::from_secs(60);

fn rules() -> Rollback {
    Rollback { records: 10, percent: 10, within: Time::secs(60) }
}

/// A plugin like no other, with that field in its configuration.
fn plugin(field: &str) -> Arc<Plugin> {
    static ENGINE: LazyLock<Engine> = LazyLock::new(|| Engine::new().expect("an engine"));
    let config = format!(r#"{{"rename":{{"{field}":"to"}}}}"#);
    let plugin = Plugin::shipped(&ENGINE, "rename", config, Limits::default(), &Arc::default());
    Arc::new(plugin.expect("loads"))
}

fn version(plugins: &[&Arc<Plugin>]) -> Version {
    Version { plugins: plugins.iter().map(|plugin| Arc::clone(plugin)).collect(), ..Version::default() }
}

/// What runs at first.
fn running(plugins: &[&Arc<Plugin>]) -> (Versions, Instant) {
    let (mut versions, now) = (Versions::default(), Instant::now());
    versions.started(version(plugins), &rules(), now);
    (versions, now)
}

fn fails(plugin: &Plugin, faults: usize, records: usize) {
    plugin.tally().count(records);
    (0..faults).for_each(|_| plugin.tally().count_fault());
}

fn names(plugins: &[Arc<Plugin>]) -> Vec<&str> {
    plugins.iter().map(|plugin| &*plugin.setup().config).collect()
}

fn on_trial(versions: &Versions) -> usize {
    versions.on_trial().map_or(0, |(plugins, _)| plugins.count())
}

#[test]
fn a_second_version_within_a_trial_does_not_end_it() {
    let (old, first, second) = (plugin("old"), plugin("first"), plugin("second"));
    let (mut versions, mut now) = running(&[&old]);
    versions.swapped(version(&[&old, &first]), &rules(), now);
    now += MINUTE / 2;
    versions.swapped(version(&[&old, &first, &second]), &rules(), now);
    assert_eq!(on_trial(&versions), 2);
    now += MINUTE / 2 + Duration::from_secs(1);
    assert!(versions.judge(&rules(), now).is_none());
    fails(&first, 20, 100);
    let failed = versions.judge(&rules(), now).expect("it fails");
    assert_eq!(names(&failed.plugins), names(&[first]));
    assert_eq!(names(&failed.before.plugins), names(&[old]), "what ran before the first of them");
    assert!(failed.why.ends_with("failed on 20 of 100 records within 61.0 s"), "{}", failed.why);
}

#[test]
fn a_trial_ends_when_the_last_that_came_had_its_time() {
    let (old, new) = (plugin("old"), plugin("new"));
    let (mut versions, now) = running(&[&old]);
    versions.swapped(version(&[&new]), &rules(), now);
    assert!(versions.judge(&rules(), now + MINUTE).is_none() && versions.is_on_trial());
    let over = now + MINUTE + Duration::from_millis(1);
    assert!(versions.judge(&rules(), over).is_none() && !versions.is_on_trial());
    fails(&new, 100, 100);
    assert!(versions.judge(&rules(), over).is_none(), "it had its time");
}

#[test]
fn one_that_fails_always_does_not_hide_behind_a_busy_one() {
    let (old, busy, bad) = (plugin("old"), plugin("busy"), plugin("bad"));
    let (mut versions, now) = running(&[&old]);
    versions.swapped(version(&[&busy, &bad]), &rules(), now);
    fails(&busy, 0, 1_000_000);
    fails(&bad, 10, 10);
    let failed = versions.judge(&rules(), now).expect("it fails");
    assert_eq!(names(&failed.plugins), names(&[bad]));
}

#[test]
fn a_start_over_leaves_a_trial_open_and_gives_it_all_its_time() {
    let (old, new) = (plugin("old"), plugin("new"));
    let (mut versions, mut now) = running(&[&old]);
    versions.swapped(version(&[&new]), &rules(), now);
    now += MINUTE * 10;
    let same = versions.running().expect("it runs").clone();
    versions.started(same, &rules(), now);
    assert!(versions.judge(&rules(), now + MINUTE).is_none() && versions.is_on_trial());
    fails(&new, 10, 10);
    assert_eq!(names(&versions.judge(&rules(), now + MINUTE).expect("it fails").before.plugins), names(&[old]));
}

#[test]
fn the_versions_before_a_trial_are_known_again_and_end_it() {
    let (old, stays, new) = (plugin("old"), plugin("stays"), plugin("new"));
    let (mut versions, now) = running(&[&old, &stays]);
    versions.swapped(version(&[&new, &stays]), &rules(), now);
    assert_eq!(names(&versions.loaded()), names(&[new, Arc::clone(&stays), Arc::clone(&old)]));
    versions.swapped(version(&[&old, &stays]), &rules(), now);
    assert!(!versions.is_on_trial());
    assert_eq!(names(&versions.loaded()), names(&[old, stays]));
}

#[test]
fn what_was_taken_back_stays_out_until_it_changes_or_somebody_asks() {
    let (old, bad, good) = (plugin("old"), plugin("bad"), plugin("good"));
    let (mut versions, now) = running(&[&old]);
    versions.swapped(version(&[&good, &bad]), &rules(), now);
    versions.went_back(version(&[&old]), &[bad]);
    versions.swapped(version(&[&good]), &rules(), now);
    assert!(versions.judge(&rules(), now + MINUTE * 2).is_none() && !versions.is_on_trial());
    // Loaded again it is another plugin of the same digest and configuration.
    let again = plugin("bad");
    assert!(versions.taken_back(&version(&[&good, &again])).is_some(), "a good trial changes nothing");
    assert!(versions.taken_back(&version(&[&good, &plugin("changed")])).is_none());
    let limits = Limits { memory: 65 << 20, ..Limits::default() };
    let changed = Plugin::shipped(again.engine(), "rename", again.setup().config.clone(), limits, &Arc::default());
    assert!(
        versions.taken_back(&version(&[&Arc::new(changed.expect("loads"))])).is_none(),
        "its limits are part of it"
    );
    versions.swapped(version(&[&again]), &rules(), now);
    versions.swapped(version(&[&good]), &rules(), now);
    assert!(versions.taken_back(&version(&[&again])).is_none(), "somebody asked for it");
}

#[test]
fn few_of_those_that_were_taken_back_are_remembered() {
    let (old, bad) = (plugin("old"), plugin("bad"));
    let (mut versions, _) = running(&[&old]);
    let many = vec![Arc::clone(&bad); REMEMBERED];
    versions.went_back(version(&[&old]), &[plugin("first")]);
    versions.went_back(version(&[&old]), &many);
    assert_eq!(versions.taken_back.len(), REMEMBERED);
    let is_out = |plugin: &Arc<Plugin>| versions.taken_back(&version(&[plugin])).is_some();
    assert!(is_out(&bad) && !is_out(&plugin("first")));
}
