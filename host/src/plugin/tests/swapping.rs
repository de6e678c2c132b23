//! One chain takes another's place.

use super::*;

fn plugin(config: &str) -> Arc<Plugin> {
    Arc::new(load_misbehave(config, limits()).expect("loads"))
}

/// A chain of the next plugins that has taken the place of one of those that run.
fn swap(running: &[Arc<Plugin>], next: &[Arc<Plugin>]) -> Chain {
    let mut old = Chain::new(running, &Arc::default()).expect("starts");
    old.process(batch_with_bad(4, &[]));
    let mut new = Chain::successor(next, running, &Arc::default()).expect("starts");
    new.take_over(&mut old);
    new
}

#[test]
fn plugins_that_stay_keep_their_instance() {
    let (stays, other) = (plugin(r#"{"mode":"discard-odd"}"#), plugin(r#"{"mode":"repeat","times":1}"#));
    let running = [Arc::clone(&stays), other];
    let mut old = Chain::new(&running, &Arc::default()).expect("starts");
    old.links_mut()[0].rows_at_once = 3;
    let next = [plugin(r#"{"mode":"reject-all"}"#), stays];
    let mut new = Chain::successor(&next, &running, &Arc::default()).expect("starts");
    assert!(new.links_mut()[0].has_instance() && !new.links_mut()[1].has_instance());
    new.take_over(&mut old);
    assert!(new.links_mut()[1].has_instance() && !old.links_mut()[0].has_instance());
    assert_eq!(new.links_mut()[1].rows_at_once, 3, "what is known of its pace stays, too");
    let processed = new.process(batch_with_bad(4, &[]));
    assert_eq!((processed.batch.rows(), processed.rejected.len()), (0, 4));
    assert_eq!(next[0].tally().counts(), (0, 4), "what a plugin rejects is no fault");
}

#[test]
fn each_plugin_is_counted_by_itself() {
    let stays = plugin(r#"{"mode":"error-on-text","text":"row 0"}"#);
    let next = [Arc::clone(&stays), plugin(r#"{"mode":"panic-on-text","text":"bad"}"#)];
    let mut chain = swap(&[stays], &next);
    let processed = chain.process(batch_with_bad(100, &[5, 50, 99]));
    assert_eq!((processed.batch.rows(), processed.rejected.len()), (96, 4));
    assert_eq!(next[1].tally().counts(), (3, 99));
    assert_eq!(next[0].tally().counts(), (2, 104), "also before the other one came");
}

#[test]
fn rows_that_are_given_again_after_a_fault_count_once() {
    let metrics = crate::metrics::Metrics::new("p", "g");
    let mut chain = misbehave(r#"{"mode":"panic-on-text","text":"bad"}"#);
    chain.count_for(&metrics.lane(0));
    chain.process(batch_with_bad(100, &[5, 50, 99]));
    let text = metrics.text();
    let rows = text.lines().find(|line| line.starts_with("kiteline_plugin_rows_total")).expect("it is told");
    assert!(rows.ends_with(" 100"), "{rows}");
}

#[test]
fn the_least_that_a_new_plugin_must_do_is_an_empty_batch() {
    let stays = plugin(r#"{"mode":"wrong-count"}"#);
    let next = [Arc::clone(&stays), plugin(r#"{"mode":"reject-all"}"#)];
    let mut chain = swap(std::slice::from_ref(&stays), &next);
    chain.pass_empty().expect("the one that runs already is not asked");
    let mut chain = swap(&[], &[stays]);
    let error = chain.pass_empty().expect_err("it fails").to_string();
    assert!(error.contains("its self-test failed: on an empty batch: it broke a rule of the interface"), "{error}");
}
