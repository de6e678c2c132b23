//! What a record costs: each stage alone, and the whole line from Kafka to a sink that acknowledges at once.
//!
//!     cargo bench -p kiteline --profile dev --bench line              # all, under a minute
//!     cargo bench -p kiteline --profile dev --bench line -- stages    # each stage alone
//!     cargo bench -p kiteline --profile dev --bench line -- line      # the whole line
//!
//! There are no thresholds: it prints tables. What only computes is measured by the least wall time, what blocks by the
//! median of CPU time; never by the least CPU time, as virtual machines are known to count too little of it at times.

#[path = "../../../tests/servers/ack.rs"]
mod ack;
mod feed;
mod instructions;
mod line;
mod machine;
mod native;
mod stages;
mod threads;
mod times;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if !arguments.iter().any(|argument| argument == "--bench") {
        println!("not measured: run by `cargo bench`");
        return;
    }
    let wanted = |part: &str| {
        let mut parts = arguments.iter().filter(|argument| !argument.starts_with('-')).peekable();
        parts.peek().is_none() || parts.any(|argument| argument == part)
    };
    let feed = feed::Feed::new();
    if arguments.iter().any(|argument| argument == "instructions") {
        return instructions::count(&feed);
    }
    println!("{}\n", machine::describe(&feed));
    if wanted("stages") {
        times::measure(&feed);
    }
    if wanted("line") {
        line::measure(&feed);
    }
}
