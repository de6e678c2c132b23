//! The result of a scenario, printed and, where KITELINE_FAULTS_REPORT names a file, added to it as a row of a table.

use std::fs::OpenOptions;
use std::io::Write;
use std::time::Duration;

use super::account::Account;

/// Says how a scenario ended.
pub(crate) fn tell(scenario: &str, faults: &str, account: &Account, took: Duration) {
    println!("{scenario}: {faults}; {account}; {:.0} s", took.as_secs_f64());
    let Ok(file) = std::env::var("KITELINE_FAULTS_REPORT") else { return };
    let Account { records, written, overtaken, deleted, dead_lettered, repeated, dropped, lost, doubled, wrong } =
        account;
    let (lost, doubled, wrong) = (lost.len(), doubled.len(), wrong.len());
    let row = format!(
        "| {scenario} | {faults} | {records} | {written} | {overtaken} | {deleted} | {dead_lettered} | {repeated} | {dropped} | {lost} | {doubled} | {wrong} | {:.0} s |\n",
        took.as_secs_f64()
    );
    // One write, as scenarios end beside each other.
    let mut file = OpenOptions::new().append(true).create(true).open(file).expect("the report");
    file.write_all(row.as_bytes()).expect("written");
}
