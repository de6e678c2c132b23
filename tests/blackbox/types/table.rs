//! The table, and its place in the documentation.

use std::fmt::Write;
use std::path::Path;

use super::Cells;
use super::cases::cases;
use super::formats::Format;

const PAGE: &str = "docs/types.md";
/// The tables stand between these lines.
const BEGIN: &str = "<!-- written by the test `every_type_is_written_right`, with UPDATE_GOLDEN=1 -->\n";
const END: &str = "<!-- end of what was tried -->\n";

/// The table of one format: a row a type, a column a server.
pub(super) fn of(format: &Format, servers: &[(&str, &Cells)]) -> String {
    let mut text = format!("### {}\n\n", format.name);
    let mut row = |name: &str, cells: Vec<&str>| {
        writeln!(text, "| {name} | {} |", cells.join(" | ")).expect("writing to a String");
    };
    row("", servers.iter().map(|(name, _)| *name).collect());
    row("---", servers.iter().map(|_| "---").collect());
    for case in cases() {
        let cell = |(server, cells): &(&str, &Cells)| {
            let cell = cells.get(case.name);
            cell.unwrap_or_else(|| panic!("{server}: nothing is said of {}", case.title)).clone()
        };
        let cells: Vec<String> = servers.iter().map(cell).collect();
        row(case.title, cells.iter().map(String::as_str).collect());
    }
    text.push('\n');
    text
}

/// Holds the tables against the page, or writes them into it.
pub(super) fn check(tables: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(PAGE);
    let page = std::fs::read_to_string(&path).expect("the page");
    let (before, rest) = page.split_once(BEGIN).expect("the line before the tables");
    let (_, after) = rest.split_once(END).expect("the line behind the tables");
    let found = format!("{before}{BEGIN}\n{tables}{END}{after}");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, &found).expect("written");
    } else {
        assert!(page == found, "{PAGE} says otherwise; run with UPDATE_GOLDEN=1, and look at the diff:\n{tables}");
    }
}
