//! The tables of latencies.

use std::fmt::Write;
use std::time::Duration;

use crate::numbers::{quantile, sorted};

/// Percentiles in ms.
pub(super) struct Latencies {
    count: usize,
    p50: f64,
    p99: f64,
    p999: f64,
}

/// One rate.
pub(super) struct Row {
    pub(super) age: Duration,
    pub(super) load: f64,
    /// Records a second.
    pub(super) rate: f64,
    /// From the moment a record is due, to the end.
    pub(super) all: Latencies,
    /// From the moment it is due until the broker says that it has it.
    pub(super) broker: Latencies,
    /// From there to the end.
    pub(super) from_broker: Latencies,
    /// Of the calls to Milvus, ms.
    pub(super) write_p99: f64,
    /// Percent of the machine's time that its host gave to others.
    pub(super) stolen: Option<f64>,
}

impl Latencies {
    pub(super) fn of(milliseconds: impl IntoIterator<Item = f64>) -> Self {
        let sorted = sorted(milliseconds);
        let [p50, p99, p999] = [0.5, 0.99, 0.999].map(|share| quantile(&sorted, share));
        Self { count: sorted.len(), p50, p99, p999 }
    }
}

/// From the moment a record is due to its acknowledgement.
pub(super) fn acknowledged(rows: &[Row]) -> String {
    let mut text = String::from(
        "### Until it is acknowledged\n\n\
         Apache Kafka, the real binary with two lanes and four shipped plugins, and a sink that acknowledges at once and\n\
         notes when it had which record; it, the producer and the broker share the two cores. The producer sends at a\n\
         fixed rate, whatever happens, each record counts from the moment when it was due, and its `linger.ms` of 5 is in\n\
         it. *To the broker* is the part of it until the producer learned that the broker has the record, *from there* the\n\
         rest, which is Kiteline's and the sink's. *Stolen* is the processor time that the machine's host gave to others. The\n\
         top rate is what is acknowledged while as many are sent. 30 s each, behind 3 s that do not count.\n\n",
    );
    table(&mut text, rows);
    text.push('\n');
    for row in rows.iter().filter(|row| row.load < 0.2) {
        let most = row.age.as_secs_f64() * 1e3 + row.write_p99 + 10.0;
        writeln!(
            text,
            "- `write.age` {} ms at 10 %: p99 {:.1} ms from the broker, {:.1} ms in all; age, the call's p99 and 10 ms \
             make {most:.1} ms",
            row.age.as_millis(),
            row.from_broker.p99,
            row.all.p99
        )
        .expect("writing to a String");
    }
    text.push('\n');
    text
}

/// From the moment a record is due until it is found.
pub(super) fn searchable(rows: &[Row]) -> String {
    let mut text = String::from(
        "### Until it is found\n\n\
         The same on Milvus 2.3.5 (the demo's index, loaded), until a reader that asks for a hundred keys a second, with\n\
         strong consistency, again and again, has the row in its answer. That such a question waits for Milvus' own clock\n\
         is in it.\n\n",
    );
    table(&mut text, rows);
    text
}

fn table(text: &mut String, rows: &[Row]) {
    *text += "| `write.age` | load | records/s | p50 | p99 | p99.9 | to the broker, p50 | p99 | from there, p50 | p99 | \
              latencies | p99 of the call to Milvus | stolen |\n|---|---|---|---|---|---|---|---|---|---|---|---|---|\n";
    for row in rows {
        writeln!(text, "{}", line(row)).expect("writing to a String");
    }
}

/// A line of the table.
pub(super) fn line(row: &Row) -> String {
    let Row { age, load, rate, all, broker, from_broker, write_p99, stolen } = row;
    let two = |latencies: &Latencies| format!("{:.1} ms | {:.1} ms", latencies.p50, latencies.p99);
    let stolen = stolen.map_or_else(|| "unknown".into(), |percent| format!("{percent:.1} %"));
    format!(
        "| {} ms | {:.0} % | {rate:.0} | {} | {:.1} ms | {} | {} | {} | {write_p99:.1} ms | {stolen} |",
        age.as_millis(),
        load * 100.0,
        two(all),
        all.p999,
        two(broker),
        two(from_broker),
        all.count,
    )
}

/// The 99th percentile of the calls that Milvus acknowledged, ms, by the histogram of the metrics: between the bounds of
/// a bucket it is taken as even.
pub(super) fn write_p99(metrics: &str) -> f64 {
    let mut buckets: Vec<(f64, f64)> = Vec::new();
    for line in metrics.lines().filter(|line| line.starts_with("kiteline_write_duration_seconds_bucket")) {
        let bound = line.split("le=\"").nth(1).and_then(|rest| rest.split('"').next()?.parse::<f64>().ok());
        let count = line.rsplit(' ').next().and_then(|count| count.parse::<f64>().ok());
        let Some((bound, count)) = bound.zip(count) else { continue };
        match buckets.iter_mut().find(|(of, _)| *of == bound) {
            Some((_, sum)) => *sum += count,
            None => buckets.push((bound, count)),
        }
    }
    buckets.sort_by(|(one, _), (other, _)| one.total_cmp(other));
    let rank = buckets.last().map_or(0.0, |(_, all)| all * 0.99);
    let (mut below, mut counted) = (0.0, 0.0);
    for (bound, count) in buckets {
        if count >= rank && count > counted {
            let bound = if bound.is_finite() { bound } else { below };
            return (below + (bound - below) * (rank - counted) / (count - counted)) * 1e3;
        }
        (below, counted) = (bound, count);
    }
    0.0
}
