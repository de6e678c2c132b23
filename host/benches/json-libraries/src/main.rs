//! JSON records of 768 numbers into columns, by Kiteline and by libraries for JSON at large, beside each other:
//!
//!     cargo run --release --manifest-path host/benches/json-libraries/Cargo.toml --target-dir target -- --write
//!
//! Without `--write` the table is printed only. The target folder is the workspace's, to take what is built there. A C++
//! compiler is needed, for simdjson.
//!
//! All do the same: an id, two texts, and the vector's numbers rounded to 32 bits behind those of the record before.
//! The libraries are each used in the quickest way that was found. They take turns, and the least wall time of a few
//! records counts, as what only computes can be disturbed and never helped.

#[path = "../../feed.rs"]
mod feed;
mod libraries;
#[path = "../../machine.rs"]
mod machine;
#[path = "../../page.rs"]
mod page;

use std::fmt::Write;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use arrow_array::cast::AsArray;
use arrow_array::types::Float32Type;
use kiteline::batch::{Operation, Records};
use kiteline::json;

use crate::feed::{Feed, Item, decoder, records_of};
use crate::libraries::{ALL, Columns};

/// Different records, in more bytes than a processor's own caches hold.
const RECORDS: u64 = 1000;
/// Records between two looks at the clock.
const ROUND: usize = 10;
/// How often each goes through all records.
const PASSES: usize = 100;
const COMMAND: &str =
    "cargo run --release --manifest-path host/benches/json-libraries/Cargo.toml --target-dir target -- --write";

/// Who reads, and how it did.
struct Contestant<'a> {
    name: String,
    /// Reads a round's records, and gives the numbers of all vectors where they are asked for.
    read: Box<dyn FnMut(usize, bool) -> Vec<f32> + 'a>,
    least: f64,
}

fn main() -> ExitCode {
    let feed = Feed::new();
    let right: Vec<f32> = (0..RECORDS).flat_map(|id| feed.item(id).vector).copied().collect();
    let mut text = String::new();
    for (title, long) in [("the shortest text of each number", false), ("17 digits a number", true)] {
        let payloads: Vec<Vec<u8>> = (0..RECORDS).map(|id| payload(&feed, id, long)).collect();
        text += &table(title, &payloads, &right);
    }
    text += &format!("{}.\n", machine::describe(&feed));
    println!("{text}");
    if !std::env::args().any(|argument| argument == "--write") {
        return ExitCode::SUCCESS;
    }
    match page::write("docs/performance.md", COMMAND, &text) {
        Ok(()) => ExitCode::SUCCESS,
        Err(what) => {
            eprintln!("{what}");
            ExitCode::FAILURE
        }
    }
}

/// A record. Many programs make 64-bit floats of the numbers first, which have more digits as text.
fn payload(feed: &Feed, id: u64, long: bool) -> Vec<u8> {
    let item = feed.item(id);
    if !long {
        return item.json();
    }
    let numbers: Vec<String> = item.vector.iter().map(|number| f64::from(*number).to_string()).collect();
    let text = format!("[{}]", numbers.join(", "));
    Item { text: &text, ..item }.json()
}

/// `right` are the numbers of all vectors.
fn table(title: &str, payloads: &[Vec<u8>], right: &[f32]) -> String {
    let rounds: Vec<&[Vec<u8>]> = payloads.chunks(ROUND).collect();
    let mut contestants: Vec<_> = json::kernel_names().rev().map(|kernel| ours(kernel, &rounds)).collect();
    let ours = contestants.len();
    contestants.extend(ALL.iter().map(|(name, library)| theirs(name, library, &rounds)));
    let others: Vec<usize> = contestants.iter_mut().map(|one| differing(&numbers(one, rounds.len()), right)).collect();
    for _ in 0..PASSES {
        for Contestant { read, least, .. } in &mut contestants {
            for (round, records) in rounds.iter().enumerate() {
                let start = Instant::now();
                read(round, false);
                *least = least.min(start.elapsed().as_secs_f64() * 1e6 / records.len() as f64);
            }
        }
    }
    let bytes = payloads.iter().map(Vec::len).sum::<usize>() as f64 / payloads.len() as f64;
    let best = contestants[ours..].iter().map(|library| library.least).fold(f64::MAX, f64::min);
    let mut text = format!(
        "{title}, {bytes:.0} bytes a record (one thread, least wall time of {ROUND} records):\n\n| | µs per record | GB/s \
         | of the best library's time | numbers rounded otherwise |\n|---|---|---|---|---|\n"
    );
    for (Contestant { name, least, .. }, others) in contestants.iter().zip(others) {
        let (speed, ratio) = (bytes / least / 1e3, least / best);
        writeln!(text, "| {name} | {least:.1} | {speed:.2} | {ratio:.2} | {others} |").expect("writing to a String");
    }
    text + "\n"
}

/// As a lane of Kiteline does it, with that kernel for arrays of numbers.
fn ours<'a>(kernel: &'static str, rounds: &[&[Vec<u8>]]) -> Contestant<'a> {
    let payload = |payloads: &[Vec<u8>], id: u64| (None, Some(payloads[id as usize].clone()));
    let records = rounds.iter().map(|payloads| records_of(0..payloads.len() as u64, |id| payload(payloads, id)));
    let records: Vec<Arc<Records>> = records.collect();
    let mut decoder = decoder();
    let read = move |round: usize, shown: bool| {
        json::use_kernel(kernel);
        let decoded = decoder.decode(Arc::clone(&records[round]), Operation::Upsert);
        assert!(decoded.rejected.is_empty());
        let column = decoded.batch.column("emb").and_then(|column| column.as_lists()).expect("a vector each");
        if shown { column.values().as_primitive::<Float32Type>().values().to_vec() } else { Vec::new() }
    };
    Contestant { name: format!("**Kiteline, {kernel}**"), read: Box::new(read), least: f64::MAX }
}

fn theirs<'a>(name: &str, library: &libraries::Library, rounds: &'a [&'a [Vec<u8>]]) -> Contestant<'a> {
    let mut append = library();
    let mut columns = Columns::default();
    let read = move |round: usize, shown: bool| {
        columns.clear();
        rounds[round].iter().for_each(|payload| append(payload, &mut columns));
        assert_eq!(columns.len(), rounds[round].len());
        if shown { columns.vectors.clone() } else { Vec::new() }
    };
    Contestant { name: name.to_owned(), read: Box::new(read), least: f64::MAX }
}

fn numbers(contestant: &mut Contestant<'_>, rounds: usize) -> Vec<f32> {
    (0..rounds).flat_map(|round| (contestant.read)(round, true)).collect()
}

/// How many are not the same to the bit.
fn differing(numbers: &[f32], right: &[f32]) -> usize {
    assert_eq!(numbers.len(), right.len());
    numbers.iter().zip(right).filter(|(number, right)| number.to_bits() != right.to_bits()).count()
}
