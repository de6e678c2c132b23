//! The table, and its place in the documentation.

use std::fmt::Write;
use std::time::Duration;

use crate::language::{Built, root};
use crate::measure::{Costs, ROWS};

const PAGE: &str = "docs/languages.md";
/// The table stands between these lines.
const BEGIN: &str = "<!-- measured by `cargo bench -p kiteline --profile dev --bench languages -- write` -->\n";
const END: &str = "<!-- end of what was measured -->\n";

/// The table and what belongs to it.
pub(crate) fn page(machine: &str, built: &[Built], costs: &[Costs], native: [f64; 2], empty: [f64; 2]) -> String {
    let mut text = String::new();
    let mut row = |name: &str, of: &dyn Fn(usize) -> String, native: String| {
        let cells: Vec<String> = (0..built.len()).map(of).chain([native]).collect();
        writeln!(text, "| {name} | {} |", cells.join(" | ")).expect("writing to a String");
    };
    row("", &|place| built[place].language.to_owned(), "native Rust".into());
    row("---", &|_| "---".into(), "---".into());
    for (place, rows) in ROWS.iter().enumerate() {
        let name = format!("µs a record, batch of {rows}");
        row(&name, &|language| micros(costs[language].micros[place]), micros(native[place]));
    }
    row("memory of an instance", &|language| size(costs[language].memory as u64), String::new());
    row("component", &|language| size(costs[language].size), String::new());
    row("load, compiled before", &|language| millis(costs[language].load), String::new());
    row("built by", &|language| built[language].version.clone(), String::new());
    let [many, few] = empty.map(micros);
    write!(text, "\nA chain without a plugin takes {many} and {few} of that. {machine}.\n")
        .expect("writing to a String");
    text
}

/// Writes it between its lines.
pub(crate) fn write(page: &str) -> Result<(), String> {
    let path = root().join(PAGE);
    let old = std::fs::read_to_string(&path).map_err(|error| format!("{PAGE}: {error}"))?;
    let parts = old.split_once(BEGIN).and_then(|(before, rest)| Some((before, rest.split_once(END)?.1)));
    let (before, after) = parts.ok_or_else(|| format!("{PAGE} has not the two lines that the table stands between"))?;
    std::fs::write(&path, format!("{before}{BEGIN}\n{page}\n{END}{after}")).map_err(|error| format!("{PAGE}: {error}"))
}

fn micros(micros: f64) -> String {
    match micros {
        ..0.1 => format!("{micros:.3}"),
        ..10.0 => format!("{micros:.2}"),
        _ => format!("{micros:.0}"),
    }
}

fn millis(duration: Duration) -> String {
    format!("{:.1} ms", duration.as_secs_f64() * 1e3)
}

fn size(bytes: u64) -> String {
    match bytes {
        ..100_000 => format!("{:.0} kB", bytes as f64 / 1e3),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}
