//! What the same small plugin costs in each language, and native Rust beside it: `plugins/examples/label`.
//!
//! A figure is the least of a few stretches of wall time, each so long that what a language's collector of memory takes
//! is in it.

mod language;
mod measure;
mod native;
mod page;

use crate::feed::Feed;

/// Builds and measures them, in two minutes.
pub(crate) fn measure(feed: &Feed) -> Result<String, String> {
    // All are built before any is measured.
    let built = language::ALL.iter().map(language::Language::build).collect::<Result<Vec<_>, _>>()?;
    let bench = measure::Bench::new(feed);
    let costs = built.iter().map(|component| bench.of_component(component)).collect::<Result<Vec<_>, _>>()?;
    Ok(page::page(&built, &costs, bench.of_native(), bench.of_empty_chain()))
}
