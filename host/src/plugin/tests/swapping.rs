//! One chain takes another's place.

use super::*;
use crate::plugin::Trial;

fn plugin(config: &str) -> Arc<Plugin> {
    Arc::new(load_misbehave(config, limits()).expect("loads"))
}

/// A chain of the next plugins that has taken the place of one of those that run, and its trial.
fn swap(running: &[Arc<Plugin>], next: &[Arc<Plugin>]) -> (Chain, Arc<Trial>) {
    let mut old = Chain::new(running, &Arc::default()).expect("starts");
    old.process(batch_with_bad(4, &[]));
    let trial = Arc::default();
    let mut new = Chain::successor(next, running, &Arc::default(), &trial).expect("starts");
    new.take_over(&mut old);
    (new, trial)
}

#[test]
fn plugins_that_stay_keep_their_instance_and_are_not_on_trial() {
    let (stays, other) = (plugin(r#"{"mode":"discard-odd"}"#), plugin(r#"{"mode":"repeat","times":1}"#));
    let running = [Arc::clone(&stays), other];
    let mut old = Chain::new(&running, &Arc::default()).expect("starts");
    old.links_mut()[0].rows_at_once = 3;
    let next = [plugin(r#"{"mode":"reject-all"}"#), stays];
    let trial = Arc::default();
    let mut new = Chain::successor(&next, &running, &Arc::default(), &trial).expect("starts");
    assert!(new.links_mut()[0].has_instance() && !new.links_mut()[1].has_instance());
    new.take_over(&mut old);
    assert!(new.links_mut()[1].has_instance() && !old.links_mut()[0].has_instance());
    assert_eq!(new.links_mut()[1].rows_at_once, 3, "what is known of its pace stays, too");
    let processed = new.process(batch_with_bad(4, &[]));
    assert_eq!((processed.batch.rows(), processed.rejected.len()), (0, 4));
    assert_eq!(trial.counts(), (0, 4), "what a plugin rejects is no fault");
}

#[test]
fn a_trial_counts_the_records_that_a_new_plugin_fails_on() {
    let stays = plugin(r#"{"mode":"error-on-text","text":"row 0"}"#);
    let next = [Arc::clone(&stays), plugin(r#"{"mode":"panic-on-text","text":"bad"}"#)];
    let (mut chain, trial) = swap(&[stays], &next);
    let processed = chain.process(batch_with_bad(100, &[5, 50, 99]));
    assert_eq!((processed.batch.rows(), processed.rejected.len()), (96, 4));
    assert_eq!(trial.counts(), (3, 99), "the one before it stayed and is not on trial");
}

#[test]
fn the_least_that_a_new_plugin_must_do_is_an_empty_batch() {
    let stays = plugin(r#"{"mode":"wrong-count"}"#);
    let next = [Arc::clone(&stays), plugin(r#"{"mode":"reject-all"}"#)];
    let (mut chain, _) = swap(std::slice::from_ref(&stays), &next);
    chain.pass_empty().expect("the one that runs already is not asked");
    let (mut chain, _) = swap(&[], &[stays]);
    let error = chain.pass_empty().expect_err("it fails").to_string();
    assert!(error.contains("its self-test failed: on an empty batch: it broke a rule of the interface"), "{error}");
}
