//! What a plugin does wrong costs the records that cause it.

use super::*;
use crate::batch::Stage;
use crate::plugin::Processed;

/// The records that were rejected, and the reason of the first.
fn rejected(processed: &Processed) -> (Vec<u32>, String) {
    let mut records: Vec<u32> = processed.rejected.iter().map(|rejection| rejection.record).collect();
    records.sort_unstable();
    (records, processed.rejected.first().map(|rejection| rejection.reason.clone()).unwrap_or_default())
}

fn assert_only_bad_rows_are_lost(mut chain: Chain, reason: &str) -> Processed {
    let bad = [3, 500, 501, 999];
    let batch = batch_with_bad(1000, &bad);
    let processed = chain.process(batch);
    let (records, why) = rejected(&processed);
    assert_eq!(records, [3, 500, 501, 999]);
    assert!(why.contains(reason), "{why}");
    let kept: Vec<Option<String>> = names(1000, &bad).into_iter().filter(|name| name != "bad").map(Some).collect();
    assert_eq!(texts(&processed.batch, "name"), kept);
    // The plugin works again afterwards.
    assert_eq!(chain.process(batch_with_bad(10, &[])).batch.rows(), 10);
    processed
}

#[test]
fn a_panic_on_a_record_costs_that_record_and_says_where() {
    let chain = misbehave(r#"{"mode":"panic-on-text","text":"bad"}"#);
    let processed = assert_only_bad_rows_are_lost(chain, "it trapped: wasm `unreachable` instruction executed");
    let rejection = &processed.rejected[0];
    assert!(matches!(&rejection.stage, Stage::Plugin { name, digest } if &**name == "misbehave" && digest.len() == 64));
    let said = rejection.said.as_deref().expect("the panic's message");
    assert!(said.contains("as configured, in row 0") && said.contains("lib.rs"), "{said}");
}

#[test]
fn an_error_is_handled_like_a_trap_and_what_the_call_wrote_is_undone() {
    let mut chain = misbehave(r#"{"mode":"error-on-text","text":"bad"}"#);
    let processed = chain.process(batch_with_bad(1, &[0]));
    assert_eq!(rejected(&processed), (vec![0], "the plugin failed".into()));
    assert_eq!(processed.rejected[0].said.as_deref(), Some("as configured"));
    let processed = assert_only_bad_rows_are_lost(chain, "the plugin failed");
    assert_eq!(texts(&processed.batch, "written"), vec![Some("yes".to_owned()); 996]);
}

#[test]
fn an_endless_loop_on_a_record_costs_that_record() {
    let limits = Limits { record_timeout: Duration::from_millis(200), ..limits() };
    let config = r#"{"mode":"spin-on-text","text":"bad"}"#;
    let mut chain = chain_of(load_misbehave(config, limits).expect("loads"));
    let processed = chain.process(batch_with_bad(5, &[3]));
    let (records, why) = rejected(&processed);
    assert_eq!((records, &*why), (vec![3], "it took longer than 200ms"));
    assert_eq!(processed.batch.rows(), 4);
}

#[test]
fn memory_without_end_is_refused() {
    let mut chain = misbehave(r#"{"mode":"allocate"}"#);
    let (records, why) = rejected(&chain.process(batch_with_bad(2, &[])));
    assert_eq!(records, [0, 1]);
    assert_eq!(why, "it asked for more than its 67108864 bytes of memory (`memory` of the plugin)");
}

/// What a guest does for one record of ten only: that record is rejected, with the reason, and the others arrive.
#[test]
fn what_a_record_causes_costs_that_record_whatever_it_is() {
    let cases = [
        (r#"{"mode":"allocate"}"#, "it asked for more than its 67108864 bytes of memory"),
        (r#"{"mode":"wrong-count"}"#, "it broke a rule of the interface: field `number`: "),
        (r#"{"mode":"huge-answer","bytes":20000000}"#, ""),
        (r#"{"mode":"recurse"}"#, ""),
        (r#"{"mode":"invalid-text"}"#, "it broke a rule of the interface: field `text`: a text is not UTF-8"),
        (r#"{"mode":"long-name"}"#, "it broke a rule of the interface: a name of 1048576 bytes"),
        (r#"{"mode":"reject-beyond"}"#, "it broke a rule of the interface: row "),
        (r#"{"mode":"repeat","times":1000000}"#, "it broke a rule of the interface: "),
        (r#"{"mode":"panic"}"#, "it trapped"),
    ];
    for (then, reason) in cases {
        let mut chain = misbehave(&format!(r#"{{"mode":"on-text","text":"bad","then":{then}}}"#));
        let processed = chain.process(batch_with_bad(10, &[7]));
        let (records, why) = rejected(&processed);
        assert_eq!(records, [7], "{then}");
        assert!(why.starts_with(reason), "{then}: {why}");
        let kept: Vec<Option<String>> = names(10, &[7]).into_iter().filter(|name| name != "bad").map(Some).collect();
        assert_eq!(texts(&processed.batch, "name"), kept, "{then}");
    }
}

#[test]
fn a_column_of_the_wrong_length_is_a_fault() {
    let mut chain = misbehave(r#"{"mode":"wrong-count"}"#);
    let (_, why) = rejected(&chain.process(batch_with_bad(1, &[])));
    assert_eq!(why, "it broke a rule of the interface: field `number`: 2 values for 1 rows");
}

#[test]
fn an_answer_over_the_limit_is_a_fault_and_fits_when_there_are_fewer_rows() {
    let mut chain = misbehave(r#"{"mode":"huge-answer","bytes":1048576}"#);
    // 64 rows of 1 MiB don't fit into 16 MiB; halved, they do.
    let processed = chain.process(batch_with_bad(64, &[]));
    assert_eq!((processed.batch.rows(), processed.rejected.len()), (64, 0));
    let mut chain = misbehave(r#"{"mode":"huge-answer","bytes":20000000}"#);
    let (_, why) = rejected(&chain.process(batch_with_bad(1, &[])));
    assert!(why.contains("the plugin's `answer` is 16777216") || why.contains("fuel"), "{why}");
}

#[test]
fn a_panic_on_every_record_costs_all_of_them_and_nothing_else() {
    let mut chain = misbehave(r#"{"mode":"panic"}"#);
    let (records, why) = rejected(&chain.process(batch_with_bad(5, &[])));
    assert_eq!((records.len(), &*why), (5, "it trapped: wasm `unreachable` instruction executed"));
}

#[test]
fn a_stack_without_end_is_a_trap() {
    let mut chain = misbehave(r#"{"mode":"recurse"}"#);
    let (records, why) = rejected(&chain.process(batch_with_bad(2, &[])));
    assert_eq!(records, [0, 1]);
    // The guest's own stack lies in its memory, and ends before the host's or beside it.
    let known = ["call stack exhausted", "out of bounds memory access", "`unreachable`"];
    assert!(known.iter().any(|known| why.contains(known)), "{why}");
}

#[test]
fn a_text_that_is_not_utf_8_is_a_fault() {
    let mut chain = misbehave(r#"{"mode":"invalid-text"}"#);
    let (_, why) = rejected(&chain.process(batch_with_bad(1, &[])));
    assert_eq!(why, "it broke a rule of the interface: field `text`: a text is not UTF-8");
}

#[test]
fn numbers_that_are_not_finite_are_values_that_validation_looks_at() {
    let processed = misbehave(r#"{"mode":"not-finite"}"#).process(batch_with_bad(2, &[]));
    assert_eq!((processed.batch.rows(), processed.rejected.len()), (2, 0));
    assert!(processed.batch.read("float").floats().value(0).is_nan());
    assert_eq!(processed.batch.read("vector").dims(), [2, 2]);
}

#[test]
fn names_fields_and_row_numbers_have_limits() {
    let cases = [
        ("long-name", "a name of 1048576 bytes; at most 1024 are allowed"),
        ("many-fields", "1025 fields; at most 1024 are allowed"),
        ("reject-beyond", "row 1 of a batch of 1 rows"),
    ];
    for (mode, reason) in cases {
        let mut chain = misbehave(&format!(r#"{{"mode":"{mode}"}}"#));
        let (_, why) = rejected(&chain.process(batch_with_bad(1, &[])));
        assert_eq!(why, format!("it broke a rule of the interface: {reason}"));
    }
}

#[test]
fn a_flood_of_messages_is_cut() {
    let mut chain = misbehave(r#"{"mode":"log-flood"}"#);
    let processed = chain.process(batch_with_bad(1, &[]));
    assert_eq!((processed.batch.rows(), processed.rejected.len()), (1, 0));
}

#[test]
fn rows_are_repeated_and_keep_their_record() {
    let mut chain = misbehave(r#"{"mode":"repeat","times":3}"#);
    let processed = chain.process(batch_with_bad(2, &[]));
    assert_eq!(processed.batch.record_of(), [0, 0, 0, 1, 1, 1]);
    assert_eq!(texts(&processed.batch, "name")[2..4], [Some("row 0".to_owned()), Some("row 1".to_owned())]);
}

#[test]
fn more_rows_than_the_limit_are_a_fault() {
    let mut chain = misbehave(r#"{"mode":"repeat","times":1000000}"#);
    let (_, why) = rejected(&chain.process(batch_with_bad(1, &[])));
    assert_eq!(why, "it broke a rule of the interface: 1000000 rows; at most 131072 are allowed");
}

#[test]
fn rejected_rows_go_with_the_reason_and_discarded_ones_without() {
    let mut chain = misbehave(r#"{"mode":"reject-all","reason":"no"}"#);
    let processed = chain.process(batch_with_bad(2, &[]));
    assert_eq!(rejected(&processed), (vec![0, 1], "no".into()));
    assert_eq!(processed.batch.rows(), 0);

    let mut chain = misbehave(r#"{"mode":"discard-odd"}"#);
    let processed = chain.process(batch_with_bad(5, &[]));
    assert_eq!((processed.batch.record_of(), processed.rejected.len()), (&[0, 2, 4][..], 0));
}

#[test]
fn a_reason_is_cut_at_its_limit() {
    let long = "é".repeat(1000);
    let mut chain = misbehave(&format!(r#"{{"mode":"reject-all","reason":"{long}"}}"#));
    let (_, why) = rejected(&chain.process(batch_with_bad(1, &[])));
    assert_eq!(why, "é".repeat(512));
}

#[test]
fn a_plugin_that_is_slow_for_a_batch_gets_fewer_rows_and_loses_none() {
    // Each row's loop takes less than a record may, all rows together more than a call may.
    let mut chain = misbehave(r#"{"mode":"discard-odd"}"#);
    chain.links_mut()[0].rows_at_once = 3;
    let processed = chain.process(batch_with_bad(10, &[]));
    assert_eq!(processed.batch.record_of(), [0, 2, 3, 5, 6, 8, 9]);
}
