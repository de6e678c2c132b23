//! How a run is told to end, or to reload its plugins.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::runtime::Handle;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::reload::{By, Reload};

/// SIGTERM or SIGINT asks for an orderly end, from now on; the second one ends at once, which loses nothing: what is not
/// committed is read again.
pub(super) fn on_signal(runtime: &Handle) -> Arc<AtomicBool> {
    let stop = Arc::<AtomicBool>::default();
    let _inside = runtime.enter();
    match (signal(SignalKind::terminate()), signal(SignalKind::interrupt())) {
        (Ok(term), Ok(interrupt)) => drop(runtime.spawn(wait(term, interrupt, Arc::clone(&stop)))),
        _ => tracing::warn!("no signals: only a kill ends this run"),
    }
    tracing::info!(version = env!("CARGO_PKG_VERSION"), "kiteline");
    stop
}

/// SIGHUP asks for a reload of the plugins, from now on.
pub(super) fn reload_on_signal(runtime: &Handle, reload: &Arc<Reload>) {
    let _inside = runtime.enter();
    let Ok(mut hangup) = signal(SignalKind::hangup()) else {
        tracing::warn!("no SIGHUP: plugins are reloaded when their files change, and by POST /reload");
        return;
    };
    let reload = Arc::clone(reload);
    runtime.spawn(async move {
        while hangup.recv().await.is_some() {
            reload.ask(By::Signal);
        }
    });
}

async fn wait(mut term: Signal, mut interrupt: Signal, stop: Arc<AtomicBool>) {
    loop {
        tokio::select! { _ = term.recv() => {}, _ = interrupt.recv() => {} }
        if stop.swap(true, Ordering::AcqRel) {
            std::process::exit(1);
        }
        tracing::info!("stopping: writing and committing what was read");
    }
}
