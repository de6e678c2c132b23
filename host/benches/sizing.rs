//! The table of `docs/sizing.md`, computed from the inputs that stand on the same page: nothing is measured here, so
//! whoever has other figures writes them there and has the table made anew.

use std::collections::HashMap;
use std::fmt::Write;

use crate::page::root;

const PAGE: &str = "docs/sizing.md";
/// Records a day.
const DAYS: [(&str, f64); 3] = [("10 M", 1e7), ("100 M", 1e8), ("1 B", 1e9)];
/// The formats, by the end of their inputs' names.
const FORMATS: [(&str, &str); 2] = [("JSON", "json"), ("binary", "bin")];
const DAY: f64 = 86_400.0;

/// What the page gives, by name.
struct Inputs(HashMap<String, f64>);

/// Computes it.
pub(crate) fn compute() -> Result<String, String> {
    let page = std::fs::read_to_string(root().join(PAGE)).map_err(|error| format!("{PAGE}: {error}"))?;
    let inputs = Inputs::read(&page);
    let mut text = String::from(
        "| records a day | format | r, at the peak | core-seconds a second | lanes | processes | memory in all | partitions | \
         in | out | Milvus' cores |\n|---|---|---|---|---|---|---|---|---|---|---|\n",
    );
    for (format, end) in FORMATS {
        for (name, records) in DAYS {
            row(&mut text, &inputs, (name, records), (format, end))?;
        }
    }
    Ok(text)
}

impl Inputs {
    /// Lines as `| name in backticks | number | …`; others are passed over.
    fn read(page: &str) -> Self {
        let input = |line: &str| {
            let mut cells = line.strip_prefix("| `")?.split('|').map(str::trim);
            let name = cells.next()?.strip_suffix('`')?;
            Some((name.to_owned(), cells.next()?.replace(',', "").parse::<f64>().ok()?))
        };
        Self(page.lines().filter_map(input).collect())
    }

    fn get(&self, name: &str) -> Result<f64, String> {
        self.0.get(name).copied().ok_or_else(|| format!("{PAGE} has no input `{name}` with a number"))
    }
}

fn row(text: &mut String, inputs: &Inputs, day: (&str, f64), format: (&str, &str)) -> Result<(), String> {
    let per_format = |name: &str| inputs.get(&format!("{name}_{}", format.1));
    let rate = day.1 / DAY * inputs.get("f")?;
    let busy = rate * per_format("c")? / 1e6;
    let lanes = (busy / inputs.get("u")?).ceil();
    let processes = (lanes / inputs.get("l")?).ceil().max(inputs.get("p_min")?);
    // Each process has as many, so that the others can take over what one leaves.
    let each = (lanes / processes).ceil();
    let memory = processes * (inputs.get("m_process")? + each * inputs.get("m_lane")?);
    let (received, sent) = (rate * per_format("b")? / 1e6, rate * inputs.get("b_row")? / 1e6);
    let partitions = (received / inputs.get("k")?).ceil().max(2.0 * each * processes);
    let milvus = rate * inputs.get("s")? / 1e6 / inputs.get("u")?;
    writeln!(
        text,
        "| {} | {} | {rate:.0}/s | {busy:.3} | {lanes:.0} | {processes:.0} × {each:.0} | {memory:.0} MB | \
         {partitions:.0} | {received:.1} MB/s | {sent:.1} MB/s | {milvus:.1} |",
        day.0, format.0
    )
    .expect("writing to a String");
    Ok(())
}
