//! The stages for a counter of instructions: `cargo xtask instructions` runs this under Valgrind's callgrind, which
//! counts within [`counted`] and writes a file at each end of it.

use std::hint::black_box;

use super::{FOR_SCALE, Meter, Rows, Stages};
use crate::feed::Feed;

/// Records, in batches as they are by default: few, as Valgrind makes everything fifty times as slow.
const RECORDS: u64 = 400;
const ROWS: usize = 100;

/// Does each stage once uncounted and once counted, and prints the number of records and the stage's name for each file.
pub(crate) fn count(feed: &Feed) {
    Stages::new().measure(feed, RECORDS, ROWS, &mut Counted);
}

struct Counted;

impl Meter for Counted {
    fn stage<B: Rows, T>(&mut self, name: &str, batches: &[B], mut round: impl FnMut(&B) -> T) {
        if name.starts_with(FOR_SCALE) {
            return;
        }
        // What is done once, such as memory that grows, is none of the costs of a record.
        batches.iter().for_each(|batch| _ = black_box(round(black_box(batch))));
        counted(&mut || batches.iter().for_each(|batch| _ = black_box(round(black_box(batch)))));
        println!("counted {} {name}", batches.iter().map(Rows::rows).sum::<usize>());
    }
}

/// The counter knows it by its name.
#[inline(never)]
fn counted(work: &mut dyn FnMut()) {
    work();
}
