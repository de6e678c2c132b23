//! What was measured as a table and a plot.

use std::fmt::Write;

use super::axes::Axis;
use super::load::Load;
use super::run::Took;
use crate::Options;
use crate::plot::Bars;
use crate::threads::{KITELINE, Work};

/// A setting's medians.
pub(crate) struct Line {
    label: String,
    /// µs of a processor per record: the median, the least and the most.
    cpu: [f64; 3],
    by_work: [f64; KITELINE.len()],
    sink: f64,
    broker: Option<f64>,
    /// µs per record that lanes which could run were kept from a processor.
    waited: f64,
    records_per_second: f64,
    megabytes_per_second: f64,
    peak_megabytes: f64,
    batch: f64,
    request: f64,
}

impl Line {
    pub(crate) fn of(label: &str, topic: &Load, took: &[Took]) -> Self {
        let all = |of: &dyn Fn(&Took) -> f64| {
            let mut values: Vec<f64> = took.iter().map(of).collect();
            values.sort_by(f64::total_cmp);
            [values[values.len() / 2], values[0], values[values.len() - 1]]
        };
        let median = |of: &dyn Fn(&Took) -> f64| all(of)[0];
        let micros = |took: &Took, seconds: f64| seconds * 1e6 / took.rows;
        let spent = |took: &Took, work: &Work| took.by_work.get(work).copied().unwrap_or_default();
        let ran = |took: &Took, work: &Work| micros(took, spent(took, work).ran);
        let rate = median(&|took| took.rows / took.seconds);
        Self {
            label: label.to_owned(),
            cpu: all(&|took| KITELINE.iter().map(|work| ran(took, work)).sum()),
            by_work: KITELINE.map(|work| median(&|took| ran(took, &work))),
            sink: median(&|took| ran(took, &Work::Sink)),
            broker: took[0].broker.map(|_| median(&|took| micros(took, took.broker.unwrap_or_default()))),
            waited: median(&|took| micros(took, spent(took, &Work::Lanes).waited)),
            records_per_second: rate,
            megabytes_per_second: rate * topic.bytes as f64 / topic.records as f64 / 1e6,
            peak_megabytes: median(&|took| took.peak_memory / 1e6),
            batch: median(&|took| took.batch),
            request: median(&|took| took.request),
        }
    }
}

pub(crate) fn table(axis: &Axis, lines: &[Line], runs: usize) -> String {
    let mut text = format!(
        "µs of a processor per record, medians of {runs} runs that took turns (least – most):\n\n\
         | {} | Kiteline | lanes | gRPC | librdkafka | rest | sink | broker | waited | records/s | MB/s | peak MB | \
         rows a batch | rows a request |\n|{}\n",
        axis.head,
        "---|".repeat(14)
    );
    for line in lines {
        let [cpu, least, most] = line.cpu;
        let by_work = line.by_work.map(|micros| format!("{micros:.1}")).join(" | ");
        let broker = line.broker.map_or("elsewhere".into(), |micros| format!("{micros:.1}"));
        writeln!(
            text,
            "| {} | **{cpu:.1}** ({least:.1} – {most:.1}) | {by_work} | {:.1} | {broker} | {:.1} | {:.0} | {:.0} | {:.0} \
             | {:.0} | {:.0} |",
            line.label,
            line.sink,
            line.waited,
            line.records_per_second,
            line.megabytes_per_second,
            line.peak_megabytes,
            line.batch,
            line.request,
        )
        .expect("writing to a String");
    }
    text
}

/// Draws it where tables are written; what shows the drawing in the page. One setting alone has none.
pub(crate) fn plot(axis: &Axis, lines: &[Line], options: &Options) -> Result<String, String> {
    if lines.len() < 2 {
        return Ok(String::new());
    }
    let title = format!("CPU time of Kiteline by {}", axis.head);
    let bars = Bars {
        title: &title,
        unit: "µs per record",
        series: &["lanes", "gRPC", "librdkafka", "rest"],
        bars: lines.iter().map(|line| (line.label.as_str(), line.by_work.to_vec())).collect(),
    };
    let name = format!("line-{}.svg", axis.name);
    if options.write {
        bars.write(&name)?;
    }
    Ok(format!("\n![{title}](performance/{name})\n"))
}
