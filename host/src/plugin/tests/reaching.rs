//! Guests that reach for what lies outside: files, the network, tables and stacks without end. Written by hand, as no SDK
//! asks for these.

use super::written::{BAD, Written};
use super::*;
use crate::plugin::{Grants, Processed};

/// Traps where the number on the stack is not 0.
const BE_ZERO: &str = "(if (then unreachable))";

/// Has a guest work on ten records. What it was refused is told, and where it fails, then on the one record only.
fn process(guest: &Written<'_>, refused: &[&str]) -> Processed {
    let (plugin, mut chain) = guest.chain(Grants::default());
    let processed = chain.process(batch_with_bad(10, &[]));
    assert_eq!(plugin.refused(), refused);
    // It works again afterwards.
    assert_eq!(chain.process(batch_with_bad(3, &[])).batch.rows(), 3);
    processed
}

/// The reason for which the one record was rejected; the nine beside it arrived.
fn reason(processed: &Processed) -> &str {
    let [rejection] = &processed.rejected[..] else { panic!("{:?}", processed.rejected) };
    assert_eq!(rejection.record, BAD);
    let others: Vec<u32> = (0..10).filter(|record| *record != BAD).collect();
    assert_eq!(processed.batch.record_of(), others);
    &rejection.reason
}

#[test]
fn a_table_without_end_is_refused() {
    let guest = Written {
        module: "(table $table 1 funcref)",
        process: "(if (call $bad) (then (loop $more
            (if (i32.eq (table.grow $table (ref.null func) (i32.const 1000)) (i32.const -1)) (then unreachable))
            (br $more))))",
        ..Written::default()
    };
    let processed = process(&guest, &[]);
    assert_eq!(reason(&processed), "it asked for tables of more than 100000 elements");
}

#[test]
fn a_table_that_is_too_large_from_the_start_is_refused_at_load() {
    let guest = Written { module: "(table 100001 funcref)", ..Written::default() };
    let error = guest.load(Grants::default()).expect_err("refused").to_string();
    assert!(error.ends_with("its start failed: it asked for tables of more than 100000 elements"), "{error}");
}

#[test]
fn a_call_without_end_uses_up_the_stack_that_it_was_given() {
    let guest = Written {
        module: "(func $deeper (call $deeper))",
        process: "(if (call $bad) (then (call $deeper)))",
        ..Written::default()
    };
    assert_eq!(reason(&process(&guest, &[])), "it trapped: call stack exhausted");
}

#[test]
fn a_trap_in_describe_keeps_a_plugin_out() {
    let guest = Written { describe: "(unreachable)", ..Written::default() };
    let error = guest.load(Grants::default()).expect_err("refused").to_string();
    assert!(error.ends_with("describe failed: it trapped: wasm `unreachable` instruction executed"), "{error}");
}

/// The folders that are open from the start, and the way to a file below one.
const FILES: &str = r#"
  (import "wasi:filesystem/types@0.2.0" (instance $files
    (export "descriptor" (type $file (sub resource)))
    (type $codes (enum "access" "would-block" "already" "bad-descriptor" "busy" "deadlock" "quota" "exist"
      "file-too-large" "illegal-byte-sequence" "in-progress" "interrupted" "invalid" "io" "is-directory" "loop"
      "too-many-links" "message-size" "name-too-long" "no-device" "no-entry" "no-lock" "insufficient-memory"
      "insufficient-space" "not-directory" "not-empty" "not-recoverable" "unsupported" "no-tty" "no-such-device"
      "overflow" "not-permitted" "pipe" "read-only" "invalid-seek" "text-file-busy" "cross-device"))
    (export "error-code" (type $code (eq $codes)))
    (type $follow (flags "symlink-follow"))
    (export "path-flags" (type $path (eq $follow)))
    (type $opening (flags "create" "directory" "exclusive" "truncate"))
    (export "open-flags" (type $open (eq $opening)))
    (type $access (flags "read" "write" "file-integrity-sync" "data-integrity-sync" "requested-write-sync"
      "mutate-directory"))
    (export "descriptor-flags" (type $flags (eq $access)))
    (export "[method]descriptor.open-at" (func (param "self" (borrow $file)) (param "path-flags" $path)
      (param "path" string) (param "open-flags" $open) (param "flags" $flags)
      (result (result (own $file) (error $code)))))))
  (alias export $files "descriptor" (type $file))
  (import "wasi:filesystem/preopens@0.2.0" (instance $folders
    (alias outer 1 $file (type $file))
    (export "get-directories" (func (result (list (tuple (own $file) string)))))))"#;

