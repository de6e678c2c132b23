//! What a guest gets of this machine: guests are written by hand here, as no SDK asks for what these ask for.

use std::time::Instant;

use super::written::Written;
use super::*;
use crate::plugin::Grants;

/// What these guests ask for, the imports and the functions by which their code calls them.
const IMPORTS: &str = r#"
  (import "wasi:io/poll@0.2.0" (instance $poll
    (export "pollable" (type $pollable (sub resource)))
    (export "[method]pollable.ready" (func (param "self" (borrow $pollable)) (result bool)))
    (export "[method]pollable.block" (func (param "self" (borrow $pollable))))))
  (alias export $poll "pollable" (type $pollable))
  (import "wasi:clocks/monotonic-clock@0.2.0" (instance $monotonic
    (alias outer 1 $pollable (type $pollable))
    (export "now" (func (result u64)))
    (export "subscribe-duration" (func (param "when" u64) (result (own $pollable))))))
  (import "wasi:clocks/wall-clock@0.2.0" (instance $wall
    (type $time (record (field "seconds" u64) (field "nanoseconds" u32)))
    (export "datetime" (type $datetime (eq $time)))
    (export "now" (func (result $datetime)))))
  (import "wasi:random/random@0.2.0" (instance $random (export "get-random-u64" (func (result u64)))))
  (import "wasi:cli/environment@0.2.0" (instance $env
    (export "get-environment" (func (result (list (tuple string string)))))))"#;
const FUNCTIONS: &[(&str, &str, &str)] = &[
    ("ready", r#"(func $poll "[method]pollable.ready")"#, "(param i32) (result i32)"),
    ("block", r#"(func $poll "[method]pollable.block")"#, "(param i32)"),
    ("now", r#"(func $monotonic "now")"#, "(result i64)"),
    ("subscribe", r#"(func $monotonic "subscribe-duration")"#, "(param i64) (result i32)"),
    ("time", r#"(func $wall "now")"#, "(param i32)"),
    ("number", r#"(func $random "get-random-u64")"#, "(result i64)"),
    ("environment", r#"(func $env "get-environment")"#, "(param i32)"),
];

fn guest(process: &str, grants: Grants) -> (Arc<Plugin>, Chain) {
    Written { imports: IMPORTS, functions: FUNCTIONS, process, ..Written::default() }.chain(grants)
}

/// The reason for which a guest's one record was rejected; none where it went on.
fn reason(process: &str, grants: Grants) -> Option<String> {
    let processed = guest(process, grants).1.process(batch_with_bad(1, &[]));
    processed.rejected.first().map(|rejection| rejection.reason.clone())
}

fn clock() -> Grants {
    Grants { clock: true, ..Grants::default() }
}

const DAY: &str = "(call $block (call $subscribe (i64.const 86400000000000)))";
/// Traps where the number on the stack is not 0.
const BE_ZERO: &str = "(if (then unreachable))";

#[test]
fn a_guest_that_sleeps_is_ended_with_the_time_of_its_record() {
    for grants in [Grants::default(), clock()] {
        let start = Instant::now();
        assert_eq!(reason(DAY, grants).as_deref(), Some("it took longer than 1s"));
        // Far from a day: what else runs on this machine must not matter.
        assert!(start.elapsed() < Duration::from_secs(60));
    }
    let short = "(call $block (call $subscribe (i64.const 1000000)))";
    assert_eq!(reason(short, Grants::default()), None, "a short sleep is no fault");
    let ready = format!("(call $ready (call $subscribe (i64.const 86400000000000))) {BE_ZERO}");
    assert_eq!(reason(&ready, Grants::default()), None, "to ask is no fault either");
}

#[test]
fn things_to_wait_for_are_bounded() {
    let many = "(loop $more (drop (call $subscribe (i64.const 1))) (br $more))";
    let why = reason(many, Grants::default()).expect("a fault");
    assert!(why.contains("it broke a rule of the interface"), "{why}");
}

#[test]
fn clocks_stand_still_without_a_grant_and_go_with_one() {
    let wall = format!("(call $time (i32.const 128)) (i64.ne (i64.load (i32.const 128)) (i64.const 0)) {BE_ZERO}");
    assert_eq!(reason(&wall, Grants::default()), None);
    assert!(reason(&wall, clock()).is_some_and(|why| why.contains("unreachable")));
    let moved = format!("(call $now) (call $block (call $subscribe (i64.const 1000000))) (call $now) i64.ne {BE_ZERO}");
    assert_eq!(reason(&moved, Grants::default()), None);
    assert!(reason(&moved, clock()).is_some());
    let zero = format!("(i64.eqz (call $now)) {BE_ZERO}");
    assert_eq!(reason(&zero, Grants::default()), None, "Go ends itself there");
}

#[test]
fn random_numbers_are_the_same_at_each_start_without_a_grant() {
    // The first number of SplitMix64 from 0.
    let first = format!("(i64.ne (call $number) (i64.const {})) {BE_ZERO}", 0xe220_a839_7b1d_cdaf_u64 as i64);
    assert_eq!(reason(&first, Grants::default()), None);
    assert_eq!(reason(&first, Grants::default()), None);
    assert!(reason(&first, Grants { random: true, ..Grants::default() }).is_some());
}

#[test]
fn a_guest_sees_the_variables_that_are_granted_and_no_other() {
    // The number of variables.
    let count = |expected: u32| {
        format!(
            "(call $environment (i32.const 128)) (i32.ne (i32.load (i32.const 132)) (i32.const {expected})) {BE_ZERO}"
        )
    };
    assert!(std::env::vars().count() > 1);
    assert_eq!(reason(&count(0), Grants::default()), None);
    let env = vec!["CARGO_MANIFEST_DIR".to_owned(), "NO_SUCH_VARIABLE_IS_SET".to_owned()];
    assert_eq!(reason(&count(1), Grants { env, ..Grants::default() }), None);
}

#[test]
fn what_a_guest_asked_for_and_was_refused_is_told() {
    let all = "(drop (call $now)) (drop (call $number)) (call $environment (i32.const 128))";
    let refused = |grants: Grants| {
        let (plugin, mut chain) = guest(all, grants);
        assert!(plugin.refused().is_empty(), "it has not asked yet");
        assert_eq!(chain.process(batch_with_bad(1, &[])).batch.rows(), 1);
        plugin.refused()
    };
    assert_eq!(refused(Grants::default()), ["clock", "random", "env"]);
    let env = vec!["HOME".to_owned()];
    assert!(refused(Grants { clock: true, random: true, env }).is_empty());
}
