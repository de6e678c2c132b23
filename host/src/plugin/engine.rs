//! The engine: compiles components and keeps the time.

use std::sync::Arc;
use std::time::Duration;

use wasmtime::component::{HasSelf, Linker};
use wasmtime::{Config, EngineWeak};

use super::aot::Cache;
use super::bindings;
use super::error::LoadError;
use super::sandbox::{self, RefusedLog};
use super::state::State;

/// How often the engine looks whether a call has used up its time. A call may be this much late.
const TICK: Duration = Duration::from_millis(10);

/// Compiles components, and interrupts calls that take too long. There is one for a process.
#[derive(Clone)]
pub struct Engine {
    pub(super) inner: wasmtime::Engine,
    pub(super) linker: Arc<Linker<State>>,
    pub(super) cache: Cache,
    pub(super) refused_log: RefusedLog,
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine").finish_non_exhaustive()
    }
}

impl Engine {
    /// An engine whose compiled code is kept in the user's cache directory.
    pub fn new() -> Result<Self, LoadError> {
        let mut config = Config::new();
        config.epoch_interruption(true);
        let inner = wasmtime::Engine::new(&config).map_err(LoadError::engine)?;
        let mut linker = Linker::new(&inner);
        bindings::Plugin::add_to_linker::<_, HasSelf<_>>(&mut linker, |state| state).map_err(LoadError::engine)?;
        sandbox::link(&mut linker).map_err(LoadError::engine)?;
        keep_time(inner.weak());
        let cache = Cache::of_user(&inner);
        Ok(Self { inner, linker: Arc::new(linker), cache, refused_log: RefusedLog::default() })
    }

    /// Epochs after which a call is interrupted that may take so long. The tick that is under way counts for nothing.
    pub(super) fn ticks(limit: Duration) -> u64 {
        limit.as_millis().div_ceil(TICK.as_millis()) as u64 + 1
    }
}

/// Ticks until the last engine is dropped.
fn keep_time(engine: EngineWeak) {
    let tick = move || {
        while let Some(engine) = engine.upgrade() {
            engine.increment_epoch();
            drop(engine);
            std::thread::sleep(TICK);
        }
    };
    std::thread::Builder::new().name("epochs".into()).spawn(tick).expect("a thread can be started");
}
