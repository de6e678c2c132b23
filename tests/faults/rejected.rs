//! Bad records of every kind among good ones.

use super::harness::producer::Plan;
use super::harness::record::Bad;
use super::harness::run::Run;
use super::harness::setup::Setup;

/// A plugin that fails on the records that are told to make it fail.
const TRAP: &str = r#"
[[plugin]]
path = "misbehave.wasm"
config = { mode = "panic-on-text", field = "note", text = "trap" }
"#;

#[test]
fn every_bad_record_is_a_dead_letter_and_every_other_is_in_milvus() {
    let kinds = [&Bad::PLAIN[..], &[Bad::Trap]].concat();
    let plan = Plan { bad: 10, kinds, ..Plan::new(5000, 4) };
    let setup = Setup { tables: TRAP.into(), ..Setup::shared(plan) };
    let (run, mut producer) = Run::new("rejected", setup);
    let guest = concat!(env!("CARGO_MANIFEST_DIR"), "/../plugins/dist/test/misbehave.wasm");
    std::fs::copy(guest, run.file().with_file_name("misbehave.wasm")).expect("cargo xtask plugins has made it");
    producer.send(run.profile.size(10_000, 100_000));
    producer.flush();
    let mut kiteline = [run.start()];
    run.settle(&mut kiteline);
    let account = run.account("1 % bad records of 14 kinds");
    assert!(account.dead_lettered > 0 && account.dead_lettered < account.records / 50, "{account}");
}
