//! Black-box tests: the `kiteline` binary between real servers.
//!
//! `cargo xtask test` starts the servers and says where they are. Without it, start them with the scripts in
//! `tests/servers` and set KITELINE_TEST_KAFKA, KITELINE_TEST_MILVUS, KITELINE_TEST_MILVUS_LITE, KITELINE_TEST_REGISTRY and
//! KITELINE_TEST_MILVUS_SECURE to what they print.

#[path = "../servers/ack.rs"]
mod ack;
mod avro;
mod bounded;
mod changed;
mod check;
mod crash;
mod create;
mod dead_letter;
mod debezium;
mod demo;
mod exit_codes;
#[path = "../faults/mod.rs"]
mod faults;
mod formats;
mod groups;
mod init;
mod keys;
mod languages;
mod logs;
mod metrics;
mod msgpack;
mod packages;
mod plugin_inspect;
mod plugin_new;
mod plugin_test;
mod plugin_try;
mod refused;
mod rejected;
mod reload;
mod replay;
mod schema_registry;
mod secured;
mod several;
mod start;
mod support;
mod transactions;
mod types;
