//! What Kiteline costs. There are no thresholds: it prints tables, and with `--write` puts them into the documentation.
//!
//!     cargo bench -p kiteline -- stages       # each stage of the line alone
//!     cargo bench -p kiteline -- line         # the whole line, from Kafka to a sink that acknowledges at once
//!     cargo bench -p kiteline -- languages    # the same plugin in five languages
//!
//! What only computes is measured by the least wall time, what blocks by the median of CPU time; never by the least CPU
//! time, as virtual machines are known to count too little of it at times.

#[path = "../../tests/servers/ack.rs"]
mod ack;
mod child;
mod feed;
mod languages;
mod line;
mod machine;
mod page;
mod process;
mod stages;
mod threads;

use std::process::ExitCode;

/// A part that can be asked for: its name, where its tables belong, and what measures it.
type Part = (&'static str, &'static str, fn(&feed::Feed) -> Result<String, String>);

const PARTS: [Part; 3] = [
    ("stages", "docs/performance.md", |feed| Ok(stages::measure(feed))),
    ("line", "docs/performance.md", |feed| Ok(line::measure(feed))),
    ("languages", "docs/languages.md", languages::measure),
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if !arguments.iter().any(|argument| argument == "--bench") {
        println!("not measured: run by `cargo bench`");
        return ExitCode::SUCCESS;
    }
    let asked: Vec<&str> = arguments.iter().map(String::as_str).filter(|argument| !argument.starts_with('-')).collect();
    let write = arguments.iter().any(|argument| argument == "--write");
    let done = match asked[..] {
        ["instructions"] => {
            stages::count(&feed::Feed::new());
            Ok(())
        }
        _ => parts(&asked).and_then(|parts| run(&parts, write)),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(what) => {
            eprintln!("{what}");
            ExitCode::FAILURE
        }
    }
}

fn parts(asked: &[&str]) -> Result<Vec<&'static Part>, String> {
    let names = || PARTS.map(|(name, ..)| name).join(", ");
    if asked.is_empty() {
        return Err(format!("say what is to be measured: {}", names()));
    }
    let part = |asked: &&str| {
        let part = PARTS.iter().find(|(name, ..)| name == asked);
        part.ok_or_else(|| format!("there is no part `{asked}`; there are: {}", names()))
    };
    asked.iter().map(part).collect()
}

fn run(parts: &[&Part], write: bool) -> Result<(), String> {
    let feed = feed::Feed::new();
    for (name, page, measure) in parts {
        let machine = machine::describe(&feed);
        let text = format!("{}\n{machine}.\n", measure(&feed)?);
        println!("{text}");
        if write {
            page::write(page, name, &text)?;
        }
    }
    Ok(())
}
