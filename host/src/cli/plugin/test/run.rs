//! Runs a case as a lane of `kiteline run` would.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::case::Case;
use crate::batch::{Names, Operation};
use crate::cli::outcome::{self, Outcome};
use crate::pipeline::{decoder_of, settle};
use crate::plugin::{Chain, Engine, LoadError, Plugin};

/// What came out of a case, and what it took.
pub(super) struct Ran {
    /// None where the plugin refused its configuration, as it was to.
    pub(super) outcomes: Option<Vec<Outcome>>,
    pub(super) records: usize,
    pub(super) time: Duration,
    pub(super) time_limit: Duration,
    /// None where the instance was lost to a fault.
    pub(super) memory: Option<usize>,
    pub(super) memory_limit: usize,
}

/// Runs it; an error says what keeps the plugin or the case from running.
pub(super) fn run(engine: &Engine, component: &Path, case: &Case) -> Result<Ran, String> {
    let (setup, target, limits) = (&case.setup, &case.target, case.limits());
    let config = serde_json::to_string(&setup.config).map_err(|error| error.to_string())?;
    let loaded = Plugin::from_file(engine, component, config, limits, target);
    let nothing = Ran {
        outcomes: None,
        records: 0,
        time: Duration::ZERO,
        time_limit: limits.of_call(1),
        memory: Some(0),
        memory_limit: limits.memory,
    };
    let plugin = match (loaded, &setup.refuses) {
        (Err(LoadError::Refused { error, .. }), Some(text)) if error.contains(text.as_str()) => return Ok(nothing),
        (Err(LoadError::Refused { error, .. }), Some(text)) => {
            return Err(format!("the configuration is to be refused with {text:?}, and is with {error:?}"));
        }
        (Ok(_), Some(_)) => return Err("the configuration is to be refused, and is taken".into()),
        (loaded, _) => loaded.map_err(|error| error.to_string())?,
    };
    let records = Arc::new(case.input()?);
    let mut chain = Chain::new(&[Arc::new(plugin)], target).map_err(|error| error.to_string())?;
    let (plan, _) = settle(&setup.decode, target, &mut chain);
    let decoded = decoder_of(&setup.decode, plan).decode(Arc::clone(&records), Operation::Upsert);
    let mut batch = decoded.batch;
    batch.set_collections(Names::All(target.collections().first().map(|collection| Arc::clone(&collection.name))));
    let rows = batch.rows();
    let start = Instant::now();
    let processed = chain.process(batch);
    let time = start.elapsed();
    let rejected = [decoded.rejected, processed.rejected].concat();
    Ok(Ran {
        outcomes: Some(outcome::of(&processed.batch, &rejected)),
        records: records.len(),
        time,
        time_limit: limits.of_call(rows),
        memory: chain.memory()[0],
        memory_limit: limits.memory,
    })
}
