//! The table, and its place in the documentation.

use std::fmt::Write;
use std::path::Path;

use super::Cells;
use super::cases::cases;

const PAGE: &str = "docs/types.md";
/// Tables stand between a line that names the test that wrote them, and this one.
const END: &str = "<!-- end of what was tried -->\n";

/// A row a type, and a column for each of these.
pub(super) fn of(title: &str, columns: &[(&str, &Cells)]) -> String {
    let mut text = format!("### {title}\n\n");
    let mut row = |name: &str, cells: Vec<&str>| {
        writeln!(text, "| {name} | {} |", cells.join(" | ")).expect("writing to a String");
    };
    row("", columns.iter().map(|(name, _)| *name).collect());
    row("---", columns.iter().map(|_| "---").collect());
    for case in cases() {
        let cell = |(column, cells): &(&str, &Cells)| {
            let cell = cells.get(case.name);
            cell.unwrap_or_else(|| panic!("{column}: nothing is said of {}", case.title)).clone()
        };
        let cells: Vec<String> = columns.iter().map(cell).collect();
        row(case.title, cells.iter().map(String::as_str).collect());
    }
    text.push('\n');
    text
}

/// Holds the tables of a test against the page, or writes them into it.
pub(super) fn check(test: &str, tables: &str) {
    let begin = format!("<!-- written by the test `{test}`, with UPDATE_GOLDEN=1 -->\n");
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(PAGE);
    let page = std::fs::read_to_string(&path).expect("the page");
    let (before, rest) = page.split_once(&begin).expect("the line before the tables");
    let (_, after) = rest.split_once(END).expect("the line behind the tables");
    let found = format!("{before}{begin}\n{tables}{END}{after}");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, &found).expect("written");
    } else {
        assert!(page == found, "{PAGE} says otherwise; run with UPDATE_GOLDEN=1, and look at the diff:\n{tables}");
    }
}
