//! What Kiteline costs. There are no thresholds: it prints tables, and with `--write` puts them into the documentation.
//!
//!     cargo bench -p kiteline -- stages       # each stage of the line alone
//!     cargo bench -p kiteline -- line         # the whole line, from Kafka to a sink that acknowledges at once;
//!                                             # `--axis base` one axis of it, `--runs 5` the number of runs
//!     cargo bench -p kiteline -- languages    # the same plugin in five languages
//!     cargo bench -p kiteline -- milvus       # end to end, beside the server's own limit and a plain program
//!     cargo bench -p kiteline -- latency      # from a record's time to Milvus' answer, and until it is found
//!     cargo bench -p kiteline -- footprint    # start, idle, peak memory, reload, size
//!     cargo bench -p kiteline -- sizing       # what a load needs, computed from the figures in docs/sizing.md
//!
//! What only computes is measured by the least wall time, what blocks by the median of CPU time; never by the least CPU
//! time, as virtual machines are known to count too little of it at times.

#[path = "../../tests/servers/ack.rs"]
mod ack;
mod child;
mod end_to_end;
mod feed;
mod footprint;
mod format;
mod languages;
mod latency;
mod line;
mod machine;
mod numbers;
mod page;
mod pipeline;
mod plot;
mod plugins;
mod process;
mod servers;
mod sink;
mod sizing;
mod stages;
mod threads;
mod topic;

use std::process::ExitCode;

/// A part that can be asked for: its name, where its tables belong, and what measures it.
type Part = (&'static str, &'static str, fn(&feed::Feed, &Options, Tell<'_>) -> Result<(), String>);

/// Takes what was measured as soon as it is, so that nothing of it is lost where something later fails.
type Tell<'a> = &'a mut dyn FnMut(Measured) -> Result<(), String>;

/// What a part measured.
struct Measured {
    /// Behind `cargo bench -p kiteline --`, what measures it alone: its place in the page has this name.
    command: String,
    /// Tables.
    text: String,
}

/// How a part measures.
struct Options {
    /// The axis of `line`; all of them where none is named.
    axis: Option<String>,
    /// Runs of each kind where medians are told.
    runs: usize,
    /// Whether tables, and plots with them, go into the documentation.
    write: bool,
}

const PARTS: [Part; 7] = [
    ("stages", "docs/performance.md", |feed, _, tell| tell(Measured::all("stages", stages::measure(feed)))),
    ("line", "docs/performance.md", |_, options, tell| line::measure(options, tell)),
    ("languages", "docs/languages.md", |feed, _, tell| tell(Measured::all("languages", languages::measure(feed)?))),
    ("milvus", "docs/performance.md", |feed, options, tell| {
        tell(Measured::all("milvus", end_to_end::measure(feed, options)?))
    }),
    ("latency", "docs/performance.md", |feed, _, tell| tell(Measured::all("latency", latency::measure(feed)?))),
    ("footprint", "docs/performance.md", |feed, options, tell| {
        tell(Measured::all("footprint", footprint::measure(feed, options)?))
    }),
    ("sizing", "docs/sizing.md", |_, _, tell| tell(Measured::all("sizing", sizing::compute()?))),
];

/// Runs where none are asked for: an odd number, so that one of them is the median.
const RUNS: usize = 5;

impl Measured {
    /// A part that is measured as a whole.
    fn all(part: &str, text: String) -> Self {
        Self { command: part.to_owned(), text }
    }
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if !arguments.iter().any(|argument| argument == "--bench") {
        println!("not measured: run by `cargo bench`");
        return ExitCode::SUCCESS;
    }
    match read(&arguments).and_then(|(asked, options)| run(&asked, &options)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(what) => {
            eprintln!("{what}");
            ExitCode::FAILURE
        }
    }
}

/// The names of parts, and how they are measured.
fn read(arguments: &[String]) -> Result<(Vec<&str>, Options), String> {
    let mut asked = Vec::new();
    let mut options = Options { axis: None, runs: RUNS, write: false };
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().ok_or_else(|| format!("{argument} has no value"));
        match argument.as_str() {
            "--bench" => {}
            "--write" => options.write = true,
            "--axis" => options.axis = Some(value()?.clone()),
            "--runs" => {
                let runs = value()?.parse().ok().filter(|runs| *runs > 0);
                options.runs = runs.ok_or("--runs takes a number from 1")?;
            }
            option if option.starts_with('-') => return Err(format!("there is no option {option}")),
            part => asked.push(part),
        }
    }
    Ok((asked, options))
}

fn run(asked: &[&str], options: &Options) -> Result<(), String> {
    let feed = feed::Feed::new();
    if asked == ["instructions"] {
        stages::count(&feed);
        return Ok(());
    }
    for (_, page, measure) in parts(asked)? {
        let machine = machine::describe(&feed);
        measure(&feed, options, &mut |Measured { command, text }| {
            let text = format!("{text}\n{machine}.\n");
            println!("{text}");
            if options.write {
                page::write(page, &format!("cargo bench -p kiteline -- {command} --write"), &text)?;
            }
            Ok(())
        })?;
    }
    Ok(())
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
