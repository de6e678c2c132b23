//! The stages by time: the least wall time of many rounds of one batch each, as what only computes can be disturbed and
//! never helped.

use std::fmt::Write;
use std::hint::black_box;
use std::time::{Duration, Instant};

use super::{Meter, Rows, Stages};
use crate::feed::Feed;

/// Rows in a batch. By default a batch of these records has 100, as it is cut at 1 MiB, and none has more than 1000.
/// With 10, a round is so short that it is left alone now and then on the busiest machine.
const ROWS: [usize; 3] = [10, 100, 1000];
/// Records that are gone through in turn.
const RECORDS: u64 = 2000;
/// How often all stages are gone through: a neighbour may take a part of the machine for some seconds.
const PASSES: usize = 6;
/// How long each stage is measured in a pass.
const BUDGET: Duration = Duration::from_millis(150);
/// Rounds that each stage gets at least in a pass.
const ROUNDS: usize = 10;

/// Measures all stages; a table.
pub(crate) fn measure(feed: &Feed) -> String {
    let stages = Stages::new();
    let mut by_rows = ROWS.map(|_| Least::default());
    for _ in 0..PASSES {
        for (rows, least) in ROWS.into_iter().zip(&mut by_rows) {
            stages.measure(feed, RECORDS, rows, least);
        }
    }
    let mut text = String::from("One thread, µs per record (least wall time), by rows in a batch:\n\n");
    let mut line = |cells: [String; 4]| writeln!(text, "| {} |", cells.join(" | ")).expect("writing to a String");
    line(["stage".into(), ROWS[0].to_string(), ROWS[1].to_string(), ROWS[2].to_string()]);
    line(["---"; 4].map(Into::into));
    for (index, (stage, _)) in by_rows[0].found.iter().enumerate() {
        let [few, some, many] = by_rows.each_ref().map(|stages| format!("{:.3}", stages.found[index].1));
        line([stage.clone(), few, some, many]);
    }
    text
}

/// Stages with their µs per record.
#[derive(Default)]
struct Least {
    found: Vec<(String, f64)>,
}

impl Meter for Least {
    /// Rounds go through the batches in turn.
    fn stage<B: Rows, T>(&mut self, name: &str, batches: &[B], mut round: impl FnMut(&B) -> T) {
        let mut least = f64::MAX;
        let start = Instant::now();
        for (count, batch) in batches.iter().cycle().enumerate() {
            if count >= ROUNDS && start.elapsed() >= BUDGET {
                break;
            }
            let start = Instant::now();
            black_box(round(black_box(batch)));
            least = least.min(start.elapsed().as_secs_f64() * 1e6 / batch.rows() as f64);
        }
        match self.found.iter_mut().find(|(known, _)| known == name) {
            Some((_, found)) => *found = found.min(least),
            None => self.found.push((name.to_owned(), least)),
        }
    }
}