fn reaches_for_files(process: &str) -> Written<'_> {
    let functions = &[
        ("folders", r#"(func $folders "get-directories")"#, "(param i32)"),
        ("open", r#"(func $files "[method]descriptor.open-at")"#, "(param i32 i32 i32 i32 i32 i32 i32)"),
    ];
    // The path, in memory.
    let module = r#"(data (i32.const 256) "/etc/passwd")"#;
    Written { imports: FILES, functions, module, process, ..Written::default() }
}

#[test]
fn there_are_no_folders_to_open_a_file_from() {
    let process_code = format!("(call $folders (i32.const 128)) (i32.load (i32.const 132)) {BE_ZERO}");
    let processed = process(&reaches_for_files(&process_code), &["files"]);
    assert_eq!((processed.batch.rows(), processed.rejected.len()), (10, 0));
}

/// The numbers from 3 on are what programs are given for their folders.
#[test]
fn a_file_below_a_folder_that_was_never_given_is_a_fault() {
    let open = "(if (call $bad) (then (call $open (i32.const 3) (i32.const 0) (i32.const 256) (i32.const 11)
        (i32.const 0) (i32.const 1) (i32.const 128))))";
    let processed = process(&reaches_for_files(open), &[]);
    let why = reason(&processed);
    assert!(why.starts_with("it broke a rule of the interface: ") && why.contains("handle"), "{why}");
}

/// Sockets and names.
const NETWORK: &str = r#"
  (import "wasi:sockets/network@0.2.0" (instance $network
    (export "network" (type (sub resource)))
    (type $codes (enum "unknown" "access-denied" "not-supported" "invalid-argument" "out-of-memory" "timeout"
      "concurrency-conflict" "not-in-progress" "would-block" "invalid-state" "new-socket-limit"
      "address-not-bindable" "address-in-use" "remote-unreachable" "connection-refused" "connection-reset"
      "connection-aborted" "datagram-too-large" "name-unresolvable" "temporary-resolver-failure"
      "permanent-resolver-failure"))
    (export "error-code" (type (eq $codes)))
    (type $families (enum "ipv4" "ipv6"))
    (export "ip-address-family" (type (eq $families)))))
  (alias export $network "network" (type $net))
  (alias export $network "error-code" (type $code))
  (alias export $network "ip-address-family" (type $family))
  (import "wasi:sockets/tcp@0.2.0" (instance $tcp (export "tcp-socket" (type (sub resource)))))
  (alias export $tcp "tcp-socket" (type $tcp-socket))
  (import "wasi:sockets/tcp-create-socket@0.2.0" (instance $create-tcp
    (alias outer 1 $tcp-socket (type $socket)) (alias outer 1 $code (type $code)) (alias outer 1 $family (type $family))
    (export "create-tcp-socket" (func (param "address-family" $family)
      (result (result (own $socket) (error $code)))))))
  (import "wasi:sockets/udp@0.2.0" (instance $udp (export "udp-socket" (type (sub resource)))))
  (alias export $udp "udp-socket" (type $udp-socket))
  (import "wasi:sockets/udp-create-socket@0.2.0" (instance $create-udp
    (alias outer 1 $udp-socket (type $socket)) (alias outer 1 $code (type $code)) (alias outer 1 $family (type $family))
    (export "create-udp-socket" (func (param "address-family" $family)
      (result (result (own $socket) (error $code)))))))
  (import "wasi:sockets/instance-network@0.2.0" (instance $own
    (alias outer 1 $net (type $net))
    (export "instance-network" (func (result (own $net))))))
  (import "wasi:sockets/ip-name-lookup@0.2.0" (instance $lookup
    (export "resolve-address-stream" (type $addresses (sub resource)))
    (alias outer 1 $net (type $net)) (alias outer 1 $code (type $code))
    (export "resolve-addresses" (func (param "network" (borrow $net)) (param "name" string)
      (result (result (own $addresses) (error $code)))))))"#;

/// A socket can't be made, so there is nothing to connect; and no name is looked up.
#[test]
fn there_are_no_sockets_and_no_names() {
    // The result at byte 128: 1 is an error, and the error at byte 132: 1 is that access is denied.
    let denied = format!(
        "(i32.ne (i32.load8_u (i32.const 128)) (i32.const 1)) {BE_ZERO}
         (i32.ne (i32.load8_u (i32.const 132)) (i32.const 1)) {BE_ZERO}"
    );
    let functions: &[(&str, &str, &str)] = &[
        ("tcp", r#"(func $create-tcp "create-tcp-socket")"#, "(param i32 i32)"),
        ("udp", r#"(func $create-udp "create-udp-socket")"#, "(param i32 i32)"),
        ("network", r#"(func $own "instance-network")"#, "(result i32)"),
        ("lookup", r#"(func $lookup "resolve-addresses")"#, "(param i32 i32 i32 i32)"),
    ];
    let calls = [
        "(call $tcp (i32.const 0) (i32.const 128))",
        "(call $udp (i32.const 1) (i32.const 128))",
        "(call $lookup (call $network) (i32.const 256) (i32.const 9) (i32.const 128))",
    ];
    for call in calls {
        let guest = Written {
            imports: NETWORK,
            functions,
            module: r#"(data (i32.const 256) "localhost")"#,
            process: &format!("{call} {denied}"),
            ..Written::default()
        };
        let processed = process(&guest, &["network"]);
        assert_eq!((processed.batch.rows(), processed.rejected.len()), (10, 0), "{call}");
    }
}
