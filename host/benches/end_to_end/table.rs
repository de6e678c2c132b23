//! The tables of the end-to-end runs, and the ratios that they are for.

use std::fmt::Write;

use super::account::Took;
use super::python::Program;
use super::{Case, Mode, Writer};

/// The runs of each kind.
pub(super) type Results = Vec<(Mode, Writer, Vec<Took>)>;

/// CPU-ms per 1,000 rows of kafka-connect-milvus, the least and the most of its versions.
const CONNECT: [f64; 2] = [508.0, 589.0];

pub(super) const NOTES: &str = "\
    The collections have the demo's index (FLAT, COSINE) and are loaded, so Milvus also holds the rows ready for searches.\n\
    Of Kiteline and the plain program the topic was full before. What is measured begins when 15 % of the rows are\n\
    acknowledged and ends at 90 %. The requests that were made before are sent over one connection, as many rows in each\n\
    and as many under way as Kiteline has. kafka-connect-milvus' figures were measured on the same kind of machine outside\n\
    of this command: 1.0.1 through a small REST bridge (2.3.5 has no REST v2), 0.1.4 directly.\n";

/// The table of one server.
pub(super) fn of(case: &Case, runs: usize, results: &Results) -> String {
    let mut text = format!(
        "### {}\n\n{} records a run into a collection of its own, medians of {runs} runs by turns (least and most beside).\n\n\
         | | rows/s | rows a request | CPU-ms per 1,000 rows: its own | broker | Milvus |\n|---|---|---|---|---|---|\n",
        case.server.name, case.records
    );
    for (mode, writer, took) in results {
        row(&mut text, case, *mode, *writer, took);
    }
    if case.modes.contains(&Mode::Insert) {
        text += "| kafka-connect-milvus 1.0.1 and 0.1.4, a task (two) | 1,000 – 1,700 (1,600 – 2,400) | | 508 – 589 | | |\n";
    }
    text.push('\n');
    ratios(&mut text, case, results);
    text
}

fn row(text: &mut String, case: &Case, mode: Mode, writer: Writer, took: &[Took]) {
    let verb = if mode == Mode::Upsert { "upsert" } else { "insert" };
    let name = match writer {
        Writer::Kiteline => format!("Kiteline, {verb}"),
        Writer::Ready => format!("requests made before, {} under way, {verb}", case.in_flight),
        Writer::Python => format!("plain program ({}), insert", Program::packages()),
    };
    let rates = sorted(took.iter().map(|took| took.rows / took.wall));
    let (least, most) = (rates[0], rates[rates.len() - 1]);
    let per_thousand = |of: fn(&Took) -> Option<f64>| match seconds(took, of) {
        Some(seconds) => format!("{:.1}", seconds * 1e6),
        None => "not seen".into(),
    };
    let own = per_thousand(|took| Some(took.program));
    let (broker, milvus) = (per_thousand(|took| took.broker), per_thousand(|took| took.milvus));
    let (rate, rows) = (middle(&rates), middle(&sorted(took.iter().map(|took| took.request_rows))));
    writeln!(text, "| {name} | {rate:.0} ({least:.0} – {most:.0}) | {rows:.0} | {own} | {broker} | {milvus} |")
        .expect("writing to a String");
}

fn ratios(text: &mut String, case: &Case, results: &Results) {
    let of =
        |mode, writer| results.iter().find(|(of, by, _)| *of == mode && *by == writer).map(|(_, _, took)| &took[..]);
    let mut line = |ratio: String| writeln!(text, "- {ratio}").expect("writing to a String");
    for mode in case.modes {
        if let (Some(ours), Some(ready)) = (of(*mode, Writer::Kiteline), of(*mode, Writer::Ready)) {
            let rates = seconds(ready, |took| Some(took.wall)).zip(seconds(ours, |took| Some(took.wall)));
            if let Some((ready, ours)) = rates {
                line(format!("{mode:?}: {:.2} of the rows/s of requests that were made before", ready / ours));
            }
        }
    }
    let last = case.modes[case.modes.len() - 1];
    let own = |writer| seconds(of(last, writer)?, |took| Some(took.program));
    let Some(ours) = own(Writer::Kiteline) else { return };
    if let Some(python) = own(Writer::Python) {
        line(format!("CPU per row: 1/{:.1} of the plain program's", python / ours));
    }
    if last == Mode::Insert {
        let ratio = CONNECT.map(|connect| format!("1/{:.0}", connect / (ours * 1e6)));
        line(format!("CPU per row: {} of kafka-connect-milvus'", ratio.join(" to ")));
    }
    text.push('\n');
}

/// The median of a row, where it was seen.
fn seconds(took: &[Took], of: fn(&Took) -> Option<f64>) -> Option<f64> {
    let seen: Option<Vec<f64>> = took.iter().map(|took| Some(of(took)? / took.rows)).collect();
    Some(middle(&sorted(seen?.into_iter())))
}

fn sorted(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values
}

fn middle(sorted: &[f64]) -> f64 {
    sorted[sorted.len() / 2]
}
