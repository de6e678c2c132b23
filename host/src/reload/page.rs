//! The page `/plugins`.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use super::Reload;
use super::attempt::Outcome;
use crate::config::Timestamp;
use crate::plugin::Plugin;

impl Reload {
    /// The running plugins and what became of the last reload, as JSON.
    pub fn page(&self) -> String {
        let state = self.lock();
        let plugins =
            state.versions.running().into_iter().flat_map(|version| &version.plugins).map(|plugin| of(plugin));
        let trial = state.versions.on_trial().map(|(plugins, until)| {
            let plugins = plugins.map(|plugin| {
                let (faults, records) = plugin.tally().counts();
                json!({ "plugin": plugin.named(), "records": records, "faults": faults })
            });
            let left = until.saturating_duration_since(Instant::now()).as_secs();
            json!({ "plugins": plugins.collect::<Vec<_>>(), "seconds_left": left })
        });
        let page = json!({
            "plugins": plugins.collect::<Vec<_>>(),
            "since": time(state.since),
            "trial": trial,
            "last_reload": state.last.as_ref().map(last),
            "reloads_asked": state.asked,
            "reloads_answered": state.answered,
            "restart_needed_for": state.restart,
        });
        format!("{page:#}\n")
    }
}

fn of(plugin: &Plugin) -> Value {
    let (info, setup) = (plugin.info(), plugin.setup());
    let (limits, grants) = (setup.limits, &setup.grants);
    json!({
        "plugin": plugin.named(),
        "name": info.name,
        "version": info.version,
        "digest": plugin.digest(),
        "limits": {
            "memory": limits.memory,
            "record_timeout_ms": limits.record_timeout.as_millis() as u64,
            "answer": limits.answer,
        },
        "grants": { "clock": grants.clock, "random": grants.random, "env": grants.env },
        "refused": plugin.refused(),
    })
}

fn last(outcome: &Outcome) -> Value {
    let Outcome { at, by, result, why } = outcome;
    json!({ "at": time(*at), "by": by.name(), "result": result.name(), "why": why })
}

fn time(time: SystemTime) -> String {
    let millis = time.duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
    Timestamp::from_millis(i64::try_from(millis).unwrap_or(i64::MAX)).to_string()
}
