//! What a component is, without a pipeline: what it imports and exports, what it was made with, what it says of itself.
//! A file that is no plugin is refused with what is wrong, the likely cause and what to do, where the linker would only
//! name the first name that it misses.

mod cause;
mod producers;
#[cfg(test)]
mod tests;
mod world;

pub use producers::{Made, Producer};
pub use world::World;
pub(crate) use world::resolved;

use std::sync::Arc;

use super::bindings::PluginPre;
use super::engine::Engine;
use super::instance::described;
use super::limits::{Limits, fixed};
use super::loaded::{Info, cut_info, digest};

/// What a component is.
#[derive(Debug)]
pub struct Inspected {
    /// SHA-256 of the component, in hexadecimal.
    pub digest: String,
    /// Bytes of the component.
    pub bytes: usize,
    /// Its imports and exports.
    pub world: World,
    /// What it was made with: languages, compilers and tools.
    pub made: Made,
    /// What it says of itself.
    pub info: Info,
}

/// Why a file is no plugin of this Kiteline.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what}{}", .cause.as_ref().map_or_else(String::new, |cause| format!("\n  likely cause: {cause}")))]
pub struct Misfit {
    /// What is wrong, naming the import, the export or the place.
    pub what: String,
    /// Why that is so, most likely, and what to do.
    pub cause: Option<String>,
}

impl Misfit {
    fn new(what: impl Into<String>, cause: impl Into<String>) -> Self {
        Self { what: what.into(), cause: Some(cause.into()) }
    }
}

/// The parts of a component that are told without running it; everything that keeps it from being a plugin otherwise.
pub fn check(wasm: &[u8]) -> Result<(World, Made), Vec<Misfit>> {
    if wasm.len() as u64 > fixed::COMPONENT {
        let what = format!("{} bytes, and a component may have {}", wasm.len(), fixed::COMPONENT);
        return Err(vec![Misfit::new(what, "debug information; build it for release, and strip it")]);
    }
    cause::not_a_component(wasm).map_or(Ok(()), |misfit| Err(vec![misfit]))?;
    let world = World::of(wasm).map_err(|error| vec![cause::broken(wasm, &error)])?;
    let misfits = cause::misfits(&world);
    if misfits.is_empty() { Ok((world, producers::of(wasm))) } else { Err(misfits) }
}

/// Looks at a component and asks it to describe itself. Nothing is configured.
pub fn inspect(engine: &Engine, wasm: &[u8], limits: Limits) -> Result<Inspected, Vec<Misfit>> {
    let (world, made) = check(wasm)?;
    let digest = digest(wasm);
    // The names fit, so what is left are types that differ.
    let component = engine.cache.component(&engine.inner, &digest, wasm);
    let pre = component.and_then(|component| engine.linker.instantiate_pre(&component)).and_then(PluginPre::new);
    let pre = pre.map_err(|error| vec![cause::other_types(&format!("{error:#}"))])?;
    let info = described(&pre, engine, limits, &Arc::default());
    let info = info.map_err(|what| {
        vec![Misfit::new(
            format!("describe failed: {what}"),
            "the plugin's own code; `describe` runs before any configuration, and must work without one",
        )]
    })?;
    Ok(Inspected { digest, bytes: wasm.len(), world, made, info: cut_info(info) })
}
