//! What the same small plugin costs in each language, and native Rust beside it: `plugins/examples/label`.
//!
//!     cargo bench -p kiteline --profile dev --bench languages             # builds and measures them, two minutes
//!     cargo bench -p kiteline --profile dev --bench languages -- write    # and writes the table into docs/languages.md
//!
//! There are no thresholds: it prints a table. A figure is the least of a few stretches of wall time, each so long that
//! what a language's collector of memory takes is in it.

#[path = "../line/feed.rs"]
mod feed;
mod language;
#[path = "../line/machine.rs"]
mod machine;
mod measure;
mod native;
mod page;

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if !arguments.iter().any(|argument| argument == "--bench") {
        println!("not measured: run by `cargo bench`");
        return ExitCode::SUCCESS;
    }
    match run(arguments.iter().any(|argument| argument == "write")) {
        Ok(()) => ExitCode::SUCCESS,
        Err(what) => {
            eprintln!("{what}");
            ExitCode::FAILURE
        }
    }
}

fn run(write: bool) -> Result<(), String> {
    // All are built before any is measured.
    let built = language::ALL.iter().map(language::Language::build).collect::<Result<Vec<_>, _>>()?;
    let feed = feed::Feed::new();
    let bench = measure::Bench::new(&feed);
    let costs = built.iter().map(|component| bench.of_component(component)).collect::<Result<Vec<_>, _>>()?;
    let page = page::page(&machine::describe(&feed), &built, &costs, bench.of_native(), bench.of_empty_chain());
    println!("{page}");
    if write { page::write(&page) } else { Ok(()) }
}
