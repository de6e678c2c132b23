//! Runs a case as a lane of `kiteline run` would.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::case::Case;
use super::outcome::{self, Outcome};
use crate::batch::{Names, Operation};
use crate::config::{Format, KeyFormat, PrimaryKey};
use crate::pipeline::{Schemas, decoder_of, settle};
use crate::plugin::{Chain, Grants, Limits, LoadError, Plugin, Setup};
use crate::target::Target;

/// What came out of a case, and what it took.
pub(crate) struct Ran {
    /// None where the plugin refused its configuration, as it was to.
    pub(crate) outcomes: Option<Vec<Outcome>>,
    pub(crate) records: usize,
    pub(crate) time: Duration,
    pub(crate) time_limit: Duration,
    /// None where the instance was lost to a fault.
    pub(crate) memory: Option<usize>,
    pub(crate) memory_limit: usize,
}

/// Why there is nothing to compare.
pub(crate) enum Failed {
    /// The plugin refused the case's configuration, and was not to; the text is the whole reason.
    Refused(String),
    /// Anything else that keeps the plugin or the case from running.
    Other(String),
}

/// Runs it on what `load` makes of the component for this case, without any grant. Limits are the case's, where it has
/// none these. Past `until` no record is worked on.
pub(crate) fn run(
    case: &Case,
    limits: Limits,
    until: Option<Instant>,
    load: impl FnOnce(Setup, &Arc<Target>) -> Result<Plugin, LoadError>,
) -> Result<Ran, Failed> {
    let (given, target, limits) = (&case.setup, &case.target, case.limits(limits));
    let (format, key) = (given.decode.format, given.decode.key.format);
    if matches!(format, Format::Avro | Format::Protobuf) || matches!(key, KeyFormat::Avro | KeyFormat::Protobuf) {
        return Err(Failed::Other("a case has neither schema files nor a registry; give its records as JSON".into()));
    }
    let config = serde_json::to_string(&given.config).expect("every TOML value has a JSON form");
    let loaded = load(Setup { config, limits, grants: Grants::default(), log: false }, target);
    let nothing = Ran {
        outcomes: None,
        records: 0,
        time: Duration::ZERO,
        time_limit: limits.of_call(1),
        memory: Some(0),
        memory_limit: limits.memory,
    };
    let plugin = match (loaded, &given.refuses) {
        (Err(LoadError::Refused { error, .. }), Some(text)) if error.contains(text.as_str()) => return Ok(nothing),
        (Err(LoadError::Refused { error, .. }), Some(text)) => {
            return Err(Failed::Other(format!(
                "the configuration is to be refused with {text:?}, and is with {error:?}"
            )));
        }
        (Ok(_), Some(_)) => return Err(Failed::Other("the configuration is to be refused, and is taken".into())),
        (Err(error @ LoadError::Refused { .. }), None) => return Err(Failed::Refused(error.to_string())),
        (Err(error), _) => return Err(Failed::Other(error.to_string())),
        (Ok(plugin), None) => plugin,
    };
    let mut records = case.input().map_err(Failed::Other)?;
    let chain = Chain::new(&[Arc::new(plugin)], target);
    let mut chain = chain.map_err(|error| Failed::Other(error.to_string()))?;
    let (plan, _) = settle(&given.decode, PrimaryKey::default(), target, &mut chain);
    let mut decoder = decoder_of(&given.decode, &Schemas::default(), plan, None);
    decoder.unpack(&mut records);
    let records = Arc::new(records);
    let decoded = decoder.decode(Arc::clone(&records), Operation::Upsert);
    let mut batch = decoded.batch;
    batch.set_collections(Names::All(target.collections().first().map(|collection| Arc::clone(&collection.name))));
    let rows = batch.rows();
    chain.end_at(until);
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
