//! The table.

use std::fmt::Write;
use std::time::Duration;

use super::language::Built;
use super::measure::{Costs, ROWS};

/// The table and what belongs to it.
pub(crate) fn page(built: &[Built], costs: &[Costs], native: [f64; 2], empty: [f64; 2]) -> String {
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
    write!(text, "\nA chain without a plugin takes {many} and {few} of that.\n").expect("writing to a String");
    text
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
