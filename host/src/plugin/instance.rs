//! One instance of a plugin: a store of its own, because a trap makes the whole store useless.

use std::sync::Arc;
use std::time::{Duration, Instant};

use wasmtime::{Store, Trap};

use super::bindings::{self, PluginInfo, PluginPre};
use super::engine::Engine;
use super::error::{Fault, FaultKind, LoadError};
use super::limits::{Limits, cut, fixed};
use super::loaded::{Plugin, Setup};
use super::probe::Lineage;
use super::sandbox::{Grants, Refused};
use super::state::{Current, State, Verdict};
use super::voice::About;
use crate::batch::Batch;
use crate::target::Target;

/// One instance of a plugin.
pub(super) struct Instance {
    store: Store<State>,
    exports: bindings::Plugin,
}

/// What a call to `process` made of a batch.
pub(super) struct Done {
    /// The rows that go on.
    pub(super) batch: Batch,
    /// Records that were rejected, and why.
    pub(super) rejected: Vec<(u32, Arc<str>)>,
    pub(super) lineage: Option<Lineage>,
}

impl Instance {
    /// Instantiates the plugin, asks it to describe itself and configures it.
    pub(super) fn start(plugin: &Plugin, config: &str, target: &Arc<Target>) -> Result<(Self, PluginInfo), LoadError> {
        let Setup { limits, grants, .. } = plugin.setup.clone();
        let state = State::new(Arc::clone(target), limits, grants, plugin.refused.clone(), plugin.voice.clone());
        let mut store = Store::new(&plugin.engine.inner, state);
        store.limiter(|state| state);
        // What lifting may allocate for one call of a host function; the columns together have the same limit.
        store.set_hostcall_fuel(plugin.setup.limits.answer.saturating_add(1 << 20));
        allow(&mut store, fixed::LOAD);
        let name = || plugin.named.to_string();
        let exports =
            plugin.pre.instantiate(&mut store).map_err(|error| failed(&mut store, name(), "its start", &error))?;
        let info = exports.call_describe(&mut store).map_err(|error| failed(&mut store, name(), "describe", &error))?;
        let configured = exports.call_configure(&mut store, config);
        configured
            .map_err(|error| failed(&mut store, name(), "configure", &error))?
            .map_err(|error| LoadError::Refused { name: name(), error: cut(error, fixed::MESSAGE) })?;
        store.data_mut().take_said(|| None);
        Ok((Self { store, exports }, info))
    }

    /// Bytes of all memories of the instance.
    pub(super) fn memory(&self) -> usize {
        self.store.data().memory()
    }

    /// Calls `process` with a batch. A lineage makes it the call with an empty batch that acts as if it had every
    /// field.
    pub(super) fn process(&mut self, batch: Batch, lineage: Option<Lineage>, limit: Duration) -> Result<Done, Fault> {
        allow(&mut self.store, limit);
        self.store.data_mut().memory_refused = false;
        self.store.data_mut().table_refused = false;
        let (records, first, rows) = (Arc::clone(batch.records()), batch.record_of().first().copied(), batch.rows());
        let about = || first.map(|first| About { first: records.get(first as usize).origin().to_string(), rows });
        self.store.data_mut().current = Some(Current { batch, verdicts: Vec::new(), rejected: Vec::new(), lineage });
        let result = self.exports.call_process(&mut self.store);
        let state = self.store.data_mut();
        let current = state.current.take().expect("it was set above");
        match result {
            Ok(Ok(())) => {
                state.take_said(about);
                Ok(current.done())
            }
            // The error is the plugin's word, and an exception's text may well quote the record.
            Ok(Err(error)) => {
                let said = [Some(cut(error, fixed::MESSAGE)), state.take_said(about)];
                let said = said.into_iter().flatten().collect::<Vec<_>>().join("\n");
                Err(Fault { kind: FaultKind::Error, text: "the plugin failed".into(), said: Some(said) })
            }
            Err(error) => Err(fault(state, &error, limit, about)),
        }
    }
}

impl Current {
    fn done(self) -> Done {
        let Self { mut batch, verdicts, mut rejected, lineage } = self;
        if !verdicts.is_empty() {
            for (row, verdict) in verdicts.iter().enumerate() {
                if let Verdict::Reject(reason) = verdict {
                    rejected.push((batch.record_of()[row], Arc::clone(reason)));
                }
            }
            batch = batch.filter(&verdicts.iter().map(|verdict| Some(*verdict == Verdict::Keep)).collect());
        }
        Done { batch, rejected, lineage }
    }
}

/// What a component says of itself, asked of an instance that is gone afterwards; else what happened, as a person reads it.
pub(super) fn described(
    pre: &PluginPre<State>,
    engine: &Engine,
    limits: Limits,
    target: &Arc<Target>,
) -> Result<PluginInfo, String> {
    let refused = Refused::new("the component".into(), engine.refused_log.clone());
    let mut store = Store::new(&engine.inner, State::new(Arc::clone(target), limits, Grants::default(), refused, None));
    store.limiter(|state| state);
    store.set_hostcall_fuel(limits.answer.saturating_add(1 << 20));
    allow(&mut store, fixed::LOAD);
    let described = pre.instantiate(&mut store).and_then(|exports| exports.call_describe(&mut store));
    described.map_err(|error| fault(store.data_mut(), &error, fixed::LOAD, || None).all())
}

/// Gives the calls that follow so much time, guest code and host functions together.
fn allow(store: &mut Store<State>, limit: Duration) {
    store.set_epoch_deadline(Engine::ticks(limit));
    store.data_mut().sandbox.deadline = Instant::now() + limit;
}

fn failed(store: &mut Store<State>, name: String, export: &'static str, error: &wasmtime::Error) -> LoadError {
    let fault = fault(store.data_mut(), error, fixed::LOAD, || None);
    LoadError::Export { name, export, error: fault.all() }
}

/// A trap, as a person reads it.
fn fault(state: &mut State, error: &wasmtime::Error, limit: Duration, about: impl FnOnce() -> Option<About>) -> Fault {
    let said = state.take_said(about);
    let trap = error.downcast_ref::<Trap>();
    let (kind, text) = match trap {
        Some(Trap::Interrupt) => (FaultKind::Timeout, format!("it took longer than {limit:?}")),
        _ if state.memory_refused => {
            let text =
                format!("it asked for more than its {} bytes of memory (`memory` of the plugin)", state.limits.memory);
            (FaultKind::Trap, text)
        }
        _ if state.table_refused => {
            (FaultKind::Trap, format!("it asked for tables of more than {} elements", fixed::TABLE))
        }
        Some(trap) => (FaultKind::Trap, format!("it trapped: {}", trap.to_string().trim_start_matches("wasm trap: "))),
        None => (FaultKind::Trap, format!("it broke a rule of the interface: {}", error.root_cause())),
    };
    Fault { kind, text, said }
}
