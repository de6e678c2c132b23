//! What a guest gets of this machine: guests are written by hand here, as no SDK asks for what these ask for.

use std::time::Instant;

use super::*;
use crate::plugin::{Code, Grants, Setup};

/// A component whose `process` is this code. It has the host's functions `$now`, `$time`, `$subscribe`, `$block`,
/// `$ready`, `$number` and `$environment`; texts and lists are written from byte 1024 on.
fn component(process: &str) -> Vec<u8> {
    let text = format!(
        r#"(component
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
    (export "get-environment" (func (result (list (tuple string string)))))))
  (type $info-record (record (field "name" string) (field "version" string) (field "config-schema" string)))
  (import "plugin-info" (type $info (eq $info-record)))
  (core module $memory
    (memory (export "memory") 1)
    (global $next (mut i32) (i32.const 1024))
    (func (export "realloc") (param i32 i32 i32 i32) (result i32)
      (global.get $next)
      (global.set $next (i32.and (i32.add (global.get $next) (i32.add (local.get 3) (i32.const 7))) (i32.const -8)))))
  (core instance $memory (instantiate $memory))
  (core func $ready (canon lower (func $poll "[method]pollable.ready")))
  (core func $block (canon lower (func $poll "[method]pollable.block")))
  (core func $now (canon lower (func $monotonic "now")))
  (core func $subscribe (canon lower (func $monotonic "subscribe-duration")))
  (core func $time (canon lower (func $wall "now") (memory $memory "memory")))
  (core func $number (canon lower (func $random "get-random-u64")))
  (core func $environment (canon lower (func $env "get-environment")
    (memory $memory "memory") (realloc (func $memory "realloc"))))
  (core module $main
    (import "host" "memory" (memory 1))
    (import "host" "ready" (func $ready (param i32) (result i32)))
    (import "host" "block" (func $block (param i32)))
    (import "host" "now" (func $now (result i64)))
    (import "host" "subscribe" (func $subscribe (param i64) (result i32)))
    (import "host" "time" (func $time (param i32)))
    (import "host" "number" (func $number (result i64)))
    (import "host" "environment" (func $environment (param i32)))
    (func (export "describe") (result i32) (i32.const 0))
    (func (export "configure") (param i32 i32) (result i32) (i32.const 64))
    (func (export "process") (result i32) {process} (i32.const 64)))
  (core instance $main (instantiate $main (with "host" (instance
    (export "memory" (memory $memory "memory"))
    (export "ready" (func $ready)) (export "block" (func $block)) (export "now" (func $now))
    (export "subscribe" (func $subscribe)) (export "time" (func $time)) (export "number" (func $number))
    (export "environment" (func $environment))))))
  (func (export "describe") (result $info) (canon lift (core func $main "describe") (memory $memory "memory")))
  (func (export "configure") (param "config" string) (result (result (error string)))
    (canon lift (core func $main "configure") (memory $memory "memory") (realloc (func $memory "realloc"))))
  (func (export "process") (result (result (error string)))
    (canon lift (core func $main "process") (memory $memory "memory"))))"#
    );
    wat::parse_str(text).expect("the text is a component")
}

fn guest(process: &str, grants: Grants) -> (Arc<Plugin>, Chain) {
    let mut file = tempfile::NamedTempFile::new().expect("a file");
    std::io::Write::write_all(&mut file, &component(process)).expect("written");
    let limits = Limits { record_timeout: Duration::from_millis(200), ..limits() };
    let setup = Setup { config: "{}".into(), limits, grants, log: false };
    let code = Code::read(file.path()).expect("read");
    let plugin = Arc::new(Plugin::load(engine(), &code, setup, &Arc::default()).expect("loads"));
    let chain = Chain::new(&[Arc::clone(&plugin)], &Arc::default()).expect("starts");
    (plugin, chain)
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
        assert_eq!(reason(DAY, grants).as_deref(), Some("it took longer than 200ms"));
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
